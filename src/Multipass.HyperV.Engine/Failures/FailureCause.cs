using System;
using System.Collections.Generic;
using System.Linq;

namespace Multipass.HyperV.Failures;

/// <summary>Where in an operation a cause can show.</summary>
[Flags]
internal enum FailureStages
{
    /// <summary>Found by this module, before or beside the host's own answer.</summary>
    None = 0,

    /// <summary>A call itself fails: reading, or connecting.</summary>
    Call = 1,

    /// <summary>The request is refused at once.</summary>
    Request = 2,

    /// <summary>The job fails.</summary>
    Job = 4,

    /// <summary>After the job has succeeded.</summary>
    AfterSuccess = 8,
}

/// <summary>A row of the catalogue: one cause of failure.</summary>
internal sealed class FailureCause
{
    private readonly EvidenceSources? _sources;

    public FailureCause(string name, FailureCategory category, params string[] explanations)
    {
        Name = name;
        Category = category;
        Explanations = explanations;
    }

    /// <summary>The first part of the error id. Never renamed: scripts hang on it.</summary>
    public string Name { get; }

    public FailureCategory Category { get; }

    /// <summary>What is wrong: the first sentence whose slots can all be filled. The last one always can.</summary>
    public IReadOnlyList<string> Explanations { get; }

    public FailureStages Stages { get; init; }

    /// <summary>What proves it; empty for causes that are found otherwise.</summary>
    public IReadOnlyList<Proof> Proofs { get; init; } = Array.Empty<Proof>();

    /// <summary>Which sources may prove it. Where a row does not say, those of its stages.</summary>
    public EvidenceSources Sources
    {
        get => _sources ?? (Has(FailureStages.Call) ? EvidenceSources.Call : EvidenceSources.None)
            | (Has(FailureStages.Request) ? EvidenceSources.Request : EvidenceSources.None)
            | (Has(FailureStages.Job) ? EvidenceSources.Job | EvidenceSources.ErrorList | EvidenceSources.EventLog : EvidenceSources.None)
            | (Has(FailureStages.AfterSuccess) ? EvidenceSources.EventLog : EvidenceSources.None);
        init => _sources = value;
    }

    /// <summary>The facts that strike it out, whatever proves it.</summary>
    public IReadOnlyList<Observation> Against { get; init; } = Array.Empty<Observation>();

    /// <summary>Where it shows if CIM does not show it, or not alone; null for causes that CIM shows.</summary>
    public string? ShownBy { get; init; }

    /// <summary>What is worth looking up for the advice.</summary>
    public FactKinds Facts { get; init; }

    /// <summary>How long the same request may be repeated; zero for causes that do not pass by themselves.</summary>
    public TimeSpan RetryFor { get; init; }

    /// <summary>What to do: the first that applies and whose slots can all be filled. The last one always can.</summary>
    public IReadOnlyList<Advice> Advice { get; init; } = Array.Empty<Advice>();

    /// <summary>How much speaks for it; zero when nothing does, or a fact speaks against it.</summary>
    public int Weigh(FailureCase failure)
        => Against.Any(objection => objection.Holds(failure)) ? 0 : Proofs.Select(proof => proof.Weigh(failure, Sources)).DefaultIfEmpty().Max();

    public override string ToString() => Name;

    private bool Has(FailureStages stage) => (Stages & stage) != 0;
}

/// <summary>One thing to do, in a sentence with slots.</summary>
/// <param name="Template">The sentence; slots in braces, see <see cref="FailureSlots"/>.</param>
/// <param name="When">When it applies; null for always.</param>
/// <param name="Situation">The same in words, for documents; empty for always.</param>
internal sealed record Advice(string Template, Func<FailureContext, bool>? When = null, string Situation = "")
{
    public static implicit operator Advice(string template) => new(template);
}
