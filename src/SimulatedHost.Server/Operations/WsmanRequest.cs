using System;
using System.Collections.Generic;
using System.Linq;
using System.Xml.Linq;
using Multipass.HyperV.Wsman.Faults;
using Multipass.HyperV.Wsman.Protocol;

namespace Multipass.HyperV.Server.Operations;

/// <summary>A request whose headers have been checked.</summary>
internal sealed class WsmanRequest
{
    /// <summary>The headers that are understood. Others may come; they must not demand to be.</summary>
    private static readonly HashSet<XName> Understood = new()
    {
        WsmanNames.Addressing + "To",
        WsmanNames.Addressing + "From",
        WsmanNames.Addressing + "ReplyTo",
        WsmanNames.Addressing + "FaultTo",
        WsmanNames.Addressing + "Action",
        WsmanNames.Addressing + "MessageID",
        WsmanNames.Addressing + "RelatesTo",
        WsmanNames.Wsman + "ResourceURI",
        WsmanNames.Wsman + "SelectorSet",
        WsmanNames.Wsman + "OptionSet",
        WsmanNames.Wsman + "MaxEnvelopeSize",
        WsmanNames.Wsman + "OperationTimeout",
        WsmanNames.Wsman + "Locale",
        WsmanNames.Wsman + "RequestTotalItemsCountEstimate",
        WsmanNames.Microsoft + "DataLocale",
        WsmanNames.Microsoft + "SessionId",
        WsmanNames.Microsoft + "OperationID",
        WsmanNames.Microsoft + "SequenceId",
        WsmanNames.Microsoft + "ActivityId",
    };

    private WsmanRequest(WsmanMessage message, string action, string language)
    {
        Message = message;
        Language = language;
        Action = action;
        Selectors = message.Selectors;
        MaxEnvelopeSize = EnvelopeSize(message);
        Timeout = message.OperationTimeout is not { } timeout ? null
            : timeout > TimeSpan.Zero ? timeout
            : throw new WsmanFaultException(new WsmanFault(FaultKind.InvalidParameter, "OperationTimeout is not positive.") { Detail = WsmanNames.FaultDetail + "OperationTimeout" });
    }

    public WsmanMessage Message { get; }

    public string Action { get; }

    /// <summary>The language of the answer's texts: the host's own, whatever the client would like.</summary>
    public string Language { get; }

    public IReadOnlyList<KeyValuePair<string, object>> Selectors { get; }

    /// <summary>The largest answer in bytes.</summary>
    public int MaxEnvelopeSize { get; }

    /// <summary>How long the operation may take; null when the client does not say.</summary>
    public TimeSpan? Timeout { get; }

    /// <summary>The class, or all classes of a namespace, that the request is about.</summary>
    /// <exception cref="WsmanFaultException">It names none.</exception>
    public ResourceUri Resource
        => Message.ResourceUri is not { Length: > 0 } uri
            ? throw new WsmanFaultException(
                new WsmanFault(FaultKind.DestinationUnreachable, "The request has no resource URI.") { Detail = WsmanNames.FaultDetail + "InvalidResourceURI", Code = InvalidResourceUri })
            : ResourceUri.Read(uri, Selectors) ?? throw new WsmanFaultException(
                new WsmanFault(FaultKind.DestinationUnreachable, $"The resource URI '{uri}' names no CIM class.") { Detail = WsmanNames.FaultDetail + "InvalidResourceURI", Code = InvalidResourceUri });

    /// <summary>The selectors that are keys, as text.</summary>
    /// <exception cref="WsmanFaultException">A selector is there twice.</exception>
    public IReadOnlyDictionary<string, string> Keys
    {
        get
        {
            var keys = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            foreach (var selector in Selectors.Where(selector => !string.Equals(selector.Key, WsmanNames.NamespaceSelector, StringComparison.OrdinalIgnoreCase)))
            {
                if (!keys.TryAdd(selector.Key, selector.Value.ToString()!))
                {
                    throw new WsmanFaultException(
                        new WsmanFault(FaultKind.InvalidSelectors, $"The selector '{selector.Key}' is there twice.")
                        {
                            Detail = WsmanNames.FaultDetail + "DuplicateSelectors", Code = DuplicateSelectors,
                        });
                }
            }

            return keys;
        }
    }

    /// <summary>WinRM's numbers: INVALID_RESOURCE_URI, DUPLICATE_SELECTORS, MIN_ENVELOPE_SIZE, UNSUPPORTED_ADDRESSING_MODE, FRAGMENT_TRANSFER_NOT_SUPPORTED.</summary>
    private const uint InvalidResourceUri = 2150858811, DuplicateSelectors = 2150858847, MinEnvelopeSize = 2150858878, AddressingMode = 2150858870, FragmentTransfer = 2150858871;

    /// <summary>Checks the headers of a request.</summary>
    /// <exception cref="WsmanFaultException">A header is missing, or asks for what is not understood.</exception>
    public static WsmanRequest Of(WsmanMessage message, string language)
    {
        var strangers = message.Headers.Where(header => IsDemanding(header) && !Understood.Contains(header.Name)).Select(header => header.Name).ToArray();
        if (strangers.Contains(WsmanNames.Wsman + "FragmentTransfer"))
        {
            throw new WsmanFaultException(
                new WsmanFault(FaultKind.UnsupportedFeature, "Parts of an instance cannot be asked for.") { Detail = WsmanNames.FaultDetail + "FragmentLevelAccess", Code = FragmentTransfer });
        }

        if (strangers.Length > 0)
        {
            throw new WsmanFaultException(
                new WsmanFault(FaultKind.MustUnderstand, $"The header '{strangers[0].LocalName}' is not understood.") { NotUnderstood = strangers });
        }

        if (message.ReplyTo is { Length: > 0 } replyTo && replyTo != WsmanNames.Anonymous)
        {
            throw new WsmanFaultException(
                new WsmanFault(FaultKind.UnsupportedFeature, "Answers go to the sender only.") { Detail = WsmanNames.FaultDetail + "AddressingMode", Code = AddressingMode });
        }

        return message.Action is { Length: > 0 } action
            ? new WsmanRequest(message, action, language)
            : throw new WsmanFaultException(FaultKind.HeaderRequired, "The request has no action.");
    }

    private static bool IsDemanding(XElement header) => header.Attribute(WsmanNames.Soap + "mustUnderstand")?.Value.Trim() is "true" or "1";

    /// <summary>WinRM sends no more than its own limit, whatever the client takes.</summary>
    private static int EnvelopeSize(WsmanMessage message)
    {
        var size = message.MaxEnvelopeSize ?? WsmanNames.UsualEnvelopeSize;
        return size < WsmanNames.LeastEnvelopeSize
            ? throw new WsmanFaultException(
                new WsmanFault(FaultKind.EncodingLimit, $"MaxEnvelopeSize is less than {WsmanNames.LeastEnvelopeSize}.") { Detail = WsmanNames.FaultDetail + "MinimumEnvelopeLimit", Code = MinEnvelopeSize })
            : Math.Min(size, WsmanNames.UsualEnvelopeSize);
    }
}
