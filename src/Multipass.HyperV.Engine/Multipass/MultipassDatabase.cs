using System;
using System.Collections.Generic;
using System.Linq;
using Multipass.HyperV.Json;

namespace Multipass.HyperV.Multipass;

/// <summary>One record of the instance database, as far as it could be understood.</summary>
/// <param name="Name">The instance's name.</param>
/// <param name="State">Multipass's word for its state.</param>
/// <param name="IsDeleted">Deleted, but not yet purged.</param>
/// <param name="Note">What is odd about it, in half a sentence; null when nothing is.</param>
internal sealed record DatabaseRecord(string Name, string State, bool IsDeleted, string? Note);

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
        return MultipassWords.Of(number) is { } word
            ? new DatabaseRecord(name, word, isDeleted, null)
            : new DatabaseRecord(name, MultipassWords.Unknown, isDeleted, FormattableString.Invariant($"its state in the database is {number}, which has no known meaning"));
    }

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

/// <summary>The vault's own records: the path of each instance's disk.</summary>
internal static class ImageRecords
{
    /// <summary>Paths by name. What cannot be understood is left out: it is a help for joining, not a need.</summary>
    /// <param name="content">The bytes of the file.</param>
    public static IReadOnlyDictionary<string, string> Read(byte[] content)
    {
        var paths = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        JsonValue root;
        try
        {
            root = JsonReader.Parse(content);
        }
        catch (JsonFormatException)
        {
            return paths;
        }

        foreach (var member in root.Members)
        {
            if (member.Value.TryGetMember("image", out var image) && image.Value.TryGetMember("path", out var path) && path.Value.TryGetString(out var text) && text.Length > 0)
            {
                paths[member.Name] = text;
            }
        }

        return paths;
    }
}
