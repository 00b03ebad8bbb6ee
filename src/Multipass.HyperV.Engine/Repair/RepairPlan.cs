using System;
using System.Collections.Generic;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Instances;

namespace Multipass.HyperV.Repair;

/// <summary>One step of a plan.</summary>
/// <param name="Action">What is to be done.</param>
/// <param name="Text">The same in words, beginning with a verb.</param>
/// <param name="Reason">Why, and what it costs.</param>
internal sealed record RepairStep(MpRepairAction Action, string Text, string Reason)
{
    /// <summary>True for what only reads and waits.</summary>
    public bool ChangesNothing => Action == MpRepairAction.Await;

    /// <summary>True where a saved state is lost by it.</summary>
    public bool LosesSavedState { get; init; }

    /// <summary>True for what cannot be undone: it is asked about once more, at the moment when nothing milder has helped.</summary>
    public bool HasHighImpact => Action == MpRepairAction.EndWorkerProcess || LosesSavedState;
}

/// <summary>What is to be done about one instance: data, to be shown or carried out.</summary>
/// <param name="Case">What was found.</param>
/// <param name="Finding">The same in one sentence.</param>
/// <param name="Steps">The steps, the mildest first; each is taken only when those before it have not helped.</param>
/// <param name="Refusal">Why nothing is done although something is wrong; null otherwise.</param>
/// <param name="Detail">What the refusal's message says.</param>
internal sealed record RepairPlan(RepairCase Case, string Finding, IReadOnlyList<RepairStep> Steps, FailureCause? Refusal = null, string? Detail = null)
{
    public bool IsHealthy => Steps.Count == 0 && Refusal is null;
}

/// <summary>What was found of one instance.</summary>
/// <param name="Instance">The instance.</param>
internal sealed record RepairCase(MpInstance Instance)
{
    /// <summary>The job that is changing it; null when there is none.</summary>
    public JobReading? Job { get; init; }

    /// <summary>How long that job has been going, by the host's own clock.</summary>
    public TimeSpan? JobElapsed { get; init; }

    /// <summary>How long it has shown its state, by the host's own clock.</summary>
    public TimeSpan? InState { get; init; }

    /// <summary>Whether the configuration refers to a saved state; null when that could not be read.</summary>
    public bool? IsSaved { get; init; }

    /// <summary>Its worker process; null when it has none or it could not be read.</summary>
    public WorkerProcess? Worker { get; init; }

    /// <summary>Whether Multipass's client is there.</summary>
    public bool HasClient { get; init; }
}

/// <summary>A worker process as the host's process list has it.</summary>
/// <param name="Id">The process id.</param>
/// <param name="Image">The name of its image.</param>
/// <param name="Started">When it was started; with the id this tells it from any other.</param>
/// <param name="CommandLine">Its command line, which names its virtual machine; null when that could not be read.</param>
internal sealed record WorkerProcess(uint Id, string Image, DateTimeOffset? Started, string? CommandLine)
{
    private const string WorkerImage = "vmwp.exe";

    /// <summary>True when this is beyond doubt the worker of that virtual machine.</summary>
    public bool IsWorkerOf(Guid machine)
        => string.Equals(Image, WorkerImage, StringComparison.OrdinalIgnoreCase)
            && Started is not null
            && (CommandLine is null || CommandLine.IndexOf(machine.ToString("D"), StringComparison.OrdinalIgnoreCase) >= 0);
}
