using System;
using System.Collections.Generic;

namespace Multipass.HyperV.Failures;

/// <summary>What can be looked up on a host to decide between causes that share a code, and to put figures into the advice.</summary>
[Flags]
internal enum FactKinds
{
    None = 0,

    /// <summary>Memory wanted, memory that the host can give, and who holds it: three calls.</summary>
    Memory = 1,

    /// <summary>Whether disk and DVD image are there: a call each.</summary>
    Files = 2,

    /// <summary>Whether the switch that the instance is connected to exists: two calls.</summary>
    Switch = 4,

    /// <summary>Whether Hyper-V's management service runs: one call.</summary>
    Service = 8,
}

/// <summary>A virtual machine that holds memory.</summary>
internal sealed record MemoryHolder(string Name, long Megabytes);

/// <summary>Facts re-read from the host after a failure. Null is "could not be told", never "no".</summary>
internal sealed record HostFacts
{
    public static readonly HostFacts None = new();

    /// <summary>Memory that the instance asks for at start, in MB.</summary>
    public long? MemoryWanted { get; init; }

    /// <summary>Memory that Hyper-V could give now, in MB, by its own balancer's figure.</summary>
    public long? MemoryAvailable { get; init; }

    /// <summary>The other virtual machines that hold memory, the largest first.</summary>
    public IReadOnlyList<MemoryHolder>? MemoryHolders { get; init; }

    /// <summary>Files of the instance that the host does not have.</summary>
    public IReadOnlyList<string>? MissingFiles { get; init; }

    /// <summary>The switch that the instance is connected to and that the host does not have; empty when it has it.</summary>
    public string? MissingSwitch { get; init; }

    /// <summary>The state of Hyper-V's management service, such as <c>Running</c> or <c>Stopped</c>.</summary>
    public string? ServiceState { get; init; }

    public bool IsFileMissing => MissingFiles is { Count: > 0 };

    public bool IsSwitchMissing => MissingSwitch is { Length: > 0 };

    public bool IsServiceStopped => ServiceState is not null && !string.Equals(ServiceState, "Running", StringComparison.OrdinalIgnoreCase);
}
