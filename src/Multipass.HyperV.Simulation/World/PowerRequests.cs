using System;
using System.Collections.Generic;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Simulation.Faults;
using Multipass.HyperV.Simulation.Scenarios;

namespace Multipass.HyperV.Simulation.World;

/// <summary>Decides what a request leads to: what the host's state allows first, then what the scenario wants to go wrong.</summary>
internal sealed class PowerRequests
{
    private readonly HostWorld _world;

    public PowerRequests(HostWorld world) => _world = world;

    /// <summary><c>Msvm_ComputerSystem.RequestStateChange</c>.</summary>
    public RequestReply Request(VirtualMachine machine, ushort requested)
    {
        if (_world.Host.Access == HostAccess.ReadOnly)
        {
            return new RequestReply(ReturnValue.AccessDenied);
        }

        machine.WasAsked = true;
        machine.Struck = null;
        if (_world.Power.Find(machine, requested) is not { } transition)
        {
            return new RequestReply(PowerTransitions.IsKnown(requested) ? ReturnValue.InvalidState : ReturnValue.InvalidParameter);
        }

        var fault = transition.Operation is { } operation ? machine.Faults.Take(operation) : null;
        machine.Struck = transition.TakesMemory && fault?.OfKind.Effect == FaultEffect.Fail ? fault.OfKind : null;
        if (fault is not null && AtRequest(fault) is { } refusal)
        {
            _world.Strike(machine, fault.OfKind);
            return refusal;
        }

        return Accept(machine, transition, fault);
    }

    /// <summary>The host's own start of a virtual machine that was waiting for it. What goes wrong with starts goes wrong with this one.</summary>
    public void StartByItself(VirtualMachine machine)
    {
        machine.IsWaitingToStart = false;
        if (_world.Power.Find(machine, EnabledState.Enabled) is not { } transition)
        {
            return;
        }

        // What refuses a request leaves it off; nobody is there to be told.
        var fault = machine.Faults.Take(FaultOperation.Start);
        if (fault is null || AtRequest(fault) is null)
        {
            Accept(machine, transition, fault);
        }
    }

    /// <summary>A request through the guest's shutdown component, which has no job: only what goes wrong at the request can strike it.</summary>
    public RequestReply AskGuest(VirtualMachine machine, bool isReboot)
    {
        if (_world.Host.Access == HostAccess.ReadOnly)
        {
            return new RequestReply(ReturnValue.AccessDenied);
        }

        machine.WasAsked = true;
        var fault = machine.Faults.Take(isReboot ? FaultOperation.Restart : FaultOperation.Shutdown);
        if (fault is not null && AtRequest(fault) is { } refusal)
        {
            return refusal;
        }

        if (fault is { AtStage: FaultStage.Job, OfKind.Effect: FaultEffect.NeverEnds })
        {
            return new RequestReply(ReturnValue.Completed);
        }

        if (fault is { AtStage: FaultStage.Job, OfKind.Effect: FaultEffect.Fail })
        {
            return new RequestReply(fault.OfKind.JobErrorCode);
        }

        return Deliver(new RequestReply(_world.Power.AskGuest(machine, isReboot)), fault);
    }

    /// <summary>What a job says that failed for this reason.</summary>
    public JobResult Failure(VirtualMachine machine, PowerTransition transition, FaultKind kind, string path, string? device = null)
    {
        if (!kind.HasText)
        {
            return new JobResult(kind.JobState, kind.JobErrorCode, null, null, null) { Kind = kind };
        }

        var arguments = new JobTextArguments(machine.Name, machine.Key, machine.Scenario.MemoryMB, path.Length > 0 ? path : machine.Disks[0].Path, device ?? kind.Device?.Invoke(machine) ?? machine.ControllerId);
        var (summary, description) = _world.Texts.Failure(transition.Name, kind.Name, kind.HResult, arguments);
        return new JobResult(kind.JobState, kind.JobErrorCode, summary, description, new[] { ErrorXml.Of(description, kind.HResult) }) { Kind = kind };
    }

    /// <summary>The answer when nothing is done; null when the request is accepted.</summary>
    private static RequestReply? AtRequest(SimulatedFault fault)
    {
        if (fault.AtStage != FaultStage.Request)
        {
            return null;
        }

        return fault.OfKind.Effect switch
        {
            FaultEffect.Fail when fault.OfKind.ReturnValue is { } value => new RequestReply(value),
            FaultEffect.Fail => new RequestReply(0) { Fault = CallFaults.Of(fault.OfKind) },

            // With the values of a job beside it 4096 is what it always is: a job has been started.
            FaultEffect.Raw when fault.ReturnValue is { } value && !(value == ReturnValue.JobStarted && HasJobValues(fault)) => new RequestReply(value),
            _ => null,
        };
    }

    private static bool HasJobValues(SimulatedFault fault)
        => fault.JobState is not null || fault.JobErrorCode is not null || fault.ErrorSummaryDescription is not null || fault.ErrorDescription is not null || fault.Errors is not null;

    private RequestReply Accept(VirtualMachine machine, PowerTransition transition, SimulatedFault? fault)
    {
        var job = _world.Power.Begin(machine, transition, PlanFor(machine, transition, fault));
        if (fault is null)
        {
            return new RequestReply(ReturnValue.JobStarted, job);
        }

        if (fault.OfKind.Effect == FaultEffect.VmmsRestart)
        {
            _world.RestartService(AfterOf(fault));
        }
        else if (fault.OfKind.Effect == FaultEffect.ConnectionDropped && fault.AtStage == FaultStage.Job)
        {
            machine.PollsFailFrom = _world.Now + AfterOf(fault);
        }

        return Deliver(new RequestReply(ReturnValue.JobStarted, job), fault);
    }

    /// <summary>The way of the answer: it may be late, or be lost.</summary>
    private static RequestReply Deliver(RequestReply reply, SimulatedFault? fault)
    {
        if (fault is not { AtStage: FaultStage.Request })
        {
            return reply;
        }

        return fault.OfKind.Effect switch
        {
            FaultEffect.AnswerLate => reply with { Delay = AfterOf(fault) },
            FaultEffect.ConnectionDropped => reply with { Delay = AfterOf(fault), Fault = CallFaults.Of(fault.OfKind) },
            _ => reply,
        };
    }

    private PowerPlan PlanFor(VirtualMachine machine, PowerTransition transition, SimulatedFault? fault)
    {
        var natural = Natural(machine, transition);
        return fault?.OfKind.Effect switch
        {
            FaultEffect.Fail when fault.AtStage == FaultStage.AfterSuccess => natural with { CrashesAfter = AfterOf(fault), CrashKind = fault.OfKind },
            FaultEffect.Fail => new PowerPlan { EndsAfter = EndOf(fault, transition), ReachesTarget = false, Result = Failure(machine, transition, fault.OfKind, string.Empty) },
            FaultEffect.Raw => new PowerPlan { EndsAfter = EndOf(fault, transition), ReachesTarget = false, Result = RawResult(fault), IgnoresTermination = !JobState.HasEnded(fault.JobState ?? JobState.Exception) },
            FaultEffect.NeverEnds => new PowerPlan { IgnoresTermination = true },
            FaultEffect.JobLost => natural with { LosesJobAfter = AfterOf(fault) },
            FaultEffect.CrashAfterSuccess => natural with { CrashesAfter = AfterOf(fault) },
            _ => natural,
        };
    }

    /// <summary>What happens when nothing is made to go wrong.</summary>
    private PowerPlan Natural(VirtualMachine machine, PowerTransition transition)
    {
        var usual = new PowerPlan { EndsAfter = _world.DurationOf(transition) };
        if (transition.TakesMemory && StartChecks.FirstFailure(_world, machine, transition.From == PowerState.Saved) is { } failure)
        {
            return usual with { ReachesTarget = false, LacksMemory = failure.Kind == FaultKinds.OutOfMemory || failure.Kind == FaultKinds.InsufficientResources, Result = Failure(machine, transition, failure.Kind, failure.Path, failure.Device) };
        }

        if (transition.Request != EnabledState.ShuttingDown)
        {
            return usual;
        }

        return machine.Guest.Scenario.Shutdown switch
        {
            GuestShutdown.Ignores when machine.Guest.Answers(_world.Now) => usual with { EndsAfter = null },
            GuestShutdown.Answers when machine.Guest.Answers(_world.Now) => usual with { EndsAfter = TimeSpan.FromMilliseconds(machine.Guest.Scenario.ShutdownMilliseconds) },
            _ => usual with { ReachesTarget = false, Result = Failure(machine, transition, FaultKinds.GuestNotReady, string.Empty) },
        };
    }

    private TimeSpan EndOf(SimulatedFault fault, PowerTransition transition) => fault.AfterMilliseconds is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : _world.DurationOf(transition);

    private static TimeSpan AfterOf(SimulatedFault fault) => TimeSpan.FromMilliseconds(fault.AfterMilliseconds ?? fault.OfKind.DefaultAfterMilliseconds ?? 0);

    private static JobResult RawResult(SimulatedFault fault)
    {
        var state = fault.JobState ?? JobState.Exception;
        var code = fault.JobErrorCode ?? (JobState.HasSucceeded(state) ? (ushort)0 : (ushort)ReturnValue.Failed);
        return new JobResult(state, code, fault.ErrorSummaryDescription, fault.ErrorDescription, fault.Errors);
    }
}
