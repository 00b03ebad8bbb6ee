using System;
using System.Collections.Generic;
using System.Linq;
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

    /// <summary>What a person can do about the drift; empty where that is nothing special.</summary>
    public string DriftAdvice { get; init; } = string.Empty;

    /// <summary>What stands in the way of a command to Multipass that names it, in half a sentence; null where nothing does.</summary>
    public string? Obstacle { get; init; } = "Multipass was not asked";

    /// <summary>The same as far as its identity is concerned: name, id, disk and driver do not mean one and the same machine.</summary>
    public string? IdentityObstacle { get; init; } = "Multipass was not asked";

    /// <summary>The same for a restart of Multipass's service for its sake, as far as it alone is concerned.</summary>
    public string? RestartObstacle { get; init; } = "Multipass was not asked";

    /// <summary>The row of the table that the drift is from; null where nothing was compared.</summary>
    public DriftRow? DriftRow { get; init; }

    /// <summary>True where the drift is one about which nothing safe can be done here.</summary>
    public bool IsBeyondRepair => DriftRow is { IsBeyondRepair: true };

    /// <summary>True where Multipass's service does not know this user, so that its client tells nothing.</summary>
    public bool IsClientNotAuthenticated { get; init; }

    /// <summary>The host's virtual machines, as far as they matter to this one.</summary>
    public HostMachines Around { get; init; } = HostMachines.Unknown;

    /// <summary>Other virtual machines with the same disk.</summary>
    public IReadOnlyList<HostMachine> DiskMates => Around.WithDisk(Disk).Where(machine => machine.Id != Id).ToList();

    /// <summary>Why another backend may run the same disk, or have its saved state, in half a sentence; null where none may.</summary>
    public string? RunsElsewhere { get; init; }

    public MpFailure? LastFailure { get; init; }

    public DateTimeOffset? ObservedAt { get; init; }
}
