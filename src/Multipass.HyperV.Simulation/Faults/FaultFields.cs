using System;
using System.Collections.Generic;
using System.Linq;

namespace Multipass.HyperV.Simulation.Faults;

/// <summary>The keys of a fault as they were written, wherever they were written; and the rules that they obey together.</summary>
internal sealed record FaultFields
{
    public const int MostTimes = 1_000_000;

    /// <summary>A day.</summary>
    public const int MostMilliseconds = 86_400_000;

    public string Operation { get; init; } = string.Empty;

    public string? Kind { get; init; }

    public string? Stage { get; init; }

    public long? Times { get; init; }

    public long? AfterMilliseconds { get; init; }

    public long? ReturnValue { get; init; }

    public long? JobState { get; init; }

    public long? JobErrorCode { get; init; }

    public string? ErrorSummaryDescription { get; init; }

    public string? ErrorDescription { get; init; }

    public IReadOnlyList<string>? Errors { get; init; }

    private bool HasJobValues => (JobState ?? JobErrorCode) is not null || ErrorSummaryDescription is not null || ErrorDescription is not null || Errors is not null;

    /// <summary>The fault; or the error that <paramref name="fail"/> makes of the key and the reason.</summary>
    public SimulatedFault Build(Func<string, string, Exception> fail)
    {
        var operation = (FaultOperation)Enum.Parse(typeof(FaultOperation), Operation);
        var isRaw = HasJobValues || ReturnValue is not null;
        if (isRaw == Kind is not null)
        {
            throw fail("kind", isRaw
                ? "a fault has either a kind or raw values (returnValue, jobState, jobErrorCode, errorSummaryDescription, errorDescription, errors), not both."
                : "a fault needs a kind, or raw values: returnValue, jobState, jobErrorCode, errorSummaryDescription, errorDescription, errors.");
        }

        var kind = isRaw ? FaultKinds.Raw : FaultKinds.Find(Kind!)!;
        var isReading = FaultKinds.IsReading(operation);
        if (isReading && !kind.AppliesToReading)
        {
            throw fail(isRaw ? "operation" : "kind", $"reading ({operation}) cannot fail in this way; allowed: {Names(FaultKinds.Rows.Where(row => row.AppliesToReading).Select(row => row.Name))}.");
        }

        if (kind.Operations is { } operations && !operations.Contains(operation))
        {
            throw fail("operation", $"{kind.Name} is possible for: {Names(operations.Select(one => one.ToString()))}.");
        }

        var stages = isReading ? new[] { FaultStage.Request } : isRaw ? new[] { ReturnValue is null ? FaultStage.Job : FaultStage.Request } : kind.Stages;
        var stage = Stage is null ? stages[0] : (FaultStage)Enum.Parse(typeof(FaultStage), Stage);
        return stages.Contains(stage)
            ? new SimulatedFault(operation, kind, stage, this)
            : throw fail("stage", $"{(isRaw ? "with these raw values" : kind.Name)} the stage can be: {Names(stages.Select(one => one.ToString()))}.");
    }

    private static string Names(IEnumerable<string> names) => string.Join(", ", names);
}
