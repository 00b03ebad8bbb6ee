using System;

namespace Multipass.HyperV.Instances;

/// <summary>Compares Multipass's word with the host's state.</summary>
internal static class Drift
{
    /// <summary>The kind of drift of a virtual machine that the host has, and one sentence about it.</summary>
    public static (MpDrift Drift, string Reason) Judge(InstanceFacts facts, MultipassRecord? record)
    {
        if (facts.State == MpInstanceState.Unknown)
        {
            return (MpDrift.Unknown, string.Empty);
        }

        if (record is null)
        {
            return facts.Managed
                ? (MpDrift.OrphanOnHost, $"The host has '{facts.Name}', but Multipass has no record of it.")
                : (MpDrift.None, string.Empty);
        }

        if (record.IsDeleted)
        {
            return (MpDrift.Deleted, $"'{facts.Name}' is deleted in Multipass but not yet purged: `multipass recover {facts.Name}` brings it back.");
        }

        var onHost = facts.State;
        return record.State switch
        {
            "Starting" or "Restarting" when onHost is not (MpInstanceState.Starting or MpInstanceState.Restarting or MpInstanceState.Running)
                => (MpDrift.StuckStarting, $"Multipass says {record.State}, but on the host '{facts.Name}' is {onHost}: nothing is starting."),
            "Running" or "Delayed Shutdown" when onHost is MpInstanceState.Stopped or MpInstanceState.Suspended or MpInstanceState.Paused
                => (MpDrift.SaysRunning, $"Multipass says {record.State}, but on the host '{facts.Name}' is {onHost}."),
            "Stopped" or "Suspended" or "Suspending" when onHost is MpInstanceState.Running or MpInstanceState.Paused
                => (MpDrift.SaysStopped, $"Multipass says {record.State}, but on the host '{facts.Name}' is {onHost}."),
            _ => (MpDrift.None, string.Empty),
        };
    }

    /// <summary>True when a record speaks of this virtual machine: the same disk, or the same name where the record names no disk.</summary>
    public static bool Matches(InstanceFacts facts, MultipassRecord record)
        => record.Backend == MpBackend.HyperV
            && (record.Disk is null || facts.Disk is null
                ? string.Equals(record.Name, facts.Name, StringComparison.OrdinalIgnoreCase)
                : Ownership.IsSamePath(record.Disk, facts.Disk) || Ownership.IsInVaultFolder(facts.Disk, record.Name));
}
