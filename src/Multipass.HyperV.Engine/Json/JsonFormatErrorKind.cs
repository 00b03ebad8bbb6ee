namespace Multipass.HyperV.Json;

/// <summary>Why a JSON text was refused.</summary>
public enum JsonFormatErrorKind
{
    /// <summary>The text is not JSON, or its bytes are not valid in their encoding.</summary>
    Syntax,

    /// <summary>The text is larger or deeper than the reader was told to accept.</summary>
    Limit,

    /// <summary>An object holds a key that nobody asked for.</summary>
    UnknownKey,

    /// <summary>An object holds the same key twice.</summary>
    DuplicateKey,

    /// <summary>A value is of another kind than the one that belongs there.</summary>
    WrongType,

    /// <summary>A value is of the right kind, but is not one of the values allowed there.</summary>
    OutOfRange,

    /// <summary>An object lacks a key that it must have.</summary>
    MissingKey,
}
