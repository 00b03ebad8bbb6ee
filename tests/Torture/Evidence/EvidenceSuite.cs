using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using Multipass.HyperV.Failures;

namespace Multipass.HyperV.Torture.Evidence;

/// <summary>Random evidence: a verdict for each, never an exception; and the time that a verdict takes grows with the length of the texts, not faster.</summary>
internal sealed class EvidenceSuite : ITortureSuite
{
    /// <summary>Four times the text may take so many times as long: four is linear, sixteen would be quadratic.</summary>
    private const double MostGrowth = 9;

    public string Name => "evidence";

    public string Description => "random codes, texts and broken XML: each gets a verdict, in linear time";

    public int DefaultCount => 100_000;

    public bool Run(int count, int seed, TextWriter output)
    {
        var flaws = 0;
        var longest = TimeSpan.Zero;
        var total = Stopwatch.StartNew();
        var watch = new Stopwatch();
        for (var number = 0; number < count; number++)
        {
            watch.Restart();
            var flaw = EvidenceChecks.FlawOf(unchecked(seed + number));
            longest = watch.Elapsed > longest ? watch.Elapsed : longest;
            if (flaw is not null && flaws++ < 10)
            {
                output.WriteLine(string.Format(CultureInfo.InvariantCulture, "failed, repeat it with --seed {0} --count 1: {1}", unchecked(seed + number), flaw));
            }
        }

        output.WriteLine(string.Format(
            CultureInfo.InvariantCulture, "{0} sets in {1:0.0} s, the longest {2:0.0} ms, {3} failed", count, total.Elapsed.TotalSeconds, longest.TotalMilliseconds, flaws));
        return IsLinear(output) & flaws == 0;
    }

    private static bool IsLinear(TextWriter output)
    {
        var isLinear = true;
        foreach (var (what, repeated, name) in new[]
        {
            ("half a code", "0x8007000", "foo"), ("codes", "(0x8007000E) ", "foo"), ("the name, nearly", "n n n n n n n n x", "n n n n n n n n n"), ("brackets", "<a>", "foo"), ("digits", "0", "0"),
        })
        {
            var small = TimeOf(repeated, name, HResultText.MostCharacters / 4);
            var large = TimeOf(repeated, name, HResultText.MostCharacters);
            var growth = large / Math.Max(small, 0.01);
            isLinear &= growth <= MostGrowth;
            output.WriteLine(string.Format(
                CultureInfo.InvariantCulture, "{0}: {1:0.00} ms for {2} KB, {3:0.00} ms for {4} KB", what, small, HResultText.MostCharacters / 4096, large, HResultText.MostCharacters / 1024));
        }

        output.WriteLine(isLinear ? "linear" : "NOT linear");
        return isLinear;
    }

    /// <summary>The best of several runs, in milliseconds: what others do on the machine makes runs longer, never shorter.</summary>
    private static double TimeOf(string repeated, string name, int length)
    {
        var text = string.Concat(Enumerable.Repeat(repeated, (length / repeated.Length) + 1)).Substring(0, length);
        var best = double.MaxValue;
        for (var run = 0; run < 15; run++)
        {
            var watch = Stopwatch.StartNew();
            HResultText.Find(text, name, new List<int>());
            MsvmError.Read(text, name, new List<int>());
            best = Math.Min(best, watch.Elapsed.TotalMilliseconds);
        }

        return best;
    }
}
