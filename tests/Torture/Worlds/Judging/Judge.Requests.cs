using System.Collections.Generic;
using System.Linq;
using Multipass.HyperV.Torture.Worlds.Plan;
using Multipass.HyperV.Torture.Worlds.Run;

namespace Multipass.HyperV.Torture.Worlds.Judging;

/// <summary>What was sent, and on what basis.</summary>
internal sealed partial class Judge
{
    /// <summary>Jobs that failed for these reasons may be asked for again: the reasons pass.</summary>
    private static readonly HashSet<string> Passing = new() { "DiskInUse", "GuestNotReady", "InvalidState" };

    private void Requests()
    {
        var isFirst = true;
        foreach (var request in _case.Requests)
        {
            var before = _case.LastBefore(request.SentOrder);
            if (isFirst)
            {
                Try(Rule.ReadsFirst);
                if (before is not { HasRow: true })
                {
                    Break(Rule.ReadsFirst, $"call {request.Number} was sent before the operation had read the instance.");
                }

                isFirst = false;
            }

            Try(Rule.OnlyWhatWasAsked);
            if (!IsAskedFor(request))
            {
                Break(Rule.OnlyWhatWasAsked, $"call {request.Number} is nothing that {_case.Plan.Kind} asks for.");
            }

            if (SubjectCase.Takes(request))
            {
                Taking(request, before);
            }

            if (!SubjectCase.IsPowerOff(request) && request.Class is not ("Msvm_ConcreteJob" or "Win32_Process") && _case.LastRowBefore(request.SentOrder) is { } row)
            {
                Try(Rule.OnlyFromAllowedStates);
                if (!IsAllowed(request, row.State))
                {
                    Break(Rule.OnlyFromAllowedStates, $"call {request.Number} was sent although the last reading showed {row.State}.");
                }
            }

            if (_case.Plan.Kind != StepKind.Repair && request.SentAt >= _case.Deadline)
            {
                Try(Rule.NothingLate);
                var mayFollow = (_case.Plan is { Kind: StepKind.Start, RollsBack: true } || _case.Plan is { Kind: StepKind.Shutdown, Force: true }) && SubjectCase.Takes(request);
                if (!mayFollow)
                {
                    Break(Rule.NothingLate, $"call {request.Number} was sent {Milliseconds(request.SentAt - _case.Deadline)} ms after the deadline.");
                }
            }
        }

        Repeats();
    }

    private bool IsAskedFor(CallRecord request)
    {
        var plan = _case.Plan;
        var isTaking = request.Class is "Msvm_ConcreteJob" || SubjectCase.IsPowerOff(request);
        return plan.Kind switch
        {
            StepKind.Start => Is(request, 2) || (plan.RollsBack && !plan.NoWait && isTaking),
            StepKind.Resume => Is(request, 2),
            StepKind.Shutdown => Is(request, 4) || request.Method == "InitiateShutdown" || ((plan.Force || plan.Discards) && isTaking),
            StepKind.TurnOff => isTaking,
            StepKind.Save => Is(request, 6),
            StepKind.Reboot => request.Method == "InitiateReboot",
            StepKind.Reset => Is(request, 11),
            StepKind.Repair => isTaking || request.Class is "Win32_Process",
            _ => false,
        };
    }

    private static bool Is(CallRecord request, int requested) => request.Class == "Msvm_ComputerSystem" && request.Requested == requested;

    private bool IsAllowed(CallRecord request, MachineState state)
        => _case.Plan.Kind switch
        {
            StepKind.Start => state is MachineState.Stopped or MachineState.Suspended or MachineState.Paused,
            StepKind.Resume => state is MachineState.Suspended or MachineState.Paused,
            StepKind.Save => state is MachineState.Running or MachineState.Paused,
            StepKind.Shutdown or StepKind.Reboot or StepKind.Reset => state is MachineState.Running,
            _ => true,
        };

    /// <summary>What takes power or data, or ends what somebody may want.</summary>
    private void Taking(CallRecord request, Reading? before)
    {
        Try(Rule.LooksBeforeTaking);
        if (before is not { HasRow: true })
        {
            Break(Rule.LooksBeforeTaking, $"call {request.Number} was sent without a reading that showed the machine.");
            return;
        }

        if (request.SentAt - before.AnsweredAt > RightBefore + (_case.IsCrowd ? 20 * _case.Blink : 0))
        {
            Break(Rule.LooksBeforeTaking, $"call {request.Number} was sent {Milliseconds(request.SentAt - before.AnsweredAt)} ms after the last reading.");
        }
        else if (_case.Requests.FirstOrDefault(other => other.Number < request.Number && other.SentAt >= before.SentAt) is { } between)
        {
            Break(Rule.LooksBeforeTaking, $"call {request.Number} was sent without a reading made after call {between.Number}.");
        }

        Try(Rule.SparesSavedState);
        var mayDiscard = _case.Plan.Discards && SubjectCase.IsPowerOff(request) && _case.Plan.Kind is StepKind.TurnOff or StepKind.Shutdown or StepKind.Repair;
        if (before.State == MachineState.Suspended && !mayDiscard)
        {
            Break(Rule.SparesSavedState, $"call {request.Number} was sent although the machine was shown Suspended.");
        }

        if (_case.Plan.Kind == StepKind.Repair)
        {
            Try(Rule.RepairsWhatHangs);
            if (!MachineStates.IsPassing(before.State) && before.State != MachineState.Unknown && !(before.State == MachineState.Suspended && mayDiscard))
            {
                Break(Rule.RepairsWhatHangs, $"call {request.Number} was sent although the machine was shown {before.State}.");
            }
        }

        if (_case.Plan.Kind == StepKind.Start)
        {
            Rollback(request, before);
        }
    }

    /// <summary>A start that undoes itself.</summary>
    private void Rollback(CallRecord request, Reading before)
    {
        Try(Rule.RollsBackItsOwn);
        var start = _case.Requests.LastOrDefault(other => other.Number < request.Number && Is(other, 2));
        if (start is null || (_case.LastBefore(start.SentOrder)?.State ?? _case.Subject.Listed) != MachineState.Stopped)
        {
            Break(Rule.RollsBackItsOwn, $"call {request.Number} undoes what was no start from Stopped of this command's.");
            return;
        }

        if (start.MadeJob is not { } job)
        {
            Break(Rule.RollsBackItsOwn, $"call {request.Number} undoes a start that the host has not accepted.");
            return;
        }

        if (request.JobId is { } ended && ended != job.Id)
        {
            Break(Rule.RollsBackItsOwn, $"call {request.Number} ends a job that is not this command's.");
        }

        if (_case.LastLook(job.Id, request.SentAt) is { } look && SubjectCase.IsEnd(look.State))
        {
            Break(Rule.RollsBackItsOwn, $"call {request.Number} was sent although the command's own job had been shown ended ({look.State}).");
        }

        if (SubjectCase.IsPowerOff(request) && before.State != MachineState.Starting)
        {
            Break(Rule.RollsBackItsOwn, $"call {request.Number} powers off although the machine was shown {before.State}.");
        }
    }

    private void Repeats()
    {
        for (var index = 1; index < _case.Requests.Count; index++)
        {
            var request = _case.Requests[index];
            var earlier = _case.Requests.Take(index).LastOrDefault(other
                => other.Class == request.Class && other.Method == request.Method && other.Requested == request.Requested && other.JobId == request.JobId);
            if (earlier is null)
            {
                continue;
            }

            Try(Rule.SentOnce);
            if (!MayPass(earlier))
            {
                Break(Rule.SentOnce, $"call {request.Number} repeats call {earlier.Number}, which was not refused for a reason that may pass.");
            }
        }
    }

    private static bool MayPass(CallRecord request)
        => request.AnsweredAt >= 0
            && (request.ReturnValue is 32774 or 32775 or 32780
                || (request.AnswerJob is not null && request.MadeJob is { HasFailed: true, Reason: { } reason } && Passing.Contains(reason)));
}
