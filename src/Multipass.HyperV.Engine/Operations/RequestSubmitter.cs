using System;
using System.Globalization;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Operations;

/// <summary>Sends the request of an operation, and judges refusals.</summary>
internal sealed class RequestSubmitter
{
    /// <summary>Between two attempts at a request whose refusal may pass.</summary>
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    private readonly OperationRun _run;
    private readonly GuestContact _guest;
    private readonly JobAwaiter _awaiter;
    private readonly StateVerifier _verifier;
    private readonly WaitEnding _ending;
    private Deadline? _retryUntil;

    public RequestSubmitter(OperationRun run, GuestContact guest, WaitEnding ending)
    {
        _run = run;
        _guest = guest;
        _ending = ending;
        _verifier = new StateVerifier(run, ending, this);
        _awaiter = new JobAwaiter(run, _verifier, ending);
    }

    /// <summary>Sends the request and follows it to its end.</summary>
    public async Task<Verdict> SubmitAsync(MpInstanceState from)
    {
        var transition = _run.Transition;
        if (transition.IsRestart && await PrepareRestartAsync().ConfigureAwait(false) is { } earlier)
        {
            return earlier;
        }

        CimMethodResult result;
        try
        {
            result = transition.RequestedState is { } requested
                ? await _run.RequestAsync(requested, _run.Deadline).ConfigureAwait(false)
                : await _guest.RebootAsync().ConfigureAwait(false);
        }
        catch (CimFaultException exception) when (exception.Fault.IsConnectionLost)
        {
            // The host may have taken the request: only its state can tell.
            _run.Say($": the answer to the request was lost ({exception.Fault.Message}).");
            return Verdict.Ended(await _verifier.DecideByStateAsync(FailureEvidence.OfFault(exception.Fault), from).ConfigureAwait(false));
        }
        catch (CimFaultException exception)
        {
            return await RefusedAsync(FailureEvidence.OfFault(exception.Fault, FailureStages.Request, _run.Facts.Name), from).ConfigureAwait(false);
        }

        var jobId = result.Out.Reference("Job")?.Key("InstanceID");
        _run.Say(string.Format(
            CultureInfo.InvariantCulture,
            ": {0} returned {1}{2}.",
            transition.RequestedState is { } value ? $"{CimNames.RequestStateChange}({value.ToString(CultureInfo.InvariantCulture)})" : CimNames.InitiateReboot,
            CodeNames.ReturnValue.Describe(result.ReturnValue),
            jobId is null ? string.Empty : ", job " + jobId));

        if (transition.RequestedState is null && result.ReturnValue == ReturnValue.ShutdownInProgress)
        {
            _run.Say(": its guest is going down already; waiting for that.");
        }
        else if (!ReturnValue.IsAccepted(result.ReturnValue))
        {
            return await RefusedAsync(FailureEvidence.OfReturnValue(result.ReturnValue), from).ConfigureAwait(false);
        }

        return await _awaiter.AwaitAsync(result.ReturnValue == ReturnValue.JobStarted ? jobId : null, from).ConfigureAwait(false);
    }

    /// <summary>Only what the catalogue allows, only for as long as it allows, and a wrong state only while it is changing.</summary>
    public bool MayRetry(FailureCause cause)
    {
        if (_run.Request.NoWait || cause.RetryFor == TimeSpan.Zero || (cause == FailureCatalogue.InvalidState && !IsChanging()))
        {
            return false;
        }

        _retryUntil ??= Deadline.In(_run.Clock, cause.RetryFor);
        return !_retryUntil.HasPassed && _run.Deadline.Remaining > RetryPause;
    }

    /// <summary>Waits a moment before the request is sent again.</summary>
    public async Task<Verdict> PauseAsync(FailureCause cause)
    {
        _run.Say($": {cause.Name}. That may pass; asking again in {RetryPause.TotalSeconds:0} s.");
        await _run.Clock.Delay(RetryPause, _run.CancellationToken).ConfigureAwait(false);
        _run.GoOn();
        return Verdict.DecideAgain(_run.Observer.Last!.State);
    }

    /// <summary>Reads the uptime that has to fall. A verdict when there is nothing to restart any more.</summary>
    private async Task<Verdict?> PrepareRestartAsync()
    {
        _run.Observer.Restart = null;
        if (await _run.BecomeFreeAsync(_run.Deadline).ConfigureAwait(false) is not { } state)
        {
            return Verdict.Ended(await _ending.EndAsync(null, submittedFrom: null).ConfigureAwait(false));
        }

        if (state != _run.Transition.Target)
        {
            return Verdict.DecideAgain(state);
        }

        _run.Observer.Restart = new RestartProof(_run.Observer.Last!.Uptime);
        return null;
    }

    private bool IsChanging()
        => _run.Observer.Last is { } reading && (StateTable.IsTransitional(reading.State) || _run.IsAboutToChange(reading.HostState));

    /// <summary>The request was refused. The code alone does not say whether that matters: the state does.</summary>
    private async Task<Verdict> RefusedAsync(FailureEvidence evidence, MpInstanceState from)
    {
        var reading = await _run.ReadLastAsync().ConfigureAwait(false);
        if (reading is not null && _run.IsReached(reading))
        {
            _run.Say($": refused ({FailureSlots.Codes(evidence)}), but it is {reading.State} already.");
            return Verdict.Ended(await _run.SucceedAsync().ConfigureAwait(false));
        }

        evidence = evidence.HasNoReason ? await _run.WithEventsAsync(evidence).ConfigureAwait(false) : evidence;
        var facts = await _run.LookUpAsync(evidence, from).ConfigureAwait(false);
        var cause = FailureCatalogue.Judge(evidence, facts);
        if (reading is not null && MayRetry(cause))
        {
            if (!IsChanging())
            {
                return await PauseAsync(cause).ConfigureAwait(false);
            }

            // Somebody else's change is in progress. For power-off that wait is short: it is meant for instances that hang.
            var waits = _run.Transition.WaitIn.Count > 0;
            _run.Say($": refused ({FailureSlots.Codes(evidence)}) while it is {reading.State}; waiting until that has ended.");
            if (await _run.BecomeFreeAsync(waits ? _run.Deadline : _retryUntil!.AtMost(_run.Deadline.Remaining)).ConfigureAwait(false) is { } settled)
            {
                _run.GoOn();
                return Verdict.DecideAgain(settled);
            }

            if (waits)
            {
                return Verdict.Ended(await _ending.EndAsync(null, submittedFrom: null).ConfigureAwait(false));
            }
        }

        // Neither an answer that says something nor a state: then nothing is known.
        return Verdict.Ended(reading is null && cause == FailureCatalogue.Unknown
            ? await _run.LostAsync(evidence, from).ConfigureAwait(false)
            : _run.Fail(cause, MpFailureStage.Refused, evidence, _run.Observer.Last?.State, facts));
    }
}
