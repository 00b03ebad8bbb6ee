using System;
using Multipass.HyperV.Json;

namespace Multipass.HyperV.Simulation;

/// <summary>A scenario, or a fault given at run time, was refused. The message names the place, the key and what is allowed there.</summary>
public sealed class ScenarioException : FormatException
{
    internal ScenarioException(JsonFormatException cause)
        : base(cause.Message, cause)
    {
        Line = cause.Line;
        Column = cause.Column;
    }

    internal ScenarioException(string message)
        : base(message)
    {
    }

    /// <summary>The line of the error, counted from 1; zero when it is not in a text.</summary>
    public int Line { get; }

    /// <summary>The column of the error, counted from 1; zero when it is not in a text.</summary>
    public int Column { get; }
}
