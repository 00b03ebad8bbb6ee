using System;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Tasks;
using Multipass.HyperV.Server.Http;
using Multipass.HyperV.Simulation;

namespace Multipass.HyperV.Server;

internal static class Program
{
    private const int Success = 0, Failure = 1, WrongUsage = 2;

    private static async Task<int> Main(string[] words)
    {
        try
        {
            var arguments = ServerArguments.Read(words);
            if (arguments.IsHelp)
            {
                Console.Out.WriteLine(ServerArguments.Usage);
                return Success;
            }

            await ServeAsync(arguments);
            return Success;
        }
        catch (ServerException exception)
        {
            Console.Error.WriteLine(exception.Message);
            return WrongUsage;
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            // An address that is in use, or not this computer's.
            Console.Error.WriteLine(exception.Message);
            return Failure;
        }
    }

    private static async Task ServeAsync(ServerArguments arguments)
    {
        var host = new SimulatedHost(ScenarioOf(arguments.Scenario), new ServerClock());
        var isSecure = arguments.Urls.Any(url => url.Scheme == Uri.UriSchemeHttps);
        using var certificate = !isSecure ? null
            : arguments.Certificate is null ? Certificates.Create()
            : Certificates.Load(arguments.Certificate, arguments.CertificatePassword);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        await using var server = await WsmanServer.StartAsync(host, new ServerOptions
        {
            Urls = arguments.Urls,
            UserName = arguments.UserName,
            Password = arguments.Password,
            Certificate = certificate,
            Log = arguments.IsVerbose ? Console.Out.WriteLine : null,
        });
        Announce(host, server, arguments, certificate);
        await ended.Task;
        Console.Out.WriteLine("Ended.");

        void End(PosixSignalContext signal)
        {
            signal.Cancel = true;
            ended.TrySetResult();
        }
    }

    private static void Announce(SimulatedHost host, WsmanServer server, ServerArguments arguments, X509Certificate2? certificate)
    {
        Console.Out.WriteLine($"The simulated host {host.Name} is served at {string.Join(" and ", server.Urls)}");
        Console.Out.WriteLine($"User: {arguments.UserName}");
        if (arguments.IsPasswordMade)
        {
            Console.Out.WriteLine($"Password: {arguments.Password}");
        }

        if (certificate is not null)
        {
            Console.Out.WriteLine($"Certificate (SHA-256): {certificate.GetCertHashString(HashAlgorithmName.SHA256)}");
        }

        foreach (var url in server.Urls.Where(url => !url.IsLoopback))
        {
            Console.Out.WriteLine(url.Scheme == Uri.UriSchemeHttp
                ? $"Warning: {url} is open to the network, and passwords travel there unencrypted."
                : $"Warning: {url} is open to the network.");
        }

        Console.Out.WriteLine("Ctrl+C ends it.");
    }

    private static Scenario ScenarioOf(string? path)
    {
        try
        {
            return path is null ? Scenario.Default : Scenario.Parse(File.ReadAllBytes(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ScenarioException)
        {
            throw new ServerException($"The scenario '{path}' cannot be read: {exception.Message}", exception);
        }
    }
}
