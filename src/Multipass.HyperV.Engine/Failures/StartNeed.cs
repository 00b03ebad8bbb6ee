using System;

namespace Multipass.HyperV.Failures;

/// <summary>Something that must be there for a start: what is looked at beforehand, and why a start fails without it.</summary>
/// <param name="Check">What is looked at, in one word.</param>
/// <param name="Cause">What a start then fails by.</param>
/// <param name="Fact">The fact that shows it.</param>
internal sealed record StartNeed(string Check, FailureCause Cause, Observation Fact)
{
    /// <summary>The facts that the sentences about it speak of, where they are not all that are known.</summary>
    public Func<HostFacts, HostFacts> About { get; init; } = facts => facts;
}
