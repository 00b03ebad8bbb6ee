using System;

namespace Multipass.HyperV;

/// <summary>A Multipass instance as the host showed it at one moment. A reading, not a handle: it never changes.</summary>
public sealed class MpInstance
{
    private readonly InstanceFacts _facts;

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
        : this(new InstanceFacts { Name = name, State = state, Id = id, HostName = hostName, Managed = true })
    {
    }

    internal MpInstance(InstanceFacts facts) => _facts = facts;

    /// <summary>The instance's name. Not unique on a host; <see cref="Id"/> is.</summary>
    public string Name => _facts.Name;

    /// <summary>The state that the host showed at <see cref="ObservedAt"/>; Unknown when it could not be read.</summary>
    public MpInstanceState State => _facts.State;

    /// <summary>The virtual machine's id on its host.</summary>
    public Guid Id => _facts.Id;

    /// <summary>The host it is on.</summary>
    public string HostName => _facts.HostName;

    /// <summary>What runs it.</summary>
    public MpBackend Backend => _facts.Backend;

    /// <summary>True when it is Multipass's: one of its disks and its DVD image lie in Multipass's folder for it, or Multipass's record claims the disk.</summary>
    public bool Managed => _facts.Managed;

    /// <summary>What Hyper-V itself said; null when the host could not be read.</summary>
    public MpHostState? HostState => _facts.HostState;

    /// <summary>Hyper-V's judgement of its health.</summary>
    public MpHealth Health => _facts.Health;

    /// <summary>How long it has been running, pauses left out; null when the host could not be read.</summary>
    public TimeSpan? Uptime => _facts.Uptime;

    /// <summary>Whether the guest's integration service answers.</summary>
    public MpHeartbeat Heartbeat => _facts.Heartbeat;

    /// <summary>The guest's IPv4 addresses, as far as guest or host can tell them.</summary>
    public string[] IPv4 => _facts.IPv4;

    /// <summary>Memory that the instance holds now, in bytes; null when not read.</summary>
    public long? MemoryAssigned => _facts.MemoryAssigned;

    /// <summary>Memory that it asks for at start, in bytes; null when not read.</summary>
    public long? MemoryStartup => _facts.MemoryStartup;

    /// <summary>Virtual processors; null when not read.</summary>
    public int? Processors => _facts.Processors;

    /// <summary>The path of its first disk on the host; null when it has none or it was not read.</summary>
    public string? Disk => _facts.Disk;

    /// <summary>What Multipass itself says, in its own word; empty where Multipass could not be asked.</summary>
    public string MultipassState => _facts.Record is not { } record ? string.Empty : record.IsDeleted ? "Deleted" : record.State;

    /// <summary>Where <see cref="MultipassState"/> was read; empty where Multipass could not be asked.</summary>
    public string MultipassSource => _facts.MultipassSource;

    /// <summary>How Multipass's belief differs from what the host shows.</summary>
    public MpDrift Drift => _facts.Drift;

    /// <summary>The difference in one sentence; empty when there is none or it is not known.</summary>
    public string DriftReason => _facts.DriftReason;

    /// <summary>The last failed operation that the host still remembers; read only on request.</summary>
    public MpFailure? LastFailure => _facts.LastFailure;

    /// <summary>When the host showed this; null when it could not be read.</summary>
    public DateTimeOffset? ObservedAt => _facts.ObservedAt;

    internal InstanceFacts Facts => _facts;

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
