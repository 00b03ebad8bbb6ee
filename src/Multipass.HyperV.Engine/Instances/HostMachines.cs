using System;
using System.Collections.Generic;
using System.Linq;

namespace Multipass.HyperV.Instances;

/// <summary>A virtual machine as far as it matters to others: its name and its disks.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name; null where that was not read.</param>
/// <param name="State">Its state; null where that was not read.</param>
/// <param name="Disks">The paths of its virtual disks.</param>
internal sealed record HostMachine(Guid Id, string? Name, MpInstanceState? State, IReadOnlyList<string> Disks)
{
    /// <summary>The machine in words: <c>'foo' (ID)</c>.</summary>
    public string Describe() => Name is null ? MachineReading.KeyOf(Id) : $"'{Name}' ({MachineReading.KeyOf(Id)})";
}

/// <summary>The virtual machines of a host at one moment, Multipass's or not: who shares a name, who shares a disk. Multipass goes by names, this module by ids and disks.</summary>
internal sealed class HostMachines
{
    public static readonly HostMachines Unknown = new(Array.Empty<HostMachine>(), knowsNames: false, knowsDisks: false);

    private readonly ILookup<string, HostMachine> _byName;
    private readonly ILookup<string, HostMachine> _byDisk;

    /// <param name="machines">The machines.</param>
    /// <param name="knowsNames">Whether every machine that has a name in question is among them.</param>
    /// <param name="knowsDisks">Whether every machine that has a disk in question is among them.</param>
    public HostMachines(IReadOnlyList<HostMachine> machines, bool knowsNames, bool knowsDisks)
    {
        Machines = machines;
        KnowsNames = knowsNames;
        KnowsDisks = knowsDisks;
        _byName = machines.Where(machine => machine.Name is not null).ToLookup(machine => machine.Name!, StringComparer.OrdinalIgnoreCase);
        _byDisk = machines.SelectMany(machine => machine.Disks.Select(KeyOf).Distinct(StringComparer.Ordinal).Select(key => (key, machine)))
            .ToLookup(pair => pair.key, pair => pair.machine, StringComparer.Ordinal);
    }

    public IReadOnlyList<HostMachine> Machines { get; }

    public bool KnowsNames { get; }

    public bool KnowsDisks { get; }

    public IEnumerable<HostMachine> Named(string name) => _byName[name];

    /// <summary>The machines that have a disk, or another link of its chain: checkpoints lie in the same folder of the vault.</summary>
    public IEnumerable<HostMachine> WithDisk(string? disk) => disk is null ? Array.Empty<HostMachine>() : _byDisk[KeyOf(disk)];

    /// <summary>What two paths have in common when they are one disk to Multipass: the folder in the vault, or else the path.</summary>
    public static string KeyOf(string disk)
    {
        var normal = Ownership.Normalise(disk).ToUpperInvariant();
        return Ownership.VaultOwnerOf(disk) is null ? normal : normal.Substring(0, normal.LastIndexOf('/') + 1);
    }
}
