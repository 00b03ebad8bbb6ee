using System;
using System.Collections.Generic;
using System.Linq;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Multipass;

namespace Multipass.HyperV.Instances;

/// <summary>Lays what Multipass believes beside what the host shows.</summary>
internal static class BeliefJoin
{
    /// <summary>The instances with their records, and those that only Multipass knows.</summary>
    /// <param name="session">The host.</param>
    /// <param name="facts">The virtual machines that were read.</param>
    /// <param name="reading">What Multipass believes.</param>
    /// <param name="filter">Which instances were asked for.</param>
    /// <param name="machines">The host's virtual machines, as far as they matter to those that were asked for.</param>
    /// <param name="at">When the host was read.</param>
    public static List<InstanceFacts> Of(
        HostSession session, IReadOnlyList<InstanceFacts> facts, MultipassReading reading, InstanceFilter filter, HostMachines machines, DateTimeOffset at)
    {
        var index = new RecordIndex(reading.Records);
        var joined = facts.Select(fact => With(fact, reading, index, machines)).ToList();

        // A record is known where a machine of its name has its disk: Multipass goes by names, so a machine of another name is not the one that it means.
        var known = new HashSet<MultipassRecord>(joined.Where(fact => fact.Record is not null).Select(fact => fact.Record!));

        // By name only: that a record has no virtual machine shows only when all virtual machines of that name were looked at.
        joined.AddRange(reading.Records
            .Where(record => record.IsInUse && !known.Contains(record) && filter.Matches(record.Name, Guid.Empty))
            .Select(record => WithoutMachine(session, record, reading, machines, at)));
        return joined;
    }

    /// <summary>One virtual machine with its record.</summary>
    public static InstanceFacts With(InstanceFacts facts, MultipassReading reading, HostMachines machines) => With(facts, reading, new RecordIndex(reading.Records), machines);

    /// <summary>True where the client may know better than the database.</summary>
    public static bool IsWorthAsking(InstanceFacts facts)
        => facts.Drift is MpDrift.StuckStarting or MpDrift.SaysRunning or MpDrift.SaysStopped or MpDrift.MissingOnHost or MpDrift.OrphanOnHost or MpDrift.Blocked
            || (facts.Drift == MpDrift.Unknown && facts.Record is { State: MultipassWords.Unknown or MultipassWords.Unavailable });

    /// <summary>Virtual machines that share a disk, and those that Multipass's other backend may run at the same time.</summary>
    public static IEnumerable<string> WarningsOf(IReadOnlyList<InstanceFacts> facts, MultipassReading? reading)
    {
        var told = new HashSet<Guid>();
        foreach (var fact in facts.Where(fact => fact.Id != Guid.Empty && fact.DiskMates.Count > 0 && (fact.Managed || fact.Record is not null)).OrderBy(fact => fact.Name, StringComparer.OrdinalIgnoreCase).ThenBy(fact => fact.Id))
        {
            if (told.Contains(fact.Id))
            {
                continue;
            }

            told.Add(fact.Id);
            told.UnionWith(fact.DiskMates.Select(mate => mate.Id));
            var names = string.Join(" and ", new[] { $"'{fact.Name}' ({MachineReading.KeyOf(fact.Id)})" }.Concat(fact.DiskMates.Select(mate => mate.Describe())));
            yield return $"{names} have the same disk '{fact.Disk}': only one of them can run, and what one writes the other does not expect.";
        }

        foreach (var twin in facts.Where(fact => fact.Drift == MpDrift.OtherBackend && fact.Id != Guid.Empty))
        {
            yield return $"'{twin.Name}' ({MachineReading.KeyOf(twin.Id)}) is a virtual machine of Hyper-V, but Multipass runs an instance with the same disk through its HCS backend"
                + $"{(reading?.Driver is { Kind: DriverKind.Hcs } driver ? $" (local.driver is {driver.Word})" : string.Empty)}: never start both.";
        }
    }

    private static InstanceFacts With(InstanceFacts facts, MultipassReading reading, RecordIndex index, HostMachines machines)
    {
        facts = facts with { Around = machines, IsClientNotAuthenticated = reading.IsClientNotAuthenticated };
        if (!reading.IsKnown)
        {
            return facts with
            {
                MultipassSource = string.Empty,
                Record = null,
                Drift = MpDrift.Unknown,
                DriftReason = SilenceOf(reading),
                DriftAdvice = string.Empty,
                DriftRow = null,
                Obstacle = "Multipass could not be asked",
                IdentityObstacle = "Multipass could not be asked",
                RestartObstacle = "Multipass could not be asked",
            };
        }

        facts = facts with { MultipassSource = reading.Source };
        var record = index.Of(facts.Disk);
        facts = facts with { Managed = facts.Managed || record is not null };
        var found = new DriftCase(facts, record, reading.Driver, machines);
        var verdict = Drift.Judge(found);
        var identity = MultipassGuard.ObstacleToIdentity(found, reading);
        return facts with
        {
            Record = found.IsNamedOtherwise ? null : record,
            Drift = verdict.Drift,
            DriftReason = verdict.Reason,
            DriftAdvice = verdict.Advice,
            DriftRow = verdict.Row,
            Obstacle = MultipassGuard.ObstacleOf(found, reading),
            IdentityObstacle = identity,
            RestartObstacle = identity ?? (reading.HasReadDatabase ? null : "Multipass's database could not be read"),
            RunsElsewhere = record is not null && RecordOwners.MayRunElsewhere(record, found.Owner)
                ? $"Multipass has '{record.Name}' with the same disk in its HCS backend, and says {(record.IsDeleted ? MultipassWords.Deleted : record.State)} of it"
                : null,
        };
    }

    private static string SilenceOf(MultipassReading reading)
        => reading.Silence.Count == 0 ? string.Empty : $"Multipass could not be asked: {string.Join("; ", reading.Silence)}.";

    private static InstanceFacts WithoutMachine(HostSession session, MultipassRecord record, MultipassReading reading, HostMachines machines, DateTimeOffset at)
    {
        var facts = new InstanceFacts
        {
            Name = record.Name,
            HostName = session.Host.Name,
            Managed = true,
            Disk = record.Disk,
            Record = record,
            MultipassSource = reading.Source,
            ObservedAt = at,
            Obstacle = "the host has no such virtual machine",
        };
        var found = new DriftCase(facts, record, reading.Driver, machines);
        var verdict = Drift.Judge(found);
        return facts with
        {
            Backend = found.Owner switch
            {
                RecordOwner.Hcs => MpBackend.Hcs,
                RecordOwner.VirtualBox => MpBackend.VirtualBox,
                _ => MpBackend.HyperV,
            },
            Drift = verdict.Drift,
            DriftReason = verdict.Reason,
            DriftAdvice = verdict.Advice,
            DriftRow = verdict.Row,
        };
    }
}
