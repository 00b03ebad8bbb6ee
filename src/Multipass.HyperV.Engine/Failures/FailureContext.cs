using System;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Operations;

namespace Multipass.HyperV.Failures;

/// <summary>Everything a message or an advice may speak of.</summary>
internal sealed record FailureContext
{
    public MpOperation Operation { get; init; }

    /// <summary>The name as the user knows it; empty where no instance is concerned.</summary>
    public string Name { get; init; } = string.Empty;

    public string HostName { get; init; } = string.Empty;

    public MpInstance? Before { get; init; }

    /// <summary>The last reading; null when there is none.</summary>
    public MpInstance? After { get; init; }

    /// <summary>The worker process that the last reading named.</summary>
    public uint? ProcessId { get; init; }

    public MpFailureStage Stage { get; init; }

    /// <summary>True when the host was asked to power it off and refused.</summary>
    public bool RefusesPowerOff { get; init; }

    /// <summary>What was asked of the host: the value of <c>RequestedState</c>; null when nothing was.</summary>
    public ushort? Request { get; init; }

    /// <summary>The account that the host sees; null when it is not known.</summary>
    public string? Account { get; init; }

    public FailureEvidence Evidence { get; init; } = FailureEvidence.None;

    public HostFacts Facts { get; init; } = HostFacts.None;

    public TimeSpan? Timeout { get; init; }

    /// <summary>When the host was first asked, for whoever looks into its event log.</summary>
    public DateTimeOffset? From { get; init; }

    public DateTimeOffset? To { get; init; }

    /// <summary>What only this failure knows: ids of namesakes, a file's name, a position.</summary>
    public string? Detail { get; init; }

    /// <summary>What the answer says in the light of the facts.</summary>
    public FailureCase Case => new(Evidence, Facts);

    public MpInstanceState StateAfter => After?.State ?? MpInstanceState.Unknown;
}
