using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Multipass.HyperV.Simulation.Scenarios;
using Multipass.HyperV.Simulation.World;
using Multipass.HyperV.Cim;

namespace Multipass.HyperV.Simulation.Provider;

/// <summary>The settings of virtual machines in <c>root/virtualization/v2</c>, as Multipass makes them: generation 2, static address, no automatic checkpoints.</summary>
internal static class SettingClasses
{
    private const string ConfigurationRoot = @"C:\ProgramData\Microsoft\Windows\Hyper-V";

    public static readonly IReadOnlyList<ClassDeclaration> All = new[]
    {
        SystemSettings(), Memory(), Processor(), Storage(), PortAllocation(), Port(), GuestNetwork(),
    };

    private static ClassDeclaration SystemSettings()
        => MachineClass(CimNames.VirtualSystemSettingData)
            .Key("InstanceID", (machine, _) => "Microsoft:" + machine.Key)
            .Text("Caption", (_, _) => "Virtual Machine Settings")
            .Text("Description", (_, _) => "Active settings for the virtual machine.")
            .Text("ElementName", (machine, _) => machine.Name)
            .Text("VirtualSystemIdentifier", (machine, _) => machine.Key)
            .Text("VirtualSystemType", (_, _) => CimNames.RealizedSystem)
            .Text("VirtualSystemSubType", (_, _) => "Microsoft:Hyper-V:SubType:2")
            .Texts("Notes", (_, _) => Array.Empty<string>())
            .Moment("CreationTime", (machine, _) => machine.Created)
            .Text("ConfigurationDataRoot", (_, _) => ConfigurationRoot)
            .Text("ConfigurationFile", (machine, _) => $@"Virtual Machines\{machine.Key}.vmcx")
            .Text("SnapshotDataRoot", (_, _) => ConfigurationRoot)
            .Text("SuspendDataRoot", (_, _) => ConfigurationRoot)
            .Text("SwapFileDataRoot", (_, _) => ConfigurationRoot)
            .Text("LogDataRoot", (_, _) => ConfigurationRoot)
            .Text("GuestStateDataRoot", (_, _) => ConfigurationRoot)
            .Text("GuestStateFile", (machine, _) => $@"Virtual Machines\{machine.Key}.vmgs")
            .UInt16("AutomaticStartupAction", (_, _) => 3)
            .Interval("AutomaticStartupActionDelay", (_, _) => TimeSpan.Zero)
            .UInt16("AutomaticShutdownAction", (_, _) => 3)
            .UInt16("AutomaticRecoveryAction", (_, _) => 3)
            .UInt16("AutomaticCriticalErrorAction", (_, _) => 1)
            .Interval("AutomaticCriticalErrorActionTimeout", (_, _) => TimeSpan.FromMinutes(30))
            .Flag("IsSaved", (machine, _) => machine.IsSaved)
            .UInt16("UserSnapshotType", (_, _) => 3)
            .Flag("AutomaticSnapshotsEnabled", (_, _) => false)
            .Flag("IsAutomaticSnapshot", (_, _) => false)
            .Flag("SecureBootEnabled", (_, _) => false)
            .Flag("IncrementalBackupEnabled", (_, _) => true)
            .Flag("VirtualNumaEnabled", (_, _) => true)
            .Text("Version", (_, _) => "12.0")
            .Text("Parent", (_, _) => null)
            .Build();

    private static ClassDeclaration Memory()
        => MachineClass(CimNames.MemorySettingData)
            .Key("InstanceID", (machine, _) => Resource(machine, "memory"))
            .Text("ElementName", (_, _) => "Memory")
            .UInt16("ResourceType", (_, _) => 4)
            .Text("ResourceSubType", (_, _) => "Microsoft:Hyper-V:Memory")
            .Text("AllocationUnits", (_, _) => "byte * 2^20")
            .UInt64("VirtualQuantity", (machine, _) => (ulong)machine.Scenario.MemoryMB)
            .UInt64("Reservation", (machine, _) => (ulong)(machine.Scenario.DynamicMemory?.MinimumMB ?? machine.Scenario.MemoryMB))
            .UInt64("Limit", (machine, _) => (ulong)(machine.Scenario.DynamicMemory?.MaximumMB ?? machine.Scenario.MemoryMB))
            .UInt32("Weight", (_, _) => 5000)
            .Flag("DynamicMemoryEnabled", (machine, _) => machine.Scenario.DynamicMemory is not null)
            .UInt32("TargetMemoryBuffer", (machine, _) => (uint)(machine.Scenario.DynamicMemory?.BufferPercent ?? DynamicMemory.DefaultBufferPercent))
            .UInt64("MaxMemoryBlocksPerNumaNode", (_, world) => (ulong)world.Host.MemoryMB)
            .Flag("SwapFilesInUse", (_, _) => false)
            .Flag("HugePagesEnabled", (_, _) => false)
            .Build();

    private static ClassDeclaration Processor()
        => MachineClass(CimNames.ProcessorSettingData)
            .Key("InstanceID", (machine, _) => Resource(machine, "processor"))
            .Text("ElementName", (_, _) => "Processor")
            .UInt16("ResourceType", (_, _) => 3)
            .Text("ResourceSubType", (_, _) => "Microsoft:Hyper-V:Processor")
            .Text("AllocationUnits", (_, _) => "percent / 1000")
            .UInt64("VirtualQuantity", (machine, _) => (ulong)machine.Scenario.Processors)
            .UInt64("Reservation", (_, _) => 0)
            .UInt64("Limit", (_, _) => 100_000)
            .UInt32("Weight", (_, _) => 100)
            .Flag("LimitProcessorFeatures", (_, _) => false)
            .Flag("ExposeVirtualizationExtensions", (_, _) => false)
            .UInt64("HwThreadsPerCore", (_, _) => 0)
            .Flag("HideHypervisorPresent", (_, _) => false)
            .Build();

    private static ClassDeclaration Storage()
        => new ClassBuilder<VirtualDisk>(
                CimNames.Virtualization, CimNames.StorageAllocationSettingData, world => world.Machines.SelectMany(machine => machine.Disks), disk => disk.Machine)
            .FoundBy("InstanceID", (world, value, _) => Paths.Owner(world, value)?.SelectMany(machine => machine.Disks))
            .Key("InstanceID", (disk, _) => DriveId(disk, "L"))
            .Text("ElementName", (disk, _) => disk.IsDvd ? "ISO Disk Image" : "Hard Disk Image")
            .UInt16("ResourceType", (_, _) => 31)
            .Text("ResourceSubType", (disk, _) => disk.IsDvd ? CimNames.VirtualDvd : CimNames.VirtualHardDisk)
            .Texts("HostResource", (disk, _) => new[] { disk.Path })
            .Text("Parent", (disk, world) => Paths.Text(world, Paths.Of("Msvm_ResourceAllocationSettingData", ("InstanceID", DriveId(disk, "D")))))
            .Text("SnapshotId", (_, _) => null)
            .Build();

    private static ClassDeclaration PortAllocation()
        => MachineClass(CimNames.EthernetPortAllocationSettingData)
            .Key("InstanceID", (machine, _) => AdapterId(machine) + @"\C")
            .Text("ElementName", (_, _) => "Ethernet Connection")
            .UInt16("ResourceType", (_, _) => 33)
            .Text("ResourceSubType", (_, _) => "Microsoft:Hyper-V:Ethernet Connection")
            .Texts("HostResource", (_, world) => new[] { Paths.Text(world, Paths.Switch(VirtualSwitch.KeyOf(ScenarioInstance.SwitchName))) })
            .UInt16("EnabledState", (_, _) => EnabledState.Enabled)
            .Text("LastKnownSwitchName", (_, _) => ScenarioInstance.SwitchName)
            .Text("Address", (machine, _) => machine.MacAddress)
            .Text("Parent", (machine, world) => Paths.Text(world, Paths.Of(CimNames.SyntheticEthernetPortSettingData, ("InstanceID", AdapterId(machine)))))
            .Build();

    private static ClassDeclaration Port()
        => MachineClass(CimNames.SyntheticEthernetPortSettingData)
            .Key("InstanceID", (machine, _) => AdapterId(machine))
            .Text("ElementName", (_, _) => "Network Adapter")
            .UInt16("ResourceType", (_, _) => 10)
            .Text("ResourceSubType", (_, _) => "Microsoft:Hyper-V:Synthetic Ethernet Port")
            .Text("Address", (machine, _) => machine.MacAddress)
            .Flag("StaticMacAddress", (_, _) => true)
            .Flag("ClusterMonitored", (_, _) => false)
            .Build();

    private static ClassDeclaration GuestNetwork()
        => MachineClass(CimNames.GuestNetworkAdapterConfiguration)
            .Key("InstanceID", (machine, _) => $@"Microsoft:GuestNetwork\{machine.Key}\{machine.AdapterId}")
            .UInt16("ProtocolIFType", (_, _) => 4098)
            .Flag("DHCPEnabled", (_, _) => true)
            .Texts("IPAddresses", (machine, world) => Address(machine, world) is { } address ? new[] { address, LinkLocalOf(machine.MacAddress) } : Array.Empty<string>())
            .Texts("Subnets", (machine, world) => Address(machine, world) is not null ? new[] { "255.255.240.0", "/64" } : Array.Empty<string>())
            .Texts("DefaultGateways", (_, _) => Array.Empty<string>())
            .Texts("DNSServers", (_, _) => Array.Empty<string>())
            .UInt16s("IPAddressOrigins", (_, _) => Array.Empty<ushort>())
            .Build();

    /// <summary>The address that a guest tells: only while it is up and has booted.</summary>
    internal static string? Address(VirtualMachine machine, HostWorld world)
        => machine.IsGuestUp && machine.Guest.Answers(world.Now) ? machine.Guest.Scenario.IPv4 : null;

    private static ClassBuilder<VirtualMachine> MachineClass(string name)
        => new ClassBuilder<VirtualMachine>(CimNames.Virtualization, name, world => world.Machines, machine => machine)
            .FoundBy("InstanceID", (world, value, _) => Paths.Owner(world, value));

    private static string Resource(VirtualMachine machine, string kind) => $@"Microsoft:{machine.Key}\{StableId.Text(StableId.Of(kind, machine.Key, 0))}";

    private static string AdapterId(VirtualMachine machine) => $@"Microsoft:{machine.Key}\{machine.AdapterId}";

    /// <summary>Controller, its number, the location on it; L for the medium, D for the drive.</summary>
    private static string DriveId(VirtualDisk disk, string kind)
        => string.Format(CultureInfo.InvariantCulture, @"Microsoft:{0}\{1}\0\{2}\{3}", disk.Machine.Key, disk.Machine.ControllerId, disk.Location, kind);

    /// <summary>The address that an adapter gives itself (RFC 4291, modified EUI-64): the MAC address with FF:FE in its middle and one bit turned.</summary>
    private static string LinkLocalOf(string mac)
    {
        var first = int.Parse(mac.Substring(0, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) ^ 2;
        return string.Format(CultureInfo.InvariantCulture, "fe80::{0:x}{1}:{2}ff:fe{3}:{4}", first, mac.Substring(2, 2), mac.Substring(4, 2), mac.Substring(6, 2), mac.Substring(8, 4)).ToLowerInvariant();
    }
}
