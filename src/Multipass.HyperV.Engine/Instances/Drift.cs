using System;
using System.Collections.Generic;
using System.Linq;
using Multipass.HyperV.Multipass;
using static Multipass.HyperV.MpInstanceState;

namespace Multipass.HyperV.Instances;

/// <summary>Compares Multipass's word with the host's state.</summary>
internal static class Drift
{
    /// <summary>Which states of the host agree with each of Multipass's words, and what it is called when the host shows another. Multipass has no word for a pause, and says Unknown.</summary>
    /// <remarks>
    /// A change in progress contradicts nothing: Multipass sees its end later than the host. That Multipass still says Starting of an instance that runs is usual as well: it
    /// waits until it can log in. The reverse is not: that it says Suspended of one that is Stopped, or the other way round, tells of work that is lost or still there.
    /// </remarks>
    public static readonly IReadOnlyList<(string Word, MpDrift Otherwise, MpInstanceState[] Agreeing)> Rows = new[]
    {
        ("Starting", MpDrift.StuckStarting, new[] { Starting, Restarting, Running }),
        ("Restarting", MpDrift.StuckStarting, new[] { Starting, Restarting, Running }),
        ("Running", MpDrift.SaysRunning, new[] { Running, Starting, Restarting, Stopping, Suspending }),
        ("Delayed Shutdown", MpDrift.SaysRunning, new[] { Running, Starting, Restarting, Stopping, Suspending }),
        ("Stopped", MpDrift.SaysStopped, new[] { Stopped, Starting, Restarting, Stopping, Suspending }),
        ("Suspended", MpDrift.SaysStopped, new[] { Suspended, Starting, Restarting, Stopping, Suspending }),
        ("Suspending", MpDrift.SaysStopped, new[] { Suspended, Starting, Restarting, Stopping, Suspending }),
        ("Unavailable", MpDrift.Unknown, new[] { Stopped, Suspended }),
        ("Unknown", MpDrift.Unknown, new[] { Paused }),
    };

    /// <summary>The kind of drift of a virtual machine that the host has, and one sentence about it. For when Multipass could be asked.</summary>
    public static (MpDrift Drift, string Reason) Judge(InstanceFacts facts, MultipassRecord? record)
    {
        if (record is null)
        {
            return facts.Managed
                ? (MpDrift.OrphanOnHost, $"The host has '{facts.Name}', but Multipass has no record of it.")
                : (MpDrift.None, string.Empty);
        }

        if (record.IsDeleted)
        {
            return (MpDrift.Deleted, $"'{record.Name}' is deleted in Multipass but not yet purged: `multipass recover {record.Name}` brings it back.");
        }

        if (record.Backend == MpBackend.Hcs)
        {
            return (MpDrift.OtherBackend, $"Multipass runs '{record.Name}' with its HCS backend now; this virtual machine is left from before and has the same disk: never start both.");
        }

        if (facts.State == Unknown)
        {
            return (MpDrift.Unknown, "The host's own state has no word here; HostState has what it said.");
        }

        if (record.Note is { } note)
        {
            return (MpDrift.Unknown, $"What Multipass believes of '{record.Name}' is not known: {note}.");
        }

        var row = Rows.FirstOrDefault(candidate => string.Equals(candidate.Word, record.State, StringComparison.OrdinalIgnoreCase));
        return row.Word is null ? (MpDrift.Unknown, $"Multipass says '{record.State}' of '{record.Name}', a word that has no known meaning.")
            : row.Agreeing.Contains(facts.State) ? (MpDrift.None, string.Empty)
            : (row.Otherwise, ReasonOf(row.Otherwise, facts, record));
    }

    private static string ReasonOf(MpDrift drift, InstanceFacts facts, MultipassRecord record)
        => $"Multipass says {record.State}, but on the host '{facts.Name}' is {facts.State}" + (drift == MpDrift.StuckStarting ? ": nothing is starting." : ".");
}

/// <summary>Finds the record that speaks of a virtual machine: by the disk, never by the name alone.</summary>
internal sealed class RecordIndex
{
    private readonly Dictionary<string, MultipassRecord> _byDisk = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, MultipassRecord> _byName = new(StringComparer.OrdinalIgnoreCase);

    public RecordIndex(IReadOnlyList<MultipassRecord> records)
    {
        Records = records;
        foreach (var record in records)
        {
            _byName[record.Name] = record;
            if (record.Disk is { } disk)
            {
                _byDisk[Ownership.Normalise(disk)] = record;
            }
        }
    }

    public IReadOnlyList<MultipassRecord> Records { get; }

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
