namespace Multipass.HyperV.Json;

/// <summary>One key of an object together with its value.</summary>
public sealed class JsonMember
{
    internal JsonMember(string name, int line, int column, JsonValue value)
    {
        Name = name;
        Line = line;
        Column = column;
        Value = value;
    }

    /// <summary>The key, with its escapes resolved.</summary>
    public string Name { get; }

    /// <summary>The line of the key's opening quote, counted from 1.</summary>
    public int Line { get; }

    /// <summary>The column of the key's opening quote, counted from 1.</summary>
    public int Column { get; }

    /// <summary>The value that belongs to the key.</summary>
    public JsonValue Value { get; }
}
