using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;

namespace Multipass.HyperV.Torture.Planted;

/// <summary>Deliberate defects, each of which some world must show.</summary>
internal sealed class PlantedSuite : ITortureSuite
{
    public string Name => "planted";

    public string Description => "deliberate defects in a copy of the engine: each must break a rule within so many worlds; --rule takes a part of a defect's name";

    public int DefaultCount => 10_000;

    public IReadOnlyList<string> Switches { get; } = new[] { "--list" };

    public bool Run(int count, int seed, TextWriter output) => Run(new TortureOptions(count, seed), output);

    public bool Run(TortureOptions options, TextWriter output)
    {
        var defects = PlantedDefects.All.Where(defect => options.Rule is null || defect.Name.Contains(options.Rule, StringComparison.OrdinalIgnoreCase)).ToList();
        if (options.Has("--list"))
        {
            defects.ForEach(defect => output.WriteLine($"{defect.Name}: {defect.Story}"));
            return true;
        }

        var watch = Stopwatch.StartNew();
        var engine = new PlantedEngine();
        var results = new PlantedResult[defects.Count];
        var next = -1;
        void Work()
        {
            for (var index = Interlocked.Increment(ref next); index < results.Length; index = Interlocked.Increment(ref next))
            {
                var result = results[index] = engine.Try(defects[index], options.Count, options.Seed);
                lock (output)
                {
                    output.WriteLine(Line(result));
                }
            }
        }

        var threads = Enumerable.Range(1, options.Workers - 1).Select(_ => new Thread(Work)).ToList();
        threads.ForEach(thread => thread.Start());
        Work();
        threads.ForEach(thread => thread.Join());
        var caught = results.Count(result => result.Caught is not null);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{results.Length} defects planted, {caught} caught, {watch.Elapsed.TotalSeconds:0.0} s."));
        return caught == results.Length;
    }

    private static string Line(PlantedResult result)
        => string.Create(CultureInfo.InvariantCulture, $"{(result.Caught is null ? "NOT CAUGHT" : "caught"),-11}{result.Defect.Name,-34}")
            + (result.Problem ?? (result.Caught is { } rule
                ? string.Create(CultureInfo.InvariantCulture, $"{rule}, after {result.Worlds} worlds")
                : string.Create(CultureInfo.InvariantCulture, $"in {result.Worlds} worlds")));
}
