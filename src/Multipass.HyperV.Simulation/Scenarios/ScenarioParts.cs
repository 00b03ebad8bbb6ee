using System;
using System.Collections.Generic;

namespace Multipass.HyperV.Simulation.Scenarios;

/// <summary>The host of a scenario.</summary>
internal sealed record ScenarioHost
{
    public string Name { get; init; } = "HV-SIM";

    public int MemoryMB { get; init; } = 16384;

    /// <summary>What Windows keeps for itself: no virtual machine gets it.</summary>
    public int ReserveMB { get; init; } = 2048;

    public int Processors { get; init; } = 8;

    /// <summary>The language of the host's texts.</summary>
    public string Culture { get; init; } = "en-US";

    /// <summary>How long a job takes when nothing goes wrong, in milliseconds.</summary>
    public int JobMilliseconds { get; init; } = 300;

    public JobDurations JobDurations { get; init; } = JobDurations.Uniform;

    /// <summary>How long after the end of its job the state of an instance follows, in milliseconds.</summary>
    public int StateLagMilliseconds { get; init; }

    public bool JobCancellable { get; init; } = true;

    public PowerOffPolicy PowerOffWhileStarting { get; init; } = PowerOffPolicy.Refused;

    public bool HyperVInstalled { get; init; } = true;

    public bool HypervisorRunning { get; init; } = true;

    public bool VmmsRunning { get; init; } = true;

    public HostAccess Access { get; init; } = HostAccess.Full;

    public ScenarioMultipass Multipass { get; init; } = new();

    /// <summary>How many NUMA nodes there are; memory and processors are spread over them evenly.</summary>
    public int NumaNodes { get; init; } = 1;

    /// <summary>Whether a virtual machine may have memory of several nodes.</summary>
    public bool NumaSpanning { get; init; } = true;

    /// <summary>Drivers and services of Hyper-V's that are disabled.</summary>
    public IReadOnlyList<string> StoppedServices { get; init; } = Array.Empty<string>();

    /// <summary>Whether it is a virtual machine itself.</summary>
    public bool VirtualMachine { get; init; }

    /// <summary>Whether its own host lets it have a hypervisor.</summary>
    public bool NestedVirtualization { get; init; } = true;

    /// <summary>Its volumes, C: the first.</summary>
    public IReadOnlyList<ScenarioVolume> Volumes { get; init; } = new[] { new ScenarioVolume() };

    public MemoryShortage MemoryShortage { get; init; }

    public IReadOnlyList<string> Switches { get; init; } = new[] { ScenarioInstance.SwitchName };
}

/// <summary>A volume of the host.</summary>
internal sealed record ScenarioVolume
{
    public const string SystemVolume = "C:";

    public string Name { get; init; } = SystemVolume;

    /// <summary>What is free on it at the beginning; null when that is never short.</summary>
    public int? FreeMB { get; init; }

    /// <summary>NTFS or ReFS.</summary>
    public string FileSystem { get; init; } = "NTFS";
}

/// <summary>The Multipass of a scenario's host.</summary>
internal sealed record ScenarioMultipass
{
    public DatabaseAccess Database { get; init; } = DatabaseAccess.Readable;

    public ClientBehaviour Client { get; init; } = ClientBehaviour.Answers;

    /// <summary>The daemon's setting <c>local.driver</c>; null for the version's default.</summary>
    public string? Driver { get; init; }

    /// <summary>What of it is written down.</summary>
    public SettingsFile Settings { get; init; } = SettingsFile.Written;

    /// <summary>Multipass's version: the default driver depends on it.</summary>
    public Version Version { get; init; } = new(1, 16, 3);

    /// <summary>The driver where none is set: builds after 1.16 that have the newer backend take that (default_driver in platform_win.cpp).</summary>
    public string DefaultDriver => HasHcs ? "hyperv_api" : "hyperv";

    /// <summary>Whether this version has the newer backend.</summary>
    public bool HasHcs => Version >= new Version(1, 17);
}

/// <summary>An instance of a scenario.</summary>
internal sealed record ScenarioInstance
{
    /// <summary>The switch that every instance is connected to, as Multipass does it.</summary>
    public const string SwitchName = "Default Switch";

    public string Name { get; init; } = string.Empty;

    public Guid Id { get; init; }

    public MpInstanceState State { get; init; } = MpInstanceState.Stopped;

    public int MemoryMB { get; init; } = 1024;

    /// <summary>What it holds at the beginning, where that is not what it asks for at start: dynamic memory. Null for what it asks for.</summary>
    public int? MemoryAssignedMB { get; init; }

    public int Processors { get; init; } = 1;

    public bool Managed { get; init; } = true;

    /// <summary>Multipass's own word; null when Multipass's record follows the host.</summary>
    public string? MultipassState { get; init; }

    /// <summary>Whether Hyper-V has a virtual machine for it.</summary>
    public MachinePresence Machine { get; init; } = MachinePresence.Present;

    /// <summary>What Multipass's database has of it.</summary>
    public RecordPresence Record { get; init; } = RecordPresence.Present;

    /// <summary>The name of the instance whose disk its virtual machine has; null for its own.</summary>
    public string? TwinOf { get; init; }

    /// <summary>The name of the instance that it is being cloned from, and which its virtual machine still has; null for none.</summary>
    public string? CloneOf { get; init; }

    /// <summary>Where its disk has been moved to; null where it lies in the vault.</summary>
    public string? DiskPath { get; init; }

    public MigrationFile Migration { get; init; } = MigrationFile.None;

    /// <summary>Whether the newer backend's files lie beside its disk; null where that follows from the rest.</summary>
    public bool? HcsFiles { get; init; }

    /// <summary>The names of Multipass's snapshots of it, the oldest first.</summary>
    public IReadOnlyList<string> Snapshots { get; init; } = Array.Empty<string>();

    public IReadOnlyList<ScenarioMount> Mounts { get; init; } = Array.Empty<ScenarioMount>();

    /// <summary>The availability zone; null before 1.17.</summary>
    public string? Zone { get; init; }

    public bool ZoneAvailable { get; init; } = true;

    public FilePresence Disk { get; init; } = FilePresence.Present;

    public FilePresence Dvd { get; init; } = FilePresence.Present;

    /// <summary>How Windows keeps its disk.</summary>
    public FileAttribute DiskAttribute { get; init; }

    /// <summary>The volumes of its disk, and of its saved state and configuration.</summary>
    public string DiskVolume { get; init; } = ScenarioVolume.SystemVolume;

    public string StateVolume { get; init; } = ScenarioVolume.SystemVolume;

    /// <summary>How many checkpoints it has: its disk is the last of a chain then.</summary>
    public int Checkpoints { get; init; }

    /// <summary>Whether the disk that its chain begins with is there.</summary>
    public FilePresence ParentDisk { get; init; }

    public bool SecureBoot { get; init; }

    /// <summary>What the host does to it by itself at the beginning, and for how long; null for as long as it is looked at.</summary>
    public HostActivity Activity { get; init; }

    public int? ActivityMilliseconds { get; init; }

    public IReadOnlyList<ScenarioDevice> Devices { get; init; } = Array.Empty<ScenarioDevice>();

    /// <summary><c>Msvm_ComputerSystem.HealthState</c>: 5, 20 or 25.</summary>
    public ushort Health { get; init; } = 5;

    public bool Deleted { get; init; }

    public MpBackend Backend { get; init; } = MpBackend.HyperV;

    public SavedStateFile SavedState { get; init; } = SavedStateFile.Present;

    /// <summary>When it comes into being: it is being launched. Zero when it is there from the beginning.</summary>
    public int AppearsAfterMilliseconds { get; init; }

    /// <summary>When the host starts it by itself, counted from when it is there; null for never.</summary>
    public int? StartsAfterMilliseconds { get; init; }

    /// <summary>Null for static memory.</summary>
    public DynamicMemory? DynamicMemory { get; init; }

    public ScenarioGuest Guest { get; init; } = new();

    /// <summary>Its last operation failed just before, and the host still has the job: what that says. Null for none.</summary>
    public SimulatedFault? RecentFailure { get; init; }

    public IReadOnlyList<SimulatedFault> Faults { get; init; } = Array.Empty<SimulatedFault>();
}

/// <summary>A folder of the host that an instance sees.</summary>
/// <param name="Source">The folder on the host.</param>
/// <param name="Target">Where the guest sees it.</param>
internal sealed record ScenarioMount(string Source, string Target);

/// <summary>A device of the host in an instance.</summary>
/// <param name="Type">What it is.</param>
/// <param name="Fault">What happens when it is powered on.</param>
internal sealed record ScenarioDevice(DeviceType Type, DeviceFault Fault);

/// <summary>The guest of an instance.</summary>
internal sealed record ScenarioGuest
{
    public int BootMilliseconds { get; init; } = 1500;

    public int ShutdownMilliseconds { get; init; } = 800;

    public string? IPv4 { get; init; }

    /// <summary>Whether Secure Boot lets it boot.</summary>
    public bool Signed { get; init; } = true;

    public GuestShutdown Shutdown { get; init; } = GuestShutdown.Answers;
}

/// <summary>Dynamic memory of an instance. The defaults are Hyper-V's own (<c>Set-VMMemory</c>).</summary>
internal sealed record DynamicMemory
{
    public const int DefaultMinimumMB = 512;

    /// <summary>1 TB.</summary>
    public const int DefaultMaximumMB = 1024 * 1024;

    public const int DefaultBufferPercent = 20;

    public int MinimumMB { get; init; } = DefaultMinimumMB;

    public int MaximumMB { get; init; } = DefaultMaximumMB;

    public int BufferPercent { get; init; } = DefaultBufferPercent;
}
