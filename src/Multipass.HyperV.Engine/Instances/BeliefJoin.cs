using System;
using System.Collections.Generic;
using System.Linq;
using Multipass.HyperV.Multipass;
using Multipass.HyperV.Hosts;

namespace Multipass.HyperV.Instances;

/// <summary>Lays what Multipass believes beside what the host shows.</summary>
internal static class BeliefJoin
{
    /// <summary>The instances with their records, and those that only Multipass knows.</summary>
    /// <param name="session">The host.</param>
    /// <param name="facts">The virtual machines that were read.</param>
    /// <param name="reading">What Multipass believes.</param>
    /// <param name="filter">Which instances were asked for.</param>
    /// <param name="otherDisks">Disks of virtual machines that were not read.</param>
    /// <param name="at">When the host was read.</param>
    public static List<InstanceFacts> Of(
        HostSession session, IReadOnlyList<InstanceFacts> facts, MultipassReading reading, InstanceFilter filter, IReadOnlyList<string> otherDisks, DateTimeOffset at)
    {
        var index = reading.Index;
        var joined = facts.Select(fact => With(fact, reading, index)).ToList();
        var known = new HashSet<MultipassRecord>(joined.Where(fact => fact.Record is not null).Select(fact => fact.Record!));
        var elsewhere = new HashSet<MultipassRecord>(facts.Select(fact => fact.Disk).Concat(otherDisks).Select(index.Of).Where(record => record is not null).Select(record => record!));
        joined = joined
            .GroupBy(fact => fact.Record)
            .SelectMany(group => group.Key is { } record && group.Count() > 1 ? group.Select(fact => OneOfMany(fact, record)) : group)
            .ToList();

        // By name only: that a record has no virtual machine shows only when all virtual machines of that name were looked at.
        joined.AddRange(reading.Records
            .Where(record => !known.Contains(record) && filter.Matches(record.Name, Guid.Empty))
            .Select(record => WithoutMachine(session, record, facts, elsewhere.Contains(record), reading.Source, at)));
        return joined;
    }

    /// <summary>One virtual machine with its record.</summary>
    public static InstanceFacts With(InstanceFacts facts, MultipassReading reading) => With(facts, reading, reading.Index);

    /// <summary>True where the client may know better than the database.</summary>
    public static bool IsWorthAsking(InstanceFacts facts)
        => facts.Drift is MpDrift.StuckStarting or MpDrift.SaysRunning or MpDrift.SaysStopped or MpDrift.MissingOnHost or MpDrift.OrphanOnHost
            || (facts.Drift == MpDrift.Unknown && facts.Record is { State: MultipassWords.Unknown });

    /// <summary>Virtual machines that share a disk, and those that Multipass's other backend may run at the same time.</summary>
    public static IEnumerable<string> WarningsOf(IReadOnlyList<InstanceFacts> facts, MultipassReading? reading)
    {
        foreach (var twins in facts
            .Where(fact => fact is { Disk: not null, Id: var id } && id != Guid.Empty)
            .GroupBy(fact => Ownership.Normalise(fact.Disk!), StringComparer.OrdinalIgnoreCase)
            .Where(group => group.Count() > 1 && group.Any(fact => fact.Managed)))
        {
            var names = string.Join(" and ", twins.Select(twin => $"'{twin.Name}' ({MachineReading.KeyOf(twin.Id)})"));
            yield return $"{names} have the same disk '{twins.First().Disk}': only one of them can run, and what one writes the other does not expect.";
        }

        foreach (var twin in facts.Where(fact => fact.Drift == MpDrift.OtherBackend && fact.Id != Guid.Empty))
        {
            yield return $"'{twin.Name}' ({MachineReading.KeyOf(twin.Id)}) is a virtual machine of Hyper-V, but Multipass runs an instance with the same disk through its HCS backend"
                + $"{(MultipassSettings.IsHcs(reading?.Driver) ? $" (local.driver is {reading!.Driver})" : string.Empty)}: never start both.";
        }
    }

    private static InstanceFacts With(InstanceFacts facts, MultipassReading reading, RecordIndex index)
    {
        if (!reading.IsKnown)
        {
            return facts with { MultipassSource = string.Empty, Record = null, Drift = MpDrift.Unknown, DriftReason = SilenceOf(reading) };
        }

        facts = facts with { MultipassSource = reading.Source };
        var record = index.Of(facts.Disk);
        if (record is not null && !string.Equals(record.Name, facts.Name, StringComparison.OrdinalIgnoreCase))
        {
            // Multipass looks its virtual machines up by their names: what has another name is not the one that it means, whatever disk it has.
            return facts with
            {
                Record = null,
                Managed = true,
                Drift = MpDrift.OrphanOnHost,
                DriftReason = $"The host has '{facts.Name}' with the disk of Multipass's instance '{record.Name}', but Multipass has no record of that name.",
            };
        }

        facts = facts with { Record = record, Managed = facts.Managed || record is not null };
        var (drift, reason) = Drift.Judge(facts, record);
        return facts with { Drift = drift, DriftReason = reason };
    }

    private static InstanceFacts OneOfMany(InstanceFacts facts, MultipassRecord record)
        => facts with
        {
            Drift = MpDrift.Unknown,
            DriftReason = $"The host has several virtual machines named '{record.Name}' with its disk: which of them Multipass means cannot be told.",
        };

    private static string SilenceOf(MultipassReading reading)
        => reading.Silence.Count == 0 ? string.Empty : $"Multipass could not be asked: {string.Join("; ", reading.Silence)}.";

    private static InstanceFacts WithoutMachine(HostSession session, MultipassRecord record, IReadOnlyList<InstanceFacts> facts, bool isElsewhere, string source, DateTimeOffset at)
    {
        var namesake = facts.FirstOrDefault(fact => string.Equals(fact.Name, record.Name, StringComparison.OrdinalIgnoreCase));
        var (drift, reason) = record.IsDeleted ? (MpDrift.Deleted, $"'{record.Name}' is deleted in Multipass but not yet purged: `multipass recover {record.Name}` brings it back.")
            : record.Backend == MpBackend.Hcs ? (MpDrift.OtherBackend, $"'{record.Name}' is run by Multipass's HCS backend, which Hyper-V's management service does not see.")
            : (MpDrift.MissingOnHost, $"Multipass has a record of '{record.Name}', but the host has no such virtual machine"
                + (isElsewhere ? ": one of another name has its disk."
                    : namesake is not null ? $": one of that name ({MachineReading.KeyOf(namesake.Id)}) has another disk."
                    : record.Folder is null ? ", unless Multipass runs it with its HCS backend: whether it does could not be looked up."
                    : "."));
        return new InstanceFacts
        {
            Name = record.Name,
            HostName = session.Host.Name,
            Backend = record.Backend,
            Managed = true,
            Disk = record.Disk,
            Record = record,
            MultipassSource = source,
            ObservedAt = at,
            Drift = drift,
            DriftReason = reason,
        };
    }
}
