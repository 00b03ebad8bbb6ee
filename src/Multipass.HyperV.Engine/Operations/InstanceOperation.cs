using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Operations;

/// <summary>
/// Carries one instance through one operation: read, decide by the table, submit, follow, verify, judge, perhaps again. Nothing is remembered between two readings.
/// </summary>
internal sealed class InstanceOperation
{
    /// <summary>Between two attempts at a request whose refusal may pass.</summary>
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    /// <summary>So much later than its job a state may still follow. In recordings the first reading after a job's end shows the target; two seconds are promised.</summary>
    private static readonly TimeSpan LongestLag = TimeSpan.FromSeconds(3);

    /// <summary>After the job of a reset has ended well, its uptime has to fall within this time.</summary>
    private static readonly TimeSpan UptimePatience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(4);

    /// <summary>So much is kept for the last look.</summary>
    private static readonly TimeSpan LastLook = TimeSpan.FromSeconds(2);

    /// <summary>Of what follows the end of the wait, so much is kept for what comes after a job was asked to terminate.</summary>
    private static readonly TimeSpan AfterTermination = TimeSpan.FromSeconds(5);

    private readonly OperationContext _context;
    private readonly InstanceEye _eye;
    private readonly PowerGuard _guard;
    private readonly OperationReport _report;
    private Deadline? _retryUntil;
    private bool _hasSubmitted;

    /// <summary>Why it failed last, while it is being tried again: what is told if the time runs out before that.</summary>
    private Failed? _failed;

    public InstanceOperation(OperationContext context)
    {
        _context = context;
        _eye = new InstanceEye(context.Session, context.Poll, context.Id, context.CancellationToken);
        _guard = new PowerGuard(context.Session, context.Id, context.CancellationToken);
        _report = new OperationReport(context);
    }

    private OperationRequest Request => _context.Request;

    /// <summary>Runs the operation. It ends in an outcome, or in cancellation.</summary>
    public async Task<OperationOutcome> RunAsync()
    {
        var refusal = Refusals.Of(_context.Facts, Request.Operation, Request.AllowsSharedDisk);
        if (refusal is not null && _context.Id == Guid.Empty)
        {
            return _report.Refuse(refusal.Value.Cause, refusal.Value.Detail);
        }

        var row = TransitionTable.Of(Request.Operation);
        var sight = await _eye.LookAsync(_context.Deadline).ConfigureAwait(false);
        if (sight.Machine is null)
        {
            return await EndAsync(new Submission(row, MpInstanceState.Unknown), sight).ConfigureAwait(false);
        }

        _report.Begin(sight.Seen);
        if (refusal is not null)
        {
            return await _report.FailAsync(refusal.Value.Cause, MpFailureStage.Refused, sight.Seen, detail: refusal.Value.Detail).ConfigureAwait(false);
        }

        while (true)
        {
            var machine = sight.Machine!;
            row = Choose(row, machine);
            var asked = new Submission(row, machine.State);
            switch (Decide(row, machine))
            {
                case TransitionStep.Done:
                    _context.Say($" is {machine.State}: nothing to do.");
                    WarnOfAutomaticStart(machine);
                    return await FinishAsync(sight).ConfigureAwait(false);

                case TransitionStep.Wait when Request.NoWait && IsLeading(row, machine):
                    _context.Say($" is {machine.State} already; not waiting for the end.");
                    return await _report.SucceedAsync(sight.Seen).ConfigureAwait(false);

                case TransitionStep.Refuse:
                case TransitionStep.Wait when Request.NoWait:
                    return await _report.FailAsync(FailureCatalogue.InvalidState, MpFailureStage.Refused, sight.Seen, asked).ConfigureAwait(false);

                case TransitionStep.Wait:
                    _context.Say($" is {machine.State}{(StateTable.IsTransitional(machine.State) ? string.Empty : ", and the host is about to change it")}: waiting until that has ended.");
                    sight = await FreeAsync(row, _context.Deadline).ConfigureAwait(false);
                    if (sight.End is StepEnd.Reached or StepEnd.Lasting)
                    {
                        break;
                    }

                    return await EndAsync(asked, sight).ConfigureAwait(false);

                default:
                    var attempt = await AttemptAsync(asked, sight).ConfigureAwait(false);
                    if (attempt.Outcome is { } outcome)
                    {
                        return outcome;
                    }

                    sight = attempt.Again!;
                    break;
            }
        }
    }

    /// <summary>The row for the state that is shown: a guest that cannot answer is not asked under -Force, and a saved state is thrown away where that was asked for.</summary>
    private Transition Choose(Transition row, MachineReading machine)
    {
        if (Request.DiscardsSavedState && machine.State == MpInstanceState.Suspended && row.Target == MpInstanceState.Stopped)
        {
            return TransitionTable.Of(MpOperation.DiscardSavedState);
        }

        if (Request.Force && row.Operation == MpOperation.Shutdown && machine.State is MpInstanceState.Paused or MpInstanceState.Unknown)
        {
            _context.Say($" is {machine.State}: its guest cannot shut down; powering it off.");
            return TransitionTable.Of(MpOperation.TurnOff);
        }

        // What was saved when it was last looked at may run now: it is not for -DiscardSavedState to power that off.
        return row.Operation == MpOperation.DiscardSavedState ? TransitionTable.Of(Request.Operation) : row;
    }

    private static TransitionStep Decide(Transition row, MachineReading machine)
    {
        var step = TransitionTable.Decide(row, machine.State);
        var waits = row.WaitIn.Contains(MpInstanceState.Starting);
        return step == TransitionStep.Done && LeavesTarget(row, machine.HostState) ? (waits ? TransitionStep.Wait : TransitionStep.Submit)

            // It lasts only until the host goes on. Power-off does not wait for that: it is meant for instances that hang.
            : step != TransitionStep.Done && waits && !StateTable.IsTransitional(machine.State) && IsAboutToChange(row, machine.HostState) ? TransitionStep.Wait
            : step;
    }

    /// <summary>The state lasts, but the host is about to change it: it processes a request, or waits to start it.</summary>
    private static bool IsAboutToChange(Transition row, MpHostState hostState)
        => hostState.IsInService || (hostState.IsWaitingToStart && row.Target != MpInstanceState.Stopped);

    /// <summary>The target is shown, but somebody else's request that leads away from it is being processed already.</summary>
    private static bool LeavesTarget(Transition row, MpHostState hostState) => hostState.ChangesTo is { } state && state != row.Target;

    private static bool IsChanging(Transition row, MachineReading machine) => StateTable.IsTransitional(machine.State) || IsAboutToChange(row, machine.HostState);

    private static bool IsLeading(Transition row, MachineReading machine)
        => !row.IsRestart && (machine.HostState.ChangesTo == row.Target || TransitionTable.LeadsTo(machine.State, row.Target));

    /// <summary>Waits until the instance can be asked for something: what is under way has ended, whoever began it.</summary>
    private Task<Sight> FreeAsync(Transition row, Deadline limit)
    {
        MpInstanceState? previous = null;
        return _eye.UntilAsync(
            () => new LookWish(_context.Id),
            limit,
            look =>
            {
                var machine = look.Machine!;
                _context.Show(machine.State.ToString());
                if (machine.State == row.Target && !row.IsRestart && !LeavesTarget(row, machine.HostState))
                {
                    return StepEnd.Reached;
                }

                var isSame = machine.State == previous;
                previous = machine.State;
                return isSame && !IsChanging(row, machine) ? StepEnd.Lasting : null;
            });
    }

    /// <summary>Asks the host, once, and follows what comes of it.</summary>
    private async Task<Attempt> AttemptAsync(Submission asked, Sight sight)
    {
        CimRecord? component = null;
        if (asked.Row.AsksGuest)
        {
            var contact = await GuestContact.AwaitAsync(_context, _eye, asked.Row).ConfigureAwait(false);
            switch (contact.Sight.End)
            {
                case StepEnd.Lasting:
                    return new Attempt(contact.Sight);
                case StepEnd.Limit:
                    return new Attempt(await GuestIsSilentAsync(asked, sight, "the guest's shutdown service does not answer: " + contact.Reason).ConfigureAwait(false));
                case StepEnd.Gone or StepEnd.Unreadable:
                    return new Attempt(await EndAsync(asked, contact.Sight).ConfigureAwait(false));
            }

            component = contact.Component;
            if (component is null && asked.Row.RequestedState is null)
            {
                return new Attempt(await GuestIsSilentAsync(asked, sight, "the guest's shutdown service cannot be read: " + contact.Reason + ".").ConfigureAwait(false));
            }
        }

        if (_context.Deadline.HasPassed)
        {
            return new Attempt(await EndAtLimitAsync(asked).ConfigureAwait(false));
        }

        if (_hasSubmitted)
        {
            _context.Say(": asking again.");
        }

        var sent = asked.Row.TakesPower
            ? await TakeAsync(asked).ConfigureAwait(false)
            : (await SendAsync(asked, sight.Machine!, component).ConfigureAwait(false), null);
        if (sent.Submission is not { } submission)
        {
            return await NotSentAsync(asked, sent.Instead!).ConfigureAwait(false);
        }

        _hasSubmitted = true;
        return submission.IsAccepted
            ? await ConcludeAsync(submission, Request.NoWait && submission.LostAnswer is null ? await AcceptAsync(submission).ConfigureAwait(false) : await FollowAsync(submission, _context.Deadline).ConfigureAwait(false)).ConfigureAwait(false)
            : await RefusedAsync(submission).ConfigureAwait(false);
    }

    /// <summary>A request that takes nothing: it is sent at once.</summary>
    private async Task<Submission> SendAsync(Submission asked, MachineReading machine, CimRecord? component)
    {
        var submission = asked with { WasSent = true, UptimeBefore = machine.Uptime, UptimeReadAt = _context.Clock.Elapsed };
        try
        {
            var result = asked.Row.RequestedState is { } requested
                ? await _context.Session.InvokeAsync(
                    MachineReading.PathOf(_context.Id),
                    CimNames.RequestStateChange,
                    new Dictionary<string, object?> { ["RequestedState"] = requested },
                    _context.Deadline,
                    _context.AnswerBy,
                    _context.CancellationToken).ConfigureAwait(false)
                : await GuestContact.RebootAsync(_context, component!).ConfigureAwait(false);
            return Answered(submission, result);
        }
        catch (CimFaultException exception) when (exception.Fault.IsConnectionLost)
        {
            return Unanswered(submission, exception.Fault);
        }
        catch (CimFaultException exception)
        {
            return submission with { Refusal = exception.Fault };
        }
    }

    /// <summary>A request that takes power: it goes through the guard. Nothing was sent where there is no submission.</summary>
    private async Task<(Submission? Submission, Taken? Instead)> TakeAsync(Submission asked)
    {
        var row = asked.Row;
        var taken = await _guard.RequestAsync(
            row.RequestedState!.Value,
            reading => row.From.Any(from => from.From == reading.State) || (reading.State == row.Target && LeavesTarget(row, reading.HostState)),
            row.Operation == MpOperation.DiscardSavedState,
            _context.Deadline,
            _context.AnswerBy).ConfigureAwait(false);
        var submission = asked with { WasSent = true, From = taken.Reading?.State ?? asked.From, UptimeBefore = taken.Reading?.Uptime, UptimeReadAt = taken.ReadAt };
        return taken.Result is { } result ? (Answered(submission, result), null)
            : !taken.WasSent ? (null, taken)
            : taken.Fault!.IsConnectionLost ? (Unanswered(submission, taken.Fault), null)
            : (submission with { Refusal = taken.Fault }, null);
    }

    private Submission Answered(Submission submission, CimMethodResult result)
    {
        var jobId = result.Out.Reference("Job")?.Key("InstanceID");
        _context.Say(string.Format(
            CultureInfo.InvariantCulture,
            ": {0} returned {1}{2}.",
            submission.Row.RequestedState is { } value ? $"{CimNames.RequestStateChange}({value.ToString(CultureInfo.InvariantCulture)})" : CimNames.InitiateReboot,
            CodeNames.ReturnValue.Describe(result.ReturnValue),
            jobId is null ? string.Empty : ", job " + jobId));
        if (submission.Row.RequestedState is null && result.ReturnValue == ReturnValue.ShutdownInProgress)
        {
            _context.Say(": its guest is going down already; waiting for that.");
            return submission with { ReturnValue = ReturnValue.Completed };
        }

        return submission with { ReturnValue = result.ReturnValue, JobId = result.ReturnValue == ReturnValue.JobStarted ? jobId : null };
    }

    private Submission Unanswered(Submission submission, CimFault fault)
    {
        // The host may have taken the request: only its state can tell.
        _context.Say($": the answer to the request was lost ({fault.Message}).");
        return submission with { LostAnswer = fault };
    }

    /// <summary>The guard has not sent it: right before, the host showed something else, or nothing.</summary>
    private async Task<Attempt> NotSentAsync(Submission asked, Taken instead)
    {
        if (instead.Reading is { } reading && (reading.State != asked.From || !IsChanging(asked.Row, reading)))
        {
            return new Attempt(new Sight(StepEnd.Lasting, new Look(null, reading, null)));
        }

        if (instead.Reading is { } restoring)
        {
            // It is being restored from saved state. Power-off would throw that away; its job can be asked to end without loss.
            return await EndChangeAsync(asked, restoring, FailureEvidence.None, HostFacts.None, FailureCatalogue.InvalidState).ConfigureAwait(false);
        }

        await _context.Clock.Delay(_context.Deadline.AtMost(RetryPause).Remaining, _context.CancellationToken).ConfigureAwait(false);
        var sight = await _eye.LookAsync(_context.Deadline).ConfigureAwait(false);
        return sight.Machine is null ? new Attempt(await EndAsync(asked, sight).ConfigureAwait(false)) : new Attempt(sight);
    }

    /// <summary>Without waiting one look has to do: the host has accepted, and works on it.</summary>
    private async Task<Followed> AcceptAsync(Submission submission)
    {
        var sight = await _eye.LookAsync(_context.Deadline, submission.JobId).ConfigureAwait(false);
        var job = sight.Seen.Job;
        return sight.End != StepEnd.Reached || sight.Machine is not { } machine ? new Followed(sight, job, false)
            : job is { HasEnded: false } || (submission.JobId is null && (submission.Row.AsksGuest || IsLeading(submission.Row, machine)))
                ? new Followed(sight with { End = StepEnd.Reached }, job, false) { IsOnlyAccepted = true }
                : await FollowAsync(submission, _context.Deadline).ConfigureAwait(false);
    }

    /// <summary>Waits for the job's end, then for the state to settle.</summary>
    private async Task<Followed> FollowAsync(Submission submission, Deadline limit)
    {
        var row = submission.Row;
        var proof = new RestartProof(submission.UptimeBefore, submission.UptimeReadAt, _context.Clock.Elapsed);
        JobReading? job = null;
        var (isOpen, isVanished, hasFailed) = (submission.JobId is not null, false, false);
        TimeSpan? ended = isOpen ? null : _context.Clock.Elapsed;
        MpInstanceState? previous = null;
        var sight = await _eye.UntilAsync(
            () => new LookWish(_context.Id, isOpen ? submission.JobId : null),
            limit,
            look =>
            {
                if (isOpen && look.Job is { HasEnded: false } running)
                {
                    if (job?.State != running.State || job?.Percent != running.Percent)
                    {
                        _context.Show(CodeNames.JobState[running.State ?? 0] ?? "Working", running.Percent);
                    }

                    job = running;
                    return null;
                }

                if (isOpen)
                {
                    (isOpen, isVanished, job, ended) = (false, look.Job is null, look.Job ?? job, _context.Clock.Elapsed);
                    hasFailed = !isVanished && !job!.HasSucceeded;
                }

                var machine = look.Machine!;
                proof.See(machine, _context.Clock.Elapsed);
                if (machine.State == row.Target && (!row.IsRestart || proof.HasFallen))
                {
                    return StepEnd.Reached;
                }

                _context.Show(machine.State.ToString());
                var isSame = machine.State == previous;
                previous = machine.State;
                var waited = _context.Clock.Elapsed - ended!.Value;
                if (hasFailed)
                {
                    return !StateTable.IsTransitional(machine.State) || waited >= Outage.Longest ? StepEnd.Lasting : null;
                }

                // A guest that was asked, and for which the host has no job, shows nothing until it has ended.
                var isQuiet = row.AsksGuest && submission.JobId is null && submission.LostAnswer is null && machine.State == submission.From;
                var patience = row.IsRestart && machine.State == row.Target ? UptimePatience : LongestLag;
                return isSame && !isQuiet && !StateTable.IsTransitional(machine.State) && waited >= patience ? StepEnd.Lasting : null;
            }).ConfigureAwait(false);
        return new Followed(sight, job, isVanished);
    }

    /// <summary>What was asked has come to an end, or the time has: what does the host show?</summary>
    private async Task<Attempt> ConcludeAsync(Submission submission, Followed followed)
    {
        var (sight, job, isVanished) = followed;
        switch (sight.End)
        {
            case StepEnd.Reached when followed.IsOnlyAccepted:
                _context.Say($": accepted; not waiting for the end{(submission.JobId is null ? string.Empty : " of job " + submission.JobId)}.");
                return new Attempt(await _report.SucceedAsync(sight.Seen).ConfigureAwait(false));

            case StepEnd.Reached when submission.LostAnswer is not null && submission.JobId is null && await JobOfLostAnswerAsync().ConfigureAwait(false) is { } found:
                var known = submission with { JobId = found };
                return await ConcludeAsync(known, await FollowAsync(known, _context.Deadline).ConfigureAwait(false)).ConfigureAwait(false);

            case StepEnd.Reached:
                if (job is { HasEnded: true, HasSucceeded: false } && !isVanished)
                {
                    _context.Warn($": the host's job ended with an error ({FailureSlots.Codes(_report.EvidenceOf(submission, job))}), but the host shows it {sight.Machine!.State}.");
                }
                else if (isVanished)
                {
                    _context.Say($": the host's job {submission.JobId} is gone; the host shows it {sight.Machine!.State}.");
                }

                return new Attempt(await FinishAsync(sight).ConfigureAwait(false));

            case StepEnd.Lasting:
                return await NotReachedAsync(submission, followed).ConfigureAwait(false);

            case StepEnd.Limit:
                return new Attempt(await EndAtLimitAsync(submission, job).ConfigureAwait(false));

            default:
                return new Attempt(await EndAsync(submission, sight).ConfigureAwait(false));
        }
    }

    /// <summary>The host shows something else than what was asked for, and nothing goes on any more.</summary>
    private async Task<Attempt> NotReachedAsync(Submission submission, Followed followed)
    {
        var (sight, job, isVanished) = followed;
        var limit = _context.FollowUp;
        var hasFailed = job is { HasEnded: true, HasSucceeded: false } && !isVanished;
        var evidence = hasFailed
            ? await _report.EvidenceOfFailedAsync(submission.JobId!, job!, limit).ConfigureAwait(false)
            : await _report.WithEventsAsync(_report.EvidenceOf(submission, job), limit).ConfigureAwait(false);
        var facts = hasFailed ? await _report.LookUpAsync(evidence, sight.Seen, submission, limit).ConfigureAwait(false) : HostFacts.None;
        var cause = hasFailed ? FailureCatalogue.Judge(evidence, facts)
            : submission.LostAnswer is not null ? FailureCatalogue.OutcomeUnknown
            : isVanished ? FailureCatalogue.JobLost
            : FailureCatalogue.JudgeAfterSuccess(evidence);
        if (hasFailed && MayRetry(cause, submission.Row, sight.Machine!))
        {
            _failed = new Failed(cause, MpFailureStage.JobFailed, submission, evidence, facts);
            return await AgainAsync(submission, cause, sight.Machine!, evidence).ConfigureAwait(false);
        }

        if (Request.Force && submission.Row.Operation == MpOperation.Shutdown)
        {
            return new Attempt(await PowerOffInsteadAsync(submission, evidence, null).ConfigureAwait(false));
        }

        return new Attempt(await _report.FailAsync(
            cause,
            hasFailed ? MpFailureStage.JobFailed : submission.LostAnswer is not null || isVanished ? MpFailureStage.OutcomeUnknown : MpFailureStage.NotVerified,
            sight.Seen,
            submission,
            evidence,
            facts,
            submission.LostAnswer?.Message
                ?? (submission.Row.IsRestart && sight.Machine!.State == submission.Row.Target && !hasFailed ? "the host reported success, but its uptime has not fallen: it was not restarted." : null)).ConfigureAwait(false));
    }

    /// <summary>The request was refused. The code alone does not say whether that matters: the state does.</summary>
    private async Task<Attempt> RefusedAsync(Submission submission)
    {
        var row = submission.Row;
        var limit = _context.FollowUp;
        var evidence = submission.Refusal is { } fault ? FailureEvidence.OfFault(fault, FailureStages.Request, _context.Facts.Name) : FailureEvidence.OfReturnValue(submission.ReturnValue ?? 0);
        var sight = await _eye.LookAsync(limit).ConfigureAwait(false);
        if (sight.Machine is not { } machine)
        {
            // It was refused: nothing of what was asked is under way. That code may say why the host cannot be read either.
            var said = FailureCatalogue.Judge(evidence, HostFacts.None);
            return new Attempt(sight.Seen.IsGone || said == FailureCatalogue.Unknown
                ? await _report.LostAsync(sight, submission, evidence).ConfigureAwait(false)
                : await _report.FailAsync(said, MpFailureStage.Refused, sight.Seen, submission, evidence).ConfigureAwait(false));
        }

        if (machine.State == row.Target && !row.IsRestart && !LeavesTarget(row, machine.HostState))
        {
            _context.Say($": refused ({FailureSlots.Codes(evidence)}), but it is {machine.State} already.");
            return new Attempt(await FinishAsync(sight).ConfigureAwait(false));
        }

        evidence = evidence.HasNoReason ? await _report.WithEventsAsync(evidence, limit).ConfigureAwait(false) : evidence;
        var facts = await _report.LookUpAsync(evidence, sight.Seen, submission, limit).ConfigureAwait(false);
        var cause = FailureCatalogue.Judge(evidence, facts);
        if (cause == FailureCatalogue.InvalidState && row.Operation is MpOperation.TurnOff or MpOperation.DiscardSavedState && StateTable.IsTransitional(machine.State) && !Request.NoWait)
        {
            return await EndChangeAsync(submission with { RefusesPowerOff = true }, machine, evidence, facts, cause).ConfigureAwait(false);
        }

        if (MayRetry(cause, row, machine))
        {
            _failed = cause == FailureCatalogue.InvalidState ? null : new Failed(cause, MpFailureStage.Refused, submission, evidence, facts);
            return await AgainAsync(submission, cause, machine, evidence).ConfigureAwait(false);
        }

        return new Attempt(Request.Force && row.Operation == MpOperation.Shutdown
            ? await PowerOffInsteadAsync(submission, evidence, null).ConfigureAwait(false)
            : await _report.FailAsync(cause, MpFailureStage.Refused, sight.Seen, submission with { From = machine.State, RefusesPowerOff = row.TakesPower }, evidence, facts).ConfigureAwait(false));
    }

    /// <summary>Only what the catalogue allows, only for as long as it allows, and a wrong state only while it is changing.</summary>
    private bool MayRetry(FailureCause cause, Transition row, MachineReading machine)
    {
        if (Request.NoWait || cause.RetryFor == TimeSpan.Zero || (cause == FailureCatalogue.InvalidState && !IsChanging(row, machine)))
        {
            return false;
        }

        _retryUntil ??= Deadline.In(_context.Clock, cause.RetryFor);
        return !_retryUntil.HasPassed && _context.Deadline.Remaining > RetryPause;
    }

    /// <summary>Waits until it may be asked again: a moment, or until somebody else's change has ended.</summary>
    private async Task<Attempt> AgainAsync(Submission submission, FailureCause cause, MachineReading machine, FailureEvidence evidence)
    {
        Sight sight;
        if (IsChanging(submission.Row, machine))
        {
            _context.Say($": refused ({FailureSlots.Codes(evidence)}) while it is {machine.State}; waiting until that has ended.");
            sight = await FreeAsync(submission.Row, _context.Deadline).ConfigureAwait(false);
        }
        else
        {
            _context.Say($": {cause.Name}. That may pass; asking again in {RetryPause.TotalSeconds:0} s.");
            await _context.Clock.Delay(RetryPause, _context.CancellationToken).ConfigureAwait(false);
            sight = await _eye.LookAsync(_context.Deadline).ConfigureAwait(false);
        }

        return sight.Machine is not null && sight.End is StepEnd.Reached or StepEnd.Lasting
            ? new Attempt(sight)
            : new Attempt(await EndAsync(submission with { WasSent = false, JobId = null }, sight).ConfigureAwait(false));
    }

    /// <summary>The host does not power off what it is changing. Its job is asked to end, and that is given its time; what still hangs then is for a repair to end.</summary>
    private async Task<Attempt> EndChangeAsync(Submission submission, MachineReading machine, FailureEvidence evidence, HostFacts facts, FailureCause cause)
    {
        _retryUntil ??= Deadline.In(_context.Clock, FailureCatalogue.InvalidState.RetryFor);
        var limit = _retryUntil.Or(_context.Deadline);
        var jobs = limit.HasPassed ? null : await MachineJobs.ReadAsync(_context.Session, limit, _context.CancellationToken).ConfigureAwait(false);
        var sight = new Sight(StepEnd.Limit, new Look(null, machine, null));
        if (jobs?.RunningOf(_context.Id)?.Reading is { IsCancellable: true, Id: var jobId })
        {
            sight = await _eye.LookAsync(limit, jobId).ConfigureAwait(false);
            if (sight is { Machine: { } now, Seen.Job: { HasEnded: false, IsCancellable: true } } && StateTable.IsTransitional(now.State))
            {
                _context.Say($" is {now.State}: asking job {jobId} to terminate.");
                await _guard.TerminateAsync(now, jobId, limit).ConfigureAwait(false);
            }
        }

        if (!limit.HasPassed)
        {
            sight = await FreeAsync(submission.Row, limit).ConfigureAwait(false);
        }

        if (sight.Machine is not null && sight.End is StepEnd.Reached or StepEnd.Lasting)
        {
            return new Attempt(sight);
        }

        sight = sight.End == StepEnd.Limit ? await _eye.LookAsync(_context.FollowUp).ConfigureAwait(false) : sight;
        if (sight.Machine is not { } last)
        {
            return new Attempt(await _report.LostAsync(sight, submission, evidence).ConfigureAwait(false));
        }

        return last.State == submission.Row.Target
            ? new Attempt(await FinishAsync(sight).ConfigureAwait(false))
            : new Attempt(await _report.FailAsync(
                cause,
                _context.Deadline.HasPassed ? MpFailureStage.TimedOut : MpFailureStage.Refused,
                sight.Seen,
                submission with { From = last.State },
                evidence,
                facts).ConfigureAwait(false));
    }

    private async Task<OperationOutcome> GuestIsSilentAsync(Submission asked, Sight sight, string detail)
    {
        if (Request.Force && asked.Row.Operation == MpOperation.Shutdown)
        {
            _context.Say(": its guest cannot be asked; powering it off.");
            return await PowerOffInsteadAsync(asked, FailureEvidence.None, detail).ConfigureAwait(false);
        }

        return Request.NoWait
            ? await _report.FailAsync(FailureCatalogue.GuestNotReady, MpFailureStage.Refused, sight.Seen, asked, detail: detail).ConfigureAwait(false)
            : await EndAtLimitAsync(asked, detail: detail).ConfigureAwait(false);
    }

    /// <summary>A wait has ended without a state: the time is up, the host no longer has it, or cannot be read.</summary>
    private async Task<OperationOutcome> EndAsync(Submission submission, Sight sight)
        => sight.End == StepEnd.Limit ? await EndAtLimitAsync(submission).ConfigureAwait(false)
            : sight.End == StepEnd.Unreadable && submission.WasSent ? await UnreadableAsync(submission, sight).ConfigureAwait(false)
            : await _report.LostAsync(sight, submission).ConfigureAwait(false);

    /// <summary>The job cannot be read; perhaps the instance can. It has not vanished for that, and has not ended.</summary>
    private async Task<OperationOutcome> UnreadableAsync(Submission submission, Sight sight)
    {
        var last = await _eye.LookAsync(_context.FollowUp.AtMost(LastLook)).ConfigureAwait(false);
        if (last.Machine is { } machine && IsReached(submission.Row, machine, submission) && machine.HostState.IsIdle)
        {
            return await FinishUnreadAsync(last).ConfigureAwait(false);
        }

        return last.Machine is not null && Request.Force && submission.Row.Operation == MpOperation.Shutdown
            ? await PowerOffInsteadAsync(submission, _report.EvidenceOf(submission, null), null).ConfigureAwait(false)
            : await _report.LostAsync(last.Seen.IsGone ? last : sight with { Seen = last.Seen with { Fault = sight.Seen.Fault } }, submission, _report.EvidenceOf(submission, null)).ConfigureAwait(false);
    }

    /// <summary>
    /// The user's time is up. What the host shows now decides; then a guest that did not answer is powered off under -Force, and a start of ours whose job is still open is undone.
    /// Everything else is left to go on: a save or a shutdown that is slow may still end well.
    /// </summary>
    private async Task<OperationOutcome> EndAtLimitAsync(Submission submission, JobReading? job = null, string? detail = null)
    {
        var row = submission.Row;
        var sight = await _eye.LookAsync(_context.End, submission.JobId).ConfigureAwait(false);
        job = sight.Seen.Job ?? job;
        if (sight.Machine is not { } machine)
        {
            return await _report.LostAsync(sight, submission, _report.EvidenceOf(submission, job)).ConfigureAwait(false);
        }

        if (machine.State == row.Target && sight.Seen.Job is { HasEnded: false })
        {
            // The job was read before the machine: it may have ended in between.
            sight = await _eye.LookAsync(_context.End, submission.JobId).ConfigureAwait(false);
            machine = sight.Machine ?? machine;
        }

        var isJobKnown = sight.Seen.JobFault is null;
        var isJobOpen = submission.JobId is not null && (!isJobKnown || sight.Seen.Job is { HasEnded: false });
        if (!isJobOpen && IsReached(row, machine, submission))
        {
            return await FinishAsync(sight).ConfigureAwait(false);
        }

        if (submission is { WasSent: true, IsAccepted: true } && !isJobOpen && (submission.JobId is not null || !row.AsksGuest))
        {
            // It has ended at the very last moment; its state may be about to follow.
            var followed = await FollowAsync(submission, _context.End.AtMost(LongestLag + RetryPause)).ConfigureAwait(false);
            if (followed.Sight.End == StepEnd.Lasting)
            {
                return (await NotReachedAsync(submission, followed).ConfigureAwait(false)).Outcome!;
            }

            var last = followed.Sight.End == StepEnd.Limit ? await _eye.LookAsync(_context.End).ConfigureAwait(false) : followed.Sight;
            sight = last.Machine is null && !last.Seen.IsGone && followed.Sight.Machine is not null ? followed.Sight : last;
            if (sight.End == StepEnd.Reached && (followed.Sight.End == StepEnd.Reached || (sight.Machine is { } now && IsReached(row, now, submission))))
            {
                return await FinishAsync(sight).ConfigureAwait(false);
            }

            if (sight.Machine is null)
            {
                return await _report.LostAsync(sight, submission, _report.EvidenceOf(submission, job)).ConfigureAwait(false);
            }

            machine = sight.Machine;
        }

        var evidence = _report.EvidenceOf(submission, job);
        if (!isJobKnown && IsReached(row, machine, submission) && machine.HostState.IsIdle)
        {
            return await FinishUnreadAsync(sight).ConfigureAwait(false);
        }

        if (!isJobKnown && machine.State == row.Target)
        {
            return await _report.LostAsync(sight, submission, evidence).ConfigureAwait(false);
        }

        if (Request is { Operation: MpOperation.Shutdown, Force: true } && (row.Operation == MpOperation.Shutdown || !submission.WasSent))
        {
            _context.Say($": the guest has not shut down within {Request.Timeout.TotalSeconds:0} s; powering it off.");
            return await PowerOffInsteadAsync(submission, evidence, detail, sight.Seen).ConfigureAwait(false);
        }

        if (row.Operation == MpOperation.Start && submission is { From: MpInstanceState.Stopped, WasSent: true } && Request.RollbackOnTimeout && !Request.NoWait && isJobKnown && isJobOpen)
        {
            return await RollBackAsync(submission, sight, evidence).ConfigureAwait(false);
        }

        if (_failed is { } failed && !submission.WasSent)
        {
            return await _report.FailAsync(failed.Cause, failed.Stage, sight.Seen, failed.Submission, failed.Evidence, failed.Facts).ConfigureAwait(false);
        }

        return submission.LostAnswer is { } lost
            ? await _report.FailAsync(FailureCatalogue.OutcomeUnknown, MpFailureStage.OutcomeUnknown, sight.Seen, submission, evidence, detail: lost.Message).ConfigureAwait(false)
            : await _report.FailAsync(row.TimedOut, MpFailureStage.TimedOut, sight.Seen, submission, evidence, detail: detail).ConfigureAwait(false);
    }

    /// <summary>The look shows what was wanted, and nobody leads it away. A restart is shown by its uptime, which one look does not tell.</summary>
    private static bool IsReached(Transition row, MachineReading machine, Submission submission)
        => machine.State == row.Target && (submission.WasSent || !LeavesTarget(row, machine.HostState))
            && (!row.IsRestart || (submission.WasSent && machine.Uptime < submission.UptimeBefore));

    /// <summary>Powers off an instance whose guest was asked in vain, whatever made it vain, within the time for what follows.</summary>
    private async Task<OperationOutcome> PowerOffInsteadAsync(Submission submission, FailureEvidence evidence, string? detail, Look? known = null)
    {
        var asked = submission with { Row = TransitionTable.Of(MpOperation.TurnOff) };
        var limit = _context.FollowUp;
        while (true)
        {
            var taken = await _guard.RequestAsync(EnabledState.Disabled, reading => reading.State is not (MpInstanceState.Stopped or MpInstanceState.Suspending), Request.DiscardsSavedState, AnswerBy(limit), AnswerBy(limit)).ConfigureAwait(false);
            asked = asked with { WasSent = asked.WasSent || taken.WasSent };
            if (taken is { WasSent: true, IsAccepted: false, End: not StepEnd.Limit })
            {
                asked = asked with { RefusesPowerOff = true };
                evidence = taken.Result is { } result ? FailureEvidence.OfReturnValue(result.ReturnValue) : FailureEvidence.OfFault(taken.Fault!);
                _context.Say($": the host refuses to power it off ({(taken.Result is { } value ? CodeNames.ReturnValue.Describe(value.ReturnValue) : taken.Fault!.Message)}).");
            }

            // Accepted: until it is off. Refused: a shutdown that is still ending gets this time too.
            MpInstanceState? previous = null;
            var sight = await _eye.UntilAsync(
                () => new LookWish(_context.Id),
                limit,
                look =>
                {
                    var state = look.Machine!.State;
                    var isSame = state == previous;
                    previous = state;
                    return state == MpInstanceState.Stopped && !(look.Machine.HostState.ChangesTo is MpInstanceState.Running) ? StepEnd.Reached
                        : isSame && !StateTable.IsTransitional(state) && !taken.IsAccepted ? StepEnd.Lasting
                        : null;
                },
                isFirstAtOnce: true).ConfigureAwait(false);
            if (sight.End == StepEnd.Limit)
            {
                sight = sight with { Seen = sight.Machine is null ? (await _eye.LookAsync(limit).ConfigureAwait(false)).Seen : sight.Seen };
            }

            if (sight.End == StepEnd.Reached)
            {
                return await _report.SucceedAsync(sight.Seen).ConfigureAwait(false);
            }

            known = taken.WasSent ? null : known;
            if (sight.Machine is null && !sight.Seen.IsGone && known is not null)
            {
                // There was no time left for it: what was shown right before is still the last that was shown.
                sight = new Sight(StepEnd.Limit, known);
            }

            if (sight.Machine is not { } machine)
            {
                return await _report.LostAsync(sight, asked, evidence).ConfigureAwait(false);
            }

            if (machine.State == MpInstanceState.Suspended && !Request.DiscardsSavedState)
            {
                return await _report.FailAsync(FailureCatalogue.InvalidState, MpFailureStage.Refused, sight.Seen, asked with { From = machine.State, Row = submission.Row }).ConfigureAwait(false);
            }

            var mayAgain = sight.End == StepEnd.Lasting && limit.Remaining > RetryPause && (!taken.WasSent || taken.Result?.ReturnValue is ReturnValue.InvalidState or ReturnValue.InUse);
            if (!mayAgain)
            {
                var cause = _context.Deadline.HasPassed ? FailureCatalogue.StopTimedOut : FailureCatalogue.Judge(evidence, HostFacts.None);
                return await _report.FailAsync(
                    cause, _context.Deadline.HasPassed ? MpFailureStage.TimedOut : MpFailureStage.Refused, sight.Seen, asked with { From = machine.State }, evidence, detail: detail).ConfigureAwait(false);
            }

            await _context.Clock.Delay(RetryPause, _context.CancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Undoes a start that this call has submitted from Stopped, while its own job is open: the job is asked to end, and what still hangs in Starting is powered off.</summary>
    private async Task<OperationOutcome> RollBackAsync(Submission submission, Sight sight, FailureEvidence evidence)
    {
        var jobId = submission.JobId!;
        if (sight.Seen.Job is { IsCancellable: true })
        {
            _context.Say($": asking job {jobId} to terminate.");
            var taken = await _guard.TerminateAsync(sight.Machine!, jobId, AnswerBy(_context.End)).ConfigureAwait(false);
            if (taken.Fault is { } fault)
            {
                _context.Say($": the job cannot be terminated ({fault.Message}).");
            }

            // Whatever it answered, the job may be ending.
            await _eye.UntilAsync(
                () => new LookWish(_context.Id, jobId),
                _context.End.AtMost(_context.End.Remaining - AfterTermination),
                look => look.Machine is { } machine && !StateTable.IsTransitional(machine.State) ? StepEnd.Lasting : null).ConfigureAwait(false);
        }

        sight = await _eye.LookAsync(_context.End, jobId).ConfigureAwait(false);
        if (sight is { Machine.State: MpInstanceState.Starting, Seen.Job.HasEnded: false })
        {
            _context.Say(": it still hangs in Starting; powering it off.");
            var taken = await _guard.RequestAsync(
                EnabledState.Disabled, reading => reading.State == MpInstanceState.Starting, discardsSavedState: false, AnswerBy(_context.End), AnswerBy(_context.End), isSaved: false).ConfigureAwait(false);
            submission = submission with { RefusesPowerOff = !taken.IsAccepted };
            if (taken.Result is { } result && !taken.IsAccepted)
            {
                _context.Say($": the host refuses to power it off ({CodeNames.ReturnValue.Describe(result.ReturnValue)}).");
                evidence = FailureEvidence.OfReturnValue(result.ReturnValue);
            }

            sight = taken.IsAccepted
                ? await _eye.UntilAsync(() => new LookWish(_context.Id), _context.End, look => look.Machine!.State == MpInstanceState.Stopped ? StepEnd.Reached : null, isFirstAtOnce: true).ConfigureAwait(false)
                : await _eye.LookAsync(_context.End).ConfigureAwait(false);
        }

        if (sight.Machine is null)
        {
            return await _report.LostAsync(sight, submission, evidence).ConfigureAwait(false);
        }

        return sight.Machine.State == MpInstanceState.Running && sight.Seen is { JobFault: null, Job: null or { HasEnded: true } }
            ? await FinishAsync(sight).ConfigureAwait(false)
            : await _report.FailAsync(FailureCatalogue.StartTimedOut, MpFailureStage.TimedOut, sight.Seen, submission, evidence).ConfigureAwait(false);
    }

    /// <summary>An answer to what follows the end of the wait has so long: the state has to be read after it.</summary>
    private static Deadline AnswerBy(Deadline end)
        => end.AtMost(end.Remaining - LastLook < AnswerTime ? end.Remaining - LastLook : AnswerTime);

    /// <summary>The state is reached, and the host says that it processes nothing for it any more: so the job has ended, although it could not be read.</summary>
    private Task<OperationOutcome> FinishUnreadAsync(Sight sight)
    {
        _context.Warn($" is {sight.Machine!.State}, but the host's job could not be read.");
        return FinishAsync(sight);
    }

    /// <summary>The state is reached. What the guest has to show is waited for.</summary>
    private Task<OperationOutcome> FinishAsync(Sight sight)
        => Request.WaitsForGuest && !Request.NoWait
            ? new InstanceWait(_context, _eye, _report).AwaitAsync(isOnTheWay: true, sight.Seen)
            : _report.SucceedAsync(sight.Seen);

    /// <summary>The answer was lost, and so was the name of the job: is one still at work?</summary>
    private async Task<string?> JobOfLostAnswerAsync()
        => (await MachineJobs.ReadAsync(_context.Session, _context.FollowUp, _context.CancellationToken).ConfigureAwait(false))?.RunningOf(_context.Id)?.Reading.Id;

    private void WarnOfAutomaticStart(MachineReading machine)
    {
        if (machine.State == MpInstanceState.Stopped && machine.HostState.IsWaitingToStart)
        {
            _context.Warn($" is {machine.State}, but its host is about to start it: delayed automatic start.");
        }
    }

    private sealed record Failed(FailureCause Cause, MpFailureStage Stage, Submission Submission, FailureEvidence Evidence, HostFacts Facts);

    /// <summary>How an attempt ended: with the operation's outcome, or with what the host shows, from which to decide again.</summary>
    private readonly record struct Attempt(OperationOutcome? Outcome, Sight? Again)
    {
        public Attempt(OperationOutcome outcome)
            : this(outcome, null)
        {
        }

        public Attempt(Sight again)
            : this(null, again)
        {
        }
    }

    /// <summary>What has become of a request.</summary>
    /// <param name="Sight">The last look, and why it was the last.</param>
    /// <param name="Job">The job's last reading.</param>
    /// <param name="IsVanished">The host no longer has the job.</param>
    private sealed record Followed(Sight Sight, JobReading? Job, bool IsVanished)
    {
        /// <summary>It is not waited for: the host has accepted it.</summary>
        public bool IsOnlyAccepted { get; init; }
    }
}
