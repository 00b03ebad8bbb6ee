using System;
using Multipass.HyperV.Failures;

namespace Multipass.HyperV.Checks;

/// <summary>A row of the table of checks: what to look at, when it is a finding, and what to say.</summary>
/// <param name="Name">What is looked at, in one word.</param>
/// <param name="Severity">How much it matters.</param>
/// <param name="Holds">True when there is something to say.</param>
internal sealed record InstanceCheck(string Name, MpFindingSeverity Severity, Func<InstanceUnderTest, bool> Holds)
{
    /// <summary>What a start would fail by. Where the row says nothing itself, detail and recommendation are the catalogue's own.</summary>
    public FailureCause? Cause { get; init; }

    /// <summary>The facts that the catalogue's sentences speak of, where they are not all that are known.</summary>
    public Func<InstanceUnderTest, HostFacts>? Facts { get; init; }

    /// <summary>What was found; null for the catalogue's explanation of <see cref="Cause"/>.</summary>
    public Func<InstanceUnderTest, string>? Detail { get; init; }

    /// <summary>What to do; null for the catalogue's advice for <see cref="Cause"/>.</summary>
    public Func<InstanceUnderTest, string>? Recommendation { get; init; }

    /// <summary>Nothing else can be said of an instance for which this holds.</summary>
    public bool IsFinal { get; init; }
}
