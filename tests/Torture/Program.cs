using System;
using System.Globalization;
using System.Linq;
using Multipass.HyperV.Torture.Drift;
using Multipass.HyperV.Torture.Evidence;
using Multipass.HyperV.Torture.Wire;

namespace Multipass.HyperV.Torture;

/// <summary>Seeded runs that are too long for the tests: <c>dotnet run --project tests/Torture -- SUITE [--count N] [--seed N]</c>.</summary>
internal static class Program
{
    private const int Passed = 0, Failed = 1, Misused = 2;

    /// <summary>The suites. One is added by adding it here.</summary>
    private static readonly ITortureSuite[] Suites = { new DriftSuite(), new EvidenceSuite(), new WireSuite(), new WireMemorySuite() };

    public static int Main(string[] arguments)
    {
        if (arguments.Length == 0 || Suites.FirstOrDefault(suite => suite.Name == arguments[0]) is not { } suite)
        {
            return Explain(arguments.Length == 0 ? null : $"There is no suite '{arguments[0]}'.");
        }

        var count = suite.DefaultCount;
        var seed = Environment.TickCount;
        for (var index = 1; index < arguments.Length; index += 2)
        {
            if (index + 1 == arguments.Length || !int.TryParse(arguments[index + 1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
            {
                return Explain($"{arguments[index]} needs a whole number.");
            }

            switch (arguments[index])
            {
                case "--count" when value > 0:
                    count = value;
                    break;
                case "--seed":
                    seed = value;
                    break;
                default:
                    return Explain(arguments[index] == "--count" ? "--count must be 1 or more." : $"There is no option '{arguments[index]}'.");
            }
        }

        Console.Out.WriteLine(string.Format(CultureInfo.InvariantCulture, "{0}: {1} from seed {2}", suite.Name, count, seed));
        return suite.Run(count, seed, Console.Out) ? Passed : Failed;
    }

    private static int Explain(string? error)
    {
        if (error is not null)
        {
            Console.Error.WriteLine(error);
        }

        Console.Error.WriteLine("Torture SUITE [--count N] [--seed N]");
        foreach (var suite in Suites)
        {
            Console.Error.WriteLine($"  {suite.Name}  {suite.Description}");
        }

        return Misused;
    }
}
