using System;
using System.Collections.Generic;
using System.Linq;

namespace Multipass.HyperV.Benchmarks;

/// <summary>Measures what documents claim. Each verb prints the table that stands in docs/performance.md.</summary>
internal static class Program
{
    private static readonly IReadOnlyDictionary<string, Func<Arguments, int>> Verbs = new Dictionary<string, Func<Arguments, int>>(StringComparer.OrdinalIgnoreCase)
    {
        ["fleet"] = FleetBenchmark.Run,
        ["import"] = ImportBenchmark.Run,
    };

    private static int Main(string[] args)
    {
        if (args.Length == 2 && args[0] == ImportBenchmark.Once)
        {
            return ImportBenchmark.RunOnce(args[1]);
        }

        if (args.Length > 0 && Verbs.TryGetValue(args[0], out var verb) && Arguments.TryParse(args.Skip(1), out var arguments))
        {
            return verb(arguments);
        }

        Console.Error.WriteLine($"Usage: dotnet run -c Release --project tests/Benchmarks -- {string.Join("|", Verbs.Keys)} [--NAME NUMBER ...]");
        return 2;
    }
}
