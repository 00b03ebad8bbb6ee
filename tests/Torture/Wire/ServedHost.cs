using System;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Server;
using Multipass.HyperV.Simulation;
using Multipass.HyperV.Wsman;

namespace Multipass.HyperV.Torture.Wire;

/// <summary>A simulated host behind a server of its own, on a free port.</summary>
internal sealed class ServedHost : IAsyncDisposable
{
    public const string UserName = "Administrator";
    public const string Password = "secret <&> ümläut";

    private ServedHost(SimulatedHost host, WsmanServer server)
    {
        Host = host;
        Server = server;
    }

    public SimulatedHost Host { get; }

    public WsmanServer Server { get; }

    public Uri Address => Server.Urls[0];

    public CimEndpoint Endpoint => EndpointOf(Address);

    public static Task<ServedHost> StartAsync(string scenario) => StartAsync(new SimulatedHost(Scenario.Parse(scenario), new RealClock()));

    public static async Task<ServedHost> StartAsync(SimulatedHost host, TimeProvider? time = null, Action<string>? log = null)
        => new(host, await WsmanServer.StartAsync(host, new ServerOptions { Urls = new[] { new Uri("http://127.0.0.1:0") }, UserName = UserName, Password = Password, Log = log }, time));

    public static CimEndpoint EndpointOf(Uri address)
        => new(address.Host)
        {
            Port = address.Port,
            UseSsl = address.Scheme == Uri.UriSchemeHttps,
            AllowUnencrypted = true,
            Authentication = CimAuthentication.Basic,
            Credential = new NetworkCredential(UserName, Password),
        };

    public Task<ICimConnection> ConnectAsync() => new WsmanTransport().ConnectAsync(Endpoint, CancellationToken.None);

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    private sealed class RealClock : Time.IClock
    {
        public DateTimeOffset Now => DateTimeOffset.UtcNow;

        public TimeSpan Elapsed { get { return TimeSpan.FromMilliseconds(Environment.TickCount64); } }

        public Task Delay(TimeSpan duration, CancellationToken cancellationToken) => Task.Delay(duration, cancellationToken);
    }
}
