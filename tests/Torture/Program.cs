using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Multipass.HyperV.Torture.Drift;
using Multipass.HyperV.Torture.Evidence;
using Multipass.HyperV.Torture.Preflight;
using Multipass.HyperV.Torture.Planted;
using Multipass.HyperV.Torture.Wire;
using Multipass.HyperV.Torture.Worlds;

namespace Multipass.HyperV.Torture;

/// <summary>Seeded runs that are too long for the tests: <c>dotnet run --project tests/Torture -- SUITE [--count N] [--seed N]</c>.</summary>
internal static class Program
{
    private const int Passed = 0, Failed = 1, Misused = 2;

    /// <summary>The suites. One is added by adding it here.</summary>
    private static readonly ITortureSuite[] Suites = { new WorldSuite(), new PlantedSuite(), new DriftSuite(), new EvidenceSuite(), new PreflightSuite(), new WireSuite(), new WireMemorySuite() };

    public static int Main(string[] arguments)
    {
        if (arguments.Length == 0 || Suites.FirstOrDefault(suite => suite.Name == arguments[0]) is not { } suite)
        {
            return Explain(arguments.Length == 0 ? null : $"There is no suite '{arguments[0]}'.");
        }

        int? count = null;
        int? seed = null;
        var workers = 1;
        string? rule = null;
        var switches = new List<string>();
        for (var index = 1; index < arguments.Length; index++)
        {
            var name = arguments[index];
            if (suite.Switches.Contains(name))
            {
                switches.Add(name);
                continue;
            }

            if (name == "--rule" && suite.Switches.Count > 0)
            {
                if (++index == arguments.Length)
                {
                    return Explain("--rule needs the name of a rule.");
                }

                rule = arguments[index];
                continue;
            }

            if (name is not ("--count" or "--seed" or "--workers"))
            {
                return Explain($"There is no option '{name}'.");
            }

            if (++index == arguments.Length || !int.TryParse(arguments[index], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
            {
                return Explain($"{name} needs a whole number.");
            }

            if (name != "--seed" && value <= 0)
            {
                return Explain($"{name} must be 1 or more.");
            }

            count = name == "--count" ? value : count;
            seed = name == "--seed" ? value : seed;
            workers = name == "--workers" ? value : workers;
        }

        // A seed alone means that one run.
        var options = new TortureOptions(count ?? (seed is not null && suite.Switches.Count > 0 ? 1 : suite.DefaultCount), seed ?? Environment.TickCount) { Workers = workers, Switches = switches, Rule = rule };
        Console.Out.WriteLine(string.Format(CultureInfo.InvariantCulture, "{0}: {1} from seed {2}", suite.Name, options.Count, options.Seed));
        return suite.Run(options, Console.Out) ? Passed : Failed;
    }

    private static int Explain(string? error)
    {
        if (error is not null)
        {
            Console.Error.WriteLine(error);
        }

        Console.Error.WriteLine("Torture SUITE [--count N] [--seed N] [--workers N]");
        foreach (var suite in Suites)
        {
            Console.Error.WriteLine($"  {suite.Name}  {suite.Description}{string.Concat(suite.Switches.Select(word => $" [{word}]"))}");
        }

        return Misused;
    }
}
