using System;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Multipass;

namespace Multipass.HyperV;

/// <summary>Everything that <see cref="MpInstance"/> shows, in one value that can be copied with changes.</summary>
internal sealed record InstanceFacts
{
    public string Name { get; init; } = string.Empty;

    public MpInstanceState State { get; init; }

    public Guid Id { get; init; }

    public string HostName { get; init; } = string.Empty;

    public MpBackend Backend { get; init; }

    public bool Managed { get; init; }

    public MpHostState? HostState { get; init; }

    public MpHealth Health { get; init; }

    public TimeSpan? Uptime { get; init; }

    public MpHeartbeat Heartbeat { get; init; }

    public string[] IPv4 { get; init; } = Array.Empty<string>();

    public long? MemoryAssigned { get; init; }

    public long? MemoryStartup { get; init; }

    public int? Processors { get; init; }

    public string? Disk { get; init; }

    public string? Dvd { get; init; }

    /// <summary>What Multipass itself knows; null where it has no record or could not be asked.</summary>
    public MultipassRecord? Record { get; init; }

    /// <summary>Where <see cref="Record"/> was looked for; empty where Multipass could not be asked.</summary>
    public string MultipassSource { get; init; } = string.Empty;

    public MpDrift Drift { get; init; }

    public string DriftReason { get; init; } = string.Empty;

    public MpFailure? LastFailure { get; init; }

    public DateTimeOffset? ObservedAt { get; init; }
}
