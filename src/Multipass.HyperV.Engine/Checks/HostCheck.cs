using System;
using Multipass.HyperV.Failures;

namespace Multipass.HyperV.Checks;

/// <summary>A row of the table of a host's checks.</summary>
/// <param name="Name">What is looked at, in one word.</param>
/// <param name="Judge">What is found.</param>
/// <param name="Needs">The checks without which this one cannot be judged, by name.</param>
internal sealed record HostCheck(string Name, Func<HostUnderTest, HostVerdict> Judge, params string[] Needs);

/// <summary>What a check found.</summary>
/// <param name="Result">How it ended.</param>
/// <param name="Detail">What was found.</param>
internal sealed record HostVerdict(MpCheckResult Result, string? Detail)
{
    /// <summary>Why it failed. Where the verdict says nothing itself, detail and recommendation are the catalogue's own.</summary>
    public FailureCause? Cause { get; init; }

    public string? Recommendation { get; init; }

    /// <summary>The facts that the catalogue's sentences speak of.</summary>
    public HostFacts Facts { get; init; } = HostFacts.None;

    public static HostVerdict Passed(string detail) => new(MpCheckResult.Passed, detail);

    public static HostVerdict Warning(string detail, string recommendation) => new(MpCheckResult.Warning, detail) { Recommendation = recommendation };

    public static HostVerdict Failed(FailureCause cause, string? detail = null, string? recommendation = null)
        => new(MpCheckResult.Failed, detail) { Cause = cause, Recommendation = recommendation };

    public static HostVerdict NotChecked(string detail) => new(MpCheckResult.NotChecked, detail);
}
