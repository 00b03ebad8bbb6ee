using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;

namespace Multipass.HyperV.Benchmarks;

/// <summary>Many hosts at once against one: how listing and starting grow.</summary>
internal static class FleetBenchmark
{
    private const string JobMilliseconds = "300";

    public static int Run(Arguments arguments)
    {
        int hosts = arguments["hosts", 200], instances = arguments["instances", 50], runs = arguments["runs", 5], limit = arguments["throttle", 32];
        var folder = Directory.CreateTempSubdirectory("mp-fleet-").FullName;
        try
        {
            var scenarios = Enumerable.Range(0, hosts).Select(index => Write(folder, index, instances)).ToArray();
            using var module = new HostedModule();

            // What is compiled at the first use must not count as the first measurement.
            Measure(module, scenarios[..1], limit, 2);
            var one = Measure(module, scenarios[..1], limit, runs);
            var all = Measure(module, scenarios, limit, runs);
            Write($"{Environment.ProcessorCount} processors, {System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription}, median of {runs} runs; simulated hosts, jobs of {JobMilliseconds} ms.");
            Console.WriteLine();
            Write($"| command | 1 host, {instances} instances | {hosts} hosts, {hosts * instances} instances | ratio | calls, 1 host | calls, {hosts} hosts |");
            Console.WriteLine("|---|---|---|---|---|---|");
            for (var row = 0; row < one.Count; row++)
            {
                Write(
                    $"| `{one[row].Command}` | {one[row].Median:0} ms | {all[row].Median:0} ms | {all[row].Median / one[row].Median:0.0} | {one[row].Calls} | {all[row].Calls} |");
            }

            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Write(FormattableString line) => Console.WriteLine(FormattableString.Invariant(line));

    private static string Write(string folder, int index, int instances)
    {
        var names = string.Join(", ", Enumerable.Range(0, instances).Select(number => $$"""{ "name": "vm-{{index:000}}-{{number:00}}", "memoryMB": 512 }"""));
        var path = Path.Combine(folder, $"host-{index:000}.json");
        File.WriteAllText(path, $$"""{ "host": { "name": "HV-{{index:000}}", "memoryMB": {{(instances * 512) + 4096}}, "reserveMB": 2048, "jobMilliseconds": {{JobMilliseconds}} }, "instances": [ {{names}} ] }""");
        return path;
    }

    private static List<(string Command, double Median, int Calls)> Measure(HostedModule module, string[] scenarios, int limit, int runs)
    {
        var commands = new[]
        {
            "Get-MpInstance -StateOnly", "Get-MpInstance", $"Start-MpInstance * -ThrottleLimit {limit}",
        };
        var times = commands.ToDictionary(command => command, _ => new List<double>());
        var calls = new Dictionary<string, int>();
        for (var run = 0; run < runs; run++)
        {
            module.Run("Disconnect-MpHost; Connect-MpHost -Simulated -Scenario $scenarios", ("scenarios", scenarios));
            var before = 0;
            foreach (var command in commands)
            {
                GC.Collect();
                var watch = Stopwatch.StartNew();
                module.Run("$null = " + command);
                times[command].Add(watch.Elapsed.TotalMilliseconds);
                var count = module.Run("Get-MpSimulatedCall").Length;
                calls[command] = count - before;
                before = count;
            }

            // A start that has not started is no measurement.
            var running = module.Run("Get-MpInstance -StateOnly -State Running").Length;
            if (running != module.Run("Get-MpInstance -StateOnly").Length)
            {
                throw new InvalidOperationException($"Only {running} instances run.");
            }
        }

        return commands.Select(command => (command, Median(times[command]), calls[command])).ToList();
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values.Count % 2 == 1 ? values[values.Count / 2] : (values[(values.Count / 2) - 1] + values[values.Count / 2]) / 2;
    }
}
