using System;
using System.Collections.Generic;
using System.Linq;
using Multipass.HyperV.Multipass;

namespace Multipass.HyperV.Instances;

/// <summary>What is laid side by side: a virtual machine, a record of Multipass's, or both, and what else the host has.</summary>
/// <param name="Facts">The virtual machine; where there is none, the name alone.</param>
/// <param name="Record">The record that claims its disk, or that has no virtual machine.</param>
/// <param name="Driver">The driver that Multipass uses.</param>
/// <param name="Machines">The host's virtual machines.</param>
internal sealed record DriftCase(InstanceFacts Facts, MultipassRecord? Record, MultipassDriver Driver, HostMachines Machines)
{
    /// <summary>Whether the host has a virtual machine for it.</summary>
    public bool HasMachine => Facts.Id != Guid.Empty;

    public string Name => Record?.Name ?? Facts.Name;

    /// <summary>Whose the record's machine is; Unknown where there is no record.</summary>
    public RecordOwner Owner { get; } = Record is null
        ? RecordOwner.Unknown
        : RecordOwners.Of(Record, Machines.Named(Record.Name).Any() || (Facts.Id != Guid.Empty && string.Equals(Facts.Name, Record.Name, StringComparison.OrdinalIgnoreCase)));

    /// <summary>True where the machine has the record's disk and another name than the record.</summary>
    public bool IsNamedOtherwise => HasMachine && Record is not null && !string.Equals(Record.Name, Facts.Name, StringComparison.OrdinalIgnoreCase);

    /// <summary>Other machines of the machine's name: to Multipass, which goes by names, they are the same.</summary>
    public IReadOnlyList<HostMachine> Namesakes => Machines.Named(Facts.Name).Where(machine => machine.Id != Facts.Id).ToList();

    /// <summary>Other machines with the same disk.</summary>
    public IReadOnlyList<HostMachine> DiskMates => Machines.WithDisk(HasMachine ? Facts.Disk : Record?.Disk ?? FolderDisk).Where(machine => machine.Id != Facts.Id).ToList();

    /// <summary>Machines of the record's name, whatever their disk.</summary>
    public IReadOnlyList<HostMachine> NamedAsRecord => Record is null ? Array.Empty<HostMachine>() : Machines.Named(Record.Name).Where(machine => machine.Id != Facts.Id).ToList();

    /// <summary>
    /// A clone in progress: Multipass imports the copy, with its disk in its own folder, under the name of its source, which still is there (hyperv_virtual_machine.cpp).
    /// </summary>
    public bool IsBeingCloned
        => HasMachine && Facts.Disk is { } disk && Ownership.VaultOwnerOf(disk) is { } owner && !string.Equals(owner, Facts.Name, StringComparison.OrdinalIgnoreCase)
            && Namesakes.Any(source => source.Disks.Any(path => Ownership.IsInVaultFolder(path, Facts.Name)))
            && DiskMates.Count == 0;

    /// <summary>What a machine of the record's folder would have as its disk's path, where the record itself does not say.</summary>
    private string? FolderDisk => Record?.Folder is { } folder ? MultipassLocations.Join(folder, "disk") : null;

    /// <summary>Whether nothing of the instance is left that purging could destroy: no machine of its name, none with its disk, no disk in its folder. Only what was looked for counts.</summary>
    public bool IsNothingLeft
        => Record is { IsInUse: true, Contents: { HasDisk: false, HasHcsTraces: false }, Folder: { } folder } record
            && Owner == RecordOwner.HyperV
            && record.Marker.Kind == MarkerKind.None
            && Machines.KnowsNames && Machines.KnowsDisks
            && NamedAsRecord.Count == 0 && DiskMates.Count == 0
            && (record.Disk is null || Ownership.IsIn(record.Disk, folder));
}
