using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;

namespace Multipass.HyperV.Torture.Wire;

/// <summary>Damaged answers fed to the client, damaged requests fed to the server.</summary>
internal sealed class WireSuite : ITortureSuite
{
    /// <summary>Of ten thousand failures the first tell enough.</summary>
    private const int MostLines = 20;

    public string Name => "wire";

    public string Description => "damaged WS-Management messages, both ways: no hang, no crash, one clear fault each";

    public int DefaultCount => 10_000;

    public bool Run(int count, int seed, TextWriter output) => RunAsync(count, seed, output).GetAwaiter().GetResult();

    private static async Task<bool> RunAsync(int count, int seed, TextWriter output)
    {
        var torture = new WireTorture();
        var wrong = new List<string>(await torture.AnswersAsync(count, seed));
        wrong.AddRange(await torture.RequestsAsync(count, seed));
        foreach (var line in wrong.Take(MostLines))
        {
            await output.WriteLineAsync(line);
        }

        await output.WriteLineAsync($"{count} answers and {count} requests, {wrong.Count} wrong");
        return wrong.Count == 0;
    }
}
