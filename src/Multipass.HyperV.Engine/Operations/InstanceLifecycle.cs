using System.Threading.Tasks;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Instances;

namespace Multipass.HyperV.Operations;

/// <summary>
/// Carries one instance through one operation: decide from what the host shows, submit, await the job, verify, and report what the last reading showed.
/// Nothing is remembered between two readings. Here it is decided; each of the other steps has a room of its own.
/// </summary>
internal sealed class InstanceLifecycle
{
    private readonly OperationRun _run;
    private readonly GuestContact _guest;
    private readonly WaitEnding _ending;
    private readonly RequestSubmitter _submitter;

    public InstanceLifecycle(OperationRun run)
    {
        _run = run;
        _guest = new GuestContact(run);
        _ending = new WaitEnding(run);
        _submitter = new RequestSubmitter(run, _guest, _ending);
    }

    /// <summary>Runs the operation. It ends in an outcome, or in cancellation.</summary>
    public async Task<OperationOutcome> RunAsync()
    {
        var outcome = await ChangeAsync().ConfigureAwait(false);
        return outcome.Failure is null && _run.Request.WaitsForGuest && !_run.Request.NoWait
            ? await InstanceWait.ForGuest(_run).RunAsync().ConfigureAwait(false)
            : outcome;
    }

    private async Task<OperationOutcome> ChangeAsync()
    {
        if (Refusals.Of(_run.Facts, _run.Request.Operation, _run.Request.AllowsSharedDisk) is var (cause, detail))
        {
            return _run.Fail(cause, MpFailureStage.Refused, FailureEvidence.None, _run.Before.State, detail: detail);
        }

        var state = _run.Before.State;
        var hasSubmitted = false;
        while (true)
        {
            switch (Decide(state))
            {
                case TransitionStep.Done:
                    _run.Say($" is {state}: nothing to do.");
                    WarnOfAutomaticStart(state);
                    return await _run.SucceedAsync().ConfigureAwait(false);

                case TransitionStep.Refuse:
                    return _run.Fail(FailureCatalogue.InvalidState, MpFailureStage.Refused, FailureEvidence.None, state);

                case TransitionStep.Wait when _run.Request.NoWait:
                    return await WithoutWaitingAsync(state).ConfigureAwait(false);

                case TransitionStep.Wait:
                    _run.Say($" is {state}{(StateTable.IsTransitional(state) ? string.Empty : ", and the host is about to change it")}: waiting until that has ended.");
                    if (await _run.BecomeFreeAsync(_run.Deadline).ConfigureAwait(false) is not { } settled)
                    {
                        return await _ending.EndAsync(null, submittedFrom: null).ConfigureAwait(false);
                    }

                    state = settled;
                    break;

                default:
                    if (_run.Transition.AsksGuest && await _guest.AwaitAsync().ConfigureAwait(false) is { } ended)
                    {
                        if (ended.State is { } other)
                        {
                            state = other;
                            continue;
                        }

                        if (_run.Request is { NoWait: true, Force: true } && _run.Operation == MpOperation.Shutdown)
                        {
                            _run.Say(": its guest cannot be asked; powering it off.");
                            _run.Transition = TransitionTable.Of(MpOperation.TurnOff);
                            continue;
                        }

                        return await GuestIsSilentAsync(ended.Reason).ConfigureAwait(false);
                    }

                    if (hasSubmitted)
                    {
                        _run.Say(": asking again.");
                    }

                    hasSubmitted = true;
                    var verdict = await _submitter.SubmitAsync(state).ConfigureAwait(false);
                    if (verdict.Outcome is { } outcome)
                    {
                        return outcome;
                    }

                    state = verdict.State;
                    break;
            }
        }
    }

    private TransitionStep Decide(MpInstanceState state)
    {
        var step = TransitionTable.Decide(_run.Transition, state);
        if (step == TransitionStep.Done)
        {
            return !_run.LeavesTarget(_run.Observer.HostState) ? step
                : _run.Transition.WaitIn.Count > 0 ? TransitionStep.Wait
                : TransitionStep.Submit;
        }

        // It lasts only until the host goes on. Power-off does not wait for that: it is meant for instances that hang.
        if (!StateTable.IsTransitional(state) && _run.Transition.WaitIn.Count > 0 && _run.IsAboutToChange(_run.Observer.HostState))
        {
            return TransitionStep.Wait;
        }

        if (step != TransitionStep.Refuse)
        {
            return step;
        }

        if (_run.Request.DiscardsSavedState && state == MpInstanceState.Suspended && _run.Transition.Target == MpInstanceState.Stopped)
        {
            _run.Transition = TransitionTable.Of(MpOperation.DiscardSavedState);
        }
        else if (_run.Request.Force && _run.Operation == MpOperation.Shutdown && (state is MpInstanceState.Paused or MpInstanceState.Unknown))
        {
            // A guest that cannot answer is not waited for.
            _run.Say($" is {state}: its guest cannot shut down; powering it off.");
            _run.Transition = TransitionTable.Of(MpOperation.TurnOff);
        }

        return TransitionTable.Decide(_run.Transition, state);
    }

    /// <summary>A change is in progress, and nothing is to be waited for: it leads to the same end, or stands in the way.</summary>
    private async Task<OperationOutcome> WithoutWaitingAsync(MpInstanceState state)
    {
        if (!_run.Transition.IsRestart && (_run.Observer.HostState?.ChangesTo == _run.Transition.Target || TransitionTable.LeadsTo(state, _run.Transition.Target)))
        {
            _run.Say($" is {state} already; not waiting for the end.");
            return await _run.SucceedAsync().ConfigureAwait(false);
        }

        return _run.Fail(FailureCatalogue.InvalidState, MpFailureStage.Refused, FailureEvidence.None, state);
    }

    private async Task<OperationOutcome> GuestIsSilentAsync(string reason)
    {
        var detail = "the guest's shutdown service does not answer: " + reason;
        if (_run.Request.NoWait)
        {
            return _run.Fail(FailureCatalogue.GuestNotReady, MpFailureStage.Refused, FailureEvidence.None, null, detail: detail);
        }

        return await _ending.EndAsync(null, submittedFrom: null, detail).ConfigureAwait(false);
    }

    private void WarnOfAutomaticStart(MpInstanceState state)
    {
        if (state == MpInstanceState.Stopped && _run.Observer.HostState is { IsWaitingToStart: true })
        {
            _run.Warn($" is {state}, but its host is about to start it: delayed automatic start.");
        }
    }
}
