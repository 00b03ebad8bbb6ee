using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Operations;

/// <summary>
/// Waits until an instance shows a state, and its guest what is wanted of it. Changes nothing, and undoes nothing. It ends at once when what was on the way there
/// has settled elsewhere; a state that nothing leads to yet is waited for: somebody may still begin.
/// </summary>
internal sealed class InstanceWait
{
    /// <summary>How often a guest is looked at: it boots in seconds.</summary>
    private static readonly TimeSpan GuestInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>A job that failed so shortly before the wait began is what the wait was for: a start without waiting may have failed by then.</summary>
    private static readonly TimeSpan JustBefore = TimeSpan.FromSeconds(10);

    private readonly OperationRun _run;
    private readonly IReadOnlyList<MpInstanceState> _targets;
    private readonly IReadOnlyList<MpReadiness> _wanted;
    private bool _isOnTheWay;

    private InstanceWait(OperationRun run, IReadOnlyList<MpInstanceState> targets, IReadOnlyList<MpReadiness> wanted, bool isOnTheWay)
    {
        _run = run;
        _targets = targets;
        _wanted = wanted;
        _isOnTheWay = isOnTheWay;
    }

    /// <summary>The wait for the guest that follows a start.</summary>
    public static InstanceWait ForGuest(OperationRun run) => new(run, new[] { MpInstanceState.Running }, run.Request.WaitFor, isOnTheWay: true);

    /// <summary>A wait of its own.</summary>
    public static InstanceWait Of(OperationRun run)
        => new(run, run.Request.States.Count > 0 ? run.Request.States : new[] { MpInstanceState.Running }, run.Request.WaitFor, isOnTheWay: false);

    /// <summary>Ends in success, when the time has run out, or when what is waited for cannot come any more.</summary>
    public async Task<OperationOutcome> RunAsync()
    {
        if (Refusals.Of(_run.Facts, _targets.Contains(MpInstanceState.Running) ? MpOperation.Start : MpOperation.Wait) is var (cause, detail))
        {
            return _run.Fail(cause, MpFailureStage.Refused, FailureEvidence.None, _run.Before.State, detail: detail);
        }

        // A start that came before this may have needed the budget for what follows; the wait goes on.
        _run.GoOn();
        var parts = GuestReader.PartsFor(_wanted);
        var since = _run.Clock.Now;
        Deadline? giveUp = null;
        MpInstanceState? previous = null;
        var isFirst = true;
        var missing = "nothing read yet";
        while (!_run.Deadline.HasPassed)
        {
            var look = await _run.Poll.NextAsync(
                _run.Id, null, since, _run.Deadline, parts, parts == GuestParts.None ? default : GuestInterval).ConfigureAwait(false);
            if (look.Fault is { } fault)
            {
                if (_run.Deadline.HasPassed)
                {
                    break;
                }

                giveUp ??= Deadline.In(_run.Clock, StateObserver.UnreadableFor);
                if (!fault.IsTransient || giveUp.HasPassed)
                {
                    _run.Observer.Lose(fault);
                    return await _run.LostAsync(FailureEvidence.None, null).ConfigureAwait(false);
                }

                continue;
            }

            giveUp = null;
            _run.Observer.Observe(look.Machine, look.Guest);
            if (look.Machine is not { } machine)
            {
                return await _run.LostAsync(FailureEvidence.None, null).ConfigureAwait(false);
            }

            if (_targets.Contains(machine.State))
            {
                if (Missing(look.Guest) is not { } lacking)
                {
                    return await _run.SucceedAsync().ConfigureAwait(false);
                }

                missing = lacking;
                _isOnTheWay = true;
                _run.Show("Waiting for the guest: " + missing, null);
            }
            else if (IsLeading(machine))
            {
                _isOnTheWay = true;
                _run.Show(machine.State.ToString(), null);
            }
            else if (!StateTable.IsTransitional(machine.State) && !machine.HostState.IsInService)
            {
                if (_isOnTheWay && machine.State == previous)
                {
                    return await FallenBackAsync(machine.State).ConfigureAwait(false);
                }

                if (isFirst && await FailedJustBeforeAsync().ConfigureAwait(false) is { } failed)
                {
                    return failed;
                }

                _run.Show($"{machine.State}, waiting for {string.Join(" or ", _targets)}", null);
            }

            isFirst = false;
            previous = machine.State;
        }

        return await EndAsync(missing).ConfigureAwait(false);
    }

    private static bool IsThere(MpReadiness readiness, GuestReading? guest)
        => readiness switch
        {
            MpReadiness.Heartbeat => guest?.Heartbeat is MpHeartbeat.OK or MpHeartbeat.Degraded,
            MpReadiness.IPAddress => guest?.HasReachableAddress == true,
            _ => true,
        };

    /// <summary>What is still missing, in words; null when nothing is.</summary>
    private string? Missing(GuestReading? guest)
    {
        var missing = _wanted
            .Distinct()
            .Where(readiness => !IsThere(readiness, guest))
            .Select(readiness => readiness == MpReadiness.Heartbeat ? $"no heartbeat ({guest?.Heartbeat ?? MpHeartbeat.Unknown})" : "no IPv4 address")
            .ToList();
        return missing.Count == 0 ? null : string.Join(" and ", missing);
    }

    /// <summary>True while the host shows that something is under way to one of the states.</summary>
    private bool IsLeading(MachineReading machine)
        => _targets.Any(target => TransitionTable.LeadsTo(machine.State, target) || machine.HostState.ChangesTo == target)
            || (machine.HostState.IsWaitingToStart && _targets.Contains(MpInstanceState.Running));

    private async Task<OperationOutcome> FallenBackAsync(MpInstanceState state)
        => await FailedJobAsync(_ => true).ConfigureAwait(false)
            ?? _run.Fail(
                FailureCatalogue.StateNotReached,
                MpFailureStage.NotVerified,
                FailureEvidence.None,
                null,
                detail: $"it was {(_wanted.Count > 0 && _targets.Contains(MpInstanceState.Running) ? "Running, or on the way there" : "on the way to " + string.Join(" or ", _targets))}, and is {state}; nothing is under way any more.");

    private Task<OperationOutcome?> FailedJustBeforeAsync()
    {
        var from = _run.Clock.Now - JustBefore;
        return FailedJobAsync(job => job.ChangedAt >= from);
    }

    /// <summary>The failure of the instance's last job, whoever submitted it; null when there is none.</summary>
    private async Task<OperationOutcome?> FailedJobAsync(Func<MachineJob, bool> isMeant)
    {
        if (await MachineJobs.ReadAsync(_run.Session, _run.FollowUp, _run.CancellationToken).ConfigureAwait(false) is not { } jobs
            || jobs.RunningOf(_run.Id) is not null
            || jobs.FailedOf(_run.Id) is not { } job
            || !isMeant(job))
        {
            _run.GoOn();
            return null;
        }

        var errors = await _run.ErrorsOfAsync(job.Reading.Id).ConfigureAwait(false);
        var evidence = FailureEvidence.OfJob(job.Reading.Id, job.Reading, errors, _run.Facts.Name);
        var facts = await _run.LookUpAsync(evidence).ConfigureAwait(false);
        return _run.Fail(FailureCatalogue.Judge(evidence, facts), MpFailureStage.JobFailed, evidence, null, facts);
    }

    private async Task<OperationOutcome> EndAsync(string missing)
    {
        if (await _run.ReadLastAsync().ConfigureAwait(false) is not { } reading)
        {
            return await _run.LostAsync(FailureEvidence.None, null).ConfigureAwait(false);
        }

        if (!_targets.Contains(reading.State))
        {
            return _run.Fail(FailureCatalogue.WaitTimedOut, MpFailureStage.TimedOut, FailureEvidence.None, null);
        }

        return _run.Request.WaitsForGuest
            ? _run.Fail(
                FailureCatalogue.GuestNotReady,
                MpFailureStage.TimedOut,
                FailureEvidence.None,
                null,
                detail: $"it runs, but after {_run.Request.Timeout.TotalSeconds:0} s there was {missing}.")
            : await _run.SucceedAsync().ConfigureAwait(false);
    }
}
