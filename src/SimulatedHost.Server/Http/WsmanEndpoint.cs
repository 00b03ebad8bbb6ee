using System;
using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Multipass.HyperV.Server.Http.Ntlm;
using Multipass.HyperV.Server.Operations;
using Multipass.HyperV.Wsman.Faults;
using Multipass.HyperV.Wsman.Protocol;

namespace Multipass.HyperV.Server.Http;

/// <summary>One HTTP request: who asks, what came, what is answered.</summary>
internal sealed class WsmanEndpoint
{
    /// <summary>WinRM's limit for what it takes.</summary>
    private const int MostBytes = WsmanNames.UsualEnvelopeSize;

    private static readonly object AuthenticatedKey = new();
    private static readonly object ProofKey = new();

    /// <summary>NTLM without the name Negotiate is asked for by nobody who does not know it; it is answered too.</summary>
    private static readonly string[] ProofSchemes = { "Negotiate", "NTLM" };

    private readonly WsmanService _service;
    private readonly BasicAuthentication _basic;
    private readonly Func<NtlmSession> _beginProof;
    private readonly Action<string>? _log;
    private readonly string _machine;

    public WsmanEndpoint(WsmanService service, ServerOptions options, string machine)
    {
        _service = service;
        _basic = new BasicAuthentication(options.UserName, options.Password);
        _beginProof = () => new NtlmSession(options.UserName, options.Password, machine);
        _log = options.Log;
        _machine = machine;
    }

    public async Task HandleAsync(HttpContext context)
    {
        var start = Stopwatch.GetTimestamp();
        string summary;
        try
        {
            summary = await AnswerAsync(context);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException || context.RequestAborted.IsCancellationRequested)
        {
            summary = "the client has gone";
        }
        catch (BadHttpRequestException exception)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            summary = exception.Message;
        }

        _log?.Invoke(string.Create(
            CultureInfo.InvariantCulture,
            $"{DateTimeOffset.Now:HH:mm:ss.fff} {context.Connection.RemoteIpAddress} {context.Response.StatusCode} {summary} ({Stopwatch.GetElapsedTime(start).TotalMilliseconds:F1} ms)"));
    }

    private async Task<string> AnswerAsync(HttpContext context)
    {
        if (!context.Request.Path.Equals(WsmanNames.Path, StringComparison.OrdinalIgnoreCase))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return "another path";
        }

        if (!HttpMethods.IsPost(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            context.Response.Headers.Allow = HttpMethods.Post;
            return "another method";
        }

        var isAuthenticated = IsAuthenticated(context, out var challenge, out var proof);
        if (!isAuthenticated)
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            context.Response.Headers.WWWAuthenticate = challenge is null ? new StringValues(new[] { "Negotiate", "Basic realm=\"WSMAN\"" }) : challenge;
            return challenge is null ? "not authenticated" : "challenged";
        }

        if (challenge is not null)
        {
            context.Response.Headers.WWWAuthenticate = challenge;
        }

        var body = await BodyAsync(context);
        if (body is { Length: 0 })
        {
            // Clients ask so whether they are let in, and go on over the same connection.
            if (ConnectionItems.ItemsOf(context) is { } items)
            {
                items[AuthenticatedKey] = true;
            }

            return "empty";
        }

        var isEncrypted = proof is not null && context.Request.ContentType?.StartsWith(EncryptedContent.MediaType, StringComparison.OrdinalIgnoreCase) == true;
        var reply = body is null ? WsmanReply.OfFault(TooLarge(), null, _machine)
            : isEncrypted ? await DecryptedAsync(proof!, body.Value, context.RequestAborted)
            : Encoding(context.Request, out var encoding) ? await _service.AnswerAsync(body.Value, encoding, context.RequestAborted)
            : WsmanReply.OfFault(new WsmanFault(FaultKind.UnsupportedFeature, "The content type is not SOAP 1.2 in a known encoding."), null, _machine);
        var content = isEncrypted ? EncryptedContent.Write(reply.Content.Length, NtlmSession.SignatureBytes, proof!.Wrap(reply.Content), isIndented: true) : reply.Content;
        context.Response.StatusCode = reply.IsFault ? StatusCodes.Status500InternalServerError : StatusCodes.Status200OK;
        context.Response.ContentType = isEncrypted ? EncryptedContent.ContentType : WsmanNames.ContentType + ";charset=UTF-8";
        context.Response.ContentLength = content.Length;
        await context.Response.Body.WriteAsync(content, context.RequestAborted);
        return reply.Summary;
    }

    private async Task<WsmanReply> DecryptedAsync(NtlmSession proof, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        try
        {
            var (wrapped, _) = EncryptedContent.Read(body);
            if (proof.Unwrap(wrapped.Span) is { } plain)
            {
                return await _service.AnswerAsync(plain, System.Text.Encoding.UTF8, cancellationToken);
            }
        }
        catch (WsmanFormatException)
        {
            // Answered below.
        }

        return WsmanReply.OfFault(new WsmanFault(FaultKind.SchemaValidation, "The message cannot be decrypted."), null, _machine);
    }

    private static WsmanFault TooLarge()
        => new(FaultKind.EncodingLimit, string.Create(CultureInfo.InvariantCulture, $"A request may have {MostBytes} bytes."))
        {
            Detail = WsmanNames.FaultDetail + "ServiceEnvelopeLimit",
            Code = 2150858825, // ERROR_WSMAN_SERVER_ENVELOPE_LIMIT
        };

    /// <summary>Whether the client has proved who it is, with this request or before it over this connection.</summary>
    /// <param name="context">The request.</param>
    /// <param name="challenge">What the client needs for its next step; null for nothing.</param>
    /// <param name="proof">The session that encrypts; null for Basic.</param>
    private bool IsAuthenticated(HttpContext context, out string? challenge, out NtlmSession? proof)
    {
        challenge = null;
        var items = ConnectionItems.ItemsOf(context);
        var known = items is not null && items.TryGetValue(ProofKey, out var kept) ? (ConnectionProof)kept! : null;
        proof = known?.Session;
        var authorization = context.Request.Headers.Authorization;
        if (authorization.Count == 0)
        {
            return proof is not null || items?.ContainsKey(AuthenticatedKey) == true;
        }

        var words = (authorization[0] ?? string.Empty).Split(' ', 2, StringSplitOptions.TrimEntries);
        var scheme = ProofSchemes.FirstOrDefault(candidate => string.Equals(candidate, words[0], StringComparison.OrdinalIgnoreCase));
        if (scheme is null)
        {
            return authorization.Any(_basic.Accepts);
        }

        var buffer = new byte[words.Length == 2 ? words[1].Length : 0];
        if (items is null || words.Length < 2 || !Convert.TryFromBase64String(words[1], buffer, out var length))
        {
            return false;
        }

        known ??= new ConnectionProof(_beginProof);
        items[ProofKey] = known;
        var isProved = known.Step(buffer[..length], out var answer);
        challenge = answer is null ? null : $"{scheme} {Convert.ToBase64String(answer)}";
        proof = known.Session;
        return isProved;
    }

    /// <summary>The whole body; null when it is larger than what is taken.</summary>
    private static async Task<ReadOnlyMemory<byte>?> BodyAsync(HttpContext context)
    {
        using var content = new MemoryStream();
        var buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            int read;
            while ((read = await context.Request.Body.ReadAsync(buffer, context.RequestAborted)) > 0)
            {
                content.Write(buffer, 0, read);
                if (content.Length > MostBytes)
                {
                    // What is left is not waited for.
                    context.Response.Headers.Connection = "close";
                    return null;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return content.ToArray();
    }

    /// <summary>The encoding that the content type declares; null when it declares none. False when the content is of another kind.</summary>
    private static bool Encoding(HttpRequest request, out Encoding? encoding)
    {
        encoding = null;
        if (string.IsNullOrEmpty(request.ContentType))
        {
            return true;
        }

        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.MediaType.EndsWith("xml", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        try
        {
            encoding = type.Charset.HasValue ? System.Text.Encoding.GetEncoding(HeaderUtilities.RemoveQuotes(type.Charset).ToString()) : null;
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
