using System;
using System.Buffers;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Principal;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Wsman.Protocol;

namespace Multipass.HyperV.Wsman.Client;

/// <summary>One connection that has proved who it is. Over HTTP its messages are encrypted by the proof's own session.</summary>
internal sealed class NegotiateLane : IDisposable
{
    public const string Scheme = "Negotiate";

    /// <summary>Three for NTLM, two for Kerberos.</summary>
    private const int MostSteps = 6;

    /// <summary>NTLM's signature (MS-NLMP, 2.2.2.9).</summary>
    private const int SignatureBytes = 16;

    /// <summary>NTLM made of .NET's own code: elsewhere than on Windows there is often nothing else that makes it.</summary>
    private const string ManagedNtlmSwitch = "System.Net.Security.UseManagedNtlm";

    private readonly CimEndpoint _endpoint;
    private readonly Uri _address;
    private readonly HttpClient _client;
    private readonly bool _isEncrypted;
    private NegotiateAuthentication? _session;

    static NegotiateLane()
    {
        if (!OperatingSystem.IsWindows() && !AppContext.TryGetSwitch(ManagedNtlmSwitch, out _))
        {
            AppContext.SetSwitch(ManagedNtlmSwitch, true);
        }
    }

    public NegotiateLane(CimEndpoint endpoint, Uri address)
    {
        _endpoint = endpoint;
        _address = address;
        _isEncrypted = !endpoint.UseSsl;
        _client = HttpExchange.Open(endpoint, 1);
    }

    public async Task<WsmanAnswer> SendAsync(byte[] envelope, CancellationToken cancellationToken)
    {
        if (_session is null)
        {
            await AuthenticateAsync(cancellationToken).ConfigureAwait(false);
        }

        var answer = await ExchangeAsync(envelope, cancellationToken).ConfigureAwait(false);
        if (answer.Status != (int)HttpStatusCode.Unauthorized)
        {
            return answer;
        }

        // The connection was closed while it was idle: what was sent over the new one has not been looked at.
        await AuthenticateAsync(cancellationToken).ConfigureAwait(false);
        return await ExchangeAsync(envelope, cancellationToken).ConfigureAwait(false);
    }

    public void Dispose()
    {
        _session?.Dispose();
        _client.Dispose();
    }

    private async Task AuthenticateAsync(CancellationToken cancellationToken)
    {
        _session?.Dispose();
        _session = new NegotiateAuthentication(new NegotiateAuthenticationClientOptions
        {
            // Without HTTPS the messages are encrypted in NTLM's way, which all services know.
            Package = _endpoint.Authentication == CimAuthentication.Kerberos ? "Kerberos" : _isEncrypted ? "NTLM" : Scheme,
            Credential = _endpoint.Credential ?? CredentialCache.DefaultNetworkCredentials,
            TargetName = "HTTP/" + _address.Host,
            RequiredProtectionLevel = _isEncrypted ? ProtectionLevel.EncryptAndSign : ProtectionLevel.None,
            AllowedImpersonationLevel = TokenImpersonationLevel.Impersonation,
        });
        var challenge = Array.Empty<byte>();
        for (var step = 0; step < MostSteps; step++)
        {
            var token = _session.GetOutgoingBlob(challenge, out var status);
            if (status is not (NegotiateAuthenticationStatusCode.Completed or NegotiateAuthenticationStatusCode.ContinueNeeded))
            {
                throw NotPossible(status);
            }

            if (token is null || (token.Length == 0 && status == NegotiateAuthenticationStatusCode.Completed))
            {
                return;
            }

            using var request = BasicChannel.Request(_address, Array.Empty<byte>());
            request.Headers.Authorization = new AuthenticationHeaderValue(Scheme, Convert.ToBase64String(token));
            var (answer, headers) = await HttpExchange.SendAsync(_client, request, HttpExchange.Patience, cancellationToken).ConfigureAwait(false);
            challenge = ChallengeOf(headers);
            if (answer.Status != (int)HttpStatusCode.Unauthorized)
            {
                if (challenge.Length > 0)
                {
                    _session.GetOutgoingBlob(challenge, out _);
                }

                return;
            }

            if (challenge.Length == 0)
            {
                throw ChannelFaults.NotLetIn(_address);
            }
        }

        throw ChannelFaults.NotLetIn(_address);
    }

    private static byte[] ChallengeOf(HttpResponseHeaders headers)
    {
        var parameter = headers.WwwAuthenticate.FirstOrDefault(header => string.Equals(header.Scheme, Scheme, StringComparison.OrdinalIgnoreCase))?.Parameter;
        var buffer = new byte[parameter?.Length ?? 0];
        return parameter is not null && Convert.TryFromBase64String(parameter, buffer, out var length) ? buffer[..length] : Array.Empty<byte>();
    }

    private CimFaultException NotPossible(NegotiateAuthenticationStatusCode status)
        => status is NegotiateAuthenticationStatusCode.InvalidCredentials or NegotiateAuthenticationStatusCode.UnknownCredentials
            ? ChannelFaults.NotLetIn(_address)
            : ChannelFaults.NotPossible(_address, status.ToString());

    private async Task<WsmanAnswer> ExchangeAsync(byte[] envelope, CancellationToken cancellationToken)
    {
        using var request = BasicChannel.Request(_address, _isEncrypted ? Encrypted(envelope) : envelope);
        if (_isEncrypted)
        {
            request.Content!.Headers.Remove("Content-Type");
            request.Content.Headers.TryAddWithoutValidation("Content-Type", EncryptedContent.ContentType);
        }

        var (answer, _) = await HttpExchange.SendAsync(_client, request, HttpExchange.Patience, cancellationToken).ConfigureAwait(false);
        return answer.Content.IsEmpty || answer.Status == (int)HttpStatusCode.Unauthorized ? answer
            : answer.ContentType == EncryptedContent.MediaType ? answer with { ContentType = WsmanNames.ContentType, Charset = null, Content = Decrypted(answer.Content) }
            : !_isEncrypted ? answer
            : throw ChannelFaults.NotUnderstood(_address, "it is not encrypted.");
    }

    private byte[] Encrypted(byte[] envelope)
    {
        var wrapped = new ArrayBufferWriter<byte>(envelope.Length + SignatureBytes);
        var status = _session!.Wrap(envelope, wrapped, requestEncryption: true, out var isEncrypted);
        return status == NegotiateAuthenticationStatusCode.Completed && isEncrypted
            ? EncryptedContent.Write(envelope.Length, SignatureBytes, wrapped.WrittenSpan, isIndented: false)
            : throw NotPossible(status);
    }

    private byte[] Decrypted(ReadOnlyMemory<byte> content)
    {
        try
        {
            var (wrapped, _) = EncryptedContent.Read(content);
            var plain = new ArrayBufferWriter<byte>(wrapped.Length);
            return _session!.Unwrap(wrapped.Span, plain, out _) == NegotiateAuthenticationStatusCode.Completed
                ? plain.WrittenSpan.ToArray()
                : throw ChannelFaults.NotUnderstood(_address, "it cannot be decrypted.");
        }
        catch (WsmanFormatException exception)
        {
            throw ChannelFaults.NotUnderstood(_address, exception.Message, exception);
        }
    }
}
