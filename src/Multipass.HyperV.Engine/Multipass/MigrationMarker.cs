using System;
using Multipass.HyperV.Json;

namespace Multipass.HyperV.Multipass;

/// <summary>What an instance's <c>migration.json</c> says.</summary>
internal enum MarkerKind
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>It was begun to be migrated, and still is Hyper-V's.</summary>
    Legacy,

    /// <summary>It has been migrated to the newer backend.</summary>
    Hcs,

    /// <summary>There is one that cannot be read or understood: Multipass itself then refuses to touch the instance.</summary>
    Unreadable,
}

/// <summary>
/// The file that Multipass keeps beside an instance's disk while and after it moves the instance from Hyper-V's management service to the newer backend
/// (hyperv_migration_state.cpp on the branch feature/hyperv-migration of canonical/multipass, August 2026).
/// </summary>
/// <param name="Kind">What it says.</param>
/// <param name="ActiveDisk">The disk that the newer backend uses; null where it does not say.</param>
/// <param name="Problem">Why it could not be understood, in half a sentence; empty where it could.</param>
internal sealed record MigrationMarker(MarkerKind Kind, string? ActiveDisk, string Problem)
{
    public const string FileName = "migration.json";

    /// <summary>It lists the snapshots of one instance; what is larger is something else.</summary>
    public const long MostBytes = 1024 * 1024;

    /// <summary>The one version that is known; Multipass refuses any other as well.</summary>
    private const long Version = 1;

    private const int LongestPath = 32767;

    public static readonly MigrationMarker None = new(MarkerKind.None, null, string.Empty);

    private static readonly string[] Backends = { "legacy", "hcs" };

    /// <summary>Understands what was read of the file.</summary>
    public static MigrationMarker Of(FileAnswer answer)
    {
        if (answer.Outcome == FileOutcome.Missing)
        {
            return None;
        }

        if (answer.Outcome != FileOutcome.Read)
        {
            return new MigrationMarker(MarkerKind.Unreadable, null, $"{FileName} could not be read");
        }

        try
        {
            // As strict as Multipass: what it would not accept makes it refuse the instance.
            var reader = JsonReader.Parse(answer.Bytes).AsObject();
            var version = reader.RequireInt64("version");
            if (version != Version)
            {
                return new MigrationMarker(MarkerKind.Unreadable, null, FormattableString.Invariant($"{FileName} is of version {version}, which is not known"));
            }

            var backend = reader.RequireValue("backend").AsString();
            var disk = reader.RequireString("active_disk");
            reader.RequireString("hcs_state_file_stem");
            foreach (var snapshot in reader.RequireValue("snapshots").AsArray())
            {
                var row = snapshot.AsObject();
                row.RequireInt64("index");
                row.RequireString("checkpoint_name");
                row.RequireString("checkpoint_id");
                row.RequireString("disk_path");
            }

            return Array.IndexOf(Backends, backend) < 0
                ? new MigrationMarker(MarkerKind.Unreadable, null, $"{FileName} names a backend that is not known")
                : new MigrationMarker(backend == "hcs" ? MarkerKind.Hcs : MarkerKind.Legacy, disk.Length is > 0 and <= LongestPath ? disk : null, string.Empty);
        }
        catch (JsonFormatException exception)
        {
            return new MigrationMarker(MarkerKind.Unreadable, null, $"{FileName} cannot be understood ({exception.Message.TrimEnd('.')})");
        }
    }
}
