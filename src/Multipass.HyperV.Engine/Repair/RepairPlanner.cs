using System;
using System.Collections.Generic;
using System.Globalization;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Operations;
using Multipass.HyperV.Cim;

namespace Multipass.HyperV.Repair;

/// <summary>Decides what is to be done about what was found. Asks nobody and does nothing.</summary>
internal static class RepairPlanner
{
    public static RepairPlan Plan(RepairCase found, RepairOptions options)
    {
        var facts = found.Instance.Facts;
        if (!facts.Managed)
        {
            return new RepairPlan(found, "It is not Multipass's.", Array.Empty<RepairStep>(), FailureCatalogue.NotManaged);
        }

        if (facts.Backend != MpBackend.HyperV || facts.Drift == MpDrift.OtherBackend)
        {
            return new RepairPlan(found, facts.DriftReason, Array.Empty<RepairStep>(), FailureCatalogue.UnsupportedBackend, facts.DriftReason);
        }

        if (facts.Drift == MpDrift.Deleted)
        {
            return new RepairPlan(found, facts.DriftReason, Array.Empty<RepairStep>(), FailureCatalogue.InstanceDeleted);
        }

        if (facts.Drift is MpDrift.MissingOnHost or MpDrift.Blocked or MpDrift.Cloning)
        {
            return new RepairPlan(found, facts.DriftReason, Array.Empty<RepairStep>(), FailureCatalogue.DriftNotRepairable, facts.DriftReason);
        }

        var steps = new List<RepairStep>();
        if (IsChanging(found))
        {
            AddForChange(found, options, steps);
            if (facts.MultipassSource.Length > 0 && facts.Record is not null && facts.IdentityObstacle is null)
            {
                var ends = StateTable.IsTransitional(facts.State) ? MpInstanceState.Stopped : facts.State;
                AddForBelief(found, options, steps, ends, $"if Multipass still says otherwise when the host shows {ends}");
            }

            return new RepairPlan(found, FindingOfChange(found), steps);
        }

        if (facts.IsBeyondRepair)
        {
            return new RepairPlan(found, facts.DriftReason, Array.Empty<RepairStep>(), FailureCatalogue.DriftNotRepairable, facts.DriftReason);
        }

        if (!IsContradiction(facts.Drift))
        {
            return new RepairPlan(found, facts.Drift == MpDrift.None ? "Nothing is wrong." : "Nothing is known to be wrong. " + facts.DriftReason, Array.Empty<RepairStep>());
        }

        AddForBelief(found, options, steps, facts.State, $"Multipass says {facts.Record?.State}, and the host contradicts it");
        return steps.Count > 0 ? new RepairPlan(found, facts.DriftReason, steps) : new RepairPlan(found, facts.DriftReason, steps, RefusalOf(facts), DetailOf(facts));
    }

    /// <summary>
    /// What stands in the way of a step at this moment, in half a sentence; null for nothing. Asked right before the step with a reading made for it; what is sent to Multipass acts by name,
    /// and only where name, id, disk and driver mean the same single machine.
    /// </summary>
    /// <param name="action">The step.</param>
    /// <param name="facts">The instance, just read with what Multipass's client says.</param>
    /// <param name="all">All instances of the host, read together with it; needed for a restart of the service.</param>
    public static string? ObstacleTo(MpRepairAction action, InstanceFacts facts, IReadOnlyList<InstanceFacts> all)
        => action switch
        {
            MpRepairAction.StopInMultipass => facts.Obstacle ?? (facts.State == MpInstanceState.Stopped ? null : $"it is {facts.State}, and the command would power it off"),
            MpRepairAction.RestartMultipass => !MayRestartService(facts) ? $"it is {facts.State}, and Multipass would start it" : MultipassGuard.ObstacleToRestart(facts, all),
            _ => null,
        };

    /// <summary>How a repair has ended whose last reading shows nothing wrong any more; null where that reading does not suffice.</summary>
    /// <param name="before">The instance as it was found.</param>
    /// <param name="after">The instance as it was read last.</param>
    /// <param name="hasDone">Whether any step was carried out.</param>
    public static MpRepairResult? ResultOf(MpInstance before, MpInstance after, bool hasDone)
        => after.ObservedAt is null || StateTable.IsTransitional(after.State) || IsContradiction(after.Drift) || after.Facts.IsBeyondRepair ? null
            : !hasDone ? MpRepairResult.Healthy
            : after.MultipassSource.Length > 0 && after.Drift == MpDrift.None ? MpRepairResult.Repaired
            : IsContradiction(before.Drift) && !StateTable.IsTransitional(before.State) ? null
            : MpRepairResult.HostRepaired;

    /// <summary>True for the kinds of drift in which Multipass says one thing of an instance and the host shows another.</summary>
    public static bool IsContradiction(MpDrift drift) => drift is MpDrift.StuckStarting or MpDrift.SaysRunning or MpDrift.SaysStopped;

    /// <summary>True while the instance is on its way from one state to another, or a job says that it is about to be.</summary>
    public static bool IsChanging(RepairCase found) => StateTable.IsTransitional(found.Instance.State) || found.Job is not null;

    /// <summary>Whether a restart of Multipass's service would make it look again and nothing else happen.</summary>
    /// <remarks>When its service starts, Multipass starts whatever it believes to be running: a suspended or paused instance would be continued by that.</remarks>
    public static bool MayRestartService(InstanceFacts facts)
        => facts.State is MpInstanceState.Stopped or MpInstanceState.Running || !(facts.Record?.State is "Running" or "Delayed Shutdown");

    /// <summary>Why nothing can be done about what Multipass believes, or nothing more.</summary>
    public static FailureCause RefusalOf(InstanceFacts facts)
        => facts.IsClientNotAuthenticated ? FailureCatalogue.MultipassNotAuthenticated
            : facts.IdentityObstacle is not null ? FailureCatalogue.CommandWithheld
            : MayRestartService(facts) ? FailureCatalogue.MultipassRestartNeeded
            : FailureCatalogue.DriftNotRepairable;

    /// <summary>What that refusal says of itself.</summary>
    public static string DetailOf(InstanceFacts facts) => facts.IdentityObstacle is { } obstacle ? $"{obstacle}. {facts.DriftReason}" : facts.DriftReason;

    private static string FindingOfChange(RepairCase found)
    {
        var job = found.Job is { } running ? $"a job is running ({Describe(running)})" : "no job is to be seen";
        var since = found.InState is { } time && StateTable.IsTransitional(found.Instance.State) ? $" for {Duration(time)}" : string.Empty;
        return $"'{found.Instance.Name}' has been {found.Instance.State}{since}, and {job}." + (found.Instance.DriftReason.Length > 0 ? " " + found.Instance.DriftReason : string.Empty);
    }

    /// <summary>A change that hangs: wait, ask its job to end, power off, end the worker.</summary>
    private static void AddForChange(RepairCase found, RepairOptions options, List<RepairStep> steps)
    {
        var name = found.Instance.Name;
        var state = found.Instance.State;
        steps.Add(new RepairStep(
            MpRepairAction.Await,
            found.Job is { } job ? $"Wait for the running job {job.Id}" : "Wait whether it settles by itself",
            $"it may still end, and a job that makes progress is left alone; {Limit(options.Timeout)} at most"));
        if (!StateTable.IsTransitional(state))
        {
            return;
        }

        if (found.Job is { IsCancellable: true })
        {
            steps.Add(new RepairStep(MpRepairAction.TerminateJob, "Ask the job to terminate", "it makes no progress, and the host can undo it"));
        }

        // A start from saved state, until it has ended, still has that state; powering off would throw it away.
        var isSaved = found.IsSaved ?? state == MpInstanceState.Starting;
        if (!isSaved || options.DiscardsSavedState)
        {
            steps.Add(new RepairStep(
                MpRepairAction.PowerOff,
                "Power it off",
                $"'{name}' hangs in {state}; what its guest has not written to disk is lost" + (isSaved ? ", and so is its saved state, as -DiscardSavedState allows" : string.Empty))
            {
                LosesSavedState = isSaved,
            });
            if (found.Worker is { } worker && worker.IsWorkerOf(found.Instance.Id))
            {
                steps.Add(new RepairStep(
                    MpRepairAction.EndWorkerProcess,
                    string.Format(CultureInfo.InvariantCulture, "End its worker process {0} ({1})", worker.Id, worker.Image),
                    "it does not let the host power it off; the process is checked right before, and no other is touched"));
            }
        }
    }

    /// <summary>Multipass is wrong: have it look again, by what does no harm in the state that the host shows.</summary>
    private static void AddForBelief(RepairCase found, RepairOptions options, List<RepairStep> steps, MpInstanceState state, string reason)
    {
        var name = found.Instance.Name;
        if (state == MpInstanceState.Suspended && options.DiscardsSavedState)
        {
            steps.Add(new RepairStep(MpRepairAction.DiscardSavedState, "Throw its saved state away", $"{reason}; what its guest had in memory is lost, as -DiscardSavedState allows") { LosesSavedState = true });
            state = MpInstanceState.Stopped;
        }

        // On whatever is not off `multipass stop --force` pulls the plug, and throws a saved state away.
        if (state == MpInstanceState.Stopped && found.HasClient && (found.Instance.Facts.Obstacle is null || IsChanging(found)))
        {
            steps.Add(new RepairStep(
                MpRepairAction.StopInMultipass,
                $"Have Multipass look again: multipass stop --force {name}",
                reason + "; it is done only while the host shows Stopped, so nothing is powered off by that"));
        }

        if (options.RestartsService && found.Instance.Facts.RestartObstacle is null && (IsChanging(found) || state == MpInstanceState.Stopped || MayRestartService(found.Instance.Facts)))
        {
            steps.Add(new RepairStep(
                MpRepairAction.RestartMultipass,
                "Restart Multipass's service",
                reason + "; its daemon reads all states anew, but may suspend instances that run, and starts those that it believes to be running"));
        }
    }

    private static string Describe(JobReading job)
        => (CodeNames.JobState[job.State ?? 0] ?? "unknown state") + (job.Percent is { } percent ? string.Format(CultureInfo.InvariantCulture, ", {0} %", percent) : string.Empty);

    private static string Limit(TimeSpan time) => string.Format(CultureInfo.InvariantCulture, "{0:0} s", time.TotalSeconds);

    private static string Duration(TimeSpan time)
        => time < TimeSpan.FromMinutes(2) ? Limit(time) : string.Format(CultureInfo.InvariantCulture, "{0:0} min", Math.Floor(time.TotalMinutes));
}
