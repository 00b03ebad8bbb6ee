using System;
using System.Collections.Generic;
using Multipass.HyperV.Instances;

namespace Multipass.HyperV.Multipass;

/// <summary>How much is done to learn what Multipass believes.</summary>
internal enum MultipassEffort
{
    /// <summary>The database only: a file.</summary>
    Database,

    /// <summary>The client too where the database does not answer.</summary>
    Either,

    /// <summary>The client in any case: what it says is what the daemon believes now, after it has looked at Hyper-V itself.</summary>
    Both,
}

/// <summary>What Multipass believed at one moment.</summary>
/// <param name="Records">Its instances.</param>
/// <param name="Source">Which sources spoke; empty when none did.</param>
internal sealed record MultipassReading(IReadOnlyList<MultipassRecord> Records, string Source)
{
    public const string Database = "Database";
    public const string Client = "Client";

    private RecordIndex? _index;

    /// <summary>The records by their disks.</summary>
    public RecordIndex Index => _index ??= new RecordIndex(Records);

    /// <summary>What is wrong with a source, for the user: each a sentence.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = Array.Empty<string>();

    /// <summary>Why a source did not speak, without its being wrong: no rights, not installed. Each half a sentence, such as "you may not read ...".</summary>
    public IReadOnlyList<string> Silence { get; init; } = Array.Empty<string>();

    /// <summary>True when a source spoke: then an instance that it does not name is one that Multipass does not know.</summary>
    public bool IsKnown => Source.Length > 0;

    /// <summary>True when the client spoke.</summary>
    public bool HasAskedClient { get; init; }

    /// <summary>The driver that Multipass is set to use, as far as that could be read.</summary>
    public string? Driver { get; init; }
}
