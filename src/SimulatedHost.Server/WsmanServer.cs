using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Multipass.HyperV.Server.Http;
using Multipass.HyperV.Server.Operations;
using Multipass.HyperV.Simulation;
using Multipass.HyperV.Wsman.Protocol;

namespace Multipass.HyperV.Server;

/// <summary>A simulated host that is served over WS-Management, until it is disposed of.</summary>
public sealed class WsmanServer : IAsyncDisposable
{
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    private readonly WebApplication _application;
    private readonly WsmanService _service;

    private WsmanServer(WebApplication application, WsmanService service, IReadOnlyList<Uri> urls)
    {
        _application = application;
        _service = service;
        Urls = urls;
    }

    /// <summary>Where it listens, with the ports that it got and the path.</summary>
    public IReadOnlyList<Uri> Urls { get; }

    /// <summary>How many enumerations clients have begun and not ended.</summary>
    public int OpenEnumerations => _service.OpenEnumerations;

    /// <summary>Begins to serve a host.</summary>
    /// <param name="host">The host.</param>
    /// <param name="options">How.</param>
    /// <param name="time">The time in which abandoned enumerations expire; real time when omitted.</param>
    /// <param name="cancellationToken">Abandons the attempt.</param>
    public static async Task<WsmanServer> StartAsync(
        SimulatedHost host, ServerOptions options, TimeProvider? time = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(options);
        var service = new WsmanService(host, time ?? TimeProvider.System);
        var endpoint = new WsmanEndpoint(service, options, host.Name);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrel(kestrel => Configure(kestrel, options));
        builder.Services.Configure<HostOptions>(lifetime => lifetime.ShutdownTimeout = Farewell);
        var application = builder.Build();
        application.Run(endpoint.HandleAsync);
        try
        {
            await application.StartAsync(cancellationToken);
        }
        catch
        {
            await application.DisposeAsync();
            throw;
        }

        var addresses = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        return new WsmanServer(application, service, addresses.Select(address => new Uri(new Uri(address), WsmanNames.Path)).ToArray());
    }

    /// <summary>Ends all connections.</summary>
    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(Farewell);
        await _application.StopAsync(patience.Token);
        await _application.DisposeAsync();
    }

    private static void Configure(KestrelServerOptions kestrel, ServerOptions options)
    {
        kestrel.AddServerHeader = false;

        // The endpoint has a limit of its own, and a fault to say so.
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(30);
        foreach (var url in options.Urls)
        {
            void Listen(ListenOptions listen)
            {
                listen.Protocols = HttpProtocols.Http1;
                if (url.Scheme == Uri.UriSchemeHttps)
                {
                    listen.UseHttps(options.Certificate ?? throw new ArgumentException("HTTPS needs a certificate.", nameof(options)));
                }
            }

            if (IPAddress.TryParse(url.Host.Trim('[', ']'), out var address))
            {
                kestrel.Listen(address, url.Port, Listen);
            }
            else if (url.IsLoopback && url.Port == 0)
            {
                kestrel.Listen(IPAddress.Loopback, 0, Listen);
            }
            else if (url.IsLoopback)
            {
                kestrel.ListenLocalhost(url.Port, Listen);
            }
            else
            {
                kestrel.ListenAnyIP(url.Port, Listen);
            }
        }
    }
}
