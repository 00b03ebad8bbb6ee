using System;
using System.Linq;
using Multipass.HyperV.Torture.Worlds.Plan;
using Multipass.HyperV.Torture.Worlds.Run;

namespace Multipass.HyperV.Torture.Worlds.Judging;

/// <summary>Machines with which nothing is wrong.</summary>
internal sealed partial class Judge
{
    private void Sound(Told told)
    {
        if (!IsSound())
        {
            return;
        }

        Try(Rule.SoundSucceeds);
        if (told.HasFailed)
        {
            Break(Rule.SoundSucceeds, $"{told.Cause} was told of a machine with which nothing is wrong: {told.Message}");
        }
    }

    private bool IsSound()
    {
        var world = _case.World;
        var plan = _case.Plan;
        if (_case.WasCancelled || _case.WaitsForGuest || plan.Kind == StepKind.Repair || _case.Machine.Planned < 0)
        {
            return false;
        }

        var place = _case.Machine.Planned;
        var machine = world.Machines[place];
        var wanted = world.Machines.Where(other => other.Host == machine.Host).Sum(other => other.MemoryMB);
        if (machine.Jobs.Count > 0 || wanted > _case.Host.MemoryMB - 2048
            || world.Events.Any(one => one.Step <= _case.Step.Index && (one.Machine == place || (one.Kind is EventKind.ServiceRestart && one.Host == machine.Host)) && one.Kind is not (EventKind.WallClockSet or EventKind.Sleep))
            || world.Rows.Any(row => row.Machine == place && row.Step == _case.Step.Index && (!IsHarmless(row.Fate) || (_case.IsRestart && row.Fate <= RowFate.UptimeText))))
        {
            return false;
        }

        // What befalls readings may take its time, but not more than a host is given to become readable again.
        long lost = 0;
        foreach (var call in _case.Calls.Where(call => call.Struck is not null))
        {
            if (call.ChangesState || call.Struck!.Fate is CallFate.Silent or CallFate.Exception)
            {
                return false;
            }

            lost += (call.Struck.DelayMilliseconds + (call.Struck.ForMilliseconds > 0 ? 0 : 1100)) * SubjectCase.Millisecond;
        }

        lost += _case.Calls.Where(call => call.Struck is { ForMilliseconds: > 0 }).Select(call => call.Struck!).Distinct().Sum(struck => (struck.ForMilliseconds + 1100) * SubjectCase.Millisecond);
        if (lost > 7 * SubjectCase.Second)
        {
            return false;
        }

        var began = _case.Step.BeganAt;
        if (_case.Machine.Jobs.Any(job => job.BeganAt < began && (job.EndedAt ?? job.RemovedAt ?? long.MaxValue) > began - (4 * SubjectCase.Second)))
        {
            return false;
        }

        var state = _case.Machine.StateAt(began);
        var takes = TimeOf(plan, machine, state, began);
        var slack = (3 * SubjectCase.Second) + (30 * (_case.Host.CallMilliseconds + _case.Host.JitterMilliseconds) * SubjectCase.Millisecond);
        return takes >= 0 && ((takes + _case.Host.LagMilliseconds) * SubjectCase.Millisecond) + lost + slack < _case.Deadline - began;
    }

    /// <summary>How long it takes in milliseconds when nothing goes wrong; -1 where it does not lead to success, or not surely.</summary>
    private int TimeOf(StepPlan plan, MachinePlan machine, MachineState state, long began)
    {
        var job = _case.Host.JobMilliseconds;
        var bootedAt = _case.Machine.Boots.Where(boot => boot <= began).Select(boot => (long?)boot).LastOrDefault();
        var bootLeft = bootedAt is null && machine.State is MachineState.Running ? 0 : machine.BootMilliseconds;
        return (plan.Kind, state) switch
        {
            (StepKind.Start, MachineState.Running) => 0,
            (StepKind.Start, MachineState.Stopped or MachineState.Suspended or MachineState.Paused) => job,
            (StepKind.Resume, MachineState.Running) => 0,
            (StepKind.Resume, MachineState.Suspended or MachineState.Paused) => job,
            (StepKind.TurnOff, MachineState.Stopped) => 0,
            (StepKind.TurnOff, MachineState.Running or MachineState.Paused) => job,
            (StepKind.Save, MachineState.Suspended) => 0,
            (StepKind.Save, MachineState.Running or MachineState.Paused) => job,
            (StepKind.Reset, MachineState.Running) => job,
            (StepKind.Shutdown, MachineState.Stopped) => 0,
            (StepKind.Shutdown, MachineState.Running) when machine.Guest == GuestKind.Answers && !plan.NoWait => bootLeft + machine.ShutdownMilliseconds,
            (StepKind.Reboot, MachineState.Running) when machine.Guest == GuestKind.Answers && !plan.NoWait => bootLeft + machine.ShutdownMilliseconds,
            (StepKind.Wait, _) when _case.Targets.Contains(state) => 0,
            _ => -1,
        };
    }

    private static bool IsHarmless(RowFate fate)
        => fate is RowFate.UptimeText or RowFate.UptimeMissing or RowFate.UptimeAbsurd or RowFate.StatusMissing or RowFate.StatusText or RowFate.HealthAbsurd or RowFate.RequestedMissing
            or RowFate.NameEmpty or RowFate.NameMissing or RowFate.ProcessAbsurd or RowFate.Twice or RowFate.IdInLowerCase or RowFate.JobPercentAbsurd or RowFate.JobTimesMissing
            or RowFate.JobCancellableMissing;
}
