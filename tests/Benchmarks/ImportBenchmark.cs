using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;

namespace Multipass.HyperV.Benchmarks;

/// <summary>What importing the module costs beside an empty binary module, each in a process of its own.</summary>
internal static class ImportBenchmark
{
    /// <summary>The word by which this program starts itself for one import.</summary>
    internal const string Once = "import-once";

    private const double MostTimes = 2;

    public static int Run(Arguments arguments)
    {
        var runs = arguments["runs", 15];
        string ours = Data("RepositoryRoot") + "Multipass.HyperV.psd1", empty = Data("EmptyModule");
        List<double> oursTook = [], emptyTook = [];
        for (var run = 0; run <= runs; run++)
        {
            // By turns, so that whatever else the machine does strikes both. The first of each only warms the disk's cache.
            var (emptyMilliseconds, _) = InProcess(empty);
            var (milliseconds, problem) = InProcess(ours);
            if (problem.Length > 0)
            {
                Console.Error.WriteLine(problem);
                return 1;
            }

            if (run > 0)
            {
                emptyTook.Add(emptyMilliseconds);
                oursTook.Add(milliseconds);
            }
        }

        var ratio = Median(oursTook) / Median(emptyTook);
        Console.WriteLine("| module | median | shortest | longest |");
        Console.WriteLine("|---|---|---|---|");
        Print("an empty binary module", emptyTook);
        Print("Multipass.HyperV", oursTook);
        Console.WriteLine(FormattableString.Invariant($"\n{ratio:0.00} times as long (at most {MostTimes:0.0}), over {runs} runs each. Nothing is connected after the import."));
        return ratio <= MostTimes ? 0 : 1;
    }

    /// <summary>One import in this process. Prints how long it took, and then what should not be there after it.</summary>
    public static int RunOnce(string manifest)
    {
        Environment.SetEnvironmentVariable("POWERSHELL_TELEMETRY_OPTOUT", "1");
        using var runspace = RunspaceFactory.CreateRunspace(InitialSessionState.CreateDefault2());
        runspace.Open();

        // The engine's own first steps are not what is measured.
        using (var warm = PowerShell.Create(runspace))
        {
            warm.AddScript("Get-Module -ListAvailable nowhere; 1 | ForEach-Object { $_ }").Invoke();
        }

        using var import = PowerShell.Create(runspace);
        import.AddCommand("Import-Module").AddParameter("Name", manifest).AddParameter("ErrorAction", ActionPreference.Stop);
        var watch = Stopwatch.StartNew();
        import.Invoke();
        watch.Stop();
        Console.WriteLine(watch.Elapsed.TotalMilliseconds.ToString("0.000", CultureInfo.InvariantCulture));

        foreach (var assembly in AppDomain.CurrentDomain.GetAssemblies().Select(loaded => loaded.GetName().Name).Where(name => name is "Multipass.HyperV.Wsman" or "System.Net.Http"))
        {
            Console.WriteLine($"The import has loaded {assembly}, which only a transport needs.");
        }

        using var connected = PowerShell.Create(runspace);
        if (Path.GetFileName(manifest).StartsWith("Multipass", StringComparison.Ordinal) && connected.AddCommand("Get-MpHost").Invoke().Count > 0)
        {
            Console.WriteLine("The import has connected to a host.");
        }

        return 0;
    }

    private static (double Milliseconds, string Problem) InProcess(string manifest)
    {
        ProcessStartInfo start = new("dotnet") { RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var argument in new[] { Assembly.GetExecutingAssembly().Location, Once, manifest })
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var lines = process.StandardOutput.ReadToEnd().Split('\n', 2);
        process.WaitForExit();
        return process.ExitCode == 0
            ? (double.Parse(lines[0], CultureInfo.InvariantCulture), lines[1].Trim())
            : throw new InvalidOperationException($"The import of {manifest} failed.");
    }

    private static void Print(string name, List<double> took) => Console.WriteLine(FormattableString.Invariant($"| {name} | {Median(took):0} ms | {took.Min():0} ms | {took.Max():0} ms |"));

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static string Data(string key) => Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
