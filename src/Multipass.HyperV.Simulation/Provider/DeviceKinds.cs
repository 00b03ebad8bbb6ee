using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using Multipass.HyperV.Simulation.World;
using Multipass.HyperV.Cim;

namespace Multipass.HyperV.Simulation.Provider;

/// <summary>How much of a resource there may be: what is usual, the least, the most, and in which steps.</summary>
internal sealed record Quantities(ulong Default, ulong Minimum, ulong Maximum, ulong Increment)
{
    /// <summary>One, as of everything that is counted singly.</summary>
    public static readonly Quantities One = new(1, 1, 1, 1);
}

/// <summary>A kind of resource: its settings, the device that they become while the virtual machine is on, and the pool it comes from.</summary>
/// <param name="Device">The class of the device; null where none is served.</param>
/// <param name="Setting">The class of its settings.</param>
/// <param name="Pool">The id of its pool, as on every host.</param>
/// <param name="ResourceType"><c>ResourceType</c> (CIM_ResourceAllocationSettingData class page).</param>
/// <param name="SubType"><c>ResourceSubType</c> after its prefix.</param>
/// <param name="Name">What it is called.</param>
internal sealed record DeviceKind(string? Device, string Setting, string Pool, ushort ResourceType, string SubType, string Name)
{
    /// <summary>The id under which its limits are found.</summary>
    public string Definition { get; init; } = Pool;

    /// <summary>The class of its pool.</summary>
    public string PoolClass { get; init; } = DeviceKinds.ResourcePool;

    public string Units { get; init; } = "count";

    public Quantities Quantity { get; init; } = Quantities.One;

    public Quantities Reservation { get; init; } = Quantities.One;

    public Quantities Limit { get; init; } = Quantities.One;

    public string ResourceSubType => "Microsoft:Hyper-V:" + SubType;
}

/// <summary>A device of a virtual machine.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Machine">Whose it is.</param>
/// <param name="Id">What its id as a device has behind <c>Microsoft:</c>.</param>
/// <param name="SettingId">The id of its settings.</param>
internal sealed record Device(DeviceKind Kind, VirtualMachine Machine, string Id, string SettingId)
{
    /// <summary>The device that it is plugged into, and where; null when it stands for itself.</summary>
    public Device? Parent { get; init; }

    public string? AddressOnParent { get; init; }

    /// <summary>The row of its settings: of some classes they belong to the virtual machine or to its disk.</summary>
    public object? SettingRow { get; init; }
}

/// <summary>The kinds of resources, and what of them a virtual machine has. The ids are those that hosts were recorded to have (dumps of associations of Windows Server, public).</summary>
internal static class DeviceKinds
{
    public const string ResourcePool = "Msvm_ResourcePool", ProcessorPool = "Msvm_ProcessorPool", ResourceSetting = "Msvm_ResourceAllocationSettingData";

    /// <summary>The most that Hyper-V gives to one virtual machine of generation 2, in MB: 12 TB (plan for Hyper-V scalability page).</summary>
    private const ulong MostMemoryMB = 12 * 1024 * 1024;

    /// <summary>In thousandths of a percent.</summary>
    private const ulong AllOfProcessor = 100_000;

    public static readonly DeviceKind Memory = new("Msvm_Memory", CimNames.MemorySettingData, "4764334E-E001-4176-82EE-5594EC9B530E", 4, "Memory", "Memory")
    {
        Definition = "4764334D-E001-4176-82EE-5594EC9B530E",
        Units = "byte * 2^20",
        Quantity = new(1024, 32, MostMemoryMB, 2),
        Reservation = new(512, 32, MostMemoryMB, 2),
        Limit = new(1024 * 1024, 32, MostMemoryMB, 2),
    };

    public static readonly DeviceKind Processor = new("Msvm_Processor", CimNames.ProcessorSettingData, "B637F347-6A0E-4DEC-AF52-BD70CB80A21D", 3, "Processor", "Processor")
    {
        Definition = "B637F346-6A0E-4DEC-AF52-BD70CB80A21D",
        PoolClass = ProcessorPool,
        Units = "percent / 1000",
        Quantity = new(1, 1, 2048, 1),
        Reservation = new(0, 0, AllOfProcessor, 1),
        Limit = new(AllOfProcessor, 0, AllOfProcessor, 1),
    };

    public static readonly DeviceKind Controller = new("Msvm_SCSIProtocolController", ResourceSetting, "bde5d4d6-e450-46d2-b925-976ca3e989b4", 6, "Synthetic SCSI Controller", "SCSI Controller");

    public static readonly DeviceKind DiskDrive = new("Msvm_DiskDrive", ResourceSetting, "118C3BE5-0D31-4804-85F0-5C6074ABEA8F", 17, "Synthetic Disk Drive", "Hard Drive");

    public static readonly DeviceKind DvdDrive = new("Msvm_DVDDrive", ResourceSetting, "7951A5ED-8DC5-42d7-AA8C-9F14C54CEB84", 16, "Synthetic DVD Drive", "DVD Drive");

    public static readonly DeviceKind HardDisk =
        new("Msvm_LogicalDisk", CimNames.StorageAllocationSettingData, "70BB60D2-A9D3-46AA-B654-3DE53004B4F8", 31, "Virtual Hard Disk", "Hard Disk Image");

    public static readonly DeviceKind DvdImage =
        new("Msvm_LogicalDisk", CimNames.StorageAllocationSettingData, "D92D268E-9AA8-49DD-8C7D-821CEFB5F597", 31, "Virtual CD/DVD Disk", "ISO Disk Image");

    public static readonly DeviceKind Adapter =
        new("Msvm_SyntheticEthernetPort", CimNames.SyntheticEthernetPortSettingData, "6A45335D-4C3A-44b7-B61F-C9808BBDF8ED", 10, "Synthetic Ethernet Port", "Network Adapter");

    public static readonly DeviceKind Connection =
        new(null, CimNames.EthernetPortAllocationSettingData, "72027ECE-E44A-446E-AF2B-8D8C4B8A2279", 33, "Ethernet Connection", "Ethernet Connection");

    public static readonly IReadOnlyList<DeviceKind> All = new[] { Memory, Processor, Controller, DiskDrive, DvdDrive, HardDisk, DvdImage, Adapter, Connection };

    private static readonly ConditionalWeakTable<VirtualMachine, IReadOnlyList<Device>> Devices = new();

    /// <summary>What a virtual machine has. Its settings are there always, the devices while it is on.</summary>
    public static IReadOnlyList<Device> Of(VirtualMachine machine) => Devices.GetValue(machine, Make);

    /// <summary>True while a virtual machine has devices.</summary>
    public static bool IsOn(VirtualMachine machine) => machine.WorkerId is not null;

    public static string SettingId(VirtualMachine machine, string device) => $@"Microsoft:{machine.Key}\{device}";

    /// <summary>Controller, its number, the location on it; L for the medium, D for the drive.</summary>
    public static string DiskId(VirtualDisk disk, string part) => FormattableString.Invariant($@"{disk.Machine.ControllerId}\0\{disk.Location}\{part}");

    private static IReadOnlyList<Device> Make(VirtualMachine machine)
    {
        Device Device(DeviceKind kind, string id, object? settings = null, Device? parent = null, int? at = null)
            => new(kind, machine, id, SettingId(machine, id))
            {
                Parent = parent,
                AddressOnParent = at?.ToString(System.Globalization.CultureInfo.InvariantCulture),
                SettingRow = settings,
            };

        // The settings of memory and processors have the kind's id in small letters; those of processors stand for all of them.
        var memoryId = Memory.Definition.ToLowerInvariant();
        var processorId = Processor.Definition.ToLowerInvariant();
        var devices = new List<Device>
        {
            Device(Memory, Memory.Definition + @"\0", machine) with { SettingId = SettingId(machine, memoryId) },
        };
        devices.AddRange(Enumerable.Range(0, machine.Scenario.Processors).Select(number => Device(Processor, FormattableString.Invariant($@"{processorId}\{number}"), machine) with
        {
            SettingId = SettingId(machine, processorId + @"\0"),
        }));
        var controller = Device(Controller, machine.ControllerId + @"\0");
        devices.Add(controller);
        foreach (var disk in machine.Disks)
        {
            var drive = Device(disk.IsDvd ? DvdDrive : DiskDrive, DiskId(disk, "D"), null, controller, disk.Location);
            devices.Add(drive);
            devices.Add(Device(disk.IsDvd ? DvdImage : HardDisk, DiskId(disk, "L"), disk, drive, 0));
        }

        devices.Add(Device(Adapter, machine.AdapterId, machine));
        return devices;
    }
}
