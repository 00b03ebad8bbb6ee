using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Multipass.HyperV.Simulation.Faults;
using Multipass.HyperV.Simulation.Scenarios;
using Multipass.HyperV.Simulation.World;
using Multipass.HyperV.Cim;

namespace Multipass.HyperV.Simulation.Provider;

/// <summary>The settings of virtual machines in <c>root/virtualization/v2</c>, as Multipass makes them: generation 2, static address, no automatic checkpoints.</summary>
internal static class SettingClasses
{
    private const string ConfigurationFolder = @"\ProgramData\Microsoft\Windows\Hyper-V";

    /// <summary>The ids that memory and processors have in every virtual machine.</summary>
    private const string MemoryId = "4764334D-E001-4176-82EE-5594EC9B530E", ProcessorId = "B637F346-6A0E-4DEC-AF52-BD70CB80A21D";

    public static readonly IReadOnlyList<ClassDeclaration> All = new[]
    {
        SystemSettings(), Memory(), Processor(), Storage(), Drive(), PortAllocation(), Port(), GuestNetwork(), AssignedDevice(DeviceType.PciExpress), AssignedDevice(DeviceType.GpuPartition),
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
            .Text("ConfigurationDataRoot", (machine, _) => ConfigurationRoot(machine))
            .Text("ConfigurationFile", (machine, _) => $@"Virtual Machines\{machine.Key}.vmcx")
            .Text("SnapshotDataRoot", (machine, _) => ConfigurationRoot(machine))
            .Text("SuspendDataRoot", (machine, _) => ConfigurationRoot(machine))
            .Text("SwapFileDataRoot", (machine, _) => ConfigurationRoot(machine))
            .Text("LogDataRoot", (machine, _) => ConfigurationRoot(machine))
            .Text("GuestStateDataRoot", (machine, _) => ConfigurationRoot(machine))
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
            .Flag("SecureBootEnabled", (machine, _) => machine.Scenario.SecureBoot)
            .Flag("IncrementalBackupEnabled", (_, _) => true)
            .Flag("VirtualNumaEnabled", (_, _) => true)
            .Text("Version", (_, _) => "12.0")
            .Text("Parent", (_, _) => null)
            .Build();

    private static ClassDeclaration Memory()
        => MachineClass(CimNames.MemorySettingData)
            .Key("InstanceID", (machine, _) => Resource(machine, MemoryId))
            .Text("ElementName", (_, _) => "Memory")
            .UInt16("ResourceType", (_, _) => 4)
            .Text("ResourceSubType", (_, _) => "Microsoft:Hyper-V:Memory")
            .Text("AllocationUnits", (_, _) => "byte * 2^20")
            .UInt64("VirtualQuantity", (machine, _) => MemoryOf(machine))
            .UInt64("Reservation", (machine, _) => (ulong?)machine.Scenario.DynamicMemory?.MinimumMB ?? MemoryOf(machine))
            .UInt64("Limit", (machine, _) => (ulong?)machine.Scenario.DynamicMemory?.MaximumMB ?? MemoryOf(machine))
            .UInt32("Weight", (_, _) => 5000)
            .Flag("DynamicMemoryEnabled", (machine, _) => machine.Scenario.DynamicMemory is not null)
            .UInt32("TargetMemoryBuffer", (machine, _) => (uint)(machine.Scenario.DynamicMemory?.BufferPercent ?? DynamicMemory.DefaultBufferPercent))
            .UInt64("MaxMemoryBlocksPerNumaNode", (_, world) => (ulong)(world.Host.MemoryMB / world.Host.NumaNodes))
            .Flag("SwapFilesInUse", (_, _) => false)
            .Flag("HugePagesEnabled", (_, _) => false)
            .Build();

    private static ClassDeclaration Processor()
        => MachineClass(CimNames.ProcessorSettingData)
            .Key("InstanceID", (machine, _) => Resource(machine, ProcessorId))
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

    /// <summary>The controller of a virtual machine's disks, and the drives on it.</summary>
    private static ClassDeclaration Drive()
        => new ClassBuilder<DriveRow>(CimNames.Virtualization, "Msvm_ResourceAllocationSettingData", world => world.Machines.SelectMany(DriveRow.Of), row => row.Machine)
            .FoundBy("InstanceID", (world, value, _) => Paths.Owner(world, value)?.SelectMany(DriveRow.Of))
            .Key("InstanceID", (row, _) => row.Disk is { } disk ? DriveId(disk, "D") : $@"Microsoft:{row.Machine.Key}\{row.Machine.ControllerId}\0")
            .Text("ElementName", (row, _) => row.Disk is null ? "SCSI Controller" : row.Disk.IsDvd ? "DVD Drive" : "Hard Drive")
            .UInt16("ResourceType", (row, _) => row.Disk is null ? (ushort)6 : row.Disk.IsDvd ? (ushort)16 : (ushort)17)
            .Text("ResourceSubType", (row, _) => "Microsoft:Hyper-V:" + (row.Disk is null ? "Synthetic SCSI Controller" : row.Disk.IsDvd ? "Synthetic DVD Drive" : "Synthetic Disk Drive"))
            .Build();

    /// <summary>A device of the host: ResourceType 32769 for PCI Express, 32770 for a part of a GPU (class pages; clients of real hosts).</summary>
    private static ClassDeclaration AssignedDevice(DeviceType type)
    {
        return new ClassBuilder<VirtualDevice>(
                CimNames.Virtualization, type == DeviceType.PciExpress ? "Msvm_PciExpressSettingData" : "Msvm_GpuPartitionSettingData", world => world.Machines.SelectMany(Devices), device => device.Machine)
            .FoundBy("InstanceID", (world, value, _) => Paths.Owner(world, value)?.SelectMany(Devices))
            .Key("InstanceID", (device, _) => $@"Microsoft:{device.Machine.Key}\{device.Key}")
            .Text("ElementName", (_, _) => type == DeviceType.PciExpress ? "PCI Express Port" : "GPU Partition Settings")
            .UInt16("ResourceType", (_, _) => type == DeviceType.PciExpress ? (ushort)32769 : (ushort)32770)
            .Text("ResourceSubType", (_, _) => "Microsoft:Hyper-V:" + (type == DeviceType.PciExpress ? "Virtual Pci Express Port" : "GPU Partition"))
            .UInt64("VirtualQuantity", (_, _) => 1)
            .Build();

        IEnumerable<VirtualDevice> Devices(VirtualMachine machine) => machine.Devices.Where(device => device.Scenario.Type == type);
    }

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

    private static string ConfigurationRoot(VirtualMachine machine) => machine.Scenario.StateVolume + ConfigurationFolder;

    /// <summary>A fault that claims wrong settings shows them until the next start.</summary>
    private static ulong MemoryOf(VirtualMachine machine) => (uint)machine.Scenario.MemoryMB | (machine.Struck?.Name == FaultKinds.MemoryConfigInvalid.Name ? 1u : 0u);

    /// <summary>The controller of a virtual machine, or one of its drives.</summary>
    private sealed record DriveRow(VirtualMachine Machine, VirtualDisk? Disk)
    {
        public static IEnumerable<DriveRow> Of(VirtualMachine machine) => machine.Disks.Select(disk => new DriveRow(machine, disk)).Prepend(new DriveRow(machine, null));
    }

    private static string Resource(VirtualMachine machine, string id) => $@"Microsoft:{machine.Key}\{id}";

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
