using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Multipass.HyperV.Wsman.Protocol;

/// <summary>An envelope that was received: its headers, found by name whatever their order and prefixes, and its body.</summary>
internal sealed class WsmanMessage
{
    private readonly XElement? _header;

    private WsmanMessage(XElement? header, XElement body)
    {
        _header = header;
        Body = body;
    }

    /// <summary>The body.</summary>
    public XElement Body { get; }

    /// <summary>The body's first element, or null.</summary>
    public XElement? Content => Body.Elements().FirstOrDefault();

    /// <summary>The SOAP fault in the body, or null.</summary>
    public XElement? Fault => Body.Element(WsmanNames.Soap + "Fault");

    /// <summary>All headers.</summary>
    public IEnumerable<XElement> Headers => _header?.Elements() ?? Enumerable.Empty<XElement>();

    public string? Action => Text(WsmanNames.Addressing + "Action");

    public string? MessageId => Text(WsmanNames.Addressing + "MessageID");

    public string? RelatesTo => Text(WsmanNames.Addressing + "RelatesTo");

    public string? To => Text(WsmanNames.Addressing + "To");

    /// <summary>Where the answer is to go; null when the request does not say.</summary>
    public string? ReplyTo => Header(WsmanNames.Addressing + "ReplyTo")?.Element(WsmanNames.Addressing + "Address")?.Value.Trim();

    public string? ResourceUri => Text(WsmanNames.Wsman + "ResourceURI");

    /// <summary>The selectors; none when there is no set.</summary>
    /// <exception cref="WsmanFormatException">A selector has no name.</exception>
    public IReadOnlyList<KeyValuePair<string, object>> Selectors => EndpointReference.Selectors(Header(WsmanNames.Wsman + "SelectorSet"));

    /// <summary>The largest answer that the sender takes, in bytes; null when it does not say.</summary>
    /// <exception cref="WsmanFormatException">It is not a number.</exception>
    public int? MaxEnvelopeSize
        => Text(WsmanNames.Wsman + "MaxEnvelopeSize") is not { } text ? null
            : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? (int)Math.Min(size, int.MaxValue)
            : throw new WsmanFormatException("MaxEnvelopeSize is not a number.");

    /// <summary>How long the sender waits; null when it does not say.</summary>
    /// <exception cref="WsmanFormatException">It is not a duration.</exception>
    public TimeSpan? OperationTimeout => Text(WsmanNames.Wsman + "OperationTimeout") is { } text ? Duration(text) : null;

    /// <summary>Reads an envelope.</summary>
    /// <param name="content">The bytes.</param>
    /// <param name="encoding">The encoding that the transport declared, or null.</param>
    /// <exception cref="WsmanFormatException">It is not XML, or not a SOAP 1.2 envelope.</exception>
    public static WsmanMessage Read(ReadOnlyMemory<byte> content, Encoding? encoding = null) => Of(SafeXml.Read(content, encoding));

    /// <summary>Takes an envelope apart.</summary>
    /// <exception cref="WsmanFormatException">It is not a SOAP 1.2 envelope.</exception>
    public static WsmanMessage Of(XElement root)
        => root.Name == WsmanNames.Soap + "Envelope" && root.Element(WsmanNames.Soap + "Body") is { } body
            ? new WsmanMessage(root.Element(WsmanNames.Soap + "Header"), body)
            : throw new WsmanFormatException("The message is not a SOAP 1.2 envelope.");

    /// <summary>A header, or null.</summary>
    public XElement? Header(XName name) => _header?.Element(name);

    /// <summary>A header's text without the white space around it, or null.</summary>
    public string? Text(XName name) => Header(name)?.Value.Trim();

    /// <summary>Reads a duration of XML Schema.</summary>
    /// <exception cref="WsmanFormatException">It is none.</exception>
    public static TimeSpan Duration(string text)
    {
        try
        {
            return XmlConvert.ToTimeSpan(text.Trim());
        }
        catch (Exception exception) when (exception is FormatException or OverflowException)
        {
            throw new WsmanFormatException($"'{text.Trim()}' is not a duration.", exception);
        }
    }
}
