using System;

namespace Multipass.HyperV;

/// <summary>What became different about an instance.</summary>
public enum MpChangeKind
{
    /// <summary>Nothing: the state in which it was found when the watch began.</summary>
    Present,

    /// <summary>Its state.</summary>
    Changed,

    /// <summary>It runs as before, but its uptime has fallen: it was restarted between two looks.</summary>
    Restarted,

    /// <summary>It was not there before.</summary>
    Appeared,

    /// <summary>It is not there any more.</summary>
    Removed,
}

/// <summary>One change of an instance's state, as two readings of its host showed it.</summary>
public sealed class MpInstanceChange
{
    internal MpInstanceChange(MpChangeKind kind, MpInstance? before, MpInstance instance, DateTimeOffset observedAt)
    {
        Kind = kind;
        Before = before?.State;
        Instance = instance;
        ObservedAt = observedAt;
    }

    /// <summary>What became different.</summary>
    public MpChangeKind Kind { get; }

    /// <summary>The instance's name.</summary>
    public string Name => Instance.Name;

    /// <summary>The virtual machine's id on its host.</summary>
    public Guid Id => Instance.Id;

    /// <summary>The host it is on.</summary>
    public string HostName => Instance.HostName;

    /// <summary>The state that the reading before showed; null when there was none.</summary>
    public MpInstanceState? Before { get; }

    /// <summary>The state now; Unknown when the instance was removed.</summary>
    public MpInstanceState State => Kind == MpChangeKind.Removed ? MpInstanceState.Unknown : Instance.State;

    /// <summary>When the host showed it.</summary>
    public DateTimeOffset ObservedAt { get; }

    /// <summary>The instance as it was read; after its removal as it was read last. Its heartbeat, memory and addresses are not read with every change.</summary>
    public MpInstance Instance { get; }

    /// <summary>The change in one line.</summary>
    public override string ToString()
        => Kind is MpChangeKind.Present or MpChangeKind.Appeared ? $"{Name}: {State}"
            : Kind == MpChangeKind.Removed ? $"{Name}: {Before}, removed"
            : $"{Name}: {Before} -> {State}";
}
