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

    public static readonly IReadOnlyList<ClassDeclaration> All = new[]
    {
        SystemSettings(), Memory(), Processor(), Storage(), PortAllocation(), Port(), GuestNetwork(), AssignedDevice(DeviceType.PciExpress), AssignedDevice(DeviceType.GpuPartition),
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
            .Text("ConfigurationID", (machine, _) => machine.Key)
            .Text("BIOSGUID", (machine, _) => "{" + StableId.Text(StableId.Of("bios", machine.Key, 0)) + "}")
            .Text("BIOSSerialNumber", (machine, _) => SerialNumber("bios", machine))
            .Text("BaseBoardSerialNumber", (machine, _) => SerialNumber("board", machine))
            .Text("ChassisSerialNumber", (machine, _) => SerialNumber("chassis", machine))
            .Text("ChassisAssetTag", (machine, _) => SerialNumber("asset", machine))
            .UInt16("AutomaticStartupActionSequenceNumber", (_, _) => 0)
            .Text("RecoveryFile", (_, _) => string.Empty)
            .Flag("AllowFullSCSICommandSet", (_, _) => false)
            .Flag("AllowReducedFcRedundancy", (_, _) => false)
            .Flag("BIOSNumLock", (_, _) => false)
            .UInt16("ConsoleMode", (_, _) => 0)
            .UInt32("DebugChannelId", (_, _) => 0)
            .UInt32("DebugPort", (_, _) => 0)
            .UInt16("DebugPortEnabled", (_, _) => 0)
            .UInt16("EnhancedSessionTransportType", (_, _) => 0)
            .Flag("GuestControlledCacheTypes", (_, _) => false)
            .Flag("LockOnDisconnect", (_, _) => false)
            .UInt64("HighMmioGapSize", (_, _) => 512)
            .UInt64("LowMmioGapSize", (_, _) => 128)
            .UInt16("NetworkBootPreferredProtocol", (_, _) => 4096)
            .Flag("PauseAfterBootFailure", (_, _) => false)
            .Flag("TurnOffOnGuestRestart", (_, _) => false)
            .Build();

    private static ClassDeclaration Memory()
        => MachineClass(CimNames.MemorySettingData)
            .Key("InstanceID", (machine, _) => DeviceKinds.SettingId(machine, DeviceKinds.Memory.Definition.ToLowerInvariant()))
            .Resource(_ => DeviceKinds.Memory, DeviceKinds.Memory)
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
            .Key("InstanceID", (machine, _) => DeviceKinds.SettingId(machine, DeviceKinds.Processor.Definition.ToLowerInvariant() + @"\0"))
            .Resource(_ => DeviceKinds.Processor, DeviceKinds.Processor)
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
            .Key("InstanceID", (disk, _) => DeviceKinds.SettingId(disk.Machine, DeviceKinds.DiskId(disk, "L")))
            .Resource(disk => disk.IsDvd ? DeviceKinds.DvdImage : DeviceKinds.HardDisk, DeviceKinds.HardDisk, DeviceKinds.DvdImage)
            .Texts("HostResource", (disk, _) => new[] { disk.Path })
            .Text("AddressOnParent", (_, _) => "0")
            .UInt16("Access", (disk, _) => (ushort)(disk.IsDvd ? 1 : 3))
            .UInt64("VirtualResourceBlockSize", (disk, _) => disk.IsDvd ? 2048u : 512u)
            .UInt64("HostResourceBlockSize", (disk, _) => disk.IsDvd ? 2048u : 512u)
            .Flag("PersistentReservationsSupported", (_, _) => false)
            .Flag("IgnoreFlushes", (_, _) => false)
            .UInt16("CachingMode", (_, _) => 0)
            .UInt16("WriteHardeningMethod", (_, _) => 0)
            .UInt64("IOPSLimit", (_, _) => 0)
            .UInt64("IOPSReservation", (_, _) => 0)
            .Text("StorageQoSPolicyID", (_, _) => "00000000-0000-0000-0000-000000000000")
            .Text("Parent", (disk, world) => Paths.Text(world, Paths.Of(DeviceKinds.ResourceSetting, ("InstanceID", DeviceKinds.SettingId(disk.Machine, DeviceKinds.DiskId(disk, "D"))))))
            .Text("SnapshotId", (_, _) => null)
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
            .Resource(_ => DeviceKinds.Connection, DeviceKinds.Connection)
            .Texts("HostResource", (_, world) => new[] { Paths.Text(world, Paths.Switch(VirtualSwitch.KeyOf(ScenarioInstance.SwitchName))) })
            .UInt16("EnabledState", (_, _) => EnabledState.Enabled)
            .Text("LastKnownSwitchName", (_, _) => ScenarioInstance.SwitchName)
            .Text("Address", (machine, _) => machine.MacAddress)
            .Text("Parent", (machine, world) => Paths.Text(world, Paths.Of(CimNames.SyntheticEthernetPortSettingData, ("InstanceID", AdapterId(machine)))))
            .Build();

    private static ClassDeclaration Port()
        => MachineClass(CimNames.SyntheticEthernetPortSettingData)
            .Key("InstanceID", (machine, _) => AdapterId(machine))
            .Resource(_ => DeviceKinds.Adapter, DeviceKinds.Adapter)
            .Text("Address", (machine, _) => machine.MacAddress)
            .Flag("StaticMacAddress", (_, _) => true)
            .Texts("VirtualSystemIdentifiers", (machine, _) => new[] { "{" + machine.AdapterId + "}" })
            .Flag("ClusterMonitored", (_, _) => false)
            .Build();

    private static ClassDeclaration GuestNetwork()
        => MachineClass(CimNames.GuestNetworkAdapterConfiguration)
            .Key("InstanceID", (machine, _) => $@"Microsoft:GuestNetwork\{machine.Key}\{machine.AdapterId}")
            // The row is there for every adapter; of a guest that tells nothing it says nothing.
            .UInt16("ProtocolIFType", (machine, world) => (ushort)(Address(machine, world) is null ? 0 : 4098))
            .Flag("DHCPEnabled", (_, _) => true)
            .Texts("IPAddresses", (machine, world) => Address(machine, world) is { } address ? new[] { address, LinkLocalOf(machine.MacAddress) } : Array.Empty<string>())
            .Texts("Subnets", (machine, world) => Address(machine, world) is not null ? new[] { "255.255.240.0", "/64" } : Array.Empty<string>())
            .Texts("DefaultGateways", (_, _) => Array.Empty<string>())
            .Texts("DNSServers", (_, _) => Array.Empty<string>())
            .UInt16s("IPAddressOrigins", (_, _) => Array.Empty<ushort>())
            .Build();

    /// <summary>Seven groups of digits, as Hyper-V makes them.</summary>
    private static string SerialNumber(string kind, VirtualMachine machine)
    {
        var bytes = StableId.Of(kind + " serial", machine.Key, 0).ToByteArray();
        return string.Join("-", Enumerable.Range(0, 7).Select(group => ((bytes[group * 2] << 8) | bytes[(group * 2) + 1]).ToString("D5", CultureInfo.InvariantCulture).Substring(0, group < 6 ? 4 : 2)));
    }

    /// <summary>The address that a guest tells: only while it is up and has booted.</summary>
    internal static string? Address(VirtualMachine machine, HostWorld world)
        => machine.IsGuestUp && machine.Guest.Answers(world.Now) ? machine.Guest.Scenario.IPv4 : null;

    private static ClassBuilder<VirtualMachine> MachineClass(string name)
        => new ClassBuilder<VirtualMachine>(CimNames.Virtualization, name, world => world.Machines, machine => machine)
            .FoundBy("InstanceID", (world, value, _) => Paths.Owner(world, value));

    private static string ConfigurationRoot(VirtualMachine machine) => machine.Scenario.StateVolume + ConfigurationFolder;

    /// <summary>A fault that claims wrong settings shows them until the next start.</summary>
    private static ulong MemoryOf(VirtualMachine machine) => (uint)machine.Scenario.MemoryMB | (machine.Struck?.Name == FaultKinds.MemoryConfigInvalid.Name ? 1u : 0u);

    private static string AdapterId(VirtualMachine machine) => $@"Microsoft:{machine.Key}\{machine.AdapterId}";

    /// <summary>The address that an adapter gives itself (RFC 4291, modified EUI-64): the MAC address with FF:FE in its middle and one bit turned.</summary>
    private static string LinkLocalOf(string mac)
    {
        var first = int.Parse(mac.Substring(0, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) ^ 2;
        return string.Format(CultureInfo.InvariantCulture, "fe80::{0:x}{1}:{2}ff:fe{3}:{4}", first, mac.Substring(2, 2), mac.Substring(4, 2), mac.Substring(6, 2), mac.Substring(8, 4)).ToLowerInvariant();
    }
}
