using System;
using System.Collections.Generic;
using System.Linq;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Torture.Evidence;
using Xunit;

namespace Multipass.HyperV.Tests.Failures;

public sealed class RandomEvidenceTests
{
    /// <summary>More of them, and how the time grows: <c>dotnet run --project tests/Torture -- evidence --count 100000</c>.</summary>
    [Fact]
    public void Random_evidence_gets_a_verdict()
    {
        const int Count = 2000;
        var seed = Environment.TickCount;
        for (var number = 0; number < Count; number++)
        {
            Assert.True(EvidenceChecks.FlawOf(unchecked(seed + number)) is not { } flaw, $"Seed {unchecked(seed + number)}: {EvidenceChecks.FlawOf(unchecked(seed + number))}");
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_verdict()
    {
        static string Verdict(int seed)
        {
            var set = new EvidenceGenerator(seed).Next();
            return FailureCatalogue.Judge(set.Evidence, set.Facts).Name + FailureSlots.Codes(set.Evidence);
        }

        Assert.All(Enumerable.Range(1, 200), seed => Assert.Equal(Verdict(seed), Verdict(seed)));
    }

    [Fact]
    public void The_generator_reaches_most_causes()
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);
        foreach (var seed in Enumerable.Range(1, 800))
        {
            var set = new EvidenceGenerator(seed).Next();
            reached.Add(FailureCatalogue.Judge(set.Evidence, set.Facts).Name);
        }

        Assert.True(reached.Count > 25, string.Join(", ", reached));
    }
}
