using System;
using System.Globalization;
using System.IO;
using System.Linq;
using Multipass.HyperV.Torture.Worlds;
using Multipass.HyperV.Torture.Worlds.Judging;
using Multipass.HyperV.Torture.Worlds.Plan;
using Multipass.HyperV.Torture.Worlds.Run;
using Xunit;

namespace Multipass.HyperV.Tests.Worlds;

/// <summary>Seeded worlds, judged by rules that share nothing with the engine. A seed is had again with <c>dotnet run --project tests/Torture -- worlds --seed N --trace --shrink</c>.</summary>
public sealed class WorldTests
{
    private const int Worlds = 2000;

    [Fact]
    public void No_rule_is_broken_in_any_world()
    {
        var tally = WorldSuite.Judge(Worlds, seed: 0, workers: 1);

        Assert.True(tally.Broken.Count == 0, string.Join("\n", tally.Broken.Take(20).Select(pair => string.Create(CultureInfo.InvariantCulture, $"seed {pair.Seed}: {pair.Violation}"))));
    }

    [Fact]
    public void A_seed_makes_the_same_world_to_the_last_line()
    {
        foreach (var seed in Enumerable.Range(0, 40))
        {
            Assert.Equal(Told(seed), Told(seed));
        }
    }

    [Fact]
    public void Every_rule_is_in_words()
    {
        Assert.Equal(Enum.GetValues<Rule>().OrderBy(rule => rule), Rules.All.Keys.OrderBy(rule => rule));
        Assert.True(Enum.GetValues<Rule>().Length is >= 20 and <= 64);
    }

    private static string Told(int seed)
    {
        var plan = WorldMaker.Make(seed);
        var history = WorldRun.Run(plan, isTraced: true);
        using var writer = new StringWriter(CultureInfo.InvariantCulture);
        WorldTrace.Write(plan, history, Judge.Of(plan, history), writer);
        return writer.ToString();
    }
}
