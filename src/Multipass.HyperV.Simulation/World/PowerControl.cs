using System;
using Multipass.HyperV.Simulation.Scenarios;
using Multipass.HyperV.Cim;

namespace Multipass.HyperV.Simulation.World;

/// <summary>Carries changes of state through: the only place where a virtual machine changes.</summary>
internal sealed class PowerControl
{
    /// <summary>So long after a job has begun, or after a tenth of its time if that is shorter, something is seen of it.</summary>
    private static readonly TimeSpan LongestLead = TimeSpan.FromMilliseconds(20);

    /// <summary>After a job has failed, the state follows so much later.</summary>
    private static readonly TimeSpan FallBackLag = TimeSpan.FromMilliseconds(50);

    /// <summary>A job that is asked to terminate takes so long.</summary>
    private static readonly TimeSpan TerminationTime = TimeSpan.FromMilliseconds(20);

    /// <summary>vmms notices after so long that a worker has ended.</summary>
    private static readonly TimeSpan WorkerLossLag = TimeSpan.FromMilliseconds(100);

    /// <summary>Value of <c>Msvm_ConcreteJob.RequestStateChange</c> that ends a job at once.</summary>
    private const ushort RequestKill = 5;

    private readonly HostWorld _world;

    public PowerControl(HostWorld world) => _world = world;

    private Timeline Timeline => _world.Timeline;

    private DateTimeOffset Now => _world.Now;

    /// <summary>The change that a request means now; null when the host refuses it.</summary>
    public PowerTransition? Find(VirtualMachine machine, ushort request)
    {
        if (machine.IsWorkerLost || machine.IsWaitingToStart || machine.IsHeldByHost)
        {
            return null;
        }

        if (machine.Change is not { } change)
        {
            return PowerTransitions.Find(machine.Power, request);
        }

        var mayCutShort = change.Transition.TakesMemory
            ? _world.Host.PowerOffWhileStarting == PowerOffPolicy.Accepted
            : change.Transition.Request == EnabledState.ShuttingDown;
        return request == EnabledState.Disabled && mayCutShort ? PowerTransitions.TurnOff : null;
    }

    /// <summary>Begins a change that <see cref="Find"/> allowed, and returns its job.</summary>
    public Job Begin(VirtualMachine machine, PowerTransition transition, PowerPlan plan)
    {
        var cutShort = machine.Change;
        CancelEvents(machine);
        if (cutShort?.Job is { HasEnded: false } hanging)
        {
            _world.EndJob(hanging, new JobResult(JobState.Terminated, 0, null, null, null));
        }

        var job = _world.AddJob(machine, transition, plan.EndsAfter, Now);
        var change = new PowerChange(transition, plan, job, machine.Power) { CutShort = cutShort is { Transition.TakesMemory: true } ? cutShort : null };
        machine.Change = change;
        machine.RequestedState = transition.Request;
        machine.Trouble = null;
        machine.Activity = HostActivity.None;
        if (transition.TakesMemory)
        {
            _world.Hold(machine, plan.LacksMemory ? 0 : machine.Scenario.MemoryMB);
            _world.HoldDisk(machine, machine.Scenario.MemoryMB);
            _world.StartWorker(machine);
        }

        var duration = plan.EndsAfter ?? _world.DurationOf(transition);
        var tenth = TimeSpan.FromTicks(duration.Ticks / 10);
        After(change, tenth < LongestLead ? tenth : LongestLead, () => machine.Show(transition.ShownState, transition.ShownToken, Now));
        if (plan.EndsAfter is { } end)
        {
            After(change, end, () => End(machine, change));
        }

        if (plan.LosesJobAfter is { } loss)
        {
            Timeline.In(loss, () => _world.RemoveJob(job));
        }

        return job;
    }

    /// <summary>Puts a virtual machine into a change that began earlier and will not end by itself.</summary>
    public void BeginHanging(VirtualMachine machine, PowerTransition transition, DateTimeOffset since)
    {
        var job = _world.AddJob(machine, transition, null, since);
        machine.Change = new PowerChange(transition, new PowerPlan { IgnoresTermination = true }, job, machine.Power);
        machine.RequestedState = transition.Request;
        machine.Show(transition.ShownState, transition.ShownToken, since);
        machine.TimeOfLastStateChange = since;
    }

    /// <summary>Asks a job to terminate or kills it. Returns the method's value (RequestStateChange method of Msvm_ConcreteJob).</summary>
    public uint Terminate(Job job, ushort request)
    {
        const uint NotSupported = 1, InvalidParameter = 5, InvalidTransition = 4097;
        if (request is not (JobState.RequestTerminate or RequestKill))
        {
            // 2 Start, 3 Suspend, 6 Service: known, and not for these jobs.
            return request is 2 or 3 or 6 ? NotSupported : InvalidParameter;
        }

        if (job.HasEnded || job.Machine.Change is not { } change || change.Job != job)
        {
            return InvalidTransition;
        }

        if (!job.IsCancellable)
        {
            return NotSupported;
        }

        if (job.State != JobState.ShuttingDown)
        {
            job.BeginTermination(Now);
            if (!change.Plan.IgnoresTermination)
            {
                var state = request == RequestKill ? JobState.Killed : JobState.Terminated;
                CancelEvents(job.Machine);
                After(change, TerminationTime, () => Fail(job.Machine, change, new JobResult(state, 0, null, null, null)));
            }
        }

        return ReturnValue.JobStarted;
    }

    /// <summary>The worker process ends, and with it whatever it was doing.</summary>
    public void KillWorker(VirtualMachine machine)
    {
        var change = machine.Change;
        CancelEvents(machine);
        machine.WorkerId = null;
        machine.IsWorkerLost = true;
        _world.Hold(machine, 0);
        var restored = change is { FallsBackTo: PowerState.Saved } ? PowerState.Saved : PowerState.Off;
        Timeline.In(WorkerLossLag, () =>
        {
            if (change?.Job is { HasEnded: false } job)
            {
                _world.EndJob(job, _world.Requests.Failure(machine, change.Transition, Faults.FaultKinds.WorkerCrashed, string.Empty));
            }

            machine.IsWorkerLost = false;
            Rest(machine, restored);
        });
    }

    /// <summary>Whatever was to become of a virtual machine does not: it is being deleted.</summary>
    public void Forget(VirtualMachine machine)
    {
        CancelEvents(machine);
        machine.Change = null;
    }

    /// <summary>The guest's shutdown component begins a shutdown or a reboot. Returns the method's value (InitiateShutdown method page).</summary>
    public uint AskGuest(VirtualMachine machine, bool isReboot)
    {
        const uint NotReady = 32780, AlreadyInProgress = 32782;
        if (!machine.Guest.Answers(Now) || machine.Guest.Scenario.Shutdown == GuestShutdown.NotReady)
        {
            return NotReady;
        }

        if (machine.Change is not null || machine.GuestAction is not null)
        {
            return AlreadyInProgress;
        }

        if (machine.Guest.Scenario.Shutdown == GuestShutdown.Answers)
        {
            var epoch = machine.Epoch;
            machine.GuestAction = Timeline.In(TimeSpan.FromMilliseconds(machine.Guest.Scenario.ShutdownMilliseconds), () =>
            {
                if (machine.Epoch != epoch)
                {
                    return;
                }

                machine.GuestAction = null;
                if (isReboot)
                {
                    machine.Guest.PowerOn(Now);
                    machine.Witness?.Booted(machine, Now);
                }
                else
                {
                    Rest(machine, PowerState.Off);
                }
            });
        }

        return ReturnValue.Completed;
    }

    private void After(PowerChange change, TimeSpan delay, Action action) => change.Events.Add(Timeline.In(delay, action));

    private void CancelEvents(VirtualMachine machine)
    {
        machine.Epoch++;
        machine.Change?.Events.ForEach(Timeline.Cancel);
        Timeline.Cancel(machine.GuestAction);
        machine.GuestAction = null;
    }

    /// <summary>The job ends as planned.</summary>
    private void End(VirtualMachine machine, PowerChange change)
    {
        var result = change.Plan.Result;
        if (!JobState.HasEnded(result.State))
        {
            // A job that was told to show a state that ends nothing stays in it.
            change.Job!.Enter(result.State, Now);
            return;
        }

        if (!change.Plan.ReachesTarget)
        {
            Fail(machine, change, result);
            return;
        }

        _world.EndJob(change.Job!, result);
        if (_world.StateLag > TimeSpan.Zero)
        {
            After(change, _world.StateLag, () => Arrive(machine, change));
        }
        else
        {
            Arrive(machine, change);
        }
    }

    /// <summary>The state has followed its job.</summary>
    private void Arrive(VirtualMachine machine, PowerChange change)
    {
        Reach(machine, change.Transition);
        if (change.Plan.CrashesAfter is { } delay)
        {
            var epoch = machine.Epoch;
            void Crash()
            {
                if (machine.Epoch == epoch)
                {
                    if (change.Plan.CrashKind is { } kind)
                    {
                        _world.Strike(machine, kind);
                    }

                    Rest(machine, PowerState.Off);
                }
            }

            if (delay <= TimeSpan.Zero)
            {
                Crash();
            }
            else
            {
                Timeline.In(delay, Crash);
            }
        }
    }

    /// <summary>The job ends and the virtual machine goes back to where it was, a little later if the job has failed.</summary>
    private void Fail(VirtualMachine machine, PowerChange change, JobResult result)
    {
        _world.EndJob(change.Job!, result);
        if (change.Transition.TakesMemory)
        {
            _world.Hold(machine, 0);
        }

        if (JobState.HasSucceeded(result.State))
        {
            FallBack(machine, change);
        }
        else
        {
            After(change, _world.StateLag > FallBackLag ? _world.StateLag : FallBackLag, () => FallBack(machine, change));
        }
    }

    private void FallBack(VirtualMachine machine, PowerChange change)
    {
        if (change.CutShort is { } hanging)
        {
            machine.Change = hanging;
            machine.RequestedState = hanging.Transition.Request;
            machine.Show(hanging.Transition.ShownState, hanging.Transition.ShownToken, Now);
            return;
        }

        // Only a start brings a worker that it takes away again.
        machine.Epoch++;
        machine.Change = null;
        machine.RequestedState = EnabledState.NotApplicable;
        machine.Power = change.FallsBackTo;
        if (change.Transition.TakesMemory)
        {
            machine.WorkerId = null;
        }

        if (machine.Power == PowerState.Off)
        {
            _world.HoldDisk(machine, 0);
        }

        machine.Show(PowerTransitions.ShownAtRest(machine.Power), null, Now);
    }

    private void Reach(VirtualMachine machine, PowerTransition transition)
    {
        if (transition.To == PowerState.Running)
        {
            switch (transition.From)
            {
                case PowerState.Saved:
                    machine.Guest.Restore(Now);
                    break;
                case PowerState.Paused:
                    machine.Guest.Resume(Now);
                    break;
                default:
                    machine.Guest.PowerOn(Now);
                    break;
            }

            if (transition.From != PowerState.Paused)
            {
                machine.LastStart = Now;
                machine.Witness?.Booted(machine, Now);
            }
        }

        Rest(machine, transition.To);
    }

    /// <summary>The virtual machine has come to rest.</summary>
    private void Rest(VirtualMachine machine, PowerState power)
    {
        CancelEvents(machine);
        machine.Change = null;
        machine.RequestedState = EnabledState.NotApplicable;
        machine.Power = power;
        machine.IsSaved = power == PowerState.Saved;
        switch (power)
        {
            case PowerState.Off:
                _world.HoldDisk(machine, 0);
                machine.Guest.PowerOff();
                break;
            case PowerState.Saved:
                machine.Guest.Save(Now);
                break;
            case PowerState.Paused:
                machine.Guest.Halt(Now);
                break;
        }

        if (power is PowerState.Off or PowerState.Saved)
        {
            _world.Hold(machine, 0);
            machine.WorkerId = null;
        }

        machine.Show(PowerTransitions.ShownAtRest(power), null, Now);
    }
}
