using System;
using System.Collections.Generic;
using System.Linq;

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

    /// <summary>Whether Hyper-V shows anything to this account: one call.</summary>
    Rights = 16,

    /// <summary>Whether Windows runs on a hypervisor: one call.</summary>
    Hypervisor = 32,

    /// <summary>Which of Hyper-V's drivers do not run: one call.</summary>
    Components = 64,

    /// <summary>How much is free on the volume of the disk: one call.</summary>
    Volume = 128,

    /// <summary>The memory settings: one call.</summary>
    MemorySettings = 256,

    /// <summary>Virtual processors, and those of the host: two calls.</summary>
    Processors = 512,

    /// <summary>The worker process: one call.</summary>
    Worker = 1024,
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

    /// <summary>The least and the most memory that it may have, in MB; the same as <see cref="MemoryWanted"/> without dynamic memory.</summary>
    public long? MemoryMinimum { get; init; }

    public long? MemoryMaximum { get; init; }

    /// <summary>Files of the instance that the host does not have.</summary>
    public IReadOnlyList<string>? MissingFiles { get; init; }

    /// <summary>Files of the instance that Windows keeps compressed or encrypted, with the word for it.</summary>
    public IReadOnlyList<string>? FlawedFiles { get; init; }

    /// <summary>The volume of its disk, such as <c>C:</c>.</summary>
    public string? Volume { get; init; }

    /// <summary>What is free on <see cref="Volume"/>, in MB.</summary>
    public long? VolumeFree { get; init; }

    /// <summary>The switch that the instance is connected to and that the host does not have; empty when it has it.</summary>
    public string? MissingSwitch { get; init; }

    /// <summary>A switch that the host has; null when it has none.</summary>
    public string? OtherSwitch { get; init; }

    /// <summary>The state of Hyper-V's management service, such as <c>Running</c> or <c>Stopped</c>.</summary>
    public string? ServiceState { get; init; }

    /// <summary>Whether Windows says that it runs on a hypervisor.</summary>
    public bool? IsHypervisorPresent { get; init; }

    /// <summary>Hyper-V's drivers that do not run.</summary>
    public IReadOnlyList<string>? StoppedComponents { get; init; }

    /// <summary>Whether Hyper-V shows its management service to this account.</summary>
    public bool? ShowsService { get; init; }

    public long? Processors { get; init; }

    /// <summary>Logical processors of the host.</summary>
    public long? HostProcessors { get; init; }

    /// <summary>The worker process that has the virtual machine's id in its command line.</summary>
    public long? WorkerProcess { get; init; }

    /// <summary>The state from which the operation began.</summary>
    public MpInstanceState? StateBefore { get; init; }

    /// <summary><c>HealthState</c> and <c>OperationalStatus</c> after the failure.</summary>
    public MpHostState? HostState { get; init; }

    public bool WasSuspended => StateBefore == MpInstanceState.Suspended;

    /// <summary>All files were looked for, and found.</summary>
    public bool AreFilesThere => MissingFiles is { Count: 0 };

    public bool HasNoRights => ShowsService == false;

    /// <summary>Hyper-V takes memory in steps of 2 MB.</summary>
    public bool IsMemoryUnaligned => MemoryWanted % 2 == 1;

    /// <summary>HealthState 20, or OperationalStatus 5 in the first place (Msvm_ComputerSystem class page).</summary>
    public bool IsLowOnDisk => HostState?.HealthState == 20 || HostState?.OperationalStatus.FirstOrDefault() == 5;

    /// <summary>OperationalStatus 3, Degraded.</summary>
    public bool IsConfigurationLost => HostState?.OperationalStatus.FirstOrDefault() == 3;

    /// <summary>HealthState 25 without a sign of a full disk, or communication that has timed out or failed.</summary>
    public bool IsWorkerSilent => !IsLowOnDisk && (HostState?.HealthState == 25 || HostState?.OperationalStatus.Any(status => status is 32783 or 32784) == true);

    /// <summary>vmms is on its way down or up.</summary>
    public bool IsServiceRestarting => ServiceState is not null && ServiceState.EndsWith("Pending", StringComparison.OrdinalIgnoreCase);

    public bool IsFileMissing => MissingFiles is { Count: > 0 };

    public bool IsSwitchMissing => MissingSwitch is { Length: > 0 };

    public bool IsServiceStopped => ServiceState is not null && !string.Equals(ServiceState, "Running", StringComparison.OrdinalIgnoreCase);
}
