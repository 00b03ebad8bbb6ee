using System;
using System.Collections.Generic;
using System.Linq;
using Multipass.HyperV.Multipass;

namespace Multipass.HyperV.Instances;

/// <summary>Finds the record that speaks of a virtual machine: by the disk, never by the name alone.</summary>
internal sealed class RecordIndex
{
    private readonly Dictionary<string, MultipassRecord> _byDisk = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, MultipassRecord> _byName = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="records">What Multipass knows; VirtualBox's records speak of no virtual machine here.</param>
    public RecordIndex(IReadOnlyList<MultipassRecord> records)
    {
        foreach (var record in records.Where(record => record.Driver != DriverKind.VirtualBox || !record.IsInUse))
        {
            _byName[record.Name] = record;
            if (record.Disk is { } disk)
            {
                _byDisk[Ownership.Normalise(disk)] = record;
            }
        }
    }

    /// <summary>The record that claims a disk: by its path, or because the disk lies in the record's folder of the vault.</summary>
    public MultipassRecord? Of(string? disk)
    {
        if (disk is null)
        {
            return null;
        }

        if (_byDisk.TryGetValue(Ownership.Normalise(disk), out var claimed))
        {
            return claimed;
        }

        return Ownership.VaultOwnerOf(disk) is { } owner
            && _byName.TryGetValue(owner, out var record)
            && (record.Folder is null || Ownership.IsIn(disk, record.Folder))
                ? record
                : null;
    }
}
