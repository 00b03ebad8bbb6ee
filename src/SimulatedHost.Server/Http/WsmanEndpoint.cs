using System;
using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
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

    private readonly WsmanService _service;
    private readonly BasicAuthentication _basic;
    private readonly Action<string>? _log;
    private readonly string _machine;

    public WsmanEndpoint(WsmanService service, ServerOptions options, string machine)
    {
        _service = service;
        _basic = new BasicAuthentication(options.UserName, options.Password);
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

        if (!IsAuthenticated(context))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"WSMAN\"";
            return "not authenticated";
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

        var reply = body is null ? WsmanReply.OfFault(TooLarge(), null, _machine)
            : Encoding(context.Request, out var encoding) ? await _service.AnswerAsync(body.Value, encoding, context.RequestAborted)
            : WsmanReply.OfFault(new WsmanFault(FaultKind.UnsupportedFeature, "The content type is not SOAP 1.2 in a known encoding."), null, _machine);
        context.Response.StatusCode = reply.IsFault ? StatusCodes.Status500InternalServerError : StatusCodes.Status200OK;
        context.Response.ContentType = WsmanNames.ContentType + ";charset=UTF-8";
        context.Response.ContentLength = reply.Content.Length;
        await context.Response.Body.WriteAsync(reply.Content, context.RequestAborted);
        return reply.Summary;
    }

    private static WsmanFault TooLarge()
        => new(FaultKind.EncodingLimit, string.Create(CultureInfo.InvariantCulture, $"A request may have {MostBytes} bytes."))
        {
            Detail = WsmanNames.FaultDetail + "ServiceEnvelopeLimit",
            Code = 2150858825, // ERROR_WSMAN_SERVER_ENVELOPE_LIMIT
        };

    private bool IsAuthenticated(HttpContext context)
        => context.Request.Headers.Authorization.Count > 0
            ? context.Request.Headers.Authorization.Any(_basic.Accepts)
            : ConnectionItems.ItemsOf(context)?.ContainsKey(AuthenticatedKey) == true;

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
