using System;
using System.Collections.Generic;
using System.Linq;
using Multipass.HyperV.Torture.Worlds.Plan;
using Multipass.HyperV.Torture.Worlds.Run;

namespace Multipass.HyperV.Torture.Worlds.Judging;

/// <summary>What was told, and whether it is true.</summary>
internal sealed partial class Judge
{
    /// <summary>Reasons that a job's own codes tell beyond doubt.</summary>
    private static readonly HashSet<string> Plain = new() { "OutOfMemory", "HostDiskFull", "DiskInUse" };

    /// <summary>The state that is told.</summary>
    private void Observed(Told told)
    {
        var last = _case.LastBefore(told.Order);
        if (told.ObservedAt is null)
        {
            Try(Rule.UnknownOnlyIfUnread);
            if (told.State != MachineState.Unknown)
            {
                Break(Rule.StateWasShown, $"{told.State} was told without a time at which it was seen.");
            }

            var attempt = _case.Attempts.Where(call => call.SentAt < told.At).MaxBy(call => (call.SentAt, call.Number));
            if (last is { HasRow: true } && last.State != MachineState.Unknown && last.Call == attempt && !_case.IsCrowd && !_case.Requests.Any(request => request.SentAt >= last.SentAt && request.SentAt <= told.At))
            {
                Break(Rule.UnknownOnlyIfUnread, $"nothing was told of the state, and call {last.Call.Number} had shown {last.State}.");
            }

            if (!_case.WasThrownAt && _case.Requests.LastOrDefault() is { } sent && !_case.Calls.Any(call => !call.ChangesState && call.SentOrder > sent.SentOrder && call.SentOrder < told.Order) && _case.Machine.RemovedAt is null)
            {
                Break(Rule.UnknownOnlyIfUnread, $"nothing was told of the state, and nothing has tried to read it since call {sent.Number}.");
            }

            return;
        }

        if (_case.Plan.Kind == StepKind.Repair && _case.Requests.Count == 0 && (told.Result == "Healthy" || told.Stage == "Refused"))
        {
            // Nothing was to be done, or not to such an instance: what was listed a moment ago is told.
            return;
        }

        Try(Rule.StateWasShown);
        var request = _case.Requests.LastOrDefault(request => request.SentAt <= told.At);
        var since = request?.SentAt ?? _case.Step.BeganAt;
        var shown = _case.Readings.Where(reading => reading.HasRow && reading.State == told.State && reading.SentAt >= since && reading.Call.AnsweredOrder < told.Order).ToList();
        if (shown.Count == 0)
        {
            Break(Rule.StateWasShown, $"{told.State} was told, which no reading has shown since {(request is null ? "the operation began" : "call " + request.Number)}.");
            return;
        }

        if (!_case.IsCrowd)
        {
            Latest(told, last!, shown);
        }

        if (!_case.History.Events.Any(happened => happened.Plan.Kind is EventKind.WallClockSet or EventKind.Sleep && happened.At <= told.At))
        {
            Try(Rule.ObservedWhenSaid);
            var at = told.ObservedAt.Value.UtcTicks - WorldClock.Epoch.UtcTicks;
            if (!shown.Any(reading => at >= reading.SentAt && at <= reading.AnsweredAt))
            {
                Break(Rule.ObservedWhenSaid, $"{told.State} is said to have been seen at {Milliseconds(at)} ms, when no reading showed it.");
            }
        }
    }

    private void Latest(Told told, Reading last, List<Reading> shown)
    {
        Try(Rule.StateIsTheLatest);
        var newest = _case.Readings.Where(reading => reading.Call.AnsweredOrder < told.Order).Max(reading => reading.ArrivedAt);
        if (last.State != told.State && !shown.Any(reading => reading.AnsweredAt == last.AnsweredAt || reading.ArrivedAt >= newest))
        {
            Break(Rule.StateIsTheLatest, $"{told.State} was told, and call {last.Call.Number} had shown {(last.HasRow ? last.State.ToString() : "no such machine")} last.");
        }
    }

    private void Successes(Told told)
    {
        if (told.HasFailed)
        {
            return;
        }

        if (_case.Plan.NoWait)
        {
            NoWait(told);
            return;
        }

        Try(Rule.SuccessIsTarget);
        if (!_case.Targets.Contains(told.State))
        {
            Break(Rule.SuccessIsTarget, $"success was told, and {told.State}.");
            return;
        }

        if (_case.OwnJobs.LastOrDefault() is { } job && _case.LastBefore(told.Order) is { } basis)
        {
            Try(Rule.SuccessAfterItsJob);
            if ((job.EndedAt ?? job.RemovedAt ?? long.MaxValue) > basis.ArrivedAt)
            {
                Break(Rule.SuccessAfterItsJob, "success was told while the command's own job was under way.");
            }
        }

        if (_case.IsRestart)
        {
            Try(Rule.RestartIsTrue);
            if (!_case.Machine.Boots.Any(boot => boot > _case.Step.BeganAt && boot <= told.At))
            {
                Break(Rule.RestartIsTrue, "a restart was told, and the machine has not restarted.");
            }
        }

        if (_case.WaitsForGuest)
        {
            Guest(told);
        }
    }

    private void NoWait(Told told)
    {
        Try(Rule.NoWaitLeadsToTarget);
        var target = _case.Targets[0];
        var accepted = _case.Requests.LastOrDefault(request => request.AnsweredAt >= 0 && request.AnsweredAt <= told.At && request.ReturnValue is 0 or 4096);
        var isLeading = target switch
        {
            MachineState.Running => told.State is MachineState.Starting or MachineState.Restarting,
            MachineState.Stopped => told.State == MachineState.Stopping,
            _ => told.State == MachineState.Suspending,
        };
        var leads = _case.LastBefore(told.Order)?.Requested switch
        {
            2 or 10 or 11 => target == MachineState.Running,
            3 or 4 => target == MachineState.Stopped,
            6 => target == MachineState.Suspended,
            _ => false,
        };
        if (_case.IsRestart ? accepted is null && !_case.Machine.Boots.Any(boot => boot > _case.Step.BeganAt && boot <= told.At) : accepted is null && told.State != target && !isLeading && !leads)
        {
            Break(Rule.NoWaitLeadsToTarget, $"success was told without waiting, and nothing leads to {target}: it is {told.State}.");
        }
    }

    /// <summary>What the guest was to show.</summary>
    private void Guest(Told told)
    {
        Try(Rule.GuestIsThere);
        var key = WorldHost.Key(_case.Subject.Id);
        var answers = _case.Calls.Where(call => call.WasAnswered && call.AnsweredAt <= told.At && call.Rows is { Count: > 0 }).ToList();
        if (_case.Plan.WaitFor.HasFlag(Wanted.Heartbeat)
            && !answers.Any(call => call.Rows!.Any(row => (string.Equals(row.Text("Name"), key, StringComparison.OrdinalIgnoreCase) && row.UInt16("Heartbeat") is 2 or 3)
                || (call.Class == "Msvm_HeartbeatComponent" && string.Equals(row.Text("SystemName"), key, StringComparison.OrdinalIgnoreCase) && row.UInt16s("OperationalStatus").FirstOrDefault() is 2 or 3))))
        {
            Break(Rule.GuestIsThere, "a heartbeat was waited for, and none was shown.");
        }

        if (_case.Plan.WaitFor.HasFlag(Wanted.Address)
            && !answers.Any(call => call.Rows!.Any(row
                => (row.Texts("IPAddresses").Any(IsReachable) && (row.Text("InstanceID") ?? string.Empty).Contains(key, StringComparison.OrdinalIgnoreCase))
                    || (call.Class == "MSFT_NetNeighbor" && row.Text("IPAddress") is { } address && IsReachable(address) && row.Number("State") is not (0 or 1)))))
        {
            Break(Rule.GuestIsThere, "an address was waited for, and none was shown.");
        }
    }

    private static bool IsReachable(string address) => address.Count(character => character == '.') == 3 && !address.StartsWith("169.254.", StringComparison.Ordinal);

    private void Failures(Told told)
    {
        if (_case.OwnJobs.LastOrDefault() is { } own)
        {
            OwnJob(told, own);
        }

        Sound(told);
        Tries(told);
        if (!told.HasFailed)
        {
            return;
        }

        Jobs(told);
        Ends(told);
        Unknown(told);
        Gone(told);
        Reading(told);
        Force(told);
        Undone(told);
    }

    /// <summary>What is put to the test by a command that ends well, too.</summary>
    private void Tries(Told told)
    {
        if (_case.LastBefore(told.Order) is { HasRow: true } last && _case.Targets.Contains(last.State) && !_case.IsRestart && !_case.WaitsForGuest)
        {
            Try(Rule.TargetIsSuccess);
        }

        if (_case.Machine.RemovedAt < told.At)
        {
            Try(Rule.GoneIsTold);
        }

        if (!_case.Plan.NoWait && _case.Calls.Any(call => !call.ChangesState && call.Fault is not null && call.AnsweredAt <= told.At))
        {
            Try(Rule.FailedReadingEndsNothing);
        }

        if (_case.Plan is { Kind: StepKind.Shutdown, Force: true } && _case.Requests.Any(SubjectCase.IsPowerOff))
        {
            Try(Rule.ForcePowersOff);
        }
    }

    /// <summary>What the host shows in the end counts.</summary>
    private void Ends(Told told)
    {
        var last = _case.LastBefore(told.Order);
        var ownEnd = _case.OwnJobs.LastOrDefault() is { } own ? own.EndedAt ?? own.RemovedAt ?? long.MaxValue : 0;
        if (last is { HasRow: true } && _case.Targets.Contains(last.State) && !_case.IsRestart && !_case.WaitsForGuest)
        {
            var isLeaving = _case.IsCrowd || last.Status == 11 || last.Requested is not (null or 5 or 12);

            // A job whose end could not be read may be under way for all that the engine knows.
            var isEndKnown = _case.OwnJobs.LastOrDefault() is not { } job
                || SubjectCase.IsEnd(_case.LastLook(job.Id, told.At)?.State)
                || (!_case.WereStruck(last.ArrivedAt, told.At, call => call.Class == "Msvm_ConcreteJob") && !_case.IsTwisted);
            var wasInTime = ownEnd <= _case.Deadline || _case.OwnJobs.LastOrDefault() is not { } late || SubjectCase.IsEnd(_case.LastLook(late.Id, told.At)?.State);
            if (ownEnd <= last.ArrivedAt && wasInTime && !isLeaving && isEndKnown)
            {
                Break(Rule.TargetIsSuccess, $"{told.Cause} was told, and call {last.Call.Number} had shown {last.State}.");
            }
        }

        if (told.Stage == "TimedOut" && told.At >= _case.Deadline && !_case.IsRestart && !_case.WaitsForGuest)
        {
            Try(Rule.SeesTheEnd);
            var from = _case.Deadline - _case.Blink;
            var isThere = _case.Targets.Contains(_case.Machine.StateAt(from)) && !_case.Machine.States.Any(change => change.At > from && change.At <= told.At)
                && _case.Machine.RemovedAt is null && ownEnd <= from;
            var isOpen = _case.Machine.Jobs.Any(job => job.BeganAt <= told.At && (job.EndedAt ?? job.RemovedAt ?? long.MaxValue) >= from);
            if (isThere && !isOpen && !_case.IsTwisted && !_case.WereStruck(_case.Deadline, told.At) && !_case.WasUpset(EventKind.ServiceRestart))
            {
                Break(Rule.SeesTheEnd, $"{told.Cause} was told, and the machine has been {_case.Machine.StateAt(from)} since before the deadline.");
            }
        }
    }

    /// <summary>Which job is blamed.</summary>
    private void Jobs(Told told)
    {
        if (told.JobId is not { Length: > 0 } id)
        {
            return;
        }

        Try(Rule.JobIsItsOwn);
        if (_case.History.Job(_case.Subject.Host, id) is not { } job || job.Machine != _case.Machine)
        {
            Break(Rule.JobIsItsOwn, $"the error is about job {id}, which is not one of this machine's.");
            return;
        }

        if (told.Stage != "JobFailed")
        {
            return;
        }

        Try(Rule.BlamesTheRightJob);
        var isOwn = _case.OwnJobs.Contains(job);
        var isTarget = _case.Targets.Contains(job.Target) || (isOwn && _case.Plan is { Kind: StepKind.Shutdown });
        if (!isTarget)
        {
            Break(Rule.BlamesTheRightJob, $"the job that is blamed leads to {job.Target}.");
        }

        if (isOwn)
        {
            return;
        }

        if (job.BeganAt < _case.Step.BeganAt && (job.EndedAt ?? 0) < _case.Step.BeganAt)
        {
            Break(Rule.BlamesTheRightJob, $"the job that is blamed ended {Milliseconds(_case.Step.BeganAt - (job.EndedAt ?? 0))} ms before the call.");
        }

        var look = _case.Calls.LastOrDefault(call => call.Class is "Msvm_ConcreteJob" && !call.ChangesState && call.WasAnswered && call.AnsweredAt <= told.At);
        if (look is not null && _case.Machine.Jobs.Any(other => other.BeganAt > job.BeganAt && other.BeganAt < look.ArrivedAt && (other.RemovedAt ?? long.MaxValue) > look.ArrivedAt))
        {
            Break(Rule.BlamesTheRightJob, "the job that is blamed was not the machine's latest.");
        }
    }

    /// <summary>The command's own job has failed.</summary>
    private void OwnJob(Told told, JobHistory own)
    {
        var request = _case.Requests.Last(request => request.MadeJob == own);
        var isKnown = request.AnswerJob == own.Id && request.AnsweredAt <= told.At;
        if (!isKnown || !own.HasFailed || own.EndedAt >= _case.Deadline || own.EndedAt > told.At || _case.Plan.NoWait || _case.Plan.Force
            || own.RemovedAt <= told.At || _case.Requests[^1] != request || _case.Machine.Jobs[^1] != own || _case.IsTwisted || _case.Machine.RemovedAt <= told.At
            || _case.WereStruck(own.EndedAt!.Value, told.At, call => call.Class is "Msvm_ConcreteJob") || !told.HasFailed
            || _case.WasUpset(EventKind.ServiceRestart))
        {
            return;
        }

        Try(Rule.JobFailureHasItsCause);
        if (told.Stage == "TimedOut")
        {
            Break(Rule.JobFailureHasItsCause, $"{told.Cause} was told as a timeout, and the job had failed {Milliseconds(_case.Deadline - own.EndedAt!.Value)} ms before the deadline.");
        }
        else if (own.Reason is { } reason && Plain.Contains(reason) && told.Cause != reason)
        {
            Break(Rule.JobFailureHasItsCause, $"{told.Cause} was told, and the job had failed for {reason}.");
        }
    }

    private void Unknown(Told told)
    {
        if (told.Stage != "OutcomeUnknown" && told.Cause != "OutcomeUnknown")
        {
            return;
        }

        Try(Rule.UnknownOnlyIfSent);
        var request = _case.Requests.LastOrDefault(request => request.SentAt <= told.At);
        if (request is null)
        {
            Break(Rule.UnknownOnlyIfSent, $"{told.Cause} was told, and nothing was sent.");
            return;
        }

        Try(Rule.UnknownOnlyIfUnreadable);
        var last = _case.LastBefore(told.Order);
        if (told.At < _case.Deadline && last is { HasRow: true } && MachineStates.IsPassing(last.State) && !_case.WereStruck(told.At - FollowUp - _case.Blink, told.At) && !_case.Plan.NoWait)
        {
            Break(Rule.UnknownOnlyIfUnreadable, $"{told.Cause} was told before the deadline, and call {last.Call.Number} had shown {last.State}.");
        }

        if (request.MadeJob is { EndedAt: { } ended } job && request.AnswerJob == job.Id && job.RemovedAt is null or > 0 && ended <= told.At - SubjectCase.Second
            && !(job.RemovedAt <= told.At) && !_case.IsTwisted && !_case.WereStruck(ended - SubjectCase.Second, told.At) && !_case.WasUpset(EventKind.ServiceRestart))
        {
            Break(Rule.UnknownOnlyIfUnreadable, $"{told.Cause} was told, and the job had ended {Milliseconds(told.At - ended)} ms before.");
        }
    }

    private void Gone(Told told)
    {
        if (told.Cause == "InstanceNotFound")
        {
            Try(Rule.GoneOnlyIfGone);
            if (_case.Machine.RemovedAt is not { } removed || removed > told.At)
            {
                Break(Rule.GoneOnlyIfGone, "it is said not to be on the host, and it is.");
            }
        }
        else if (_case.Machine.RemovedAt is { } removed && told.Stage == "TimedOut" && removed < told.At - (12 * SubjectCase.Second))
        {
            if (!_case.WereStruck(removed, told.At) && !_case.WasUpset(EventKind.ServiceRestart))
            {
                Break(Rule.GoneIsTold, $"{told.Cause} was told, and the machine had been deleted {Milliseconds(told.At - removed)} ms before.");
            }
        }
    }

    /// <summary>Readings that failed.</summary>
    private void Reading(Told told)
    {
        if (told.FaultMessage is not { } message || _case.WasThrownAt || told.At >= _case.Deadline || _case.Plan.NoWait || _case.Requests.Any(request => request.Fault?.Message == message))
        {
            return;
        }

        // Unbroken: from the first reading that failed, with none that was answered in between; of its own class, or of any.
        var failed = _case.Calls.LastOrDefault(call => !call.ChangesState && call.SentAt < told.At && call.Fault?.Message == message)?.Class ?? "Msvm_ComputerSystem";
        var first = Earlier(FirstOfOutage(told, call => call.Class == failed), FirstOfOutage(told, call => call.Class is "Msvm_ComputerSystem" or "Msvm_ConcreteJob"));
        if (first is { } from && told.At - from < (10 * SubjectCase.Second) - SubjectCase.Second)
        {
            Break(Rule.FailedReadingEndsNothing, $"{told.Cause} was told {Milliseconds(told.At - from)} ms after the first reading that failed ({message}).");
        }
    }

    private static long? Earlier(long? first, long? second) => first < second ? first : second ?? first;

    private long? FirstOfOutage(Told told, Func<CallRecord, bool> isMeant)
    {
        long? first = null;
        foreach (var call in _case.Calls.Where(call => !call.ChangesState && call.SentAt < told.At && isMeant(call)).Reverse())
        {
            if (call.WasAnswered && call.AnsweredAt <= told.At)
            {
                if (first is not null)
                {
                    break;
                }
            }
            else
            {
                first = call.SentAt;
            }
        }

        return first;
    }

    private void Force(Told told)
    {
        if (_case.Plan is not { Kind: StepKind.Shutdown, Force: true } || told.Cause == "InstanceNotFound")
        {
            return;
        }

        Try(Rule.ForcePowersOff);
        var last = _case.LastBefore(told.Order);
        var isFor = last is { HasRow: true } && last.State is MachineState.Running or MachineState.Starting or MachineState.Restarting or MachineState.Stopping or MachineState.Paused;
        if (isFor && !_case.Requests.Any(SubjectCase.Takes) && !_case.WereStruck(Math.Min(told.At, _case.Deadline) - _case.Blink, told.At) && !_case.Plan.NoWait)
        {
            Break(Rule.ForcePowersOff, $"{told.Cause} was told, it was shown {last!.State}, and nothing powered it off.");
        }
    }

    /// <summary>A start that was to be undone.</summary>
    private void Undone(Told told)
    {
        if (_case.Plan is not { Kind: StepKind.Start, RollsBack: true, NoWait: false } || told.Stage != "TimedOut" || _case.WaitsForGuest)
        {
            return;
        }

        var start = _case.Requests.LastOrDefault(request => Is(request, 2));
        if (start?.MadeJob is not { } job || start.AnswerJob != job.Id || start.AnsweredAt > told.At || job.From != MachineState.Stopped || _case.WereStruck(_case.Deadline - _case.Blink, told.At)
            || !(_case.Host.JobCancellable || _case.Host.AcceptsPowerOffWhileStarting) || (job.EndedAt ?? job.RemovedAt ?? long.MaxValue) <= _case.Deadline + _case.Blink || _case.IsTwisted
            || _case.LastBefore(told.Order) is not { HasRow: true } || _case.WasUpset(EventKind.ServiceRestart))
        {
            return;
        }

        Try(Rule.RollbackIsMade);
        if (!_case.Requests.Any(request => request.Number > start.Number && SubjectCase.Takes(request)))
        {
            Break(Rule.RollbackIsMade, "the start timed out, its job is under way still, and nothing undid it.");
        }
    }
}
