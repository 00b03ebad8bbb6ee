using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Connections;
using Multipass.HyperV.Shell;
using Multipass.HyperV.Simulation;

namespace Multipass.HyperV.Conformance;

internal static class Program
{
    private const int Same = 0, Different = 1, Misused = 2, NotConnected = 3;

    private const string Usage = """
        Conformance --host NAME [--scenario FILE] [--out FILE] [--transport Auto|Mmi|Wsman]
                    [--port N] [--ssl] [--skip-certificate-check] [--allow-unencrypted] [--basic] [--user NAME]

        Asks a host (a dot is this computer) and a simulated one the same, and changes nothing. The password of --user is taken from MP_TEST_PASSWORD.
        --scenario is what the simulated host has; `Export-MpScenario` writes one of a host. --out takes all differences, as JSON.
        Exit code 0: no difference that code would notice; 1: there are some; 2: wrong usage; 3: the host could not be connected to.
        """;

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    public static async Task<int> Main(string[] words)
    {
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var index = 0; index < words.Length; index++)
        {
            var word = words[index];
            if (word is "--ssl" or "--skip-certificate-check" or "--allow-unencrypted" or "--basic")
            {
                options[word] = string.Empty;
            }
            else if (word is "--host" or "--scenario" or "--out" or "--transport" or "--port" or "--user" && index + 1 < words.Length)
            {
                options[word] = words[++index];
            }
            else
            {
                return Explain($"'{word}' is not understood.");
            }
        }

        var port = 0;
        if (!options.TryGetValue("--host", out var name) || (options.TryGetValue("--port", out var digits) && !int.TryParse(digits, out port)))
        {
            return Explain("--host names the host, --port takes a number.");
        }

        if (!Enum.TryParse<MpTransport>(options.GetValueOrDefault("--transport", "Auto"), ignoreCase: true, out var asked) || TransportFinder.Find(asked, out var reason) is not { } transport)
        {
            return Explain("There is no such transport here.");
        }

        var endpoint = new CimEndpoint(name == "." ? null : name)
        {
            Port = port == 0 ? null : port,
            UseSsl = options.ContainsKey("--ssl"),
            SkipCertificateCheck = options.ContainsKey("--skip-certificate-check"),
            AllowUnencrypted = options.ContainsKey("--allow-unencrypted"),
            Authentication = options.ContainsKey("--basic") ? CimAuthentication.Basic : CimAuthentication.Default,
            Credential = options.TryGetValue("--user", out var user) ? new NetworkCredential(user, Environment.GetEnvironmentVariable("MP_TEST_PASSWORD")) : null,
        };
        try
        {
            var scenario = options.TryGetValue("--scenario", out var file) ? Scenario.Parse(await File.ReadAllBytesAsync(file)) : Scenario.Default;
            using var real = await TransportFinder.ConnectAsync(transport, endpoint, CancellationToken.None);
            using var simulated = new SimulatedHost(scenario, SystemClock.Instance).Connect();
            var differences = await Conversation.CompareAsync(real, simulated, _ => { }, CancellationToken.None);
            foreach (var difference in differences.OrderByDescending(difference => difference.IsGrave))
            {
                Console.Out.WriteLine($"{difference.Kind,-7} {difference.Where}: here {difference.Real}; simulated {difference.Simulated}");
            }

            if (options.TryGetValue("--out", out var output))
            {
                await File.WriteAllTextAsync(output, JsonSerializer.Serialize(differences, Json));
            }

            var grave = differences.Count(difference => difference.IsGrave);
            Console.Out.WriteLine($"{ClassReference.All.Count} classes compared: {differences.Count} differences, {grave} of them in faults or types.");
            return grave == 0 ? Same : Different;
        }
        catch (CimFaultException exception)
        {
            Console.Error.WriteLine($"{endpoint} could not be connected to: {exception.Message}");
            return NotConnected;
        }
        catch (Exception exception) when (exception is ScenarioException or IOException or UnauthorizedAccessException)
        {
            return Explain(exception.Message);
        }
    }

    private static int Explain(string error)
    {
        Console.Error.WriteLine(error);
        Console.Error.WriteLine(Usage);
        return Misused;
    }
}
