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
        => Of(JsonReader.Parse(output, Limits).AsObject().RequireValue("list").AsArray().Select(row => (Member(row, "name"), Member(row, "state"))));

    /// <summary>The output of <c>info</c>.</summary>
    /// <exception cref="JsonFormatException">It is not JSON, or not of that form.</exception>
    public static MultipassClientOutput ReadInfo(byte[] output)
        => Of(JsonReader.Parse(output, Limits).AsObject().RequireValue("info").AsObject().Value.Members.Select(row => ((string?)row.Name, Member(row.Value, "state"))));

    private static MultipassClientOutput Of(IEnumerable<(string? Name, string? State)> rows)
    {
        var records = new Dictionary<string, ClientRecord>(StringComparer.OrdinalIgnoreCase);
        var leftOut = 0;
        foreach (var (name, state) in rows)
        {
            if (name is { Length: > 0 and <= LongestName } && state is { Length: > 0 and <= LongestWord } && !name.Concat(state).Any(char.IsControl) && !records.ContainsKey(name))
            {
                records.Add(name, new ClientRecord(name, state));
            }
            else
            {
                leftOut++;
            }
        }

        return new MultipassClientOutput(records.Values.ToList(), leftOut);
    }

    private static string? Member(JsonValue row, string key) => row.TryGetMember(key, out var member) && member.Value.TryGetString(out var text) ? text : null;
}
