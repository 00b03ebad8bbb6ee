using System;
using System.Collections.Generic;
using System.Linq;

namespace Multipass.HyperV;

/// <summary>What a repair may do, the mildest first.</summary>
public enum MpRepairAction
{
    /// <summary>Wait for a change that is in progress, and see whether it moves.</summary>
    Await,

    /// <summary>Ask the host's job to terminate.</summary>
    TerminateJob,

    /// <summary>Power the instance off.</summary>
    PowerOff,

    /// <summary>End the worker process of exactly this virtual machine.</summary>
    EndWorkerProcess,

    /// <summary>Throw the saved state away. Only where that was asked for.</summary>
    DiscardSavedState,

    /// <summary>Have Multipass look again: <c>multipass stop --force</c>, and only while the host shows the instance Stopped.</summary>
    StopInMultipass,

    /// <summary>Restart Multipass's service. Only where that was asked for.</summary>
    RestartMultipass,
}

/// <summary>What became of one step of a repair.</summary>
public enum MpRepairStepOutcome
{
    /// <summary>It was carried out.</summary>
    Done,

    /// <summary>A milder step had helped already.</summary>
    NotNeeded,

    /// <summary>It was carried out in vain, or refused.</summary>
    Failed,

    /// <summary>It was not carried out: something spoke against it at that moment, or it was not confirmed.</summary>
    Withheld,
}

/// <summary>How a repair ended.</summary>
public enum MpRepairResult
{
    /// <summary>There was nothing to repair; nothing was done.</summary>
    Healthy,

    /// <summary>What was wrong no longer is: something was done, and both the host and Multipass were read afterwards and agree.</summary>
    Repaired,

    /// <summary>It still is; an error says why.</summary>
    Failed,

    /// <summary>What hung on the host no longer does. What Multipass believes of it could not be read, or not be compared, so that nobody knows whether the two agree.</summary>
    HostRepaired,
}

/// <summary>One step of a repair.</summary>
public sealed class MpRepairStep
{
    internal MpRepairStep(MpRepairAction action, string text, string reason, MpRepairStepOutcome outcome, string result)
    {
        Action = action;
        Text = text;
        Reason = reason;
        Outcome = outcome;
        Result = result;
    }

    /// <summary>What was to be done.</summary>
    public MpRepairAction Action { get; }

    /// <summary>The same in words.</summary>
    public string Text { get; }

    /// <summary>Why.</summary>
    public string Reason { get; }

    /// <summary>What became of it.</summary>
    public MpRepairStepOutcome Outcome { get; }

    /// <summary>The same in words.</summary>
    public string Result { get; }

    /// <summary>The step and what became of it, in one line.</summary>
    public override string ToString() => $"{Text}: {Result}";
}

/// <summary>What a repair found, what it did, and what is true now.</summary>
public sealed class MpRepair
{
    internal MpRepair(MpInstance before, MpInstance after, MpRepairResult result, string found, IReadOnlyList<MpRepairStep> steps)
    {
        Before = before;
        Instance = after;
        Result = result;
        Found = found;
        Steps = steps.ToArray();
    }

    /// <summary>The instance's name.</summary>
    public string Name => Instance.Name;

    /// <summary>The host it is on.</summary>
    public string HostName => Instance.HostName;

    /// <summary>The virtual machine's id on its host.</summary>
    public Guid Id => Instance.Id;

    /// <summary>How it ended.</summary>
    public MpRepairResult Result { get; }

    /// <summary>What was wrong, in one sentence.</summary>
    public string Found { get; }

    /// <summary>The steps of the plan, in their order, with what became of each.</summary>
    public MpRepairStep[] Steps { get; }

    /// <summary>What the host shows and Multipass says now, in one sentence.</summary>
    public string Now
        => (Instance.ObservedAt is null ? "The host could not be read again" : $"The host shows {Instance.State}")
            + (Instance.MultipassState.Length > 0 ? $", and Multipass says {Instance.MultipassState}." : ", and what Multipass says is not known.");

    /// <summary>The state that the host shows now.</summary>
    public MpInstanceState State => Instance.State;

    /// <summary>What Multipass says now, in its own word.</summary>
    public string MultipassState => Instance.MultipassState;

    /// <summary>How the two differ now.</summary>
    public MpDrift Drift => Instance.Drift;

    /// <summary>The instance as it was found.</summary>
    public MpInstance Before { get; }

    /// <summary>The instance as it was read last.</summary>
    public MpInstance Instance { get; }

    /// <summary>The name, what was found and what is true now.</summary>
    public override string ToString() => $"{Name}: {Found} {Now}";
}
