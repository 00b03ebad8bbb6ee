using System;
using System.Collections.Generic;
using System.Linq;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Simulation.Faults;
using Multipass.HyperV.Simulation.Scenarios;

namespace Multipass.HyperV.Simulation.World;

/// <summary>One virtual machine: what Hyper-V knows of it at this moment. Only <see cref="PowerControl"/> changes its state.</summary>
internal sealed class VirtualMachine
{
    private const string VaultFolder = "/ProgramData/Multipass/data/vault/instances/";

    public VirtualMachine(ScenarioInstance scenario, int ordinal, string macAddress, DateTimeOffset created)
    {
        Scenario = scenario;
        Ordinal = ordinal;
        Name = scenario.CloneOf ?? scenario.Name;
        Key = StableId.Text(scenario.Id);
        MacAddress = macAddress;
        Created = created;
        Guest = new GuestModel(scenario.Guest, scenario.SecureBoot);
        ControllerId = StableId.Text(StableId.Of("controller", Key, 0));
        AdapterId = StableId.Text(StableId.Of("adapter", Key, 0));
        BaseDisk = scenario.DiskPath ?? (scenario.Managed ? DiskPathOf(scenario) : scenario.DiskVolume + @"\ProgramData\Microsoft\Windows\Virtual Hard Disks\" + scenario.Name + ".vhdx");
        var disk = new VirtualDisk(this, false, CheckpointPath(scenario.Checkpoints), scenario.Disk, scenario.DiskAttribute);
        Disks = scenario.Managed ? new[] { disk, new VirtualDisk(this, true, FolderOf(scenario) + scenario.Name + "/" + CimNames.CloudInitImage, scenario.Dvd) } : new[] { disk };
        Parents = Enumerable.Range(0, scenario.Checkpoints).Select(index => new VirtualDisk(this, false, CheckpointPath(index), index == 0 ? scenario.ParentDisk : FilePresence.Present)).ToArray();
        Devices = scenario.Devices.Select((device, index) => new VirtualDevice(this, StableId.Text(StableId.Of("device", Key, index)), device)).ToArray();
        foreach (var fault in scenario.Faults)
        {
            Faults.Add(fault);
        }
    }

    /// <summary>The path of an instance's disk, as Multipass names it for an image of Ubuntu 24.04.</summary>
    public static string DiskPathOf(ScenarioInstance instance) => FolderOf(instance) + (instance.TwinOf ?? instance.Name) + "/ubuntu-24.04-server-cloudimg-amd64.vhdx";

    public ScenarioInstance Scenario { get; }

    public int Ordinal { get; }

    /// <summary>Its name as it is now. Its disks stay where they are when it is renamed.</summary>
    public string Name { get; set; }

    /// <summary>The GUID as Hyper-V writes it.</summary>
    public string Key { get; }

    public string MacAddress { get; }

    public string ControllerId { get; }

    public string AdapterId { get; }

    public DateTimeOffset Created { get; }

    /// <summary>The disk that it writes to, and the image in its DVD drive.</summary>
    public IReadOnlyList<VirtualDisk> Disks { get; }

    /// <summary>The path of the disk that its chain of checkpoints begins with; of its only disk where it has none.</summary>
    public string BaseDisk { get; }

    /// <summary>The disks of its checkpoints, the first of the chain first.</summary>
    public IReadOnlyList<VirtualDisk> Parents { get; }

    /// <summary>Devices of the host.</summary>
    public IReadOnlyList<VirtualDevice> Devices { get; }

    public GuestModel Guest { get; }

    /// <summary>Is told what becomes of it.</summary>
    public IHostWitness? Witness { get; set; }

    public PendingFaults Faults { get; } = new();

    /// <summary>The state it rests in, or rested in before the change that is under way.</summary>
    public PowerState Power { get; set; }

    /// <summary>The change that is under way.</summary>
    public PowerChange? Change { get; set; }

    /// <summary>Grows with every change, so that what was planned before it can tell that it is out of date.</summary>
    public int Epoch { get; set; }

    public ushort EnabledState { get; private set; } = Cim.EnabledState.Disabled;

    public string? OtherEnabledState { get; private set; }

    public ushort RequestedState { get; set; } = Cim.EnabledState.NotApplicable;

    /// <summary>When its state last changed; null when it never has.</summary>
    public DateTimeOffset? TimeOfLastStateChange { get; set; }

    /// <summary>When it was last started, or reset; null when it never was.</summary>
    public DateTimeOffset? LastStart { get; set; }

    public bool IsSaved { get; set; }

    /// <summary>The memory that it holds at this moment.</summary>
    public int HeldMB { get; set; }

    /// <summary>The space that its saved-state file takes: as much as its memory, from its start until it is off.</summary>
    public int StateFileMB { get; set; }

    /// <summary>What was made to go wrong with its last start: what that claims can be seen until the next one.</summary>
    public FaultKind? Struck { get; set; }

    /// <summary>What the host does to it by itself. What runs can be asked meanwhile, which ends it.</summary>
    public HostActivity Activity { get; set; }

    /// <summary>Until what the host does to it has ended, it takes no request.</summary>
    public bool IsHeldByHost => Activity != HostActivity.None && Power != PowerState.Running;

    /// <summary>What has gone wrong with it and shows; null when nothing does.</summary>
    public FaultKind? Trouble { get; set; }

    /// <summary><c>HealthState</c> as it is now.</summary>
    public ushort Health => Trouble?.HealthState ?? Scenario.Health;

    /// <summary>The process id of its worker; null when it has none.</summary>
    public uint? WorkerId { get; set; }

    public DateTimeOffset WorkerSince { get; set; }

    /// <summary>Its worker has been ended, and vmms has not noticed yet.</summary>
    public bool IsWorkerLost { get; set; }

    /// <summary>Its host is going to start it by itself; until then it takes no request.</summary>
    public bool IsWaitingToStart { get; set; }

    /// <summary>A shutdown or reboot that the guest's shutdown component has begun.</summary>
    public ScheduledEvent? GuestAction { get; set; }

    /// <summary>A change was requested of it, whatever came of that.</summary>
    public bool WasAsked { get; set; }

    /// <summary>From this moment on the connection drops whenever it is polled.</summary>
    public DateTimeOffset? PollsFailFrom { get; set; }

    /// <summary>True while its guest runs: running, or asked to shut down and not off yet.</summary>
    public bool IsGuestUp
        => Power == PowerState.Running && EnabledState is Cim.EnabledState.Enabled or Cim.EnabledState.ShuttingDown && !IsWorkerLost;

    private static string FolderOf(ScenarioInstance instance) => instance.DiskVolume + VaultFolder;

    /// <summary>The disk before the first checkpoint, or that after one of them, as Hyper-V names it.</summary>
    private string CheckpointPath(int index)
        => index == 0 ? BaseDisk : BaseDisk.Substring(0, BaseDisk.LastIndexOf('.')) + "_" + StableId.Text(StableId.Of("checkpoint", Key, index)) + ".avhdx";

    public void Show(ushort enabledState, string? otherEnabledState, DateTimeOffset now)
    {
        if (enabledState == EnabledState && otherEnabledState == OtherEnabledState)
        {
            return;
        }

        EnabledState = enabledState;
        OtherEnabledState = otherEnabledState;
        TimeOfLastStateChange = now;
        Witness?.Shown(this, now);
    }
}
