namespace Multipass.HyperV.Json;

/// <summary>The six sorts of value a JSON text can hold.</summary>
public enum JsonKind
{
    /// <summary>The word null.</summary>
    Null,

    /// <summary>One of the words true and false.</summary>
    Boolean,

    /// <summary>A number, kept as it was written.</summary>
    Number,

    /// <summary>A string in double quotes.</summary>
    String,

    /// <summary>A list of values in square brackets.</summary>
    Array,

    /// <summary>A list of keys and values in braces.</summary>
    Object,
}
