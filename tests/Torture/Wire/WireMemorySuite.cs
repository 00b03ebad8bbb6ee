using System;
using System.Globalization;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Simulation;

namespace Multipass.HyperV.Torture.Wire;

/// <summary>Very many requests over HTTP, some of which leave an enumeration behind: the server's memory does not grow.</summary>
internal sealed class WireMemorySuite : ITortureSuite
{
    /// <summary>What 100,000 requests may leave: buffers and pools that fill up, the journal's last 100,000 calls (30 MB), abandoned enumerations until they expire.</summary>
    private const long MostGrowth = 64 * 1024 * 1024;

    /// <summary>One request in so many begins an enumeration and forgets it.</summary>
    private const int AbandonedEvery = 100;

    public string Name => "wire-memory";

    public string Description => "requests to a served host, with what they leave in memory";

    public int DefaultCount => 100_000;

    public bool Run(int count, int seed, TextWriter output) => RunAsync(count, output).GetAwaiter().GetResult();

    private static async Task<bool> RunAsync(int count, TextWriter output)
    {
        var time = new SteppedTime();
        await using var served = await ServedHost.StartAsync(new SimulatedHost(Scenario.Parse("""{ "instances": [ { "name": "foo" }, { "name": "bar", "state": "Running" } ] }"""), new VirtualClock()), time);
        using var connection = await served.ConnectAsync();
        using var foreign = new ForeignClient(served.Address);
        var query = new CimQuery("root/virtualization/v2", "Msvm_ComputerSystem", new[] { "Name", "ElementName", "EnabledState" });
        long before = 0;
        for (var at = 0; at < count; at++)
        {
            if (at == count / 10)
            {
                before = GC.GetTotalMemory(forceFullCollection: true);
            }

            await connection.QueryAsync(query, CancellationToken.None);
            if (at % AbandonedEvery == 0)
            {
                await foreign.AskAsync(ForeignClient.Enumerate, ForeignClient.Virtualization + "Msvm_ComputerSystem", "<enu:Enumerate/>");
                time.Now += TimeSpan.FromSeconds(1);
            }
        }

        served.Host.ClearCalls();
        var open = served.Server.OpenEnumerations;
        var growth = GC.GetTotalMemory(forceFullCollection: true) - before;
        await output.WriteLineAsync(string.Format(CultureInfo.InvariantCulture, "{0} requests: {1:N1} MB more than after the first tenth, {2} enumerations open", count, growth / 1048576.0, open));
        return growth < MostGrowth && open <= 240;
    }

    /// <summary>A second for each abandoned enumeration, so that they expire in the course of the run.</summary>
    private sealed class SteppedTime : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
