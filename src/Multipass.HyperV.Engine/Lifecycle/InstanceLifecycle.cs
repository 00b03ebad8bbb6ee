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
using Multipass.HyperV.Time;
using Multipass.HyperV.Vocabulary;

namespace Multipass.HyperV.Lifecycle;

/// <summary>
/// Carries one instance through one operation: decide from what the host shows, submit, await the job, verify, and report what the last reading showed.
/// Nothing is remembered between two readings.
/// </summary>
internal sealed class InstanceLifecycle
{
    /// <summary>Rollback, power-off, error details and the last reading have this much in all, after the wait has ended.</summary>
    private static readonly TimeSpan FollowUpBudget = TimeSpan.FromSeconds(10);

    /// <summary>A host that cannot be read for so long while an operation waits is given up: a restart of vmms takes a few seconds.</summary>
    private static readonly TimeSpan UnreadableFor = TimeSpan.FromSeconds(10);

    /// <summary>A job that was asked to terminate has this long before the instance itself is powered off.</summary>
    private static readonly TimeSpan TerminationPatience = TimeSpan.FromMilliseconds(500);

    /// <summary>Between two attempts at a request whose refusal may pass.</summary>
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    /// <summary>How often the guest's shutdown service is looked at while it is not ready.</summary>
    private static readonly TimeSpan GuestInterval = TimeSpan.FromMilliseconds(500);

    private readonly HostSession _session;
    private readonly HostPoll _poll;
    private readonly OperationRequest _request;
    private readonly IOperationSink _sink;
    private readonly CancellationToken _cancellationToken;
    private readonly InstanceFacts _facts;
    private readonly MpInstance _before;
    private readonly DateTimeOffset _from;
    private readonly Deadline _deadline;

    private Transition _transition;
    private Deadline? _followUp;
    private Deadline? _retryUntil;
    private bool _hasRead;
    private MachineReading? _last;
    private CimFault? _unreadable;

    public InstanceLifecycle(HostSession session, HostPoll poll, MpInstance instance, OperationRequest request, IOperationSink sink, CancellationToken cancellationToken)
    {
        _session = session;
        _poll = poll;
        _request = request;
        _sink = sink;
        _cancellationToken = cancellationToken;
        _before = instance;
        _facts = instance.Facts;
        _transition = TransitionTable.Of(request.Operation);
        _from = session.Clock.Now;
        _deadline = Deadline.In(session.Clock, request.Timeout);
    }

    private Guid Id => _facts.Id;

    private IClock Clock => _session.Clock;

    /// <summary>The budget for what follows; it starts when it is first needed.</summary>
    private Deadline FollowUp => _followUp ??= Deadline.In(Clock, FollowUpBudget);

    /// <summary>Runs the operation. It ends in an outcome, or in cancellation.</summary>
    public async Task<OperationOutcome> RunAsync()
    {
        if (RefusalOf(_facts) is { } cause)
        {
            return Fail(cause, MpFailureStage.Refused, FailureEvidence.None, _before.State);
        }

        var state = _before.State;
        var hasSubmitted = false;
        while (true)
        {
            switch (Decide(state))
            {
                case TransitionStep.Done:
                    _sink.Verbose($"'{_facts.Name}' is {state}: nothing to do.");
                    return await SucceedAsync().ConfigureAwait(false);

                case TransitionStep.Refuse:
                    return Fail(FailureCatalogue.InvalidState, MpFailureStage.Refused, FailureEvidence.None, state);

                case TransitionStep.Wait:
                    _sink.Verbose($"'{_facts.Name}' is {state}: waiting until that has ended.");
                    if (await SettleAsync(_deadline).ConfigureAwait(false) is { } settled)
                    {
                        state = settled;
                        continue;
                    }

                    return await EndWaitAsync(null, submittedFrom: null).ConfigureAwait(false);

                default:
                    if (_transition.Operation == MpOperation.Shutdown && await AwaitGuestAsync().ConfigureAwait(false) is { } ended)
                    {
                        if (ended.State is { } otherState)
                        {
                            state = otherState;
                            continue;
                        }

                        return await EndWaitAsync(null, submittedFrom: null, "the guest's shutdown service does not answer: " + ended.Reason).ConfigureAwait(false);
                    }

                    if (hasSubmitted)
                    {
                        _sink.Verbose($"'{_facts.Name}': asking again.");
                    }

                    hasSubmitted = true;
                    var (outcome, next) = await SubmitAsync(state).ConfigureAwait(false);
                    if (outcome is not null)
                    {
                        return outcome;
                    }

                    state = next;
                    break;
            }
        }
    }

    private FailureCause? RefusalOf(InstanceFacts facts)
        => facts.Backend == MpBackend.Hcs ? FailureCatalogue.UnsupportedBackend
            : facts.Record is { IsDeleted: true } && _request.Operation == MpOperation.Start ? FailureCatalogue.InstanceDeleted
            : null;

    private TransitionStep Decide(MpInstanceState state)
    {
        var step = TransitionTable.Decide(_transition, state);
        if (step != TransitionStep.Refuse)
        {
            return step;
        }

        if (_request.DiscardsSavedState && state == MpInstanceState.Suspended)
        {
            _transition = TransitionTable.Of(MpOperation.DiscardSavedState);
        }
        else if (_request.Force && _transition.Operation == MpOperation.Shutdown && (state is MpInstanceState.Paused or MpInstanceState.Unknown))
        {
            // A guest that cannot answer is not waited for.
            _sink.Verbose($"'{_facts.Name}' is {state}: its guest cannot shut down; powering it off.");
            _transition = TransitionTable.Of(MpOperation.TurnOff);
        }

        return TransitionTable.Decide(_transition, state);
    }

    /// <summary>Sends the request and follows it to its end. Either an outcome, or the state from which to decide again.</summary>
    private async Task<(OperationOutcome? Outcome, MpInstanceState Next)> SubmitAsync(MpInstanceState from)
    {
        CimMethodResult result;
        try
        {
            result = await RequestAsync(_transition.RequestedState, _deadline).ConfigureAwait(false);
        }
        catch (CimFaultException exception) when (exception.Fault.IsConnectionLost)
        {
            // The host may have taken the request: only its state can tell.
            _sink.Verbose($"'{_facts.Name}': the answer to the request was lost ({exception.Fault.Message}).");
            return (await DecideByStateAsync(FailureCatalogue.OutcomeUnknown, FailureEvidence.OfFault(exception.Fault), from).ConfigureAwait(false), default);
        }
        catch (CimFaultException exception)
        {
            return await RefusedAsync(FailureEvidence.OfFault(exception.Fault, FailureStages.Request, _facts.Name), from).ConfigureAwait(false);
        }

        var jobId = result.Out.Reference("Job")?.Key("InstanceID");
        _sink.Verbose(string.Format(
            CultureInfo.InvariantCulture,
            "'{0}': RequestStateChange({1}) returned {2}{3}.",
            _facts.Name,
            _transition.RequestedState,
            CodeNames.ReturnValue.Describe(result.ReturnValue),
            jobId is null ? string.Empty : ", job " + jobId));

        if (!ReturnValue.IsAccepted(result.ReturnValue))
        {
            return await RefusedAsync(FailureEvidence.OfReturnValue(result.ReturnValue), from).ConfigureAwait(false);
        }

        return await AwaitJobAsync(result.ReturnValue == ReturnValue.JobStarted ? jobId : null, from).ConfigureAwait(false);
    }

    /// <summary>The request was refused. The code alone does not say whether that matters: the state does.</summary>
    private async Task<(OperationOutcome? Outcome, MpInstanceState Next)> RefusedAsync(FailureEvidence evidence, MpInstanceState from)
    {
        var reading = await ReadLastAsync().ConfigureAwait(false);
        if (reading?.State == _transition.Target)
        {
            _sink.Verbose($"'{_facts.Name}': refused ({FailureSlots.Codes(evidence)}), but it is {reading.State} already.");
            return (await SucceedAsync().ConfigureAwait(false), default);
        }

        evidence = evidence.HasNoReason ? await WithEventsAsync(evidence).ConfigureAwait(false) : evidence;
        var facts = await LookUpAsync(evidence, from).ConfigureAwait(false);
        var cause = FailureCatalogue.Judge(evidence, facts);
        if (reading is not null && MayRetry(cause, reading.State))
        {
            if (!TransitionTable.IsTransitional(reading.State))
            {
                return (null, await PauseAsync(cause).ConfigureAwait(false));
            }

            // Somebody else's change is in progress. For power-off that wait is short: it is meant for instances that hang.
            var waits = _transition.WaitIn.Count > 0;
            _sink.Verbose($"'{_facts.Name}': refused ({FailureSlots.Codes(evidence)}) while it is {reading.State}; waiting until that has ended.");
            if (await SettleAsync(waits ? _deadline : _retryUntil!.AtMost(_deadline.Remaining)).ConfigureAwait(false) is { } settled)
            {
                _followUp = null;
                return (null, settled);
            }

            if (waits)
            {
                return (await EndWaitAsync(null, submittedFrom: null).ConfigureAwait(false), default);
            }
        }

        return (Fail(cause, MpFailureStage.Refused, evidence, _last?.State, facts), default);
    }

    /// <summary>Waits for the job's end, then for the state to settle, and judges by the state.</summary>
    private async Task<(OperationOutcome? Outcome, MpInstanceState Next)> AwaitJobAsync(string? jobId, MpInstanceState from)
    {
        var since = Clock.Now;
        JobReading? job = null;
        Deadline? giveUp = null;
        while (true)
        {
            var look = await _poll.NextAsync(Id, jobId, since, _deadline).ConfigureAwait(false);
            if (_deadline.HasPassed && look.Machine is null)
            {
                return (await EndWaitAsync(jobId, from, job: look.Job ?? job).ConfigureAwait(false), default);
            }

            if (look.Fault is { } fault)
            {
                giveUp ??= Deadline.In(Clock, UnreadableFor);
                if (!fault.IsTransient || giveUp.HasPassed)
                {
                    // The job cannot be read. Perhaps the instance can: then its state decides, as for a job that has vanished.
                    return await ReadLastAsync().ConfigureAwait(false) is { } reading
                        ? await VerifyAsync(jobId, null, isVanished: true, reading, from).ConfigureAwait(false)
                        : (await LostAsync(EvidenceOf(jobId, job), from).ConfigureAwait(false), default);
                }

                _sink.Verbose($"'{_facts.Name}': the host could not be read ({fault.Message}); trying again.");
                continue;
            }

            giveUp = null;
            if (look.Job is { HasEnded: false } running)
            {
                if (job?.State != running.State || job?.Percent != running.Percent)
                {
                    _sink.Progress(_before, CodeNames.JobState[running.State ?? 0] ?? "Working", running.Percent);
                }

                job = running;
                continue;
            }

            job = look.Job ?? job;
            return await VerifyAsync(jobId, job, isVanished: jobId is not null && look.Job is null, look.Machine, from).ConfigureAwait(false);
        }
    }

    /// <summary>The job has ended, has vanished, or there was none: what does the host show?</summary>
    private async Task<(OperationOutcome? Outcome, MpInstanceState Next)> VerifyAsync(
        string? jobId, JobReading? job, bool isVanished, MachineReading? reading, MpInstanceState from)
    {
        Observe(reading);
        var hasFailed = job is not null && !isVanished && !job.HasSucceeded;
        if (reading is not null && reading.State != _transition.Target && (TransitionTable.IsTransitional(reading.State) || !hasFailed))
        {
            // A state may lag behind its job by some readings.
            _sink.Verbose($"'{_facts.Name}': the job has ended, the state is {reading.State}; reading again.");
            await SettleAsync(hasFailed ? FollowUp : _deadline, confirm: !hasFailed).ConfigureAwait(false);
        }

        if (_last is not { State: var state })
        {
            return (await LostAsync(EvidenceOf(jobId, job), from).ConfigureAwait(false), default);
        }

        if (state == _transition.Target)
        {
            if (hasFailed)
            {
                _sink.Warning($"'{_facts.Name}': the host's job ended with an error ({FailureSlots.Codes(EvidenceOf(jobId, job))}), but the host shows it {state}.");
            }
            else if (isVanished)
            {
                _sink.Verbose($"'{_facts.Name}': the host's job {jobId} is gone; the host shows it {state}.");
            }

            return (await SucceedAsync().ConfigureAwait(false), default);
        }

        if (hasFailed)
        {
            return await JobFailedAsync(jobId!, job!, from).ConfigureAwait(false);
        }

        if (TransitionTable.IsTransitional(state))
        {
            return (await EndWaitAsync(jobId, from, job: job).ConfigureAwait(false), default);
        }

        // The host says nothing of it; its event log may.
        var evidence = await WithEventsAsync(EvidenceOf(jobId, job)).ConfigureAwait(false);
        return (isVanished
            ? Fail(FailureCatalogue.JobLost, MpFailureStage.OutcomeUnknown, evidence, from)
            : Fail(CauseByEvents(evidence) ?? FailureCatalogue.StateNotReached, MpFailureStage.NotVerified, evidence, from), default);
    }

    private async Task<(OperationOutcome? Outcome, MpInstanceState Next)> JobFailedAsync(string jobId, JobReading job, MpInstanceState from)
    {
        var evidence = FailureEvidence.OfJob(jobId, job, await ErrorsOfAsync(jobId).ConfigureAwait(false), _facts.Name);
        evidence = await WithEventsAsync(evidence).ConfigureAwait(false);
        var facts = await LookUpAsync(evidence, from).ConfigureAwait(false);
        var cause = FailureCatalogue.Judge(evidence, facts);
        return MayRetry(cause, _last!.State)
            ? (null, await PauseAsync(cause).ConfigureAwait(false))
            : (Fail(cause, MpFailureStage.JobFailed, evidence, from, facts), default);
    }

    /// <summary>The answer to a request was lost: the state that the host settles in decides, if it can be read.</summary>
    private async Task<OperationOutcome> DecideByStateAsync(FailureCause cause, FailureEvidence evidence, MpInstanceState from)
    {
        if (await SettleAsync(_deadline).ConfigureAwait(false) == _transition.Target)
        {
            return await SucceedAsync().ConfigureAwait(false);
        }

        await ReadLastAsync().ConfigureAwait(false);
        return _last is null
            ? await LostAsync(evidence, from).ConfigureAwait(false)
            : Fail(cause, MpFailureStage.OutcomeUnknown, evidence, from, detail: evidence.Fault?.Message);
    }

    /// <summary>
    /// The wait has ended and the host has not. A guest that did not answer is powered off under -Force; a start of ours is undone;
    /// then whatever the host shows is reported.
    /// </summary>
    private async Task<OperationOutcome> EndWaitAsync(string? jobId, MpInstanceState? submittedFrom, string? detail = null, JobReading? job = null)
    {
        var evidence = EvidenceOf(jobId, job);
        if (await ReadLastAsync().ConfigureAwait(false) is not { } reading)
        {
            return await LostAsync(evidence, submittedFrom).ConfigureAwait(false);
        }

        if (reading.State == _transition.Target && await HasJobEndedAsync(jobId).ConfigureAwait(false))
        {
            // It ended at the very last moment.
            return await SucceedAsync().ConfigureAwait(false);
        }

        if (_transition.Operation == MpOperation.Shutdown && _request.Force)
        {
            _sink.Verbose($"'{_facts.Name}': the guest has not shut down within {_request.Timeout.TotalSeconds:0} s; powering it off.");
            _transition = TransitionTable.Of(MpOperation.TurnOff);
            var refusal = await PowerOffAsync().ConfigureAwait(false);
            if (_last?.State == MpInstanceState.Stopped)
            {
                return await SucceedAsync().ConfigureAwait(false);
            }

            return Fail(FailureCatalogue.StopTimedOut, MpFailureStage.TimedOut, refusal ?? evidence, submittedFrom, detail: detail);
        }

        if (_transition.Operation == MpOperation.Start && submittedFrom == MpInstanceState.Stopped && _request.RollbackOnTimeout)
        {
            await RollBackAsync(jobId, job).ConfigureAwait(false);
        }

        var cause = _transition.Operation == MpOperation.Start ? FailureCatalogue.StartTimedOut : FailureCatalogue.StopTimedOut;
        return Fail(cause, MpFailureStage.TimedOut, evidence, submittedFrom, detail: detail);
    }

    /// <summary>Undoes a start that this call has submitted from Stopped: the job is asked to end, and what still hangs in Starting is powered off.</summary>
    private async Task RollBackAsync(string? jobId, JobReading? job)
    {
        if (jobId is not null && job is { IsCancellable: true, HasEnded: false })
        {
            _sink.Verbose($"'{_facts.Name}': asking job {jobId} to terminate.");
            try
            {
                var parameters = new Dictionary<string, object?> { ["RequestedState"] = JobState.RequestTerminate };
                await _session.InvokeAsync(JobReading.PathOf(jobId), CimNames.RequestStateChange, parameters, FollowUp, _cancellationToken).ConfigureAwait(false);
                await SettleAsync(FollowUp.AtMost(TerminationPatience)).ConfigureAwait(false);
            }
            catch (CimFaultException exception)
            {
                _sink.Verbose($"'{_facts.Name}': the job cannot be terminated ({exception.Fault.Message}).");
            }
        }

        if ((await ReadLastAsync().ConfigureAwait(false))?.State == MpInstanceState.Starting)
        {
            _sink.Verbose($"'{_facts.Name}': it still hangs in Starting; powering it off.");
            await PowerOffAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Powers off within the budget for what follows, and reads the state. Returns the refusal, if it was one.</summary>
    private async Task<FailureEvidence?> PowerOffAsync()
    {
        try
        {
            var result = await RequestAsync(EnabledState.Disabled, FollowUp).ConfigureAwait(false);
            if (ReturnValue.IsAccepted(result.ReturnValue))
            {
                await SettleAsync(FollowUp, MpInstanceState.Stopped).ConfigureAwait(false);
                return null;
            }

            _sink.Verbose($"'{_facts.Name}': the host refuses to power it off ({CodeNames.ReturnValue.Describe(result.ReturnValue)}).");
            await ReadLastAsync().ConfigureAwait(false);
            return FailureEvidence.OfReturnValue(result.ReturnValue);
        }
        catch (CimFaultException exception)
        {
            _sink.Verbose($"'{_facts.Name}': it cannot be powered off ({exception.Fault.Message}).");
            await ReadLastAsync().ConfigureAwait(false);
            return FailureEvidence.OfFault(exception.Fault);
        }
    }

    /// <summary>
    /// Waits until the guest can be asked to shut down: its service is there and in contact. While it boots that takes a moment.
    /// Null when it can be asked; else the state that it has changed to by itself, or the reason why the wait has ended.
    /// </summary>
    private async Task<GuestEnded?> AwaitGuestAsync()
    {
        var query = new CimQuery(
            CimNames.Virtualization,
            CimNames.ShutdownComponent,
            new[] { "SystemName", "EnabledState", "OperationalStatus" },
            CimCondition.Equal("SystemName", MachineReading.KeyOf(Id)));
        var reason = "it is not there";
        while (!_deadline.HasPassed)
        {
            try
            {
                var components = await _session.QueryAsync(query, _deadline, _cancellationToken).ConfigureAwait(false);
                if (components.Any(component => component.UInt16("EnabledState") == EnabledState.Enabled && component.UInt16s("OperationalStatus").FirstOrDefault() == 2))
                {
                    return null;
                }

                reason = components.Count == 0 ? "it is not there" : "its status is " + CodeNames.Heartbeat.Describe(components[0].UInt16s("OperationalStatus").FirstOrDefault());
            }
            catch (CimFaultException exception) when (exception.Fault.IsTransient)
            {
                reason = exception.Fault.Message;
            }
            catch (CimFaultException)
            {
                // Whether the guest can be asked is not known; the request itself will tell.
                return null;
            }

            _sink.Progress(_before, "Waiting for the guest", null);
            var look = await _poll.NextAsync(Id, null, _from, _deadline.AtMost(GuestInterval)).ConfigureAwait(false);
            Observe(look.Machine);
            if (look.Machine is { } machine && machine.State != MpInstanceState.Running)
            {
                return new GuestEnded(machine.State, string.Empty);
            }

            if (_deadline.Remaining > GuestInterval)
            {
                await Clock.Delay(GuestInterval, _cancellationToken).ConfigureAwait(false);
            }
            else if (!_deadline.HasPassed)
            {
                await Clock.Delay(_deadline.Remaining, _cancellationToken).ConfigureAwait(false);
            }
        }

        return new GuestEnded(null, reason + ".");
    }

    /// <summary>Reads until the state lasts: the target, or a state that is not transitional, twice. Null when the limit passes first or the host cannot be read.</summary>
    private async Task<MpInstanceState?> SettleAsync(Deadline limit, MpInstanceState? awaited = null, bool confirm = true)
    {
        var since = Clock.Now;
        Deadline? giveUp = null;
        MpInstanceState? previous = null;
        while (!limit.HasPassed)
        {
            var look = await _poll.NextAsync(Id, null, since, limit).ConfigureAwait(false);
            if (look.Fault is { } fault)
            {
                if (limit.HasPassed && _last is not null)
                {
                    break;
                }

                giveUp ??= Deadline.In(Clock, UnreadableFor);
                if (!fault.IsTransient || giveUp.HasPassed)
                {
                    Lose(fault);
                    return null;
                }

                continue;
            }

            giveUp = null;
            Observe(look.Machine);
            if (look.Machine is not { } machine)
            {
                return null;
            }

            _sink.Progress(_before, machine.State.ToString(), null);
            var isAwaited = machine.State == (awaited ?? _transition.Target);
            if (isAwaited || (awaited is null && !TransitionTable.IsTransitional(machine.State) && (machine.State == previous || !confirm)))
            {
                return machine.State;
            }

            previous = machine.State;
        }

        return null;
    }

    private async Task<MachineReading?> ReadLastAsync()
    {
        try
        {
            Observe(await _session.ReadMachineAsync(Id, FollowUp, _cancellationToken).ConfigureAwait(false));
        }
        catch (CimFaultException exception)
        {
            Lose(exception.Fault);
        }

        return _last;
    }

    private void Observe(MachineReading? reading)
    {
        _hasRead = true;
        _last = reading;
        _unreadable = null;
    }

    private void Lose(CimFault fault)
    {
        _hasRead = true;
        _last = null;
        _unreadable = fault;
    }

    private async Task<bool> HasJobEndedAsync(string? jobId)
    {
        if (jobId is null)
        {
            return true;
        }

        try
        {
            var jobs = await _session.QueryAsync(JobReading.Query.With(CimCondition.Equal("InstanceID", jobId)), FollowUp, _cancellationToken).ConfigureAwait(false);
            return jobs.Count == 0 || new JobReading(jobs[0]).HasEnded;
        }
        catch (CimFaultException)
        {
            return false;
        }
    }

    private Task<CimMethodResult> RequestAsync(ushort requestedState, Deadline deadline)
        => _session.InvokeAsync(
            MachineReading.PathOf(Id),
            CimNames.RequestStateChange,
            new Dictionary<string, object?> { ["RequestedState"] = requestedState },
            deadline,
            _cancellationToken);

    private async Task<IReadOnlyList<string>> ErrorsOfAsync(string jobId)
    {
        try
        {
            var result = await _session.InvokeAsync(JobReading.PathOf(jobId), CimNames.GetErrorEx, new Dictionary<string, object?>(), FollowUp, _cancellationToken).ConfigureAwait(false);
            return result.Out.Texts("Errors");
        }
        catch (CimFaultException exception)
        {
            _sink.Verbose($"'{_facts.Name}': the job's error list cannot be read ({exception.Fault.Message}).");
            return Array.Empty<string>();
        }
    }

    /// <summary>What decides and what the advice speaks of: read from the host now, and taken from the last reading.</summary>
    private async Task<HostFacts> LookUpAsync(FailureEvidence evidence, MpInstanceState from)
    {
        // Disks, switch and hypervisor are what a start needs; nothing else fails for the lack of them.
        var kinds = FailureCatalogue.FactsFor(evidence);
        kinds = _transition.Operation == MpOperation.Start ? kinds : kinds & ~(FactKinds.Files | FactKinds.Switch | FactKinds.Hypervisor);
        var facts = kinds == FactKinds.None
            ? HostFacts.None
            : await HostFactsReader.ReadAsync(_session, kinds, _facts, FollowUp, _cancellationToken).ConfigureAwait(false);
        return facts with { StateBefore = from, HostState = _last?.HostState };
    }

    private async Task<FailureEvidence> WithEventsAsync(FailureEvidence evidence)
        => evidence.With(await _session.ReadEventsAsync(Id, _facts.Name, _from, FollowUp, _cancellationToken).ConfigureAwait(false));

    private static FailureCause? CauseByEvents(FailureEvidence evidence)
        => evidence.Events.Count > 0 && FailureCatalogue.Judge(evidence, HostFacts.None) is var cause && (cause.Stages & FailureStages.AfterSuccess) != 0 ? cause : null;

    private FailureEvidence EvidenceOf(string? jobId, JobReading? job)
        => jobId is null ? FailureEvidence.None : FailureEvidence.OfJob(jobId, job, Array.Empty<string>(), _facts.Name);

    /// <summary>Only what the catalogue allows, only for as long as it allows, and a wrong state only while it is changing.</summary>
    private bool MayRetry(FailureCause cause, MpInstanceState state)
    {
        if (cause.RetryFor == TimeSpan.Zero || (cause == FailureCatalogue.InvalidState && !TransitionTable.IsTransitional(state)))
        {
            return false;
        }

        _retryUntil ??= Deadline.In(Clock, cause.RetryFor);
        return !_retryUntil.HasPassed && _deadline.Remaining > RetryPause;
    }

    private async Task<MpInstanceState> PauseAsync(FailureCause cause)
    {
        _sink.Verbose($"'{_facts.Name}': {cause.Name}. That may pass; asking again in {RetryPause.TotalSeconds:0} s.");
        await Clock.Delay(RetryPause, _cancellationToken).ConfigureAwait(false);
        _followUp = null;
        return _last!.State;
    }

    private async Task<OperationOutcome> SucceedAsync()
    {
        var after = Now();
        if (_request.ReadsAll && _last is not null)
        {
            after = await InstanceReader.CompleteAsync(_session, after, FollowUp, _cancellationToken).ConfigureAwait(false);
        }

        return new OperationOutcome(_before, after, null);
    }

    /// <summary>The instance is gone from the host, or the host cannot be read: one last attempt, and no guess.</summary>
    private async Task<OperationOutcome> LostAsync(FailureEvidence evidence, MpInstanceState? from)
    {
        if (_unreadable is not { } fault)
        {
            return Fail(FailureCatalogue.InstanceNotFound, MpFailureStage.NotVerified, evidence, from);
        }

        if (_followUp is null)
        {
            await ReadLastAsync().ConfigureAwait(false);
        }

        return Fail(FailureCatalogue.OutcomeUnknown, MpFailureStage.OutcomeUnknown, evidence.With(fault), from, detail: fault.Message);
    }

    private OperationOutcome Fail(
        FailureCause cause, MpFailureStage stage, FailureEvidence evidence, MpInstanceState? from, HostFacts? facts = null, string? detail = null)
    {
        var after = Now();
        var failure = MpOperationFailure.Of(cause, new FailureContext
        {
            Operation = _transition.Operation,
            Name = _facts.Name,
            HostName = _facts.HostName,
            Before = from is { } state && state != _before.State ? new MpInstance(_facts with { State = state }) : _before,
            After = after,
            ProcessId = _last?.ProcessId,
            Stage = stage,
            Request = _transition.RequestedState,
            Account = _session.Host.Account,
            Evidence = evidence,
            Facts = facts ?? HostFacts.None,
            Timeout = _request.Timeout,
            From = _from,
            To = Clock.Now,
            Detail = detail,
        });
        return new OperationOutcome(_before, after, failure);
    }

    /// <summary>The instance as last read: before any reading of its own the one that it was found by, after a reading that failed Unknown.</summary>
    private MpInstance Now()
        => !_hasRead ? _before
            : _last is { } reading ? new MpInstance(InstanceReader.Apply(_facts, reading))
            : new MpInstance(InstanceReader.Unread(_facts));

    private sealed record GuestEnded(MpInstanceState? State, string Reason);
}
