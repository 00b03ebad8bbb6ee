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
    /// <summary>The same number of characters in few long texts may take so many times as long as in many short ones: one is linear, four would be quadratic.</summary>
    private const double MostGrowth = 2;

    /// <summary>A long text has as many characters as so many short ones.</summary>
    private const int Parts = 4;

    private const int LongTexts = 40;

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
            TimeOf(repeated, name, HResultText.MostCharacters / Parts, Parts);
            var shortTexts = TimeOf(repeated, name, HResultText.MostCharacters / Parts, LongTexts * Parts);
            var longTexts = TimeOf(repeated, name, HResultText.MostCharacters, LongTexts);
            isLinear &= longTexts <= MostGrowth * Math.Max(shortTexts, 10);
            output.WriteLine(string.Format(
                CultureInfo.InvariantCulture,
                "{0}: {1:0.0} ms of processor time for {2} MB in texts of {3} KB, {4:0.0} ms in texts of {5} KB",
                what,
                shortTexts,
                LongTexts * HResultText.MostCharacters / 1024 / 1024,
                HResultText.MostCharacters / Parts / 1024,
                longTexts,
                HResultText.MostCharacters / 1024));
        }

        output.WriteLine(isLinear ? "linear" : "NOT linear");
        return isLinear;
    }

    /// <summary>The processor's time, in milliseconds: what others do on the machine does not count.</summary>
    private static double TimeOf(string repeated, string name, int length, int times)
    {
        var text = string.Concat(Enumerable.Repeat(repeated, (length / repeated.Length) + 1)).Substring(0, length);
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        for (var time = 0; time < times; time++)
        {
            HResultText.Find(text, name, new List<int>());
            MsvmError.Read(text, name, new List<int>());
        }

        process.Refresh();
        return (process.TotalProcessorTime - before).TotalMilliseconds;
    }
}
