using System;
using Multipass.HyperV.Cim;

namespace Multipass.HyperV.Simulation.World;

/// <summary>What the host answers to a request.</summary>
/// <param name="ReturnValue">The method's return value.</param>
/// <param name="Job">The job that was started.</param>
internal sealed record RequestReply(uint ReturnValue, Job? Job = null)
{
    /// <summary>The call ends in this fault, whatever was done.</summary>
    public CimFault? Fault { get; init; }

    /// <summary>The answer is so late.</summary>
    public TimeSpan Delay { get; init; }
}
