using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Multipass.HyperV.Json;

namespace Multipass.HyperV.Multipass;

/// <summary>One record of the instance database, as far as it could be understood.</summary>
/// <param name="Name">The instance's name.</param>
/// <param name="State">Multipass's word for its state.</param>
/// <param name="IsDeleted">Deleted, but not yet purged.</param>
/// <param name="Note">What is odd about it, in half a sentence; null when nothing is.</param>
internal sealed record DatabaseRecord(string Name, string State, bool IsDeleted, string? Note)
{
    /// <summary>The size of its disk, in bytes; null where the record does not say.</summary>
    public long? DiskSize { get; init; }

    /// <summary>Its mounts, each as "target &lt;- source"; null where the record does not say.</summary>
    public IReadOnlyList<string>? Mounts { get; init; }

    /// <summary>Its availability zone; null before 1.17.</summary>
    public string? Zone { get; init; }
}

/// <summary>
/// The instance database: an object with one record for each instance, by name (vm_specs.cpp in canonical/multipass). What is not asked for is left alone, so that newer
/// versions can be read; a record that cannot be understood does not hide the others.
/// </summary>
internal sealed class MultipassDatabase
{
    /// <summary>The database has a few hundred bytes for each instance; what is larger is no database.</summary>
    public const long MostBytes = 16 * 1024 * 1024;

    /// <summary>Hyper-V takes names of 100 characters; what is longer is no name.</summary>
    private const int LongestName = 100;

    /// <summary>Beyond so many warnings of one kind the rest is only counted.</summary>
    private const int MostNamed = 5;

    private MultipassDatabase(IReadOnlyList<DatabaseRecord> records, IReadOnlyList<string> warnings)
    {
        Records = records;
        Warnings = warnings;
    }

    public IReadOnlyList<DatabaseRecord> Records { get; }

    public IReadOnlyList<string> Warnings { get; }

    /// <summary>Reads the file's content.</summary>
    /// <param name="content">The bytes of the file.</param>
    /// <exception cref="JsonFormatException">The whole is not JSON, or not an object.</exception>
    public static MultipassDatabase Read(byte[] content)
    {
        var root = JsonReader.Parse(content).AsObject().Value;
        var records = new List<DatabaseRecord>();
        var damaged = new List<string>();
        var empty = new List<string>();
        var ghosts = new List<string>();
        foreach (var member in root.Members)
        {
            if (member.Name.Length is 0 or > LongestName || member.Name.Any(char.IsControl))
            {
                damaged.Add(FormattableString.Invariant($"a name that is none (line {member.Line}, column {member.Column})"));
                continue;
            }

            try
            {
                if (IsEmpty(member.Value))
                {
                    empty.Add($"'{member.Name}'");
                    records.Add(new DatabaseRecord(member.Name, MultipassWords.Unknown, false, "its record in the database is empty"));
                }
                else if (IsGhost(member.Value))
                {
                    ghosts.Add($"'{member.Name}'");
                }
                else
                {
                    records.Add(Record(member.Name, member.Value));
                }
            }
            catch (JsonFormatException exception)
            {
                damaged.Add($"'{member.Name}' ({exception.Message.TrimEnd('.')})");
                records.Add(new DatabaseRecord(member.Name, MultipassWords.Unknown, false, "its record in the database cannot be understood"));
            }
        }

        var warnings = new List<string>();
        if (damaged.Count > 0)
        {
            warnings.Add($"Multipass's database has records that cannot be understood: {List(damaged)}. The others were read.");
        }

        if (empty.Count > 0)
        {
            warnings.Add($"Multipass's database has an empty record for {List(empty)}: at its next start Multipass will take the whole database for empty.");
        }

        if (ghosts.Count > 0)
        {
            warnings.Add($"Multipass's database has a ghost, a record of nothing, which Multipass itself ignores: {List(ghosts)}.");
        }

        return new MultipassDatabase(records, warnings);
    }

    private static DatabaseRecord Record(string name, JsonValue value)
    {
        var reader = value.AsObject();
        var number = reader.RequireInt64("state");
        var isDeleted = reader.GetBoolean("deleted", false);
        var record = MultipassWords.Of(number) is { } word
            ? new DatabaseRecord(name, word, isDeleted, null)
            : new DatabaseRecord(name, MultipassWords.Unknown, isDeleted, FormattableString.Invariant($"its state in the database is {number}, which has no known meaning"));
        return record with { DiskSize = SizeOf(value), Mounts = MountsOf(value), Zone = TextOf(value, "zone") is { Length: > 0 } zone ? zone : null };
    }

    /// <summary>Sizes are written as texts.</summary>
    private static long? SizeOf(JsonValue record)
        => TextOf(record, "disk_space") is { } text && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size > 0 ? size : null;

    private static List<string>? MountsOf(JsonValue record)
        => record.TryGetMember("mounts", out var mounts) && mounts.Value.Kind == JsonKind.Array
            ? mounts.Value.Items
                .Select(mount => (Target: TextOf(mount, "target_path"), Source: TextOf(mount, "source_path")))
                .Where(mount => mount is { Target.Length: > 0, Source.Length: > 0 })
                .Select(mount => $"{mount.Target} <- {mount.Source}")
                .ToList()
            : null;

    private static string? TextOf(JsonValue value, string key)
        => value.Kind == JsonKind.Object && value.TryGetMember(key, out var member) && member.Value.TryGetString(out var text) && !text.Any(char.IsControl) ? text : null;

    private static bool IsEmpty(JsonValue value) => value.Kind == JsonKind.Object && value.Members.Count == 0;

    /// <summary>What Multipass itself takes for a ghost: a record with nothing in it that an instance must have (daemon.cpp).</summary>
    private static bool IsGhost(JsonValue value)
    {
        if (value.Kind != JsonKind.Object)
        {
            return false;
        }

        bool Is(string key, Func<JsonValue, bool> isNothing) => !value.TryGetMember(key, out var member) || isNothing(member.Value);
        return value.TryGetMember("num_cores", out var cores) && cores.Value.TryGetInt64(out var count) && count == 0
            && Is("deleted", deleted => deleted.TryGetBoolean(out var isDeleted) && !isDeleted)
            && Is("ssh_username", user => user.TryGetString(out var text) && text.Length == 0)
            && Is("metadata", metadata => metadata.Kind == JsonKind.Object && metadata.Members.Count == 0)
            && Is("mem_size", IsZero)
            && Is("disk_space", IsZero);
    }

    private static bool IsZero(JsonValue size) => size.TryGetString(out var text) ? text.Length == 0 || text == "0" : size.TryGetInt64(out var number) && number == 0;

    private static string List(List<string> items)
        => items.Count <= MostNamed ? string.Join(", ", items) : string.Join(", ", items.Take(MostNamed)) + FormattableString.Invariant($" and {items.Count - MostNamed} more");
}

/// <summary>What the vault knows of an instance's image.</summary>
/// <param name="Path">The path of its disk; null where it does not say.</param>
/// <param name="Id">The image's fingerprint.</param>
/// <param name="Release">The image's release, such as <c>24.04 LTS</c>.</param>
internal sealed record ImageRecord(string? Path, string? Id, string? Release);

/// <summary>The vault's own records: the disk and the image of each instance (default_vm_image_vault.cpp and vm_image.h in canonical/multipass).</summary>
internal static class ImageRecords
{
    private static readonly IReadOnlyDictionary<string, ImageRecord> Nothing = new Dictionary<string, ImageRecord>();

    /// <summary>Images by name. What cannot be understood is left out: it is a help for joining, not a need.</summary>
    /// <param name="answer">What was read of the file.</param>
    public static IReadOnlyDictionary<string, ImageRecord> Read(FileAnswer answer)
    {
        if (answer.Outcome != FileOutcome.Read)
        {
            return Nothing;
        }

        JsonValue root;
        try
        {
            root = JsonReader.Parse(answer.Bytes);
        }
        catch (JsonFormatException)
        {
            return Nothing;
        }

        var images = new Dictionary<string, ImageRecord>(StringComparer.OrdinalIgnoreCase);
        foreach (var member in root.Members)
        {
            if (member.Value.Kind == JsonKind.Object && member.Value.TryGetMember("image", out var image) && image.Value.Kind == JsonKind.Object)
            {
                images[member.Name] = new ImageRecord(Text(image.Value, "path"), Text(image.Value, "id"), Text(image.Value, "original_release") ?? Text(image.Value, "current_release"));
            }
        }

        return images;
    }

    private static string? Text(JsonValue value, string key)
        => value.TryGetMember(key, out var member) && member.Value.TryGetString(out var text) && text.Length > 0 && !text.Any(char.IsControl) ? text : null;
}
