using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using System.Xml;
using System.Xml.Linq;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Simulation;
using Multipass.HyperV.Simulation.Provider;
using Multipass.HyperV.Wsman.Faults;
using Multipass.HyperV.Wsman.Protocol;
using Multipass.HyperV.Wsman.Values;

namespace Multipass.HyperV.Server.Operations;

/// <summary>Answers WS-Management requests from a simulated host, the way WinRM answers them. Knows nothing of HTTP.</summary>
internal sealed class WsmanService
{
    /// <summary>WinRM's number for a class that is asked for without keys though it has several instances: INVALID_URI_WMI_SINGLETON. Clients enumerate then.</summary>
    private const uint NotSingleton = 2150859002;

    /// <summary>How the log tells of a defect.</summary>
    public const string Defect = "DEFECT";

    private readonly SimulatedHost _host;
    private readonly OpenEnumerations _enumerations;
    private readonly string _product;

    public WsmanService(SimulatedHost host, TimeProvider time)
    {
        _host = host;
        _enumerations = new OpenEnumerations(time);
        _product = "OS: 10.0.26100 SP: 0.0 Stack: 3.0 (simulated host " + typeof(WsmanService).Assembly.GetName().Version!.ToString(3) + ")";
    }

    /// <summary>How many enumerations are open.</summary>
    public int OpenEnumerations => _enumerations.Count;

    /// <summary>Answers a message, whatever it is.</summary>
    /// <param name="content">The bytes that came.</param>
    /// <param name="encoding">The encoding that the transport declared, or null.</param>
    /// <param name="cancellationToken">The client has gone.</param>
    public async Task<WsmanReply> AnswerAsync(ReadOnlyMemory<byte> content, Encoding? encoding, CancellationToken cancellationToken)
    {
        WsmanMessage? message = null;
        var reply = await GuardedAsync();
        return message is null ? reply : reply with { Summary = $"{Asked(message)}: {reply.Summary}" };

        async Task<WsmanReply> GuardedAsync()
        {
            try
            {
                message = WsmanMessage.Read(content, encoding);
                return await AnswerAsync(message, cancellationToken);
            }
            catch (WsmanFaultException exception)
            {
                return WsmanReply.OfFault(exception.Fault, message?.MessageId, _host.Name);
            }
            catch (WsmanFormatException exception)
            {
                return WsmanReply.OfFault(new WsmanFault(message is null ? FaultKind.SchemaValidation : FaultKind.InvalidHeader, exception.Message), message?.MessageId, _host.Name);
            }
            catch (CimFaultException exception)
            {
                return WsmanReply.OfFault(ProviderFaults.Of(exception.Fault, isQuery: false), message?.MessageId, _host.Name);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // A defect of this server: the client is told, and the others are served on.
                var fault = WsmanReply.OfFault(new WsmanFault(FaultKind.InternalError, "The server failed: " + exception.Message), message?.MessageId, _host.Name);
                return fault with { Summary = $"{Defect} {exception}" };
            }
        }
    }

    private Task<WsmanReply> AnswerAsync(WsmanMessage message, CancellationToken cancellationToken)
    {
        if (message.Content?.Name == WsmanNames.Identity + "Identify")
        {
            return Task.FromResult(Identify());
        }

        var request = WsmanRequest.Of(message);
        return request.Action switch
        {
            WsmanNames.Enumerate => EnumerateAsync(request, cancellationToken),
            WsmanNames.Pull => Task.FromResult(Pull(request)),
            WsmanNames.Release => Task.FromResult(Release(request)),
            WsmanNames.Get => GetAsync(request, cancellationToken),

            // What the protocol itself defines and is not here, is no method of a class.
            var action when action.StartsWith("http://schemas.xmlsoap.org/ws/", StringComparison.Ordinal) => throw NotSupported(action),
            _ => InvokeAsync(request, cancellationToken),
        };
    }

    /// <summary>What a message asks for, for the log: the ends of its action and of its resource URI.</summary>
    private static string Asked(WsmanMessage message)
    {
        var action = message.Action ?? message.Content?.Name.LocalName ?? "nothing";
        var words = action[(action.LastIndexOf('/') + 1)..] + " " + message.ResourceUri?[(message.ResourceUri.LastIndexOf('/') + 1)..];
        return string.Concat(words.Where(letter => !char.IsControl(letter)).Take(100)).TrimEnd();
    }

    private static WsmanFaultException NotSupported(string action) => new(FaultKind.ActionNotSupported, $"The action '{action}' is not supported.");

    /// <summary>Identify needs no headers (DSP0226, 11).</summary>
    private WsmanReply Identify()
    {
        var identity = WsmanNames.Identity.NamespaceName;
        var content = EnvelopeWriter.Write(
            null,
            _ => { },
            writer =>
            {
                writer.WriteStartElement("wsmid", "IdentifyResponse", identity);
                writer.WriteElementString("wsmid", "ProtocolVersion", identity, WsmanNames.Wsman.NamespaceName);
                writer.WriteElementString("wsmid", "ProductVendor", identity, "Multipass.HyperV");
                writer.WriteElementString("wsmid", "ProductVersion", identity, _product);
                writer.WriteEndElement();
            });
        return new WsmanReply(content, false, "identified");
    }

    private async Task<WsmanReply> EnumerateAsync(WsmanRequest request, CancellationToken cancellationToken)
    {
        var asked = EnumerateRequest.Read(request);
        var found = await ResultAsync(_host.Query(asked.Namespace, asked.Query, asked.Polymorphism), asked.IsQuery, request.Timeout, cancellationToken);
        var enumeration = new Enumeration(found, asked.Mode);
        Action<XmlWriter>? header = request.Message.Header(WsmanNames.Wsman + "RequestTotalItemsCountEstimate") is null ? null
            : writer => writer.WriteElementString("w", "TotalItemsCountEstimate", WsmanNames.Wsman.NamespaceName, XmlConvert.ToString(enumeration.Count));
        if (!asked.IsOptimized)
        {
            var context = _enumerations.Add(enumeration, asked.Expires);
            return Page(request, enumeration, "Enumerate", context, Array.Empty<string>(), isPaged: false, header);
        }

        var items = Take(request, enumeration, "Enumerate", asked.MaxElements, int.MaxValue, header);
        return Page(request, enumeration, "Enumerate", enumeration.HasEnded ? null : _enumerations.Add(enumeration, asked.Expires), items, isPaged: true, header);
    }

    private WsmanReply Pull(WsmanRequest request)
    {
        var body = EnumerateRequest.Body(request, "Pull");
        var context = ContextOf(body);
        var enumeration = _enumerations.Find(context) ?? throw UnknownContext();
        var most = EnumerateRequest.CountOf(body);
        var characters = EnumerateRequest.Element(body, "MaxCharacters")?.Value is { } text && int.TryParse(text, out var count) && count > 0 ? count : int.MaxValue;
        lock (enumeration)
        {
            var items = Take(request, enumeration, "Pull", most, characters, null);
            if (enumeration.HasEnded)
            {
                _enumerations.Remove(context);
            }

            return Page(request, enumeration, "Pull", enumeration.HasEnded ? null : context, items, isPaged: true, null);
        }
    }

    private WsmanReply Release(WsmanRequest request)
        => _enumerations.Remove(ContextOf(EnumerateRequest.Body(request, "Release")))
            ? WsmanReply.Of(request, null, "released", _ => { })
            : throw UnknownContext();

    private static string ContextOf(XElement body) => body.Element(WsmanNames.Enumeration + "EnumerationContext")?.Value.Trim() ?? string.Empty;

    private static WsmanFaultException UnknownContext() => new(FaultKind.InvalidContext, "The enumeration context names no enumeration: it has ended, was released, or has expired.");

    /// <summary>As many items as the answer may hold.</summary>
    private static IReadOnlyList<string> Take(WsmanRequest request, Enumeration enumeration, string operation, int most, int characters, Action<XmlWriter>? header)
    {
        // Measured with everything that a page may need besides its items.
        var rest = Envelope(request, enumeration, operation, "uuid:" + Guid.Empty.ToString("D"), Array.Empty<string>(), isPaged: true, hasEnded: true, header).Content.Length;
        return enumeration.Take(most, Math.Min(request.MaxEnvelopeSize - rest, characters)) ?? throw WsmanReply.TooLarge(request.MaxEnvelopeSize);
    }

    private static WsmanReply Page(
        WsmanRequest request, Enumeration enumeration, string operation, string? context, IReadOnlyList<string> items, bool isPaged, Action<XmlWriter>? header)
        => Envelope(request, enumeration, operation, context, items, isPaged, isPaged && enumeration.HasEnded, header);

    private static WsmanReply Envelope(
        WsmanRequest request, Enumeration enumeration, string operation, string? context, IReadOnlyList<string> items, bool isPaged, bool hasEnded, Action<XmlWriter>? header)
    {
        var elements = WsmanNames.Enumeration.NamespaceName;
        var (prefix, place) = operation == "Pull" ? ("n", elements) : ("w", WsmanNames.Wsman.NamespaceName);
        return WsmanReply.Of(
            request,
            enumeration.ClassUri,
            $"{items.Count} of {enumeration.Count}",
            writer =>
            {
                writer.WriteStartElement("n", operation + "Response", elements);

                // The answer to Enumerate has a context even when there is nothing more to ask for.
                if (context is not null || operation == "Enumerate")
                {
                    writer.WriteElementString("n", "EnumerationContext", elements, context);
                }

                if (isPaged)
                {
                    writer.WriteStartElement(prefix, "Items", place);
                    foreach (var item in items)
                    {
                        writer.WriteRaw(item);
                    }

                    writer.WriteEndElement();
                }

                if (hasEnded)
                {
                    writer.WriteElementString(prefix, "EndOfSequence", place, null);
                }

                writer.WriteEndElement();
            },
            header);
    }

    private async Task<WsmanReply> GetAsync(WsmanRequest request, CancellationToken cancellationToken)
    {
        var path = PathOf(request);
        var record = await ResultAsync(_host.Get(path), false, request.Timeout, cancellationToken);
        var uri = ResourceUri.Of(path.Namespace, record.ClassName);
        return WsmanReply.Of(request, uri, "1 instance", writer => InstanceWriter.Write(writer, record, uri));
    }

    private async Task<WsmanReply> InvokeAsync(WsmanRequest request, CancellationToken cancellationToken)
    {
        var name = request.Action[(request.Action.LastIndexOf('/') + 1)..];
        var path = PathOf(request);
        var declaration = ClassDeclarations.Namespace(path.Namespace)![path.ClassName];
        var method = declaration.Method(name) ?? throw NotSupported(request.Action);
        var result = await ResultAsync(_host.Invoke(path, method.Name, Parameters(method, request.Message.Content)), false, request.Timeout, cancellationToken);
        var uri = ResourceUri.Of(path.Namespace, path.ClassName);
        return WsmanReply.Of(request, uri, "returned " + XmlConvert.ToString(result.ReturnValue), writer =>
        {
            writer.WriteStartElement("p", method.Name + "_OUTPUT", uri);
            CimValueWriter.WriteProperties(writer, uri, "p", result.Out);
            CimValueWriter.Write(writer, XName.Get("ReturnValue", uri), "p", result.ReturnValue);
            writer.WriteEndElement();
        });
    }

    /// <summary>In-parameters by local name: clients differ in the namespace that they give them.</summary>
    private static Dictionary<string, object?> Parameters(MethodDeclaration method, XElement? input)
    {
        var values = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        foreach (var group in (input?.Elements() ?? Array.Empty<XElement>()).GroupBy(element => element.Name.LocalName, StringComparer.OrdinalIgnoreCase))
        {
            var parameter = method.Parameters.FirstOrDefault(declared => string.Equals(declared.Name, group.Key, StringComparison.OrdinalIgnoreCase));
            try
            {
                // What the method does not have stays as it is: the provider refuses it by its name.
                values.Add(
                    parameter?.Name ?? group.Key,
                    CimValueReader.Value(group.ToArray(), parameter is null ? null : new Cim.CimElement(parameter.Name, CimKinds.TypeOf(parameter.Kind), false)));
            }
            catch (WsmanFormatException exception)
            {
                throw new WsmanFaultException(FaultKind.InvalidParameter, exception.Message);
            }
        }

        return values;
    }

    /// <summary>The instance that the selectors name, though they may be a part of its keys, or none for the only instance of a class.</summary>
    private CimPath PathOf(WsmanRequest request)
    {
        var resource = request.Resource;
        if (resource.ClassName is null)
        {
            throw new WsmanFaultException(FaultKind.InvalidSelectors, "The resource URI names no class.");
        }

        CimPath? path;
        try
        {
            path = _host.Resolve(resource.Namespace, resource.ClassName, request.Keys);
        }
        catch (CimFaultException exception) when (exception.Fault.HResult == WbemError.InvalidObjectPath && request.Keys.Count == 0)
        {
            throw new WsmanFaultException(ProviderFaults.Of(exception.Fault, isQuery: false) with { Code = NotSingleton });
        }

        // The host itself says that there is no such instance, and remembers that it was asked.
        return path ?? (ClassDeclarations.Namespace(resource.Namespace)!.TryGetValue(resource.ClassName, out var declaration)
            && declaration.Keys.All(key => request.Keys.ContainsKey(key.Name))
                ? new CimPath(resource.Namespace, declaration.Name, request.Keys.Select(key => new KeyValuePair<string, object>(key.Key, key.Value)).ToArray())
                : throw new CimFaultException(new CimFault(CimStatus.NotFound, WbemError.NotFound, $"There is no such instance of {resource.ClassName}.")));
    }

    /// <summary>What the host answers, as late as it answers; the client's patience may end before that.</summary>
    private async Task<T> ResultAsync<T>(Answer<T> answer, bool isQuery, TimeSpan? timeout, CancellationToken cancellationToken)
        where T : class
    {
        if (answer.Delay > TimeSpan.Zero)
        {
            await _host.Clock.Delay(timeout < answer.Delay ? timeout.Value : answer.Delay, cancellationToken);
            if (timeout < answer.Delay)
            {
                throw new WsmanFaultException(FaultKind.TimedOut, "The operation did not end within OperationTimeout.");
            }
        }

        return answer.Fault is null ? answer.Value! : throw new WsmanFaultException(ProviderFaults.Of(answer.Fault, isQuery));
    }
}
