using System;
using System.Collections.Generic;

namespace Multipass.HyperV.Multipass;

/// <summary>How much is done to learn what Multipass believes.</summary>
internal enum MultipassEffort
{
    /// <summary>The files only. The client is asked for its driver where traces of the newer backend make that matter.</summary>
    Database,

    /// <summary>The client too where the database does not answer, and for the driver where the settings do not tell.</summary>
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

    /// <summary>What is wrong with a source, for the user: each a sentence.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = Array.Empty<string>();

    /// <summary>Why a source did not speak, without its being wrong: no rights, not installed. Each half a sentence, such as "you may not read ...".</summary>
    public IReadOnlyList<string> Silence { get; init; } = Array.Empty<string>();

    /// <summary>True when a source spoke: then an instance that it does not name is one that Multipass does not know.</summary>
    public bool IsKnown => Source.Length > 0;

    /// <summary>True when the client spoke.</summary>
    public bool HasAskedClient { get; init; }

    /// <summary>The driver that Multipass uses.</summary>
    public MultipassDriver Driver { get; init; } = MultipassDriver.NotRead;

    /// <summary>Whether the database of the driver in use was read and understood as a whole.</summary>
    public bool HasReadDatabase { get; init; }

    /// <summary>True where Multipass is known to be of a version that moves no instance to its newer backend.</summary>
    public bool PredatesMigration { get; init; }

    /// <summary>Whether Multipass's service does not know this user.</summary>
    public bool IsClientNotAuthenticated { get; init; }

    /// <summary>Why the client's word is missing, in half a sentence; empty where it was not asked for or has spoken.</summary>
    public string ClientSilence { get; init; } = string.Empty;
}
