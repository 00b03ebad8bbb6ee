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

        var request = WsmanRequest.Of(message, _host.Culture);
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

    private Task<WsmanReply> EnumerateAsync(WsmanRequest request, CancellationToken cancellationToken)
    {
        var asked = EnumerateRequest.Read(request);
        return AnsweredAsync(request, _host.Query(asked.Namespace, asked.Query, asked.Polymorphism), asked.IsQuery, found =>
        {
            var enumeration = new Enumeration(found, asked.Mode);
            Action<XmlWriter>? header = request.Message.Header(WsmanNames.Wsman + "RequestTotalItemsCountEstimate") is null ? null
                : writer => writer.WriteElementString("w", "TotalItemsCountEstimate", WsmanNames.Wsman.NamespaceName, XmlConvert.ToString(enumeration.Count));

            // The answer to Enumerate has a context even when there is nothing more to ask for.
            return Page(request, enumeration, header, "Enumerate", "w", asked.IsOptimized ? asked.MaxElements : 0, int.MaxValue, () => _enumerations.Add(enumeration, asked.Expires), string.Empty);
        }, cancellationToken);
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
            var page = Page(request, enumeration, null, "Pull", "n", most, characters, () => context, null);
            if (enumeration.HasEnded)
            {
                _enumerations.Remove(context);
            }

            return page;
        }
    }

    private WsmanReply Release(WsmanRequest request)
        => _enumerations.Remove(ContextOf(EnumerateRequest.Body(request, "Release")))
            ? WsmanReply.Of(request, null, "released", _ => { })
            : throw UnknownContext();

    private static string ContextOf(XElement body) => body.Element(WsmanNames.Enumeration + "EnumerationContext")?.Value.Trim() ?? string.Empty;

    private static WsmanFaultException UnknownContext() => new(FaultKind.InvalidContext, "The enumeration context names no enumeration: it has ended, was released, or has expired.");

    /// <summary>The next page of an enumeration, with as many items as it may hold.</summary>
    /// <param name="request">The request.</param>
    /// <param name="enumeration">The enumeration.</param>
    /// <param name="header">Writes further headers, or null.</param>
    /// <param name="operation">What was asked: Enumerate or Pull.</param>
    /// <param name="prefix">The prefix of the items' element, whose namespace differs with the operation.</param>
    /// <param name="most">How many items at most; 0 where there are to be none.</param>
    /// <param name="characters">How long they may be together.</param>
    /// <param name="contextOf">Gives the context to go on with.</param>
    /// <param name="noContext">What stands in its place when there is nothing to go on with; null for no element.</param>
    private static WsmanReply Page(
        WsmanRequest request, Enumeration enumeration, Action<XmlWriter>? header, string operation, string prefix, int most, int characters, Func<string> contextOf, string? noContext)
        => WsmanReply.Filled(request, enumeration.ClassUri, header, room =>
        {
            static string Element(string name, string content) => $"<{name}>{content}</{name}>";
            string Whole(string? context, string items, bool hasEnded) => Element(
                $"n:{operation}Response",
                (context is null ? string.Empty : Element("n:EnumerationContext", context)) + (most == 0 ? string.Empty : Element(prefix + ":Items", items)) + (hasEnded ? $"<{prefix}:EndOfSequence/>" : string.Empty));

            // Measured with everything that a page may need besides its items.
            var rest = Whole(Operations.OpenEnumerations.LongestContext, string.Empty, true).Length;
            var items = most == 0 ? Array.Empty<string>() : enumeration.Take(most, Math.Min(room - rest, characters)) ?? throw WsmanReply.TooLarge(request.MaxEnvelopeSize);
            var hasEnded = most > 0 && enumeration.HasEnded;
            return (Whole(hasEnded ? noContext : contextOf(), string.Concat(items), hasEnded), $"{items.Count} of {enumeration.Count}");
        });

    private Task<WsmanReply> GetAsync(WsmanRequest request, CancellationToken cancellationToken)
        => OnInstanceAsync(request, path => AnsweredAsync(request, _host.Get(path), false, record =>
        {
            var uri = ResourceUri.Of(path.Namespace, record.ClassName);
            return WsmanReply.Of(request, uri, "1 instance", writer => InstanceWriter.Write(writer, record, ClassOf(path).Element, uri));
        }, cancellationToken));

    private Task<WsmanReply> InvokeAsync(WsmanRequest request, CancellationToken cancellationToken)
        => OnInstanceAsync(request, path =>
        {
            var name = request.Action[(request.Action.LastIndexOf('/') + 1)..];
            var method = ClassOf(path).Method(name) ?? throw NotSupported(request.Action);
            return AnsweredAsync(request, _host.Invoke(path, method.Name, Parameters(method, request.Message.Content)), false, result =>
            {
                var uri = ResourceUri.Of(path.Namespace, path.ClassName);
                var given = ClassOf(path).Reference?.Method(method.Name);
                var values = new CimRecord(
                    method.Name, result.Out.PropertyNames.Select(property => new KeyValuePair<string, object?>(property, result.Out[property])).Append(new("ReturnValue", result.ReturnValue)));
                return WsmanReply.Of(request, uri, "returned " + XmlConvert.ToString(result.ReturnValue), writer =>
                {
                    writer.WriteStartElement("p", method.Name + "_OUTPUT", uri);
                    CimValueWriter.WriteProperties(writer, uri, "p", values, property => given?.FindOut(property));
                    writer.WriteEndElement();
                });
            }, cancellationToken);
        });

    private static ClassDeclaration ClassOf(CimPath path) => ClassDeclarations.Namespace(path.Namespace)![path.ClassName];

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
                    CimValueReader.Value(group.ToArray(), parameter?.Element));
            }
            catch (WsmanFormatException exception)
            {
                throw new WsmanFaultException(FaultKind.InvalidParameter, exception.Message);
            }
        }

        return values;
    }

    /// <summary>Does something with the instance that the selectors name, though they may be a part of its keys, or none for the only instance of a class.</summary>
    private Task<WsmanReply> OnInstanceAsync(WsmanRequest request, Func<CimPath, Task<WsmanReply>> then)
    {
        var resource = request.Resource;
        if (resource.ClassName is null)
        {
            throw new WsmanFaultException(FaultKind.InvalidSelectors, "The resource URI names no class.");
        }

        var resolved = _host.Resolve(resource.Namespace, resource.ClassName, request.Keys);
        if (resolved.Fault is not { } fault)
        {
            return then(resolved.Value!);
        }

        var refusal = ProviderFaults.Of(fault, isQuery: false);
        return Task.FromResult(Refuse(request, fault.HResult == WbemError.InvalidObjectPath && request.Keys.Count == 0 ? refusal with { Code = NotSingleton } : refusal));
    }

    /// <summary>What the host answers, as late as it answers; the client's patience may end before that.</summary>
    private async Task<WsmanReply> AnsweredAsync<T>(WsmanRequest request, Answer<T> answer, bool isQuery, Func<T, WsmanReply> reply, CancellationToken cancellationToken)
        where T : class
    {
        if (answer.Delay > TimeSpan.Zero)
        {
            await _host.Clock.Delay(request.Timeout < answer.Delay ? request.Timeout.Value : answer.Delay, cancellationToken);
            if (request.Timeout < answer.Delay)
            {
                return Refuse(request, new WsmanFault(FaultKind.TimedOut, "The operation did not end within OperationTimeout."));
            }
        }

        return answer.Fault is { } fault ? Refuse(request, ProviderFaults.Of(fault, isQuery)) : reply(answer.Value!);
    }

    private WsmanReply Refuse(WsmanRequest request, WsmanFault fault) => WsmanReply.OfFault(fault, request.Message.MessageId, _host.Name);
}
