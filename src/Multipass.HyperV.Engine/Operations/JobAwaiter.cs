using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Operations;

/// <summary>Follows the host's job to its end.</summary>
internal sealed class JobAwaiter
{
    private readonly OperationRun _run;
    private readonly StateVerifier _verifier;
    private readonly WaitEnding _ending;

    public JobAwaiter(OperationRun run, StateVerifier verifier, WaitEnding ending)
    {
        _run = run;
        _verifier = verifier;
        _ending = ending;
    }

    /// <summary>Waits for the job's end, then for the state to settle, and judges by the state. Without waiting, one look has to do.</summary>
    public async Task<Verdict> AwaitAsync(string? jobId, MpInstanceState from)
    {
        var since = _run.Clock.Now;
        JobReading? job = null;
        Deadline? giveUp = null;
        while (true)
        {
            var look = await _run.Poll.NextAsync(_run.Id, jobId, since, _run.Deadline).ConfigureAwait(false);
            if (_run.Deadline.HasPassed && look.Machine is null)
            {
                return Verdict.Ended(await _ending.EndAsync(jobId, from, job: look.Job ?? job).ConfigureAwait(false));
            }

            if (look.Fault is { } fault)
            {
                giveUp ??= Deadline.In(_run.Clock, StateObserver.UnreadableFor);
                if (!fault.IsTransient || giveUp.HasPassed)
                {
                    // The job cannot be read. Perhaps the instance can: then its state decides, as for a job that has vanished.
                    return await _run.ReadLastAsync().ConfigureAwait(false) is { } reading
                        ? await _verifier.VerifyAsync(jobId, null, isVanished: true, reading, from).ConfigureAwait(false)
                        : Verdict.Ended(await _run.LostAsync(_run.EvidenceOf(jobId, job), from).ConfigureAwait(false));
                }

                _run.Say($": the host could not be read ({fault.Message}); trying again.");
                continue;
            }

            giveUp = null;
            if (look.Job is { HasEnded: false } running)
            {
                if (job?.State != running.State || job?.Percent != running.Percent)
                {
                    _run.Show(CodeNames.JobState[running.State ?? 0] ?? "Working", running.Percent);
                }

                job = running;
                if (_run.Request.NoWait)
                {
                    return Verdict.Ended(await AcceptedAsync(jobId).ConfigureAwait(false));
                }

                continue;
            }

            if (_run.Request.NoWait && jobId is null && look.Machine is { } machine && !_run.IsReached(machine))
            {
                _run.Observer.Observe(machine);
                return Verdict.Ended(await AcceptedAsync(null).ConfigureAwait(false));
            }

            job = look.Job ?? job;
            return await _verifier.VerifyAsync(jobId, job, isVanished: jobId is not null && look.Job is null, look.Machine, from).ConfigureAwait(false);
        }
    }

    private async Task<OperationOutcome> AcceptedAsync(string? jobId)
    {
        if (jobId is not null)
        {
            await _run.ReadLastAsync().ConfigureAwait(false);
        }

        if (_run.Observer.Last is null)
        {
            return await _run.LostAsync(_run.EvidenceOf(jobId, null), null).ConfigureAwait(false);
        }

        _run.Say($": accepted; not waiting for the end{(jobId is null ? string.Empty : " of job " + jobId)}.");
        return await _run.SucceedAsync().ConfigureAwait(false);
    }
}
