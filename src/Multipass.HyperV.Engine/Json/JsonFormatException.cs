using System;

namespace Multipass.HyperV.Json;

/// <summary>A JSON text was refused. The message tells where and why in one line; the properties tell the same in parts.</summary>
public sealed class JsonFormatException : FormatException
{
    /// <summary>Creates the error for one place of a text.</summary>
    /// <param name="kind">Why the text was refused.</param>
    /// <param name="line">The line of the fault, counted from 1.</param>
    /// <param name="column">The column of the fault, counted from 1.</param>
    /// <param name="reason">What is wrong, as one or two sentences without the position.</param>
    public JsonFormatException(JsonFormatErrorKind kind, int line, int column, string reason)
        : base(FormattableString.Invariant($"Line {line}, column {column}: {reason}"))
    {
        Kind = kind;
        Line = line;
        Column = column;
        Reason = reason;
    }

    /// <summary>Why the text was refused.</summary>
    public JsonFormatErrorKind Kind { get; }

    /// <summary>The line of the fault, counted from 1.</summary>
    public int Line { get; }

    /// <summary>The column of the fault, counted from 1 in UTF-16 units. A fault at the end of the text has the column after the last character.</summary>
    public int Column { get; }

    /// <summary>What is wrong, without the position.</summary>
    public string Reason { get; }
}
