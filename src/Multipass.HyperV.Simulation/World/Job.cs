using System;
using System.Collections.Generic;
using Multipass.HyperV.Cim;

namespace Multipass.HyperV.Simulation.World;

/// <summary>What a job that has ended says about it.</summary>
internal sealed record JobResult(ushort State, ushort ErrorCode, string? Summary, string? Description, IReadOnlyList<string>? Errors)
{
    public static readonly JobResult Completed = new(JobState.Completed, 0, null, null, null);

    /// <summary>What has gone wrong, for whatever else shows it; null when nothing has, or nothing that has a name.</summary>
    public Faults.FaultKind? Kind { get; init; }
}

/// <summary>One <c>Msvm_ConcreteJob</c>.</summary>
internal sealed class Job
{
    /// <summary>A job that hangs does not get beyond this percentage.</summary>
    private const int HangsAtPercent = 40;

    private readonly TimeSpan _expectedDuration;
    private int _percentAtEnd;

    public Job(Guid id, long sequence, VirtualMachine machine, PowerTransition transition, DateTimeOffset submitted, TimeSpan? duration, TimeSpan usualDuration, bool isCancellable)
    {
        Id = id;
        Sequence = sequence;
        Machine = machine;
        Transition = transition;
        Submitted = submitted;
        TimeOfLastStateChange = submitted;
        Hangs = duration is null;
        _expectedDuration = duration ?? usualDuration;
        IsCancellable = isCancellable;
    }

    public Guid Id { get; }

    public long Sequence { get; }

    public VirtualMachine Machine { get; }

    public PowerTransition Transition { get; }

    /// <summary>Running from the first look on: 1,781 recorded looks at jobs never showed them new or starting.</summary>
    public ushort State { get; private set; } = JobState.Running;

    public bool IsCancellable { get; }

    /// <summary>It will not end by itself.</summary>
    public bool Hangs { get; }

    public DateTimeOffset Submitted { get; }

    public DateTimeOffset? Ended { get; private set; }

    public DateTimeOffset TimeOfLastStateChange { get; private set; }

    /// <summary>Null while it runs.</summary>
    public JobResult? Result { get; private set; }

    public bool HasEnded => Ended is not null;

    /// <summary>It was asked to terminate, and has not yet.</summary>
    public void BeginTermination(DateTimeOffset now) => Enter(JobState.ShuttingDown, now);

    /// <summary>Shows a state that ends nothing.</summary>
    public void Enter(ushort state, DateTimeOffset now)
    {
        State = state;
        TimeOfLastStateChange = now;
    }

    public void End(JobResult result, DateTimeOffset now)
    {
        _percentAtEnd = JobState.HasSucceeded(result.State) ? 100 : PercentAt(now);
        Result = result;
        Ended = now;
        Enter(result.State, now);
    }

    public int PercentAt(DateTimeOffset now)
    {
        if (HasEnded)
        {
            return _percentAtEnd;
        }

        var share = _expectedDuration <= TimeSpan.Zero ? 1 : (now - Submitted).TotalMilliseconds / _expectedDuration.TotalMilliseconds;
        return Math.Max(0, Math.Min(Hangs ? HangsAtPercent : 99, (int)(share * 100)));
    }

    public TimeSpan ElapsedAt(DateTimeOffset now) => (Ended ?? now) - Submitted;
}
