using System;
using System.Collections.Generic;

namespace Multipass.HyperV.Failures;

/// <summary>What a device of a virtual machine is for.</summary>
internal enum DeviceKind
{
    /// <summary>Any other: the bus to the guest, a clock, a display.</summary>
    Other,

    /// <summary>Disks and DVD drives, and the controllers that they hang on.</summary>
    Storage,
    Network,
    Memory,
    Processor,
    Firmware,

    /// <summary>A device of the host, or a part of one: GPU partitions, and what is assigned through PCI Express.</summary>
    Assigned,
}

/// <summary>A device in the settings of a virtual machine.</summary>
/// <param name="Id">The id that Hyper-V's texts call it by.</param>
/// <param name="Kind">What it is for.</param>
/// <param name="Resource">Hyper-V's own word for its kind, <c>ResourceSubType</c>; empty when it has none.</param>
internal sealed record DeviceSetting(Guid Id, DeviceKind Kind, string Resource);

/// <summary>The ids and words by which Hyper-V knows devices.</summary>
internal static class DeviceKinds
{
    /// <summary>Devices of which a virtual machine has one have the same id everywhere, or that of their kind (the VirtualDevices key of Hyper-V's registry; Microsoft's support article 2249906; multipass #3090).</summary>
    private static readonly Dictionary<Guid, DeviceKind> WellKnown = new()
    {
        [new("83F8638B-8DCA-4152-9EDA-2CA8B33039B4")] = DeviceKind.Storage,    // emulated IDE controller
        [new("D422512D-2BF2-4752-809D-7B82B5FCB1B4")] = DeviceKind.Storage,    // synthetic SCSI controller
        [new("8F0D2762-0B00-4E04-AF4F-19010527CB93")] = DeviceKind.Storage,    // emulated diskette controller
        [new("2FC216B0-D2E2-4967-9B6D-B8A5C9CA2778")] = DeviceKind.Network,    // synthetic Ethernet port
        [new("4764334D-E001-4176-82EE-5594EC9B530E")] = DeviceKind.Memory,
        [new("E3C82929-EDB4-475E-85A4-29AAA2A30C2D")] = DeviceKind.Memory,     // dynamic memory controller
        [new("B637F346-6A0E-4DEC-AF52-BD70CB80A21D")] = DeviceKind.Processor,
        [new("AC6B8DC1-3257-4A70-B1B2-A9C9215659AD")] = DeviceKind.Firmware,   // virtual BIOS
        [new("2FCC454E-A36A-4C77-BB5E-A2D75A51F02C")] = DeviceKind.Assigned,   // virtual PCI Express port
        [new("99DCD00C-FBD6-42D3-9DFD-1B5AD7058F61")] = DeviceKind.Assigned,   // GPU partition
        [new("D41A1872-3740-41CE-A1EE-4522AB82F991")] = DeviceKind.Other,      // bus to the guest
        [new("736E6AA9-A3F8-49C0-9550-A963214D259A")] = DeviceKind.Other,      // virtual TPM
    };

    /// <summary><c>ResourceSubType</c>, which no language changes (class pages of the setting data).</summary>
    private static readonly Dictionary<string, DeviceKind> Resources = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Microsoft:Hyper-V:Synthetic SCSI Controller"] = DeviceKind.Storage,
        ["Microsoft:Hyper-V:Emulated IDE Controller"] = DeviceKind.Storage,
        ["Microsoft:Hyper-V:Synthetic Disk Drive"] = DeviceKind.Storage,
        ["Microsoft:Hyper-V:Synthetic DVD Drive"] = DeviceKind.Storage,
        ["Microsoft:Hyper-V:Virtual Hard Disk"] = DeviceKind.Storage,
        ["Microsoft:Hyper-V:Virtual CD/DVD Disk"] = DeviceKind.Storage,
        ["Microsoft:Hyper-V:Synthetic Ethernet Port"] = DeviceKind.Network,
        ["Microsoft:Hyper-V:Emulated Ethernet Port"] = DeviceKind.Network,
        ["Microsoft:Hyper-V:Ethernet Connection"] = DeviceKind.Network,
        ["Microsoft:Hyper-V:Memory"] = DeviceKind.Memory,
        ["Microsoft:Hyper-V:Processor"] = DeviceKind.Processor,
        ["Microsoft:Hyper-V:Virtual Pci Express Port"] = DeviceKind.Assigned,
        ["Microsoft:Hyper-V:GPU Partition"] = DeviceKind.Assigned,
    };

    public static DeviceKind OfResource(string? subType) => subType is not null && Resources.TryGetValue(subType, out var kind) ? kind : DeviceKind.Other;

    /// <summary>What a well-known id stands for; null for an id of one virtual machine's own.</summary>
    public static DeviceKind? OfId(Guid id) => WellKnown.TryGetValue(id, out var kind) ? kind : null;
}
