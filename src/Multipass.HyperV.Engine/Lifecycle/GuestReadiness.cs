using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Lifecycle;

/// <summary>Waits until a guest that runs is as ready as it is wanted: it answers, it has an address. Changes nothing, and undoes nothing.</summary>
internal sealed class GuestReadiness
{
    /// <summary>How often a guest is looked at: it boots in seconds.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly OperationRun _run;

    public GuestReadiness(OperationRun run) => _run = run;

    /// <summary>What is still missing, in words; null when nothing is.</summary>
    public static string? Missing(IReadOnlyList<MpReadiness> wanted, GuestReading? guest)
    {
        var missing = wanted
            .Distinct()
            .Where(readiness => !IsThere(readiness, guest))
            .Select(readiness => readiness == MpReadiness.Heartbeat ? $"no heartbeat ({guest?.Heartbeat ?? MpHeartbeat.Unknown})" : "no IPv4 address")
            .ToList();
        return missing.Count == 0 ? null : string.Join(" and ", missing);
    }

    /// <summary>Ends in success, or when the time has run out, or when the instance does not run any more.</summary>
    public async Task<OperationOutcome> AwaitAsync()
    {
        var wanted = _run.Request.WaitFor;
        var parts = GuestReader.PartsFor(wanted);
        var since = _run.Clock.Now;
        Deadline? giveUp = null;
        MpInstanceState? previous = null;
        string? missing = "nothing read yet";
        while (!_run.Deadline.HasPassed)
        {
            var look = await _run.Poll.NextAsync(_run.Id, null, since, _run.Deadline, parts, Interval).ConfigureAwait(false);
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

            if (machine.State == MpInstanceState.Running)
            {
                missing = Missing(wanted, look.Guest);
                if (missing is null)
                {
                    return await _run.SucceedAsync().ConfigureAwait(false);
                }

                _run.Show("Waiting for the guest: " + missing, null);
            }
            else if (!TransitionTable.IsTransitional(machine.State) && machine.State == previous)
            {
                // It has fallen back, and nobody brings it up again.
                return _run.Fail(
                    FailureCatalogue.StateNotReached,
                    MpFailureStage.NotVerified,
                    FailureEvidence.None,
                    null,
                    detail: $"it was Running, and has become {machine.State} while its guest was waited for.");
            }

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

    private async Task<OperationOutcome> EndAsync(string? missing)
    {
        if (await _run.ReadLastAsync().ConfigureAwait(false) is not { } reading)
        {
            return await _run.LostAsync(FailureEvidence.None, null).ConfigureAwait(false);
        }

        return reading.State == MpInstanceState.Running
            ? _run.Fail(
                FailureCatalogue.GuestNotReady,
                MpFailureStage.TimedOut,
                FailureEvidence.None,
                null,
                detail: $"it runs, but after {_run.Request.Timeout.TotalSeconds:0} s there was {missing}.")
            : _run.Fail(FailureCatalogue.WaitTimedOut, MpFailureStage.TimedOut, FailureEvidence.None, null);
    }
}
