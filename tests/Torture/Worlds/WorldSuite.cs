using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using Multipass.HyperV.Torture.Worlds.Judging;
using Multipass.HyperV.Torture.Worlds.Plan;
using Multipass.HyperV.Torture.Worlds.Run;

namespace Multipass.HyperV.Torture.Worlds;

/// <summary>Seeded worlds, judged by rules that share nothing with the engine.</summary>
internal sealed class WorldSuite : ITortureSuite
{
    private const string Trace = "--trace", Shrink = "--shrink", Tally = "--tally";

    /// <summary>More failing worlds than this are not told of one by one.</summary>
    private const int MostToldPerRule = 3, MostToldOfOneRule = 40;

    public string Name => "worlds";

    public string Description => "commands on hosts where calls take time, readings fail, and somebody else acts meanwhile; --trace tells a world, --shrink makes a failing one small";

    public int DefaultCount => 10_000;

    public IReadOnlyList<string> Switches { get; } = new[] { Trace, Shrink, Tally };

    public bool Run(int count, int seed, TextWriter output) => Run(new TortureOptions(count, seed), output);

    public bool Run(TortureOptions options, TextWriter output)
    {
        Rule? only = null;
        if (options.Rule is { } name)
        {
            if (!Enum.TryParse<Rule>(name, ignoreCase: true, out var rule))
            {
                output.WriteLine($"There is no rule '{name}'. There are: {string.Join(", ", Enum.GetNames<Rule>())}.");
                return false;
            }

            only = rule;
        }

        if (options.Has(Trace) && options.Count == 1)
        {
            return TellOne(WorldMaker.Make(options.Seed), options.Has(Shrink), only, output);
        }

        var watch = Stopwatch.StartNew();
        var tally = Judge(options.Count, options.Seed, options.Workers);
        watch.Stop();
        if (only is not null)
        {
            tally.Broken.RemoveAll(pair => pair.Violation.Rule != only);
        }

        foreach (var group in tally.Broken.GroupBy(pair => pair.Violation.Rule).OrderBy(group => group.Key))
        {
            foreach (var (broken, violation) in group.OrderBy(pair => pair.Seed).Take(only is null ? MostToldPerRule : MostToldOfOneRule))
            {
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {broken}: {violation.Rule}, step {violation.Step + 1}, '{violation.Name}': {violation.Why}"));
            }
        }

        if (options.Has(Shrink) && tally.Broken.Count > 0)
        {
            var first = tally.Broken.MinBy(pair => pair.Seed);
            output.WriteLine();
            TellOne(WorldMaker.Make(first.Seed), isShrunk: true, first.Violation.Rule, output);
        }

        tally.Write(output);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{options.Count} worlds, {tally.Broken.Select(pair => pair.Seed).Distinct().Count()} of them broken, {watch.Elapsed.TotalSeconds:0.0} s, {options.Count / watch.Elapsed.TotalSeconds:0} worlds a second."));
        return tally.Broken.Count == 0;
    }

    /// <summary>Runs and judges worlds; each on one thread, several at once.</summary>
    public static WorldTally Judge(int count, int seed, int workers)
    {
        var tallies = Enumerable.Range(0, workers).Select(_ => new WorldTally()).ToArray();
        void Work(int worker)
        {
            for (var index = worker; index < count; index += workers)
            {
                var plan = WorldMaker.Make((long)seed + index);
                var history = WorldRun.Run(plan);
                tallies[worker].Add(plan, history, Judging.Judge.Of(plan, history));
            }
        }

        var threads = Enumerable.Range(1, workers - 1).Select(worker => new Thread(() => Work(worker))).ToList();
        threads.ForEach(thread => thread.Start());
        Work(0);
        threads.ForEach(thread => thread.Join());
        var all = tallies[0];
        foreach (var tally in tallies.Skip(1))
        {
            all.Add(tally);
        }

        return all;
    }

    private static bool TellOne(WorldPlan plan, bool isShrunk, Rule? only, TextWriter output)
    {
        var verdict = Verdict(plan);
        if (isShrunk && verdict.Violations.Count > 0)
        {
            plan = WorldShrinker.Shrink(plan, only ?? verdict.Violations[0].Rule);
        }

        var history = WorldRun.Run(plan, isTraced: true);
        verdict = Judging.Judge.Of(plan, history);
        WorldTrace.Write(plan, history, verdict, output);
        return verdict.Violations.Count == 0;
    }

    private static Verdict Verdict(WorldPlan plan) => Judging.Judge.Of(plan, WorldRun.Run(plan));
}
