using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Multipass.HyperV.Tests.Failures;

/// <summary>
/// What somebody met and told of in public: the link, what was done, what the host answered in numbers, its texts in our own words and in its language, what the thread found out, and
/// what a good error has to say. Reports/README.md describes the keys.
/// </summary>
internal sealed record Report
{
    private static readonly JsonSerializerOptions Strict = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true,
    };

    public required string Id { get; init; }

    public required string Thread { get; init; }

    /// <summary>Further threads of the same failure.</summary>
    public IReadOnlyList<string> Also { get; init; } = [];

    /// <summary>A repository or a forum.</summary>
    public required string Project { get; init; }

    /// <summary>The language of the host, as a culture; the simulated host speaks it too.</summary>
    public required string Language { get; init; }

    public required string Did { get; init; }

    /// <summary>Null where the thread did not find out.</summary>
    public string? Found { get; init; }

    /// <summary>What the thread shows in numbers: decimal for Hyper-V's own codes, 0x and eight digits for HRESULTs.</summary>
    public required IReadOnlyList<string> Codes { get; init; }

    /// <summary>What of the played case the thread does not show, and why it is played so.</summary>
    public string? Inferred { get; init; }

    public string Operation { get; init; } = "Start";

    public int Timeout { get; init; } = 60;

    /// <summary>What the guest must show after a start.</summary>
    public IReadOnlyList<string> WaitFor { get; init; } = [];

    /// <summary>The host of the scenario; with much memory and many processors where the thread does not say.</summary>
    public JsonObject Host { get; init; } = [];

    /// <summary>The instance of the scenario that the operation is about.</summary>
    public JsonObject Instance { get; init; } = [];

    /// <summary>Other instances of the host.</summary>
    public JsonArray Others { get; init; } = [];

    /// <summary>How the operation fails: a raw fault, or one of a kind. The key <c>operation</c> may be left out.</summary>
    public JsonObject? Fault { get; init; }

    /// <summary>A call that fails on its way instead: the CIM status, the HRESULT, the text.</summary>
    public FailedCall? Call { get; init; }

    /// <summary>What the host's event log holds of the instance.</summary>
    public IReadOnlyList<LoggedReport> Events { get; init; } = [];

    public required Expectation Expect { get; init; }

    public static IReadOnlyList<Report> All { get; } = ReadAll();

    private static string Folder => Repository.PathOf("tests", "Multipass.HyperV.Tests", "Failures", "Reports");

    public override string ToString() => Id;

    private static List<Report> ReadAll()
    {
        var reports = new List<Report>();
        foreach (var file in Directory.EnumerateFiles(Folder, "*.json").Order(StringComparer.Ordinal))
        {
            try
            {
                reports.AddRange(JsonSerializer.Deserialize<Report[]>(File.ReadAllText(file), Strict)!);
            }
            catch (JsonException exception)
            {
                throw new InvalidDataException($"{Path.GetFileName(file)}: {exception.Message}", exception);
            }
        }

        return reports;
    }
}

/// <summary>A call that ends in a fault.</summary>
internal sealed record FailedCall
{
    /// <summary>Request for the request alone, Reading for whatever is asked first.</summary>
    public required string At { get; init; }

    public string Status { get; init; } = "Failed";

    public string? HResult { get; init; }

    public required string Text { get; init; }
}

/// <summary>An event of the host's log.</summary>
internal sealed record LoggedReport
{
    public required int Id { get; init; }

    /// <summary>Worker or Vmms.</summary>
    public string Log { get; init; } = "Worker";

    public IReadOnlyList<string> HResults { get; init; } = [];
}

/// <summary>What is right to say of a report.</summary>
internal sealed record Expectation
{
    /// <summary>The catalogue's names. Unknown among them means that the evidence proves nothing, and that it is honest to say so.</summary>
    public required IReadOnlyList<string> Causes { get; init; }

    /// <summary>Regular expressions that the message or the advice must not match: claims that the thread refutes.</summary>
    public IReadOnlyList<string> MustNotClaim { get; init; } = [];

    /// <summary>Regular expressions that the advice must match: the step that helped.</summary>
    public IReadOnlyList<string> AdviceMust { get; init; } = [];

    /// <summary>Regular expressions that the advice must not match: steps that did not help, or that destroy.</summary>
    public IReadOnlyList<string> AdviceMustNot { get; init; } = [];

    /// <summary>The instance's state afterwards.</summary>
    public string? State { get; init; }
}
