using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Multipass;
using Multipass.HyperV.Operations;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Repair;

/// <summary>
/// Carries one plan out: step by step, each only if it is still needed, each checked right before and verified right after. What the plan does not list is not done.
/// </summary>
internal sealed class InstanceRepair
{
    /// <summary>Reading between the steps, and the last reading.</summary>
    private static readonly TimeSpan ReadingLimit = TimeSpan.FromSeconds(10);

    /// <summary>After a restart Multipass looks at its instances one by one before it answers.</summary>
    private static readonly TimeSpan BeliefInterval = TimeSpan.FromSeconds(1);

    /// <summary>How long each step is waited for at most; -Timeout may shorten it.</summary>
    private static readonly Dictionary<MpRepairAction, TimeSpan> Limits = new()
    {
        [MpRepairAction.TerminateJob] = TimeSpan.FromSeconds(10),
        [MpRepairAction.PowerOff] = TimeSpan.FromSeconds(30),
        [MpRepairAction.EndWorkerProcess] = TimeSpan.FromSeconds(15),
        [MpRepairAction.DiscardSavedState] = TimeSpan.FromSeconds(30),
        [MpRepairAction.StopInMultipass] = TimeSpan.FromSeconds(60),
        [MpRepairAction.RestartMultipass] = TimeSpan.FromSeconds(120),
    };

    private readonly HostSession _session;
    private readonly InstanceEye _eye;
    private readonly PowerGuard _guard;
    private readonly MultipassService _service;
    private readonly RepairPlan _plan;
    private readonly RepairOptions _options;
    private readonly IRepairSink _sink;
    private readonly CancellationToken _cancellationToken;
    private readonly MpInstance _before;
    private readonly List<MpRepairStep> _steps = new();

    private MpInstanceState _state;
    private string? _jobId;
    private int? _percent;
    private FailureEvidence _evidence = FailureEvidence.None;
    private Ending? _ending;
    private bool _asksClient;

    public InstanceRepair(
        HostSession session, HostPoll poll, MultipassService service, RepairPlan plan, RepairOptions options, IRepairSink sink, CancellationToken cancellationToken)
    {
        _session = session;
        _eye = new InstanceEye(session, poll, plan.Case.Instance.Id, cancellationToken);
        _guard = new PowerGuard(session, plan.Case.Instance.Id, cancellationToken);
        _service = service;
        _plan = plan;
        _options = options;
        _sink = sink;
        _cancellationToken = cancellationToken;
        _before = plan.Case.Instance;
        _state = _before.State;
        _jobId = plan.Case.Job?.Id;
        _percent = plan.Case.Job?.Percent;
        _asksClient = plan.Case.HasClient;
    }

    private Guid Id => _before.Id;

    private IClock Clock => _session.Clock;

    private bool IsStartFromOff => _before.State == MpInstanceState.Starting && _plan.Case.IsSaved == false;

    private bool IsHanging => StateTable.IsTransitional(_state);

    /// <summary>Carries the plan out. It ends in an outcome, or in cancellation.</summary>
    public async Task<RepairOutcome> RunAsync()
    {
        if (_plan.IsHealthy || _plan.Refusal is not null)
        {
            return await NothingDoneAsync().ConfigureAwait(false);
        }

        foreach (var step in _plan.Steps)
        {
            await TakeAsync(step).ConfigureAwait(false);
        }

        return await EndAsync().ConfigureAwait(false);
    }

    /// <summary>There is nothing to do, or nothing may be done. The state that is told is read all the same.</summary>
    private async Task<RepairOutcome> NothingDoneAsync()
    {
        var sight = Id == Guid.Empty ? null : await _eye.LookAsync(Deadline.In(Clock, ReadingLimit)).ConfigureAwait(false);
        var after = sight is null ? _before : new MpInstance(sight.Machine is { } machine ? InstanceReader.Apply(_before.Facts, machine) : InstanceReader.Unread(_before.Facts));
        var isUnreadable = sight is { Machine: null };
        if (_plan.Refusal is null && !isUnreadable)
        {
            _sink.Verbose($"'{_before.Name}': {_plan.Finding} Nothing to do.");
            return new RepairOutcome(new MpRepair(_before, after, MpRepairResult.Healthy, _plan.Finding, _steps), null);
        }

        var evidence = sight is { Machine: null, Seen.Fault: { } fault } ? FailureEvidence.OfFault(fault) : FailureEvidence.None;
        var cause = _plan.Refusal ?? (sight!.Seen.IsGone ? FailureCatalogue.InstanceNotFound : FailureCatalogue.Judge(evidence, HostFacts.None));
        return new RepairOutcome(
            new MpRepair(_before, after, MpRepairResult.Failed, _plan.Finding, _steps),
            RepairFailures.Of(cause, MpFailureStage.Refused, _before, after, evidence, _plan.Detail));
    }

    private async Task TakeAsync(RepairStep step)
    {
        if (_ending is not null)
        {
            Note(step, MpRepairStepOutcome.Withheld, "not done: " + _ending.Short);
            return;
        }

        try
        {
            var (outcome, text) = step.Action switch
            {
                MpRepairAction.Await => await AwaitAsync().ConfigureAwait(false),
                MpRepairAction.TerminateJob or MpRepairAction.PowerOff or MpRepairAction.EndWorkerProcess => await EndChangeAsync(step).ConfigureAwait(false),
                _ => await CorrectBeliefAsync(step).ConfigureAwait(false),
            };
            Note(step, outcome, text);
        }
        catch (CimFaultException exception)
        {
            _evidence = FailureEvidence.OfFault(exception.Fault);
            var cause = FailureCatalogue.Judge(_evidence, HostFacts.None);
            if (exception.Fault.IsConnectionLost || exception.Fault.IsTransient || cause == FailureCatalogue.PermissionDenied)
            {
                _ending = new Ending(exception.Fault.IsConnectionLost || exception.Fault.IsTransient ? FailureCatalogue.OutcomeUnknown : cause, MpFailureStage.OutcomeUnknown, exception.Fault.Message, "the host does not answer");
            }

            Note(step, MpRepairStepOutcome.Failed, exception.Fault.Message.TrimEnd('.'));
        }
    }

    private void Note(RepairStep step, MpRepairStepOutcome outcome, string text)
    {
        _steps.Add(new MpRepairStep(step.Action, step.Text, step.Reason, outcome, text));
        _sink.Verbose($"'{_before.Name}': {step.Text}: {text}.");
    }

    /// <summary>Watches the change until it has ended, hangs, or the time is up.</summary>
    private async Task<(MpRepairStepOutcome Outcome, string Text)> AwaitAsync()
    {
        var from = Clock.Elapsed;
        var limit = Deadline.In(Clock, _options.Timeout);
        var job = _plan.Case.Job;
        var jobId = job?.Id;
        var (percent, jobState, movedAt, hasMoved) = (job?.Percent, job?.State, from, false);
        MpInstanceState? previous = null;
        TimeSpan? withoutJobFrom = job is null ? from : null;
        var text = string.Empty;
        var sight = await _eye.UntilAsync(
            () => new LookWish(Id, jobId),
            limit,
            look =>
            {
                if (look.Job is { HasEnded: false } running)
                {
                    if (running.Percent != percent || running.State != jobState)
                    {
                        (percent, jobState, movedAt, hasMoved) = (running.Percent, running.State, Clock.Elapsed, true);
                        _percent = percent;
                        _sink.Progress(_before, CodeNames.JobState[running.State ?? 0] ?? "Working", running.Percent);
                    }

                    var quiet = Clock.Elapsed - movedAt;
                    text = $"it has not moved for {Seconds(quiet)}" + (percent is null ? string.Empty : $" (at {percent.Value.ToString(CultureInfo.InvariantCulture)} %)");
                    return StallRule.IsStalled(_plan.Case.JobElapsed + (Clock.Elapsed - from), percent, quiet, hasMoved, IsStartFromOff, limit.HasPassed) ? StepEnd.Lasting : null;
                }

                _state = look.Machine!.State;
                _sink.Progress(_before, _state.ToString(), null);
                jobId = null;
                if (!IsHanging && _state == previous)
                {
                    return StepEnd.Reached;
                }

                previous = _state;
                withoutJobFrom ??= Clock.Elapsed;
                text = $"it still is {_state}, and no job is to be seen";
                return IsHanging && StallRule.IsStalledWithoutJob(job is null ? _plan.Case.InState : null, Clock.Elapsed - withoutJobFrom.Value, limit.HasPassed) ? StepEnd.Lasting : null;
            }).ConfigureAwait(false);
        switch (sight.End)
        {
            case StepEnd.Reached:
                return (MpRepairStepOutcome.Done, $"it has settled in {_state}");
            case StepEnd.Lasting:
                return (MpRepairStepOutcome.Failed, text);
            case StepEnd.Gone:
                _ending = new Ending(FailureCatalogue.InstanceNotFound, MpFailureStage.NotVerified, $"'{_before.Name}' is no longer on {_before.HostName}.", "the host no longer has it");
                return (MpRepairStepOutcome.Failed, "the host no longer has it");
            case StepEnd.Unreadable:
                throw new CimFaultException(sight.Seen.Fault!);
            default:
                return await AtTimeoutAsync(percent, movedAt, hasMoved, withoutJobFrom).ConfigureAwait(false);
        }
    }

    /// <summary>The time is up. The last look may have been cut short by that: what it would have shown is read once more.</summary>
    private async Task<(MpRepairStepOutcome Outcome, string Text)> AtTimeoutAsync(int? percent, TimeSpan movedAt, bool hasMoved, TimeSpan? withoutJobFrom)
    {
        var machine = await ReadMachineAsync().ConfigureAwait(false);
        var (job, elapsed) = await JobAsync(Deadline.In(Clock, ReadingLimit)).ConfigureAwait(false);
        var now = Clock.Elapsed;
        if (machine is null || (!IsHanging && job is null))
        {
            return (MpRepairStepOutcome.Done, $"it is {_state}");
        }

        hasMoved |= job is not null && job.Percent != percent;
        var isStalled = job is not null
            ? withoutJobFrom is null && StallRule.IsStalled(elapsed, job.Percent, now - movedAt, hasMoved, IsStartFromOff, isTimeUp: true)
            : StallRule.IsStalledWithoutJob(_plan.Case.Job is null ? _plan.Case.InState : null, now - (withoutJobFrom ?? now), isTimeUp: true);
        if (isStalled)
        {
            return (MpRepairStepOutcome.Failed, $"it has not moved for {Seconds(now - movedAt)}");
        }

        _ending = StillMoves(job?.Percent ?? percent, hasMoved
            ? $"its job makes progress, but had not ended after {Seconds(_options.Timeout)}"
            : $"whether it hangs cannot be told after {Seconds(_options.Timeout)} only");
        return (MpRepairStepOutcome.Failed, _ending.Short);
    }

    private static Ending NotConfirmed(string detail) => new(FailureCatalogue.NotConfirmed, MpFailureStage.NotVerified, detail, "what it depends on was not confirmed");

    private static Ending StillMoves(int? percent, string text)
        => new(
            FailureCatalogue.StillInProgress,
            MpFailureStage.TimedOut,
            text + (percent is { } value ? $" (it is at {value.ToString(CultureInfo.InvariantCulture)} %)." : "."),
            text);

    /// <summary>Ends a change that hangs: by its job, by power-off, or with its worker process.</summary>
    private async Task<(MpRepairStepOutcome Outcome, string Text)> EndChangeAsync(RepairStep step)
    {
        if (!IsHanging)
        {
            return (MpRepairStepOutcome.NotNeeded, $"not needed: it is {_state}");
        }

        var limit = LimitOf(step);
        var (job, _) = await JobAsync(limit).ConfigureAwait(false);
        if (await ReadMachineAsync().ConfigureAwait(false) is null || !IsHanging)
        {
            return (MpRepairStepOutcome.NotNeeded, $"not needed: it is {_state}");
        }

        if (MovesAgain(job))
        {
            return (MpRepairStepOutcome.Withheld, _ending!.Short);
        }

        switch (step.Action)
        {
            case MpRepairAction.TerminateJob:
                return job is null ? (MpRepairStepOutcome.NotNeeded, "not needed: the job is gone") : await TerminateAsync(job, limit).ConfigureAwait(false);
            case MpRepairAction.PowerOff when step.HasHighImpact && !await _sink.ConfirmAsync(_before, step).ConfigureAwait(false):
                _ending = NotConfirmed($"it hangs in {_state}, and powering it off, which loses its saved state, was not confirmed.");
                return (MpRepairStepOutcome.Withheld, "not confirmed");
            case MpRepairAction.PowerOff:
                return await PowerOffAsync(step).ConfigureAwait(false);
            default:
                return await EndWorkerAsync(step).ConfigureAwait(false);
        }
    }

    /// <summary>Looked at right before a step: the job that was seen to hang has moved after all, or another one has begun.</summary>
    private bool MovesAgain(JobReading? job)
    {
        if (job is null)
        {
            return false;
        }

        var isOther = !string.Equals(job.Id, _jobId, StringComparison.OrdinalIgnoreCase);
        if (isOther || (job.Percent is { } percent && _percent is { } known && percent > known))
        {
            _ending = StillMoves(job.Percent, isOther ? "another job has begun to change it" : "its job makes progress again");
            return true;
        }

        return false;
    }

    private async Task<(MpRepairStepOutcome Outcome, string Text)> TerminateAsync(JobReading job, Deadline limit)
    {
        var sight = await _eye.LookAsync(limit, job.Id).ConfigureAwait(false);
        if (sight is not { Machine: { } machine, Seen.Job: { HasEnded: false } open } || !StateTable.IsTransitional(machine.State))
        {
            _state = sight.Machine?.State ?? MpInstanceState.Unknown;
            return (MpRepairStepOutcome.NotNeeded, $"not needed: it is {_state}");
        }

        if (MovesAgain(open))
        {
            return (MpRepairStepOutcome.Withheld, _ending!.Short);
        }

        var taken = await _guard.TerminateAsync(machine, job.Id, limit).ConfigureAwait(false);
        return taken.Fault is { } fault ? throw new CimFaultException(fault)
            : !taken.IsAccepted ? Refused(taken.Result!.ReturnValue)
            : await SettleAsync(limit).ConfigureAwait(false) ? (MpRepairStepOutcome.Done, $"it is {_state}")
            : (MpRepairStepOutcome.Failed, $"the job goes on, and it still is {_state}");
    }

    private async Task<(MpRepairStepOutcome Outcome, string Text)> PowerOffAsync(RepairStep step)
    {
        var limit = LimitOf(step);
        var isDiscard = step.Action == MpRepairAction.DiscardSavedState;
        var taken = await _guard.RequestAsync(
            EnabledState.Disabled,
            reading => isDiscard ? reading.State == MpInstanceState.Suspended : StateTable.IsTransitional(reading.State),
            step.LosesSavedState,
            limit,
            limit).ConfigureAwait(false);
        _state = taken.Reading?.State ?? _state;
        if (taken.Fault is { } fault)
        {
            throw new CimFaultException(fault);
        }

        if (taken.Result is not { } result)
        {
            return taken.Reading is { } shown && (isDiscard || !StateTable.IsTransitional(shown.State))
                ? (MpRepairStepOutcome.NotNeeded, $"not needed: it is {_state}")
                : (MpRepairStepOutcome.Withheld, $"not done: it is {_state}, and its saved state would be lost");
        }

        if (!taken.IsAccepted)
        {
            return Refused(result.ReturnValue);
        }

        (_jobId, _percent) = (result.Out.Reference("Job")?.Key("InstanceID"), null);

        // A request that was accepted leaves the old state to be seen for a moment.
        return await SettleAsync(limit, MpInstanceState.Stopped).ConfigureAwait(false)
            ? (MpRepairStepOutcome.Done, $"it is {_state}")
            : (MpRepairStepOutcome.Failed, $"accepted, but it still is {_state}");
    }

    private async Task<(MpRepairStepOutcome Outcome, string Text)> EndWorkerAsync(RepairStep step)
    {
        if (!await _sink.ConfirmAsync(_before, step).ConfigureAwait(false))
        {
            _ending = NotConfirmed($"it hangs in {_state}, and ending its worker process was not confirmed.");
            return (MpRepairStepOutcome.Withheld, "not confirmed");
        }

        // After the question, however long it took: is it still the process that the plan named, and does it still hang?
        var limit = LimitOf(step);
        var worker = await _eye.AskAsync(() => Diagnosis.WorkerOfAsync(_session, Id, limit, _cancellationToken), limit).ConfigureAwait(false);
        if (await ReadMachineAsync().ConfigureAwait(false) is null || !IsHanging)
        {
            return (MpRepairStepOutcome.NotNeeded, $"not needed: it is {_state}");
        }

        if (worker is null || worker != _plan.Case.Worker || !worker.IsWorkerOf(Id))
        {
            return (MpRepairStepOutcome.Withheld, "not done: its worker process is another one than the plan named");
        }

        var (job, _) = await JobAsync(limit).ConfigureAwait(false);
        if (MovesAgain(job))
        {
            return (MpRepairStepOutcome.Withheld, _ending!.Short);
        }

        // Whose process it is, is read last: right before it is ended.
        if (await ReadMachineAsync().ConfigureAwait(false) is not { } machine || !IsHanging || machine.ProcessId != worker.Id)
        {
            return (MpRepairStepOutcome.NotNeeded, $"not needed: it is {_state}");
        }

        var taken = await _guard.EndProcessAsync(machine, Diagnosis.PathOf(worker.Id), limit).ConfigureAwait(false);
        var result = taken.Result ?? throw new CimFaultException(taken.Fault!);
        if (result.ReturnValue != 0)
        {
            // Win32_Process.Terminate: 2 is access denied (class page).
            const uint Denied = 2;
            _ending = result.ReturnValue == Denied ? new Ending(FailureCatalogue.PermissionDenied, MpFailureStage.Refused, null, "you have no right to it") : null;
            return (MpRepairStepOutcome.Failed, FormattableString.Invariant($"refused (return value {result.ReturnValue})"));
        }

        return await SettleAsync(limit).ConfigureAwait(false) ? (MpRepairStepOutcome.Done, $"it is {_state}") : (MpRepairStepOutcome.Failed, $"ended, but it still is {_state}");
    }

    private (MpRepairStepOutcome Outcome, string Text) Refused(uint returnValue)
    {
        _evidence = FailureEvidence.OfReturnValue(returnValue);
        if (returnValue == ReturnValue.AccessDenied)
        {
            _ending = new Ending(FailureCatalogue.PermissionDenied, MpFailureStage.Refused, null, "you have no right to it");
        }

        return (MpRepairStepOutcome.Failed, $"refused ({CodeNames.ReturnValue.Describe(returnValue)})");
    }

    /// <summary>What Multipass believes is wrong: a step that corrects it, if that is still so and the step does no harm at this moment.</summary>
    private async Task<(MpRepairStepOutcome Outcome, string Text)> CorrectBeliefAsync(RepairStep step)
    {
        if (IsHanging)
        {
            return (MpRepairStepOutcome.Withheld, $"not done: it still is {_state}");
        }

        if (await ReadInstanceAsync().ConfigureAwait(false) is not { } instance)
        {
            return (MpRepairStepOutcome.Withheld, "not done: the host no longer has it");
        }

        if (!RepairPlanner.IsContradiction(instance.Drift))
        {
            return (MpRepairStepOutcome.NotNeeded, $"not needed: Multipass says {Word(instance)}");
        }

        var (job, _) = await JobAsync(Deadline.In(Clock, ReadingLimit)).ConfigureAwait(false);
        if (job is not null)
        {
            _ending = StillMoves(job.Percent, "a job has begun to change it");
            return (MpRepairStepOutcome.Withheld, "not done: " + _ending.Short);
        }

        if (RepairPlanner.ObstacleTo(step.Action, instance.Facts, Array.Empty<InstanceFacts>()) is { } obstacle)
        {
            return (MpRepairStepOutcome.Withheld, "not done: " + obstacle);
        }

        if (step.Action == MpRepairAction.StopInMultipass)
        {
            return await StopInMultipassAsync(step).ConfigureAwait(false);
        }

        if (step.Action == MpRepairAction.DiscardSavedState && instance.State != MpInstanceState.Suspended)
        {
            return (MpRepairStepOutcome.NotNeeded, $"not needed: it is {instance.State}");
        }

        if (step.HasHighImpact && !await _sink.ConfirmAsync(_before, step).ConfigureAwait(false))
        {
            _ending = NotConfirmed($"{instance.DriftReason} The step that would help was not confirmed.");
            return (MpRepairStepOutcome.Withheld, "not confirmed");
        }

        if (step.Action == MpRepairAction.DiscardSavedState)
        {
            return await PowerOffAsync(step).ConfigureAwait(false);
        }

        // The service touches every instance: all are looked at, right before.
        var all = await ReadInstancesAsync(InstanceFilter.All).ConfigureAwait(false);
        var target = all.FirstOrDefault(candidate => candidate.Id == Id);
        return target is null ? (MpRepairStepOutcome.Withheld, "not done: the host no longer has it")
            : RepairPlanner.ObstacleTo(step.Action, target.Facts, all.Select(candidate => candidate.Facts).ToList()) is { } risk ? (MpRepairStepOutcome.Withheld, "not done: " + risk)
            : await RestartAsync(step).ConfigureAwait(false);
    }

    private async Task<(MpRepairStepOutcome Outcome, string Text)> StopInMultipassAsync(RepairStep step)
    {
        var limit = Limit(step);
        _sink.Progress(_before, "multipass stop --force", null);
        var answer = await _session.MultipassView!.Client!.RunAsync(new[] { "stop", "--force", _before.Name }, limit, _cancellationToken).ConfigureAwait(false);
        return answer.HasSucceeded ? (MpRepairStepOutcome.Done, "done") : (MpRepairStepOutcome.Failed, answer.Describe(limit));
    }

    private async Task<(MpRepairStepOutcome Outcome, string Text)> RestartAsync(RepairStep step)
    {
        var limit = LimitOf(step);
        _sink.Progress(_before, "Restarting Multipass's service", null);
        var restart = await _service.RestartAsync(limit).ConfigureAwait(false);
        if (!restart.HasSucceeded)
        {
            _ending = restart.IsDenied ? new Ending(FailureCatalogue.PermissionDenied, MpFailureStage.Refused, null, "you have no right to it") : null;
            return (MpRepairStepOutcome.Failed, restart.Text);
        }

        // The daemon answers when it has looked at all its instances.
        _asksClient = _plan.Case.HasClient;
        while (await ReadInstanceAsync().ConfigureAwait(false) is { } instance && (RepairPlanner.IsContradiction(instance.Drift) || instance.MultipassSource.Length == 0))
        {
            if (limit.Remaining <= BeliefInterval)
            {
                return (MpRepairStepOutcome.Failed, $"restarted, but Multipass says {Word(instance)}");
            }

            await Clock.Delay(BeliefInterval, _cancellationToken).ConfigureAwait(false);
        }

        return (MpRepairStepOutcome.Done, restart.Text);
    }

    /// <summary>The last reading decides, whatever the steps said of themselves.</summary>
    private async Task<RepairOutcome> EndAsync()
    {
        MpInstance after;
        try
        {
            after = await ReadInstanceAsync().ConfigureAwait(false) ?? new MpInstance(InstanceReader.Unread(_before.Facts));
        }
        catch (CimFaultException exception)
        {
            after = new MpInstance(InstanceReader.Unread(_before.Facts));
            _evidence = _evidence.With(exception.Fault);
            _ending ??= new Ending(FailureCatalogue.OutcomeUnknown, MpFailureStage.OutcomeUnknown, exception.Fault.Message, "the host does not answer");
        }

        var hasDone = _steps.Any(step => step.Outcome == MpRepairStepOutcome.Done && step.Action != MpRepairAction.Await);
        if (RepairPlanner.ResultOf(_before, after, hasDone) is { } result)
        {
            return new RepairOutcome(new MpRepair(_before, after, result, _plan.Finding, _steps), null);
        }

        var ending = _ending ?? EndingOf(after);
        return new RepairOutcome(
            new MpRepair(_before, after, MpRepairResult.Failed, _plan.Finding, _steps),
            RepairFailures.Of(ending.Cause, ending.Stage, _before, after, _evidence, ending.Detail, _plan.Case.Worker?.Id));
    }

    private Ending EndingOf(MpInstance after)
    {
        var last = _steps.LastOrDefault(step => step.Outcome is MpRepairStepOutcome.Failed or MpRepairStepOutcome.Withheld);
        var tried = last is null ? string.Empty : $" The last step, \"{last.Text}\", ended so: {last.Result}.";
        if (StateTable.IsTransitional(after.State))
        {
            var keepsSavedState = !_plan.Steps.Any(step => step.Action == MpRepairAction.PowerOff) && _plan.Case.IsSaved != false;
            return new Ending(
                FailureCatalogue.RepairFailed,
                MpFailureStage.NotVerified,
                $"it still hangs in {after.State}." + (keepsSavedState ? " It has a saved state, which a power-off would throw away: that is done only with -DiscardSavedState." : tried),
                string.Empty);
        }

        if (after.Facts.IsBeyondRepair)
        {
            return new Ending(FailureCatalogue.DriftNotRepairable, MpFailureStage.NotVerified, after.DriftReason, string.Empty);
        }

        var cause = RepairPlanner.RefusalOf(after.Facts);
        return new Ending(
            cause == FailureCatalogue.MultipassRestartNeeded && (_options.RestartsService || !RepairPlanner.IsContradiction(after.Drift)) ? FailureCatalogue.RepairFailed : cause,
            MpFailureStage.NotVerified,
            RepairPlanner.DetailOf(after.Facts) + tried,
            string.Empty);
    }

    /// <summary>Reads until the instance shows a state that lasts, twice, or the one awaited. False when the limit passes first.</summary>
    private async Task<bool> SettleAsync(Deadline limit, MpInstanceState? awaited = null)
    {
        MpInstanceState? previous = null;
        var sight = await _eye.UntilAsync(
            () => new LookWish(Id),
            limit,
            look =>
            {
                _state = look.Machine!.State;
                _sink.Progress(_before, _state.ToString(), null);
                var isSame = _state == previous;
                previous = _state;
                return _state == awaited || (awaited is null && !IsHanging && isSame) ? StepEnd.Reached : null;
            }).ConfigureAwait(false);
        return sight.End switch
        {
            StepEnd.Reached => true,
            StepEnd.Unreadable => throw new CimFaultException(sight.Seen.Fault!),
            StepEnd.Gone => false,
            _ => await ReadMachineAsync().ConfigureAwait(false) is not null && (awaited is null ? !IsHanging : _state == awaited),
        };
    }

    private Task<(JobReading? Job, TimeSpan? Elapsed)> JobAsync(Deadline limit)
        => _eye.AskAsync(() => Diagnosis.JobOfAsync(_session, Id, limit, _cancellationToken), limit);

    private async Task<MachineReading?> ReadMachineAsync()
    {
        var sight = await _eye.LookAsync(Deadline.In(Clock, ReadingLimit)).ConfigureAwait(false);
        _state = sight.Machine?.State ?? MpInstanceState.Unknown;
        return sight.Seen.Fault is { } fault ? throw new CimFaultException(fault) : sight.Machine;
    }

    /// <summary>The instance with what Multipass believes of it now; null when the host no longer has it. Namesakes are read with it: they change what a record means.</summary>
    private async Task<MpInstance?> ReadInstanceAsync()
    {
        var instances = await ReadInstancesAsync(InstanceFilter.ByName(new[] { _before.Name })).ConfigureAwait(false);
        var instance = instances.FirstOrDefault(candidate => candidate.Id == Id);
        _state = instance?.State ?? MpInstanceState.Unknown;

        // A client that did not answer once is not waited for again.
        _asksClient &= instance is null || instance.MultipassSource.Contains(MultipassReading.Client);
        return instance;
    }

    private Task<IReadOnlyList<MpInstance>> ReadInstancesAsync(InstanceFilter filter)
    {
        var effort = _asksClient ? MultipassEffort.Both : MultipassEffort.Database;
        var limit = Deadline.In(Clock, ReadingLimit);
        return _eye.AskAsync(() => InstanceReader.ReadAsync(_session, filter, InstanceDetail.Full, limit, _cancellationToken, warnings: null, effort), limit);
    }

    private static string Word(MpInstance instance) => instance.MultipassState.Length > 0 ? instance.MultipassState : "nothing";

    private TimeSpan Limit(RepairStep step) => Limits[step.Action] < _options.Timeout ? Limits[step.Action] : _options.Timeout;

    private Deadline LimitOf(RepairStep step) => Deadline.In(Clock, Limit(step));

    private static string Seconds(TimeSpan time) => string.Format(CultureInfo.InvariantCulture, "{0:0.#} s", time.TotalSeconds);

    /// <summary>Why no further step is taken.</summary>
    private sealed record Ending(FailureCause Cause, MpFailureStage Stage, string? Detail, string Short);
}
