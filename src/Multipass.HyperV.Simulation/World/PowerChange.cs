using System;
using System.Collections.Generic;

namespace Multipass.HyperV.Simulation.World;

/// <summary>How a change of state will go.</summary>
internal sealed record PowerPlan
{
    /// <summary>When the job ends; null when it never does by itself.</summary>
    public TimeSpan? EndsAfter { get; init; }

    /// <summary>What the job says then.</summary>
    public JobResult Result { get; init; } = JobResult.Completed;

    /// <summary>Whether the target is reached when the job has ended.</summary>
    public bool ReachesTarget { get; init; } = true;

    /// <summary>A start for which there is not memory enough takes none: what fits beside it can start at the same time.</summary>
    public bool LacksMemory { get; init; }

    /// <summary>When the job's instance vanishes, long before its time.</summary>
    public TimeSpan? LosesJobAfter { get; init; }

    /// <summary>How long after it has reached its target the virtual machine drops to off.</summary>
    public TimeSpan? CrashesAfter { get; init; }

    /// <summary>Why it drops; null when its guest turned itself off.</summary>
    public Faults.FaultKind? CrashKind { get; init; }

    /// <summary>A job that takes a request to terminate and does not.</summary>
    public bool IgnoresTermination { get; init; }
}

/// <summary>A change of state that is under way.</summary>
internal sealed class PowerChange
{
    public PowerChange(PowerTransition transition, PowerPlan plan, Job? job, PowerState fallsBackTo)
    {
        Transition = transition;
        Plan = plan;
        Job = job;
        FallsBackTo = fallsBackTo;
    }

    public PowerTransition Transition { get; }

    public PowerPlan Plan { get; }

    public Job? Job { get; }

    /// <summary>Where the virtual machine was before.</summary>
    public PowerState FallsBackTo { get; }

    /// <summary>A start that hung and that this power-off cuts short: when the power-off fails, it hangs again.</summary>
    public PowerChange? CutShort { get; init; }

    /// <summary>What is still to come of it.</summary>
    public List<ScheduledEvent> Events { get; } = new();
}
