using System;
using System.Collections.Generic;
using System.Linq;
using Multipass.HyperV.Json;

namespace Multipass.HyperV.Multipass;

/// <summary>One instance as the client lists it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="State">Multipass's word for its state.</param>
internal sealed record ClientRecord(string Name, string State)
{
    public bool IsDeleted => string.Equals(State, MultipassWords.Deleted, StringComparison.OrdinalIgnoreCase);

    /// <summary>The availability zone; null before 1.17.</summary>
    public string? Zone { get; init; }

    /// <summary>Whether that zone is available; null where it does not say.</summary>
    public bool? IsZoneAvailable { get; init; }
}

/// <summary>What <c>multipass list</c> and <c>multipass info</c> print with <c>--format json</c>. Unknown fields are left alone, rows that cannot be understood are left out and told of.</summary>
internal sealed class MultipassClientOutput
{
    private static readonly JsonLimits Limits = new() { MaxCharacters = 4 * 1024 * 1024, MaxStringLength = 64 * 1024 };

    private const int LongestName = 100;
    private const int LongestWord = 50;

    private MultipassClientOutput(IReadOnlyList<ClientRecord> records, int leftOut)
    {
        Records = records;
        LeftOut = leftOut;
    }

    public IReadOnlyList<ClientRecord> Records { get; }

    /// <summary>How many rows could not be understood.</summary>
    public int LeftOut { get; }

    /// <summary>The output of <c>list</c>.</summary>
    /// <exception cref="JsonFormatException">It is not JSON, or not of that form.</exception>
    public static MultipassClientOutput ReadList(byte[] output)
        => Of(JsonReader.Parse(output, Limits).AsObject().RequireValue("list").AsArray().Select(row => (Member(row, "name"), row)));

    /// <summary>The output of <c>info</c>. A member that has snapshots only tells nothing of a state, and is no row.</summary>
    /// <exception cref="JsonFormatException">It is not JSON, or not of that form.</exception>
    public static MultipassClientOutput ReadInfo(byte[] output)
        => Of(JsonReader.Parse(output, Limits).AsObject().RequireValue("info").AsObject().Value.Members
            .Where(row => !(row.Value.Kind == JsonKind.Object && row.Value.TryGetMember("snapshots", out _) && !row.Value.TryGetMember("state", out _)))
            .Select(row => ((string?)row.Name, row.Value)));

    /// <summary>The daemon's version in the output of <c>version</c>, such as "1.16.3+win"; null where it does not say.</summary>
    public static Version? ReadVersion(byte[] output)
    {
        try
        {
            var text = Member(JsonReader.Parse(output, Limits), "multipassd") ?? string.Empty;
            return Version.TryParse(new string(text.TakeWhile(character => character is '.' or (>= '0' and <= '9')).ToArray()), out var version) ? version : null;
        }
        catch (JsonFormatException)
        {
            return null;
        }
    }

    private static MultipassClientOutput Of(IEnumerable<(string? Name, JsonValue Row)> rows)
    {
        var records = new Dictionary<string, ClientRecord>(StringComparer.OrdinalIgnoreCase);
        var leftOut = 0;
        foreach (var (name, row) in rows)
        {
            var state = Member(row, "state");
            if (name is { Length: > 0 and <= LongestName } && state is { Length: > 0 and <= LongestWord } && !name.Concat(state).Any(char.IsControl) && !records.ContainsKey(name))
            {
                var zone = row.TryGetMember("zone", out var member) && member.Value.Kind == JsonKind.Object ? member.Value : null;
                records.Add(name, new ClientRecord(name, state)
                {
                    Zone = zone is null ? null : Member(zone, "name") is { Length: > 0 and <= LongestName } word && !word.Any(char.IsControl) ? word : null,
                    IsZoneAvailable = zone is not null && zone.TryGetMember("available", out var available) && available.Value.TryGetBoolean(out var isAvailable) ? isAvailable : null,
                });
            }
            else
            {
                leftOut++;
            }
        }

        return new MultipassClientOutput(records.Values.ToList(), leftOut);
    }

    private static string? Member(JsonValue row, string key) => row.Kind == JsonKind.Object && row.TryGetMember(key, out var member) && member.Value.TryGetString(out var text) ? text : null;
}
