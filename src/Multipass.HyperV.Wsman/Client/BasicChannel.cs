using System;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Wsman.Protocol;

namespace Multipass.HyperV.Wsman.Client;

/// <summary>Name and password with every request, over connections that are kept.</summary>
internal sealed class BasicChannel : IWsmanChannel
{
    /// <summary>The engine has 32 calls in flight at most, unless it is told otherwise; WinRM takes 300 connections.</summary>
    private const int MostConnections = 64;

    private readonly Uri _address;
    private readonly HttpClient _client;
    private readonly AuthenticationHeaderValue? _authorization;
    private readonly TimeSpan _patience;

    /// <param name="endpoint">The computer.</param>
    /// <param name="credential">Who asks; null to ask without.</param>
    /// <param name="patience">How long an answer may take; <see cref="HttpExchange.Patience"/> when omitted.</param>
    public BasicChannel(CimEndpoint endpoint, NetworkCredential? credential, TimeSpan? patience = null)
    {
        _patience = patience ?? HttpExchange.Patience;
        _address = HttpExchange.AddressOf(endpoint);
        _client = HttpExchange.Open(endpoint, MostConnections);
        _authorization = credential is null ? null : new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(NameOf(credential) + ":" + credential.Password)));
    }

    public async Task<WsmanAnswer> SendAsync(byte[] envelope, CancellationToken cancellationToken)
    {
        using var request = Request(_address, envelope);
        request.Headers.Authorization = _authorization;
        return (await HttpExchange.SendAsync(_client, request, _patience, cancellationToken).ConfigureAwait(false)).Answer;
    }

    public void Dispose() => _client.Dispose();

    /// <summary>A request with an envelope.</summary>
    public static HttpRequestMessage Request(Uri address, byte[] envelope)
    {
        var content = new ByteArrayContent(envelope);
        content.Headers.ContentType = new MediaTypeHeaderValue(WsmanNames.ContentType) { CharSet = "UTF-8" };
        return new HttpRequestMessage(HttpMethod.Post, address) { Content = content, Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
    }

    private static string NameOf(NetworkCredential credential)
        => string.IsNullOrEmpty(credential.Domain) ? credential.UserName : credential.Domain + "\\" + credential.UserName;
}
