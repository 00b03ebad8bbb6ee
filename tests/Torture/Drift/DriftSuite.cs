using System;
using System.Globalization;
using System.IO;
using System.Linq;

namespace Multipass.HyperV.Torture.Drift;

/// <summary>Random worlds, repaired; what a repair must never do is checked in each.</summary>
internal sealed class DriftSuite : ITortureSuite
{
    /// <summary>So many failures are written; the rest is counted.</summary>
    private const int MostShown = 20;

    public string Name => "drift";

    public string Description => "repairs random worlds: healthy instances, foreign ones, jobs that make progress, saved states, namesakes, twins and other backends' instances must stay untouched";

    public int DefaultCount => 10_000;

    public bool Run(int count, int seed, TextWriter output)
    {
        var failures = 0;
        var steps = 0;
        for (var number = 0; number < count; number++)
        {
            var world = new DriftWorld(unchecked(seed + number));
            string[] broken;
            try
            {
                var beliefs = new BeliefWorld(unchecked(seed + number));
                broken = world.Run().Concat(beliefs.Run()).ToArray();
                if (count == 1)
                {
                    output.WriteLine(beliefs.Scenario);
                }
            }
            catch (Exception exception)
            {
                broken = new[] { exception.ToString() };
            }

            steps += world.StepsDone;
            if (broken.Length > 0 && ++failures <= MostShown)
            {
                output.WriteLine(string.Format(CultureInfo.InvariantCulture, "seed {0}: {1}", unchecked(seed + number), string.Join("; ", broken)));
            }
        }

        output.WriteLine(string.Format(CultureInfo.InvariantCulture, "{0} worlds, {1} steps carried out, {2} worlds with broken rules", count, steps, failures));
        return failures == 0;
    }
}
