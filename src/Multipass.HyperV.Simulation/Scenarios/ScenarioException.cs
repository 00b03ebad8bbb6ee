using System;
using Multipass.HyperV.Json;

namespace Multipass.HyperV.Simulation;

/// <summary>A scenario was refused. The message names the place, the key and what is allowed there.</summary>
public sealed class ScenarioException : FormatException
{
    internal ScenarioException(JsonFormatException cause)
        : base(cause.Message, cause)
    {
        Line = cause.Line;
        Column = cause.Column;
    }

    /// <summary>The line of the fault, counted from 1.</summary>
    public int Line { get; }

    /// <summary>The column of the fault, counted from 1.</summary>
    public int Column { get; }
}
