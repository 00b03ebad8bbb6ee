using System;
using System.Globalization;
using System.IO;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Wsman.Protocol;

namespace Multipass.HyperV.Wsman.Client;

/// <summary>Single HTTP exchanges: certificates, limits and the patience for each.</summary>
internal static class HttpExchange
{
    /// <summary>Longer than the service may take (<see cref="WsmanEnvelopes.OperationTimeout"/>), so that it can say itself that it took too long.</summary>
    public static readonly TimeSpan Patience = WsmanEnvelopes.OperationTimeout + TimeSpan.FromSeconds(5);

    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(15);

    /// <summary>Shorter than WinRM and others keep a silent connection: one that they have closed is not used.</summary>
    private static readonly TimeSpan IdlePatience = TimeSpan.FromSeconds(55);

    /// <summary>A service may answer beyond the limit that it was told; not without end.</summary>
    private const int MostBytes = 16 * WsmanNames.UsualEnvelopeSize;

    /// <summary>Connections to an endpoint.</summary>
    /// <param name="endpoint">The computer.</param>
    /// <param name="mostConnections">How many at once.</param>
    public static HttpClient Open(CimEndpoint endpoint, int mostConnections)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ConnectTimeout = ConnectPatience,
            PooledConnectionIdleTimeout = IdlePatience,
            MaxConnectionsPerServer = mostConnections,
            MaxResponseHeadersLength = 64,
        };
        handler.SslOptions.RemoteCertificateValidationCallback = endpoint.SkipCertificateCheck ? AcceptAny : CertificateRefusedException.Check;
        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Where an endpoint's service is.</summary>
    /// <exception cref="UriFormatException">The computer's name is none: whatever else a URI may hold there (a path, a user) is not taken.</exception>
    public static Uri AddressOf(CimEndpoint endpoint)
    {
        var name = endpoint.ComputerName ?? "localhost";
        if (Uri.CheckHostName(name) == UriHostNameType.Unknown)
        {
            throw new UriFormatException();
        }

        var port = endpoint.Port ?? (endpoint.UseSsl ? WsmanNames.HttpsPort : WsmanNames.HttpPort);
        return new UriBuilder(endpoint.UseSsl ? Uri.UriSchemeHttps : Uri.UriSchemeHttp, name, port, WsmanNames.Path).Uri;
    }

    /// <summary>Sends a request and reads the whole answer.</summary>
    /// <param name="client">The connections.</param>
    /// <param name="request">The request.</param>
    /// <param name="limit">How long all of it may take.</param>
    /// <param name="cancellationToken">Abandons it.</param>
    /// <exception cref="CimFaultException">The service cannot be reached, is silent, or breaks off.</exception>
    public static async Task<(WsmanAnswer Answer, HttpResponseHeaders Headers)> SendAsync(HttpClient client, HttpRequestMessage request, TimeSpan limit, CancellationToken cancellationToken)
    {
        var address = request.RequestUri!;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(limit);
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token).ConfigureAwait(false);
            var content = await ReadAsync(address, response.Content, patience.Token).ConfigureAwait(false);
            var type = response.Content.Headers.ContentType;
            return (new WsmanAnswer((int)response.StatusCode, type?.MediaType, type?.CharSet, content), response.Headers);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw exception.InnerException is TimeoutException && !patience.IsCancellationRequested
                ? ChannelFaults.Of(CimStatus.Failed, Cim.WbemError.RpcServerUnavailable, $"{address} cannot be reached within {ConnectPatience.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)} s.")
                : ChannelFaults.NotAnswered(address, limit);
        }
        catch (Exception exception) when (ChannelFaults.IsOnTheWay(exception))
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw ChannelFaults.Of(address, exception);
        }
    }

    private static async Task<byte[]> ReadAsync(Uri address, HttpContent content, CancellationToken cancellationToken)
    {
        var stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            using var result = new MemoryStream();
            var buffer = new byte[32 * 1024];
            int read;
            while ((read = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
            {
                result.Write(buffer, 0, read);
                if (result.Length > MostBytes)
                {
                    throw ChannelFaults.NotUnderstood(address, "it has no end.");
                }
            }

            return result.ToArray();
        }
    }

    /// <summary>Whoever issued it and for whatever name; only where the user has asked for it.</summary>
    private static bool AcceptAny(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
        => certificate is not null || errors == SslPolicyErrors.None;
}
