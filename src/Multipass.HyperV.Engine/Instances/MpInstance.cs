using System;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Multipass;

namespace Multipass.HyperV;

/// <summary>A Multipass instance as the host showed it at one moment. A reading, not a handle: it never changes.</summary>
/// <remarks>One that a test makes can be given every property, as in <c>[Multipass.HyperV.MpInstance] @{ Name = 'foo'; State = 'Running' }</c>; to set one of a reading is an <see cref="InvalidOperationException"/>.</remarks>
public sealed class MpInstance
{
    private static readonly InstanceFacts Empty = new();

    private readonly bool _isReading;
    private InstanceFacts? _facts;

    /// <summary>Creates an instance for tests and mocks; what is not said is unknown.</summary>
    public MpInstance()
        : this(string.Empty, MpInstanceState.Unknown)
    {
    }

    /// <summary>Creates an instance for tests and mocks; what is not said is unknown.</summary>
    /// <param name="name">The instance's name.</param>
    /// <param name="state">Its state.</param>
    public MpInstance(string name, MpInstanceState state)
        : this(name, state, Guid.Empty, string.Empty)
    {
    }

    /// <summary>Creates an instance for tests and mocks; what is not said is unknown.</summary>
    /// <param name="name">The instance's name.</param>
    /// <param name="state">Its state.</param>
    /// <param name="id">The virtual machine's id.</param>
    /// <param name="hostName">The host's name.</param>
    public MpInstance(string name, MpInstanceState state, Guid id, string hostName)
        => _facts = new InstanceFacts { Name = name, State = state, Id = id, HostName = hostName, Managed = true };

    internal MpInstance(InstanceFacts facts)
    {
        _facts = facts;
        _isReading = true;
    }

    /// <summary>The instance's name. Not unique on a host; <see cref="Id"/> is.</summary>
    public string Name
    {
        get => Facts.Name;
        set => Change(Facts with { Name = value });
    }

    /// <summary>The state that the host showed at <see cref="ObservedAt"/>; Unknown when it could not be read.</summary>
    public MpInstanceState State
    {
        get => Facts.State;
        set => Change(Facts with { State = value });
    }

    /// <summary>The virtual machine's id on its host.</summary>
    public Guid Id
    {
        get => Facts.Id;
        set => Change(Facts with { Id = value });
    }

    /// <summary>The host it is on.</summary>
    public string HostName
    {
        get => Facts.HostName;
        set => Change(Facts with { HostName = value });
    }

    /// <summary>What runs it.</summary>
    public MpBackend Backend
    {
        get => Facts.Backend;
        set => Change(Facts with { Backend = value });
    }

    /// <summary>True when it is Multipass's: one of its disks and its DVD image lie in Multipass's folder for it, or Multipass's record claims the disk.</summary>
    public bool Managed
    {
        get => Facts.Managed;
        set => Change(Facts with { Managed = value });
    }

    /// <summary>What Hyper-V itself said; null when the host could not be read.</summary>
    public MpHostState? HostState
    {
        get => Facts.HostState;
        set => Change(Facts with { HostState = value });
    }

    /// <summary>Hyper-V's judgement of its health.</summary>
    public MpHealth Health
    {
        get => Facts.Health;
        set => Change(Facts with { Health = value });
    }

    /// <summary>How long it has been running, pauses left out; null when the host could not be read.</summary>
    public TimeSpan? Uptime
    {
        get => Facts.Uptime;
        set => Change(Facts with { Uptime = value });
    }

    /// <summary>Whether the guest's integration service answers.</summary>
    public MpHeartbeat Heartbeat
    {
        get => Facts.Heartbeat;
        set => Change(Facts with { Heartbeat = value });
    }

    /// <summary>The guest's IPv4 addresses, as far as guest or host can tell them.</summary>
    public string[] IPv4
    {
        get => Facts.IPv4;
        set => Change(Facts with { IPv4 = value });
    }

    /// <summary>Memory that the instance holds now, in bytes; null when not read.</summary>
    public long? MemoryAssigned
    {
        get => Facts.MemoryAssigned;
        set => Change(Facts with { MemoryAssigned = value });
    }

    /// <summary>Memory that it asks for at start, in bytes; null when not read.</summary>
    public long? MemoryStartup
    {
        get => Facts.MemoryStartup;
        set => Change(Facts with { MemoryStartup = value });
    }

    /// <summary>Virtual processors; null when not read.</summary>
    public int? Processors
    {
        get => Facts.Processors;
        set => Change(Facts with { Processors = value });
    }

    /// <summary>The path of its first disk on the host; null when it has none or it was not read.</summary>
    public string? Disk
    {
        get => Facts.Disk;
        set => Change(Facts with { Disk = value });
    }

    /// <summary>What Multipass itself says, in its own word; empty where Multipass could not be asked.</summary>
    public string MultipassState
    {
        get => Facts.Record is not { } record ? string.Empty : record.IsDeleted ? "Deleted" : record.State;
        set => Change(Facts with { Record = value is { Length: > 0 } ? new MultipassRecord(Name, value, Disk, IsDeleted: value == "Deleted") : null });
    }

    /// <summary>Where <see cref="MultipassState"/> was read; empty where Multipass could not be asked.</summary>
    public string MultipassSource
    {
        get => Facts.MultipassSource;
        set => Change(Facts with { MultipassSource = value });
    }

    /// <summary>How Multipass's belief differs from what the host shows.</summary>
    public MpDrift Drift
    {
        get => Facts.Drift;
        set => Change(Facts with { Drift = value });
    }

    /// <summary>The difference in one sentence; empty when there is none or it is not known.</summary>
    public string DriftReason
    {
        get => Facts.DriftReason;
        set => Change(Facts with { DriftReason = value });
    }

    /// <summary>The last failed operation that the host still remembers; read only on request.</summary>
    public MpFailure? LastFailure
    {
        get => Facts.LastFailure;
        set => Change(Facts with { LastFailure = value });
    }

    /// <summary>When the host showed this; null when it could not be read.</summary>
    public DateTimeOffset? ObservedAt
    {
        get => Facts.ObservedAt;
        set => Change(Facts with { ObservedAt = value });
    }

    /// <summary>What a stand-in without a constructor shows is nothing.</summary>
    internal InstanceFacts Facts => _facts ?? Empty;

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    private void Change(InstanceFacts facts) => Reading.Set(_isReading, ref _facts, facts);
}
