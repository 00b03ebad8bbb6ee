using System;
using System.Collections.Generic;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Operations;

/// <summary>What happens when the user's wait has ended and the host has not: power-off under -Force, rollback of a start, and the last reading.</summary>
internal sealed class WaitEnding
{
    /// <summary>A job that was asked to terminate has this long before the instance itself is powered off.</summary>
    private static readonly TimeSpan TerminationPatience = TimeSpan.FromMilliseconds(500);

    private readonly OperationRun _run;

    public WaitEnding(OperationRun run) => _run = run;

    /// <summary>
    /// A guest that did not answer is powered off under -Force; a start of ours is undone; then whatever the host shows is reported.
    /// Everything else is left to go on: a save or a shutdown that is slow may still end well.
    /// </summary>
    /// <param name="jobId">The job that was waited for.</param>
    /// <param name="submittedFrom">The state in which this call has submitted it; null when it has submitted nothing.</param>
    /// <param name="detail">What was waited for, where that needs saying.</param>
    /// <param name="job">The job's last reading.</param>
    public async Task<OperationOutcome> EndAsync(string? jobId, MpInstanceState? submittedFrom, string? detail = null, JobReading? job = null)
    {
        var evidence = _run.EvidenceOf(jobId, job);
        if (await _run.ReadLastAsync().ConfigureAwait(false) is not { } reading)
        {
            return await _run.LostAsync(evidence, submittedFrom).ConfigureAwait(false);
        }

        if (_run.IsReached(reading) && await HasJobEndedAsync(jobId).ConfigureAwait(false))
        {
            // It ended at the very last moment.
            return await _run.SucceedAsync().ConfigureAwait(false);
        }

        if (_run.Operation == MpOperation.Shutdown && _run.Request.Force)
        {
            _run.Say($": the guest has not shut down within {_run.Request.Timeout.TotalSeconds:0} s; powering it off.");
            return await PowerOffInsteadAsync(evidence, submittedFrom, detail).ConfigureAwait(false);
        }

        if (_run.Operation == MpOperation.Start && submittedFrom == MpInstanceState.Stopped && _run.Request.RollbackOnTimeout)
        {
            await RollBackAsync(jobId, job).ConfigureAwait(false);
        }

        return _run.Fail(_run.Transition.TimedOut, MpFailureStage.TimedOut, evidence, submittedFrom, detail: detail);
    }

    /// <summary>Powers off an instance whose guest was asked in vain, within the budget for what follows.</summary>
    public async Task<OperationOutcome> PowerOffInsteadAsync(FailureEvidence evidence, MpInstanceState? submittedFrom, string? detail)
    {
        _run.Transition = TransitionTable.Of(MpOperation.TurnOff);
        var refusal = await PowerOffAsync().ConfigureAwait(false);
        return _run.Observer.Last?.State == MpInstanceState.Stopped
            ? await _run.SucceedAsync().ConfigureAwait(false)
            : _run.Fail(FailureCatalogue.StopTimedOut, MpFailureStage.TimedOut, refusal ?? evidence, submittedFrom, detail: detail);
    }

    /// <summary>Undoes a start that this call has submitted from Stopped: the job is asked to end, and what still hangs in Starting is powered off.</summary>
    private async Task RollBackAsync(string? jobId, JobReading? job)
    {
        if (jobId is not null && job is { IsCancellable: true, HasEnded: false })
        {
            _run.Say($": asking job {jobId} to terminate.");
            try
            {
                var parameters = new Dictionary<string, object?> { ["RequestedState"] = JobState.RequestTerminate };
                await _run.InvokeAsync(JobReading.PathOf(jobId), CimNames.RequestStateChange, parameters, _run.FollowUp).ConfigureAwait(false);
                await _run.SettleAsync(_run.FollowUp.AtMost(TerminationPatience)).ConfigureAwait(false);
            }
            catch (CimFaultException exception)
            {
                _run.Say($": the job cannot be terminated ({exception.Fault.Message}).");
            }
        }

        if ((await _run.ReadLastAsync().ConfigureAwait(false))?.State == MpInstanceState.Starting)
        {
            _run.Say(": it still hangs in Starting; powering it off.");
            await PowerOffAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Powers off within the budget for what follows, and reads the state. Returns the refusal, if it was one.</summary>
    private async Task<FailureEvidence?> PowerOffAsync()
    {
        try
        {
            var result = await _run.RequestAsync(EnabledState.Disabled, _run.FollowUp).ConfigureAwait(false);
            if (ReturnValue.IsAccepted(result.ReturnValue))
            {
                await _run.Observer.SettleAsync(_run.FollowUp, reading => reading.State == MpInstanceState.Stopped, mayLast: null).ConfigureAwait(false);
                return null;
            }

            _run.RefusesPowerOff = true;
            _run.Say($": the host refuses to power it off ({CodeNames.ReturnValue.Describe(result.ReturnValue)}).");
            await _run.ReadLastAsync().ConfigureAwait(false);
            return FailureEvidence.OfReturnValue(result.ReturnValue);
        }
        catch (CimFaultException exception)
        {
            _run.Say($": it cannot be powered off ({exception.Fault.Message}).");
            await _run.ReadLastAsync().ConfigureAwait(false);
            return FailureEvidence.OfFault(exception.Fault);
        }
    }

    private async Task<bool> HasJobEndedAsync(string? jobId)
    {
        if (jobId is null)
        {
            return true;
        }

        try
        {
            var jobs = await _run.Session
                .QueryAsync(JobReading.Query.With(CimCondition.Equal("InstanceID", jobId)), _run.FollowUp, _run.CancellationToken).ConfigureAwait(false);
            return jobs.Count == 0 || new JobReading(jobs[0]).HasEnded;
        }
        catch (CimFaultException)
        {
            return false;
        }
    }
}
