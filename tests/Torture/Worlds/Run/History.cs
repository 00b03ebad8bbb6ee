using System;
using System.Collections.Generic;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Torture.Worlds.Plan;

namespace Multipass.HyperV.Torture.Worlds.Run;

/// <summary>What has happened in a world, in ticks of its own time: in truth, and as it was shown.</summary>
internal sealed class History
{
    public List<MachineHistory> Machines { get; } = new();

    public List<CallRecord> Calls { get; } = new();

    public List<StepRecord> Steps { get; } = new();

    public List<EventRecord> Events { get; } = new();

    /// <summary>All jobs by host and id: a copied machine has jobs of the same id on another host.</summary>
    public Dictionary<(int Host, string Id), JobHistory> Jobs { get; } = new();

    private long _order;

    /// <summary>What was wrong with rows that were shown.</summary>
    public HashSet<RowFate> TwistedRows { get; } = new();

    /// <summary>Why the world did not come to its end; null when it did.</summary>
    public string? Stuck { get; set; }

    public long EndedAt { get; set; }

    /// <summary>What is sent, answered and told at the same moment still has an order.</summary>
    public long NextOrder() => ++_order;

    public JobHistory? Job(int host, string? id) => id is not null && Jobs.TryGetValue((host, id.ToUpperInvariant()), out var job) ? job : null;

    public MachineHistory? Machine(int host, Guid id)
    {
        foreach (var machine in Machines)
        {
            if (machine.Host == host && machine.Id == id)
            {
                return machine;
            }
        }

        return null;
    }
}

/// <summary>A virtual machine in truth.</summary>
internal sealed class MachineHistory
{
    public MachineHistory(int host, Guid id, string name, long appearedAt)
    {
        Host = host;
        Id = id;
        Name = name;
        AppearedAt = appearedAt;
    }

    public int Host { get; }

    public Guid Id { get; }

    public string Name { get; }

    /// <summary>Its place in the plan; -1 for one that was made meanwhile.</summary>
    public int Planned { get; init; } = -1;

    public long AppearedAt { get; }

    public long? RemovedAt { get; set; }

    public List<(long At, MachineState State)> States { get; } = new();

    public List<long> Boots { get; } = new();

    public List<JobHistory> Jobs { get; } = new();

    /// <summary>The state at a moment; that of the last change when several happened in it.</summary>
    public MachineState StateAt(long at)
    {
        var state = MachineState.Unknown;
        foreach (var change in States)
        {
            if (change.At > at)
            {
                break;
            }

            state = change.State;
        }

        return state;
    }
}

/// <summary>Who has asked for something.</summary>
internal enum Asker
{
    Host,
    User,
    Somebody,
}

/// <summary>A job in truth.</summary>
internal sealed class JobHistory
{
    public string Id { get; init; } = string.Empty;

    public MachineHistory Machine { get; init; } = null!;

    public Asker By { get; init; }

    /// <summary>The value of RequestedState that it came from.</summary>
    public int Request { get; init; }

    public MachineState Target { get; init; }

    public MachineState From { get; init; }

    public long BeganAt { get; init; }

    public long? EndedAt { get; set; }

    public long? RemovedAt { get; set; }

    /// <summary>JobState at its end: 7 and 32768 are well.</summary>
    public int EndState { get; set; }

    public int ErrorCode { get; set; }

    /// <summary>Why it failed, where the world knows that by name.</summary>
    public string? Reason { get; set; }

    public bool HasFailed => EndedAt is not null && (EndState is not (7 or 32768) || ErrorCode is not 0);
}

internal enum CallKind
{
    Query,
    Get,
    Invoke,
}

/// <summary>One call of the engine's.</summary>
internal sealed class CallRecord
{
    public int Number { get; init; }

    public int Host { get; init; }

    /// <summary>The step during which it was sent; -1 for between steps.</summary>
    public int Step { get; init; }

    public CallKind Kind { get; init; }

    public string Class { get; init; } = string.Empty;

    public string? Method { get; init; }

    public CimPath? Path { get; init; }

    public CimCondition? Where { get; init; }

    /// <summary>The value of RequestedState; -1 for none.</summary>
    public int Requested { get; init; } = -1;

    public bool ChangesState { get; init; }

    /// <summary>The machine that a request is about; null where that is nobody's.</summary>
    public MachineHistory? Machine { get; set; }

    /// <summary>The job that a request is about.</summary>
    public string? JobId { get; init; }

    public long SentAt { get; init; }

    /// <summary>When the host saw it; -1 for never.</summary>
    public long ArrivedAt { get; set; } = -1;

    /// <summary>When the engine had its answer or its fault; -1 for never.</summary>
    public long AnsweredAt { get; set; } = -1;

    /// <summary>When the engine gave it up; -1 for never.</summary>
    public long AbandonedAt { get; set; } = -1;

    public IReadOnlyList<CimRecord>? Rows { get; set; }

    /// <summary>What it returned, once that was answered.</summary>
    public uint? ReturnValue => AnsweredAt >= 0 ? Returned : null;

    /// <summary>The job that the answer told of, once it was answered.</summary>
    public string? AnswerJob => AnsweredAt >= 0 ? ReturnedJob : null;

    /// <summary>What the host returned, whether or not that came back.</summary>
    public uint? Returned { get; set; }

    public string? ReturnedJob { get; set; }

    public long SentOrder { get; init; }

    public long AnsweredOrder { get; set; } = long.MaxValue;

    /// <summary>The job that the host has made in truth.</summary>
    public JobHistory? MadeJob { get; set; }

    public CimFault? Fault { get; set; }

    /// <summary>What of the plan has befallen it; null for nothing.</summary>
    public CallPlan? Struck { get; set; }

    public bool IsReading => !ChangesState;

    public bool WasAnswered => AnsweredAt >= 0 && Fault is null;
}

/// <summary>A step of the user's as it went.</summary>
internal sealed class StepRecord
{
    public StepRecord(StepPlan plan, int index)
    {
        Plan = plan;
        Index = index;
    }

    public StepPlan Plan { get; }

    public int Index { get; }

    public long ListedAt { get; set; }

    /// <summary>The calls that were sent before the operation began: those of the listing.</summary>
    public int FirstCall { get; set; }

    /// <summary>When the operation began; -1 when it did not.</summary>
    public long BeganAt { get; set; } = -1;

    public long DeadlineAt { get; set; }

    /// <summary>When it was over; -1 for never.</summary>
    public long EndedAt { get; set; } = -1;

    public long CancelledAt { get; set; } = -1;

    public long FirstCallOfNext { get; set; } = long.MaxValue;

    /// <summary>What escaped as it should not.</summary>
    public List<string> Raw { get; } = new();

    /// <summary>The machines that were handed to the engine, with the host and the id by which it knows them.</summary>
    public List<SubjectRecord> Subjects { get; } = new();

    /// <summary>What the engine said by the way; only in a trace.</summary>
    public List<(long At, string Text)> Said { get; } = new();
}

/// <summary>A machine in a step.</summary>
internal sealed class SubjectRecord
{
    public int Host { get; init; }

    public Guid Id { get; init; }

    public string Name { get; init; } = string.Empty;

    public MachineState Listed { get; init; }

    public MachineHistory Machine { get; init; } = null!;

    /// <summary>What the engine told of it.</summary>
    public List<Told> Told { get; } = new();
}

/// <summary>How an operation ended, as the engine tells it.</summary>
internal sealed record Told
{
    public long At { get; init; }

    public long Order { get; init; }

    public Guid Id { get; init; }

    public string HostName { get; init; } = string.Empty;

    public string Name { get; init; } = string.Empty;

    public MachineState State { get; init; }

    public DateTimeOffset? ObservedAt { get; init; }

    public TimeSpan? Uptime { get; init; }

    public bool HasFailed { get; init; }

    public string Cause { get; init; } = string.Empty;

    public string Stage { get; init; } = string.Empty;

    public string? JobId { get; init; }

    public int? JobState { get; init; }

    public uint? ReturnValue { get; init; }

    /// <summary>The fault of a call that is in the evidence.</summary>
    public string? FaultMessage { get; init; }

    public string Message { get; init; } = string.Empty;

    public string Advice { get; init; } = string.Empty;

    /// <summary>Repair alone: Healthy, Repaired or Failed.</summary>
    public string Result { get; init; } = string.Empty;
}

/// <summary>Something that somebody else did, and what came of it.</summary>
internal sealed record EventRecord(long At, EventPlan Plan, MachineHistory? Machine, string Result);
