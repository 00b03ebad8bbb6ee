using System;
using System.Threading.Tasks;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Operations;

/// <summary>Decides whether an operation has succeeded: not by what the host said of it, but by what the host shows afterwards.</summary>
internal sealed class StateVerifier
{
    /// <summary>After the job of a reset has ended well, its uptime has to fall within this time.</summary>
    private static readonly TimeSpan UptimePatience = TimeSpan.FromSeconds(5);

    private readonly OperationRun _run;
    private readonly WaitEnding _ending;
    private readonly RequestSubmitter _submitter;

    public StateVerifier(OperationRun run, WaitEnding ending, RequestSubmitter submitter)
    {
        _run = run;
        _ending = ending;
        _submitter = submitter;
    }

    /// <summary>The job has ended, has vanished, or there was none: what does the host show?</summary>
    public async Task<Verdict> VerifyAsync(string? jobId, JobReading? job, bool isVanished, MachineReading? reading, MpInstanceState from)
    {
        var transition = _run.Transition;
        _run.Observer.Observe(reading);
        var hasFailed = job is not null && !isVanished && !job.HasSucceeded;
        if (reading is not null && !_run.IsReached(reading) && (StateTable.IsTransitional(reading.State) || !hasFailed))
        {
            // A state may lag behind its job by some readings.
            _run.Say($": {(jobId is null ? "accepted" : "the job has ended")}, the state is {reading.State}; reading again.");
            var limit = hasFailed ? _run.FollowUp
                : transition.IsRestart && !transition.AsksGuest ? _run.Deadline.AtMost(UptimePatience)
                : _run.Deadline;
            await _run.SettleAsync(limit, confirm: !hasFailed).ConfigureAwait(false);
        }

        if (_run.Observer.Last is not { } last)
        {
            return Verdict.Ended(await _run.LostAsync(_run.EvidenceOf(jobId, job), from).ConfigureAwait(false));
        }

        if (_run.IsReached(last))
        {
            if (hasFailed)
            {
                _run.Warn($": the host's job ended with an error ({FailureSlots.Codes(_run.EvidenceOf(jobId, job))}), but the host shows it {last.State}.");
            }
            else if (isVanished)
            {
                _run.Say($": the host's job {jobId} is gone; the host shows it {last.State}.");
            }

            return Verdict.Ended(await _run.SucceedAsync().ConfigureAwait(false));
        }

        if (hasFailed)
        {
            return await JobFailedAsync(jobId!, job!, from).ConfigureAwait(false);
        }

        if (StateTable.IsTransitional(last.State) || _run.Deadline.HasPassed)
        {
            return Verdict.Ended(await _ending.EndAsync(jobId, from, job: job).ConfigureAwait(false));
        }

        // The host says nothing of it; its event log may.
        var evidence = await _run.WithEventsAsync(_run.EvidenceOf(jobId, job)).ConfigureAwait(false);
        return Verdict.Ended(isVanished
            ? _run.Fail(FailureCatalogue.JobLost, MpFailureStage.OutcomeUnknown, evidence, from)
            : _run.Fail(
                FailureCatalogue.JudgeAfterSuccess(evidence),
                MpFailureStage.NotVerified,
                evidence,
                from,
                detail: transition.IsRestart && last.State == transition.Target ? "the host reported success, but its uptime has not fallen: it was not restarted." : null));
    }

    /// <summary>The answer to a request was lost: the state that the host settles in decides, if it can be read.</summary>
    public async Task<OperationOutcome> DecideByStateAsync(FailureEvidence evidence, MpInstanceState from)
    {
        var limit = _run.Transition.IsRestart && !_run.Transition.AsksGuest ? _run.Deadline.AtMost(StateObserver.UnreadableFor) : _run.Deadline;
        await _run.SettleAsync(limit).ConfigureAwait(false);
        if (_run.Observer.Last is { } last && _run.IsReached(last))
        {
            return await _run.SucceedAsync().ConfigureAwait(false);
        }

        // The wait may have ended before anything could be read.
        if (await _run.ReadLastAsync().ConfigureAwait(false) is { } now && _run.IsReached(now))
        {
            return await _run.SucceedAsync().ConfigureAwait(false);
        }

        return _run.Observer.Last is null
            ? await _run.LostAsync(evidence, from).ConfigureAwait(false)
            : _run.Fail(FailureCatalogue.OutcomeUnknown, MpFailureStage.OutcomeUnknown, evidence, from, detail: evidence.Fault?.Message);
    }

    private async Task<Verdict> JobFailedAsync(string jobId, JobReading job, MpInstanceState from)
    {
        var evidence = FailureEvidence.OfJob(jobId, job, await _run.ErrorsOfAsync(jobId).ConfigureAwait(false), _run.Facts.Name);
        evidence = await _run.WithEventsAsync(evidence).ConfigureAwait(false);
        var facts = await _run.LookUpAsync(evidence, from).ConfigureAwait(false);
        var cause = FailureCatalogue.Judge(evidence, facts);
        return _submitter.MayRetry(cause)
            ? await _submitter.PauseAsync(cause).ConfigureAwait(false)
            : Verdict.Ended(_run.Fail(cause, MpFailureStage.JobFailed, evidence, from, facts));
    }
}
