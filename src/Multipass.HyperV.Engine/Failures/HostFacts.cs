using System;
using System.Collections.Generic;
using System.Linq;

namespace Multipass.HyperV.Failures;

/// <summary>What can be looked up on a host to decide between causes that share a code, and to put figures into the advice.</summary>
[Flags]
internal enum FactKinds
{
    None = 0,

    /// <summary>Memory wanted, and what the host can give: two calls.</summary>
    Memory = 1,

    /// <summary>Who holds memory: one call.</summary>
    MemoryHolders = 2,

    /// <summary>Whether disk and DVD image are there, and how Windows keeps them: a call each.</summary>
    Files = 4,

    /// <summary>The switches there are, and the one that the instance is connected to: two calls.</summary>
    Switch = 8,

    /// <summary>Whether Hyper-V's management service runs: one call.</summary>
    Service = 16,

    /// <summary>Whether Hyper-V shows anything to this account: one call.</summary>
    Rights = 32,

    /// <summary>Whether Windows runs on a hypervisor, whether it is a virtual machine itself, and its processors: one call.</summary>
    Computer = 64,

    /// <summary>Drivers and services that Hyper-V needs: one call.</summary>
    Components = 128,

    /// <summary>What is free on the volumes of the disk and of the saved state: two calls.</summary>
    Volumes = 256,

    /// <summary>The memory settings: one call.</summary>
    MemorySettings = 512,

    /// <summary>The instance's devices and its virtual processors: one call.</summary>
    Devices = 1024,

    /// <summary>The worker process: one call.</summary>
    Worker = 2048,

    /// <summary>The memory of each NUMA node, and whether an instance may span them: two calls.</summary>
    Numa = 4096,

    /// <summary>Secure Boot: one call.</summary>
    Firmware = 8192,

    /// <summary>What must be there for a start, as far as six calls tell it.</summary>
    Start = Files | Switch | Computer | Components | Devices,
}

/// <summary>A virtual machine that holds memory.</summary>
internal sealed record MemoryHolder(string Name, long Megabytes);

/// <summary>A volume of the host.</summary>
/// <param name="Name">Such as <c>C:</c>.</param>
/// <param name="FreeMegabytes">What is free on it.</param>
internal sealed record VolumeFact(string Name, long FreeMegabytes);

/// <summary>Facts read from the host: after a failure, or before a start. Null is "could not be told" or "was not asked", never "no".</summary>
internal sealed record HostFacts
{
    public static readonly HostFacts None = new();

    /// <summary>No volume that has less than this, in MB, is of any use to a virtual disk that grows.</summary>
    private const long LeastFreeMegabytes = 64;

    /// <summary>The virtual machine.</summary>
    public Guid? MachineId { get; init; }

    /// <summary>The paths of its disk and of the image in its DVD drive, as its settings have them.</summary>
    public string? Disk { get; init; }

    public string? Dvd { get; init; }

    /// <summary>Memory that the instance asks for at start, in MB.</summary>
    public long? MemoryWanted { get; init; }

    /// <summary>Memory that Hyper-V could give now, in MB, by its own balancer's figure.</summary>
    public long? MemoryAvailable { get; init; }

    /// <summary>The other virtual machines that hold memory, the largest first.</summary>
    public IReadOnlyList<MemoryHolder>? MemoryHolders { get; init; }

    /// <summary>The least and the most memory that it may have, in MB; the same as <see cref="MemoryWanted"/> without dynamic memory.</summary>
    public long? MemoryMinimum { get; init; }

    public long? MemoryMaximum { get; init; }

    /// <summary>What is free on each NUMA node, in MB.</summary>
    public IReadOnlyList<long>? NumaNodes { get; init; }

    /// <summary>Whether a virtual machine may have memory of several NUMA nodes.</summary>
    public bool? SpansNumaNodes { get; init; }

    /// <summary>Files of the instance that the host does not have.</summary>
    public IReadOnlyList<string>? MissingFiles { get; init; }

    /// <summary>Files of the instance that Windows keeps compressed or encrypted, with the word for it.</summary>
    public IReadOnlyList<string>? FlawedFiles { get; init; }

    /// <summary>The volume of its disk.</summary>
    public VolumeFact? DiskVolume { get; init; }

    /// <summary>The volume on which a start takes room for a saved state; null where it takes none.</summary>
    public VolumeFact? StateVolume { get; init; }

    /// <summary>The switch that the instance is connected to and that the host does not have; empty when it has it.</summary>
    public string? MissingSwitch { get; init; }

    /// <summary>A switch that the host has; null when it has none.</summary>
    public string? OtherSwitch { get; init; }

    /// <summary>The state of Hyper-V's management service, such as <c>Running</c> or <c>Stopped</c>.</summary>
    public string? ServiceState { get; init; }

    /// <summary>False where the host lacks what every Windows has; null where that is not known.</summary>
    public bool? IsWindows { get; init; }

    /// <summary>Whether Windows says that it runs on a hypervisor. A host that is a virtual machine does so too, on that of its own host.</summary>
    public bool? IsHypervisorPresent { get; init; }

    /// <summary>Whether the host is a virtual machine itself.</summary>
    public bool? IsHostVirtual { get; init; }

    /// <summary>Drivers and services that Hyper-V needs and that do not run, nor can be started when they are needed.</summary>
    public IReadOnlyList<string>? StoppedComponents { get; init; }

    /// <summary>Whether Hyper-V shows its management service to this account.</summary>
    public bool? ShowsService { get; init; }

    /// <summary>Whether this account may call the methods of Hyper-V's provider, and not only read.</summary>
    public bool? MayChange { get; init; }

    public long? Processors { get; init; }

    /// <summary>Logical processors of the host.</summary>
    public long? HostProcessors { get; init; }

    /// <summary>The devices in its settings.</summary>
    public IReadOnlyList<DeviceSetting>? Devices { get; init; }

    /// <summary>Whether its firmware boots only what is signed.</summary>
    public bool? SecureBoot { get; init; }

    /// <summary>The worker process that has the virtual machine's id in its command line.</summary>
    public long? WorkerProcess { get; init; }

    /// <summary>The state from which the operation began.</summary>
    public MpInstanceState? StateBefore { get; init; }

    /// <summary><c>HealthState</c> and <c>OperationalStatus</c> after the failure; null when the host did not show it.</summary>
    public MpHostState? HostState { get; init; }

    public bool WasSuspended => StateBefore == MpInstanceState.Suspended;

    /// <summary>The host shows it: it is there, whatever was said.</summary>
    public bool IsShown => HostState is not null;

    /// <summary>All files were looked for, and found.</summary>
    public bool AreFilesThere => MissingFiles is { Count: 0 };

    public bool HasNoRights => ShowsService == false;

    /// <summary>It wants more memory than the host can give.</summary>
    public bool LacksMemory => MemoryWanted > MemoryAvailable;

    /// <summary>It wants more memory than any NUMA node has, and may not have that of several.</summary>
    public bool LacksNumaMemory => SpansNumaNodes == false && NumaNodes is { Count: > 1 } nodes && MemoryWanted > nodes.Max();

    public bool HasTooManyProcessors => Processors > HostProcessors;

    /// <summary>Hyper-V takes memory in steps of 2 MB.</summary>
    public bool IsMemoryUnaligned => MemoryWanted % 2 == 1 || MemoryMinimum % 2 == 1 || MemoryMaximum % 2 == 1;

    /// <summary>Minimum, startup and maximum are not in this order (Msvm_MemorySettingData class page).</summary>
    public bool IsMemoryOutOfOrder => MemoryMinimum > MemoryWanted || MemoryWanted > MemoryMaximum;

    /// <summary>The memory settings were read, and there is nothing wrong with them.</summary>
    public bool IsMemorySound => MemoryWanted is not null && MemoryMinimum is not null && MemoryMaximum is not null && !IsMemoryUnaligned && !IsMemoryOutOfOrder;

    /// <summary>The volume that has no room for what a start needs; null when none is known to lack it.</summary>
    public VolumeFact? FullVolume
        => StateVolume?.FreeMegabytes < MemoryWanted ? StateVolume
            : DiskVolume?.FreeMegabytes < LeastFreeMegabytes ? DiskVolume
            : null;

    /// <summary>The volumes that were looked at, each once.</summary>
    public IReadOnlyList<VolumeFact> Volumes => new[] { DiskVolume, StateVolume }.OfType<VolumeFact>().Distinct().ToList();

    /// <summary>HealthState 20, or OperationalStatus 5 in the first place (Msvm_ComputerSystem class page).</summary>
    public bool IsLowOnDisk => HostState?.HealthState == 20 || HostState?.OperationalStatus.FirstOrDefault() == 5;

    /// <summary>OperationalStatus 3, Degraded.</summary>
    public bool IsConfigurationLost => HostState?.OperationalStatus.FirstOrDefault() == 3;

    /// <summary>HealthState 25 without a sign of a full disk, or communication that has timed out or failed.</summary>
    public bool IsWorkerSilent => !IsLowOnDisk && (HostState?.HealthState == 25 || HostState?.OperationalStatus.Any(status => status is 32783 or 32784) == true);

    /// <summary>vmms is on its way down or up.</summary>
    public bool IsServiceRestarting => ServiceState is not null && ServiceState.EndsWith("Pending", StringComparison.OrdinalIgnoreCase);

    public bool IsDiskMissing => IsMissing(Disk);

    public bool IsDvdMissing => IsMissing(Dvd);

    public bool IsFileMissing => MissingFiles is { Count: > 0 };

    /// <summary>Only what it boots from a DVD drive is missing; its disk is whole.</summary>
    public bool IsOnlyDvdMissing => MissingFiles is { Count: 1 } && IsDvdMissing;

    public bool IsSwitchMissing => MissingSwitch is { Length: > 0 };

    public bool IsServiceStopped => ServiceState is not null && !string.Equals(ServiceState, "Running", StringComparison.OrdinalIgnoreCase);

    public bool IsComponentStopped => StoppedComponents is { Count: > 0 };

    /// <summary>The host is a virtual machine whose own host does not let it have a hypervisor.</summary>
    public bool LacksNestedVirtualization => IsHostVirtual == true && StoppedComponents?.Contains("vid", StringComparer.OrdinalIgnoreCase) == true;

    private bool IsMissing(string? path) => path is not null && MissingFiles?.Contains(path, StringComparer.OrdinalIgnoreCase) == true;
}
