using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;

namespace Multipass.HyperV.Torture.Preflight;

/// <summary>Random hosts and instances: what is found before a start agrees with what the start does.</summary>
internal sealed class PreflightSuite : ITortureSuite
{
    public string Name => "preflight";

    public string Description => "random hosts: what Test-MpInstance calls an error fails by that cause, and what it passes starts";

    public int DefaultCount => 10_000;

    public bool Run(int count, int seed, TextWriter output)
    {
        var flaws = 0;
        var causes = new SortedDictionary<string, int>();
        for (var number = 0; number < count; number++)
        {
            var world = new PreflightWorld(unchecked(seed + number));
            if (world.Run() is { } flaw && flaws++ < 10)
            {
                output.WriteLine(string.Format(CultureInfo.InvariantCulture, "failed, repeat it with --seed {0} --count 1: {1}\n  {2}", unchecked(seed + number), flaw, world.Scenario));
            }

            var ending = world.Failed.Length == 0 ? "started" : world.Failed;
            causes[ending] = causes.TryGetValue(ending, out var known) ? known + 1 : 1;
        }

        output.WriteLine(string.Join(", ", causes.Select(pair => string.Format(CultureInfo.InvariantCulture, "{0} {1}", pair.Key, pair.Value))));
        output.WriteLine(string.Format(CultureInfo.InvariantCulture, "{0} starts, {1} not as foreseen", count, flaws));
        return flaws == 0;
    }
}
