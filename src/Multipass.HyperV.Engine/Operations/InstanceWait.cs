using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Instances;

namespace Multipass.HyperV.Operations;

/// <summary>
/// Waits until an instance shows a state, and its guest what is wanted of it. Changes nothing, and undoes nothing. It ends at once when what was on the way there
/// has settled elsewhere; a state that nothing leads to yet is waited for: somebody may still begin.
/// </summary>
internal sealed class InstanceWait
{
    /// <summary>How often a guest is looked at: it boots in seconds.</summary>
    private static readonly TimeSpan GuestInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>The times of jobs have whole seconds only (recorded).</summary>
    private static readonly TimeSpan SecondsOfJobs = TimeSpan.FromSeconds(1);

    private readonly OperationContext _context;
    private readonly InstanceEye _eye;
    private readonly OperationReport _report;
    private readonly IReadOnlyList<MpInstanceState> _targets;

    public InstanceWait(OperationContext context, InstanceEye eye, OperationReport report)
    {
        _context = context;
        _eye = eye;
        _report = report;
        _targets = context.Request.Operation == MpOperation.Wait && context.Request.States.Count > 0 ? context.Request.States : new[] { MpInstanceState.Running };
    }

    /// <summary>A wait of its own. Ends in success, when the time has run out, or when what is waited for cannot come any more.</summary>
    public async Task<OperationOutcome> RunAsync()
    {
        var refusal = Refusals.Of(_context.Facts, _targets.Contains(MpInstanceState.Running) ? MpOperation.Start : MpOperation.Wait);
        if (refusal is null || _context.Id != Guid.Empty)
        {
            var first = await _eye.LookAsync(_context.Deadline).ConfigureAwait(false);
            if (first.Machine is null)
            {
                return first.End == StepEnd.Limit ? await EndAsync("nothing read yet").ConfigureAwait(false) : await _report.LostAsync(first, null).ConfigureAwait(false);
            }

            _report.Begin(first.Seen);
            if (refusal is null)
            {
                return await AwaitAsync(isOnTheWay: false).ConfigureAwait(false);
            }

            return await _report.FailAsync(refusal.Value.Cause, MpFailureStage.Refused, first.Seen, detail: refusal.Value.Detail).ConfigureAwait(false);
        }

        return _report.Refuse(refusal.Value.Cause, refusal.Value.Detail);
    }

    /// <summary>Waits.</summary>
    /// <param name="isOnTheWay">Whether something is known to lead there: the start that this follows.</param>
    /// <param name="known">What is known already; used where the time is up and the host cannot be read any more.</param>
    public async Task<OperationOutcome> AwaitAsync(bool isOnTheWay, Look? known = null)
    {
        var parts = GuestReader.PartsFor(_context.Request.WaitFor);
        var missing = "nothing read yet";
        MpInstanceState? previous = null;
        var sight = await _eye.UntilAsync(
            () => new LookWish(_context.Id, null, parts),
            _context.Deadline,
            look =>
            {
                var machine = look.Machine!;
                var isSame = machine.State == previous;
                previous = machine.State;
                if (_targets.Contains(machine.State))
                {
                    if (Missing(look.Guest) is not { } lacking)
                    {
                        return StepEnd.Reached;
                    }

                    isOnTheWay = true;
                    missing = lacking;
                    _context.Show("Waiting for the guest: " + missing);
                }
                else if (IsLeading(machine))
                {
                    isOnTheWay = true;
                    _context.Show(machine.State.ToString());
                }
                else if (!StateTable.IsTransitional(machine.State) && !machine.HostState.IsInService)
                {
                    if (isOnTheWay && isSame)
                    {
                        return StepEnd.Lasting;
                    }

                    _context.Show($"{machine.State}, waiting for {string.Join(" or ", _targets)}");
                }

                return null;
            },
            isFirstAtOnce: true,
            atLeast: parts == GuestParts.None ? default : GuestInterval).ConfigureAwait(false);
        return sight.End switch
        {
            StepEnd.Reached => await _report.SucceedAsync(sight.Seen).ConfigureAwait(false),
            StepEnd.Lasting => await FallenBackAsync(sight.Seen).ConfigureAwait(false),
            StepEnd.Limit => await EndAsync(missing, sight.Machine is null ? known : sight.Seen).ConfigureAwait(false),
            _ => await _report.LostAsync(sight, null).ConfigureAwait(false),
        };
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
        var missing = _context.Request.WaitFor
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

    /// <summary>It was on the way, and is no longer. A job is blamed only where it is the instance's latest, leads to a target, and has ended since the wait began.</summary>
    private async Task<OperationOutcome> FallenBackAsync(Look look)
    {
        var limit = _context.FollowUp;
        if (await BlamedJobAsync(limit).ConfigureAwait(false) is { } job)
        {
            var evidence = await _report.EvidenceOfFailedAsync(job.Reading.Id, job.Reading, limit).ConfigureAwait(false);
            var facts = await _report.LookUpAsync(evidence, look, null, limit).ConfigureAwait(false);
            return await _report.FailAsync(FailureCatalogue.Judge(evidence, facts), MpFailureStage.JobFailed, look, null, evidence, facts).ConfigureAwait(false);
        }

        var events = await _report.WithEventsAsync(FailureEvidence.None, limit).ConfigureAwait(false);
        var was = _context.Request.WaitFor.Count > 0 && _targets.Contains(MpInstanceState.Running) ? "Running, or on the way there" : "on the way to " + string.Join(" or ", _targets);
        return await _report.FailAsync(
            FailureCatalogue.JudgeAfterSuccess(events),
            MpFailureStage.NotVerified,
            look,
            null,
            events,
            detail: $"it was {was}, and is {look.Machine!.State}; nothing is under way any more.").ConfigureAwait(false);
    }

    private async Task<MachineJob?> BlamedJobAsync(Time.Deadline limit)
    {
        var jobs = MachineJobs.ReadAsync(_context.Session, limit, _context.CancellationToken);
        var now = HostTime.ReadAsync(_context.Session, limit, _context.CancellationToken);
        return await jobs.ConfigureAwait(false) is { } read
            && await now.ConfigureAwait(false) is { } hostNow
            && read.LatestOf(_context.Id) is { } job
            && job.HasFailed
            && job.ChangedAt + SecondsOfJobs > hostNow - _report.Took
            && JobTypes.TargetOf(job.JobType) is { } target
            && _targets.Contains(target) ? job : null;
    }

    private async Task<OperationOutcome> EndAsync(string missing, Look? known = null)
    {
        var sight = await _eye.LookAsync(_context.End).ConfigureAwait(false);
        sight = sight.Machine is null && !sight.Seen.IsGone && known is not null ? sight with { Seen = known } : sight;
        if (sight.Machine is not { } machine)
        {
            return await _report.LostAsync(sight, null).ConfigureAwait(false);
        }

        if (!_targets.Contains(machine.State))
        {
            return await _report.FailAsync(FailureCatalogue.WaitTimedOut, MpFailureStage.TimedOut, sight.Seen).ConfigureAwait(false);
        }

        return _context.Request.WaitsForGuest
            ? await _report.FailAsync(
                FailureCatalogue.GuestNotReady,
                MpFailureStage.TimedOut,
                sight.Seen,
                detail: $"it runs, but after {_context.Request.Timeout.TotalSeconds:0} s there was {missing}.").ConfigureAwait(false)
            : await _report.SucceedAsync(sight.Seen).ConfigureAwait(false);
    }
}
