using System.Collections.Generic;

namespace Multipass.HyperV.Torture.Planted;

/// <summary>The defects. Each is a fault that an engine of this kind has had, or could easily have.</summary>
internal static class PlantedDefects
{
    private const string Operation = "Operations/InstanceOperation.cs";
    private const string Guard = "Operations/PowerGuard.cs";
    private const string Report = "Operations/OperationReport.cs";
    private const string Poll = "Operations/HostPoll.cs";
    private const string Wait = "Operations/InstanceWait.cs";

    public static readonly IReadOnlyList<PlantedDefect> All = new PlantedDefect[]
    {
        new(
            "listing-after-failure",
            "After a failure the state is told that the listing showed.",
            new PlantedEdit(Report, "        var after = InstanceOf(look);\n        var failure = MpOperationFailure.Of", "        var after = _context.Found;\n        var failure = MpOperationFailure.Of")),
        new(
            "listing-is-basis",
            "What the operation does is decided by the listing, which a prompt has made old.",
            new PlantedEdit(Operation, "            switch (Decide(row, machine))", "            switch (_hasSubmitted ? Decide(row, machine) : TransitionTable.Decide(row, _context.Facts.State))")),
        new(
            "job-is-proof",
            "A job that has ended well is taken for success, whatever state is shown.",
            new PlantedEdit(
                Operation,
                "                if (machine.State == row.Target && (!row.IsRestart || proof.HasFallen))",
                "                if (job is { HasEnded: true, HasSucceeded: true } || (machine.State == row.Target && (!row.IsRestart || proof.HasFallen)))")),
        new(
            "no-look-after-timeout",
            "When the time is up, it is told so without another look.",
            new PlantedEdit(
                Operation,
                "    private async Task<OperationOutcome> EndAtLimitAsync(Submission submission, JobReading? job = null, string? detail = null)\n    {\n",
                "    private async Task<OperationOutcome> EndAtLimitAsync(Submission submission, JobReading? job = null, string? detail = null)\n    {\n        if (submission.WasSent)\n        {\n            return await _report.FailAsync(submission.Row.TimedOut, MpFailureStage.TimedOut, Look.TooLate, submission).ConfigureAwait(false);\n        }\n\n")),
        new(
            "refusal-is-success",
            "A request that is refused because of the state (32775) counts as done.",
            new PlantedEdit(
                Operation,
                "        if (machine.State == row.Target && !row.IsRestart && !LeavesTarget(row, machine.HostState))\n        {\n            _context.Say($\": refused",
                "        if (submission.ReturnValue == ReturnValue.InvalidState || (machine.State == row.Target && !row.IsRestart && !LeavesTarget(row, machine.HostState)))\n        {\n            _context.Say($\": refused")),
        new(
            "second-submit-after-lost-answer",
            "A request whose answer was lost is sent once more.",
            new PlantedEdit(
                Operation,
                "        _hasSubmitted = true;\n",
                "        var isFirstTime = !_hasSubmitted;\n        _hasSubmitted = true;\n        if (submission.LostAnswer is not null && isFirstTime)\n        {\n            submission = await SendAsync(asked, sight.Machine!, component).ConfigureAwait(false);\n        }\n\n")),
        new(
            "poll-ends-one-look-early",
            "A wait whose time is up does without its last look.",
            new PlantedEdit(Wait, "var sight = await _eye.LookAsync(_context.End).ConfigureAwait(false);", "var sight = await Task.FromResult(new Sight(StepEnd.Limit, Look.TooLate)).ConfigureAwait(false);")),
        new(
            "restore-is-rolled-back",
            "A start from saved state that has not ended in time is undone like one from Stopped.",
            new PlantedEdit(Operation, "submission is { From: MpInstanceState.Stopped, WasSent: true } && Request.RollbackOnTimeout", "submission.WasSent && Request.RollbackOnTimeout")),
        new(
            "leave-is-ignored",
            "A start is undone although it was to be left.",
            new PlantedEdit(Operation, "submission is { From: MpInstanceState.Stopped, WasSent: true } && Request.RollbackOnTimeout", "submission is { From: MpInstanceState.Stopped, WasSent: true }")),
        new(
            "rollback-after-its-job",
            "A rollback powers off what is shown Starting although the command's own job has ended.",
            new PlantedEdit(Operation, "!Request.NoWait && isJobKnown && isJobOpen)", "!Request.NoWait && isJobKnown)"),
            new PlantedEdit(Operation, "sight is { Machine.State: MpInstanceState.Starting, Seen.Job.HasEnded: false }", "sight is { Machine.State: MpInstanceState.Starting }")),
        new(
            "power-off-without-a-look",
            "Power is taken a while after the reading that allows it.",
            new PlantedEdit(
                Guard,
                "            var parameters = new Dictionary<string, object?> { [\"RequestedState\"] = requestedState };",
                "            await _session.Clock.Delay(TimeSpan.FromMilliseconds(700), _cancellationToken).ConfigureAwait(false);\n            var parameters = new Dictionary<string, object?> { [\"RequestedState\"] = requestedState };")),
        new(
            "saved-state-is-lost",
            "Power-off does not mind that the instance is shown Suspended.",
            new PlantedEdit(Guard, "var losesSavedState = reading.State == MpInstanceState.Suspended || ", "var losesSavedState = ")),
        new(
            "outage-is-an-end",
            "The first reading that fails ends the wait.",
            new PlantedEdit("Time/Outage.cs", "        return _clock.Elapsed - _since >= Longest;", "        return _clock.Elapsed >= _since;")),
        new(
            "empty-answer-is-gone",
            "An instance that one answer does not hold counts as deleted.",
            new PlantedEdit(Poll, "keys.Where(missing.Contains)", "keys.Where(lacking => lacking.Length == 0)")),
        new(
            "old-job-is-blamed",
            "A wait blames the machine's latest job that failed, however old it is.",
            new PlantedEdit(Wait, "job.ChangedAt + SecondsOfJobs > hostNow - _report.Took", "hostNow.Ticks > 0")),
        new(
            "host-clock-is-ours",
            "A job's age is told by this computer's clock, which is not the host's.",
            new PlantedEdit(Wait, "job.ChangedAt + SecondsOfJobs > hostNow - _report.Took", "hostNow.Ticks > 0 && job.ChangedAt + SecondsOfJobs > _context.Clock.Now - _report.Took")),
        new(
            "follow-up-is-renewed",
            "What follows the end of the time gets ten seconds whenever it is asked for.",
            new PlantedEdit("Operations/OperationContext.cs", "public Deadline End => Deadline.After(FollowUpTime);", "public Deadline End => Deadline.HasPassed ? Deadline.In(Clock, FollowUpTime) : Deadline.After(FollowUpTime);")),
        new(
            "timed-out-too-soon",
            "A state that lasts is told as a timeout although there is time left.",
            new PlantedEdit(Operation, "hasFailed ? MpFailureStage.JobFailed : ", "hasFailed ? MpFailureStage.TimedOut : ")),
        new(
            "missing-uptime-has-fallen",
            "An uptime that is missing counts as one that fell.",
            new PlantedEdit("Operations/RestartProof.cs", "HasFallen |= reading.Uptime < _highest || ", "HasFallen |= reading.Uptime is null || reading.Uptime < _highest || ")),
        new(
            "cancel-waits-for-the-answer",
            "Ctrl+C waits until the host has answered what it was asked.",
            new PlantedEdit(
                "Hosts/HostSession.cs",
                "CallAsync(token => _connection.QueryAsync(query, token), deadline, deadline, cancellationToken)",
                "CallAsync(_ => _connection.QueryAsync(query, CancellationToken.None), deadline, deadline, CancellationToken.None)")),
        new(
            "no-wait-accepts-anything",
            "-NoWait is content with whatever change is under way.",
            new PlantedEdit(Operation, "case TransitionStep.Wait when Request.NoWait && IsLeading(row, machine):", "case TransitionStep.Wait when Request.NoWait && (IsLeading(row, machine) || machine.State != row.Target):")),
        new(
            "row-of-another",
            "Of machines that are looked at together the last row counts, whoever's it is.",
            new PlantedEdit(Poll, "after.TryGetValue(waiter.Wish.Machine, out var read) ? read : null;", "after.Count > 1 ? after.Values.Last() : after.TryGetValue(waiter.Wish.Machine, out var read) ? read : null;")),
        new(
            "exception-is-everybody's",
            "An exception in one instance's work that nobody has thought of is everybody's.",
            new PlantedEdit(
                "Operations/LifecycleRunner.cs",
                "catch (Exception exception) when (exception is not OperationCanceledException || !context.CancellationToken.IsCancellationRequested)",
                "catch (Exception exception) when (exception is CimFaultException)")),
        new(
            "unreadable-job-has-ended",
            "A job that could not be read counts as gone.",
            new PlantedEdit(Poll, "!waiter.Wish.Always && jobFault is null && JobOf(waiter)?.HasEnded != false", "!waiter.Wish.Always && JobOf(waiter)?.HasEnded != false")),
        new(
            "failed-job-is-not-told",
            "What a job that has failed tells of its reason is not asked for.",
            new PlantedEdit(Report, "FailureEvidence.OfJob(jobId, job, await ErrorsOfAsync(jobId, limit).ConfigureAwait(false), _context.Facts.Name)", "FailureEvidence.None")),
    };
}
