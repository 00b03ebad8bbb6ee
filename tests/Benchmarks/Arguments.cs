using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Multipass.HyperV.Benchmarks;

/// <summary>Numbers by name: <c>--hosts 200 --runs 5</c>.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.OrdinalIgnoreCase);

    private Arguments()
    {
    }

    /// <summary>The number of a name, or what stands for it when it was not given.</summary>
    public int this[string name, int otherwise] => _numbers.TryGetValue(name, out var number) ? number : otherwise;

    public static bool TryParse(IEnumerable<string> words, out Arguments arguments)
    {
        arguments = new Arguments();
        foreach (var pair in words.Chunk(2))
        {
            if (pair.Length != 2 || !pair[0].StartsWith("--", StringComparison.Ordinal)
                || !int.TryParse(pair[1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < 1)
            {
                return false;
            }

            arguments._numbers[pair[0][2..]] = number;
        }

        return true;
    }
}
