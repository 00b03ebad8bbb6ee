using System;
using System.Collections.Generic;
using System.IO;

namespace Multipass.HyperV.Torture;

/// <summary>One kind of torture. The same count and seed give the same run.</summary>
internal interface ITortureSuite
{
    /// <summary>The word on the command line.</summary>
    string Name { get; }

    string Description { get; }

    /// <summary>How many runs when none are asked for.</summary>
    int DefaultCount { get; }

    /// <summary>Words that this suite takes beside count and seed, without a value.</summary>
    IReadOnlyList<string> Switches => Array.Empty<string>();

    /// <summary>Runs; run number n has the seed <paramref name="seed"/> + n, so that a failure can be had again alone.</summary>
    /// <returns>True when nothing has failed.</returns>
    bool Run(int count, int seed, TextWriter output);

    /// <summary>The same with everything that was on the command line.</summary>
    /// <returns>True when nothing has failed.</returns>
    bool Run(TortureOptions options, TextWriter output) => Run(options.Count, options.Seed, output);
}

/// <summary>What was on the command line.</summary>
/// <param name="Count">How many runs.</param>
/// <param name="Seed">The seed of the first.</param>
internal sealed record TortureOptions(int Count, int Seed)
{
    /// <summary>How many runs go on at once, each on a thread of its own.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>The switches that were given.</summary>
    public IReadOnlyCollection<string> Switches { get; init; } = Array.Empty<string>();

    /// <summary>The one rule that matters; null for all.</summary>
    public string? Rule { get; init; }

    public bool Has(string name) => ((ICollection<string>)Switches).Contains(name);
}
