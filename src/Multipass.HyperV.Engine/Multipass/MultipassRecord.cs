using System;
using System.Collections.Generic;

namespace Multipass.HyperV.Multipass;

/// <summary>One instance as Multipass knows it.</summary>
/// <param name="Name">The instance's name.</param>
/// <param name="State">Multipass's own word for its state, such as <c>Running</c> or <c>Delayed Shutdown</c>.</param>
/// <param name="Disk">The path of its disk, where the source tells.</param>
/// <param name="IsDeleted">Deleted, but not yet purged.</param>
internal sealed record MultipassRecord(string Name, string State, string? Disk, bool IsDeleted)
{
    /// <summary>The driver that Multipass uses, under which this record was read.</summary>
    public DriverKind Driver { get; init; } = DriverKind.HyperV;

    /// <summary>False for a record that lies in the scope of another driver than the one in use: Multipass itself does not speak of it now.</summary>
    public bool IsInUse { get; init; } = true;

    /// <summary>The folder in Multipass's vault that its disk lies in; null where only the client was asked.</summary>
    public string? Folder { get; init; }

    /// <summary>What lies in that folder.</summary>
    public VaultFolder Contents { get; init; } = VaultFolder.NotRead;

    /// <summary>What its migration to the newer backend has come to.</summary>
    public MigrationMarker Marker { get; init; } = MigrationMarker.None;

    /// <summary>True where nobody could look whether Multipass has moved it to its newer backend, and its version may.</summary>
    public bool MayHaveMoved { get; init; }

    /// <summary>What is odd about the record, in half a sentence; null when nothing is.</summary>
    public string? Note { get; init; }

    /// <summary>True where the database has it, and could be understood.</summary>
    public bool IsWritten { get; init; }

    /// <summary>True where the client lists it.</summary>
    public bool IsListed { get; init; }

    /// <summary>The availability zone that it is in; null where versions before 1.17 have none.</summary>
    public string? Zone { get; init; }

    /// <summary>Whether that zone is available; null where nobody says.</summary>
    public bool? IsZoneAvailable { get; init; }

    /// <summary>What else the sources tell.</summary>
    public MultipassDetails Details { get; init; } = MultipassDetails.None;
}

/// <summary>What Multipass's files tell of an instance beside its state. Null is "not told".</summary>
internal sealed record MultipassDetails
{
    public static readonly MultipassDetails None = new();

    /// <summary>The image's release, such as <c>24.04 LTS</c>.</summary>
    public string? Release { get; init; }

    /// <summary>The image's fingerprint.</summary>
    public string? ImageId { get; init; }

    /// <summary>The size that its disk may grow to, in bytes.</summary>
    public long? DiskSize { get; init; }

    /// <summary>Its mounts, each as "target &lt;- source".</summary>
    public IReadOnlyList<string>? Mounts { get; init; }

    /// <summary>The names of its snapshots, the oldest first.</summary>
    public IReadOnlyList<string>? Snapshots { get; init; }
}
