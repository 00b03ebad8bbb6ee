using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Xml;
using System.Xml.Linq;
using Multipass.HyperV.Cim;

namespace Multipass.HyperV.Wsman.Protocol;

/// <summary>Who writes a message. Both write the same, but for what real services and clients were seen to do otherwise.</summary>
internal enum WireSide
{
    Client,
    Service,
}

/// <summary>References to instances: endpoint references of WS-Addressing with a resource URI and selectors.</summary>
internal static class EndpointReference
{
    /// <summary>Writes an endpoint reference in an element that is open already.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="path">The instance.</param>
    /// <param name="side">Who writes: a client names the namespace once more, for services that do not look for it in the resource URI; WinRM does not.</param>
    public static void WriteContent(XmlWriter writer, CimPath path, WireSide side)
    {
        if (side == WireSide.Service)
        {
            // Declared again here, as WinRM has it: there are readers that cut references out.
            writer.WriteAttributeString("xmlns", "a", null, WsmanNames.Addressing.NamespaceName);
            writer.WriteAttributeString("xmlns", "w", null, WsmanNames.Wsman.NamespaceName);
        }

        writer.WriteElementString("a", "Address", WsmanNames.Addressing.NamespaceName, WsmanNames.Anonymous);
        writer.WriteStartElement("a", "ReferenceParameters", WsmanNames.Addressing.NamespaceName);
        writer.WriteElementString("w", "ResourceURI", WsmanNames.Wsman.NamespaceName, ResourceUri.Of(path.Namespace, path.ClassName));
        WriteSelectors(writer, side == WireSide.Service ? path.Keys : path.Keys.Append(new KeyValuePair<string, object>(WsmanNames.NamespaceSelector, path.Namespace)), side);
        writer.WriteEndElement();
    }

    /// <summary>Writes a selector set.</summary>
    public static void WriteSelectors(XmlWriter writer, IEnumerable<KeyValuePair<string, object>> selectors, WireSide side)
    {
        writer.WriteStartElement("w", "SelectorSet", WsmanNames.Wsman.NamespaceName);
        foreach (var selector in selectors)
        {
            writer.WriteStartElement("w", "Selector", WsmanNames.Wsman.NamespaceName);
            writer.WriteAttributeString("Name", selector.Key);
            if (selector.Value is CimPath path)
            {
                writer.WriteStartElement("a", "EndpointReference", WsmanNames.Addressing.NamespaceName);
                WriteContent(writer, path, side);
                writer.WriteEndElement();
            }
            else
            {
                writer.WriteString(SafeXml.Writable(
                    selector.Value is bool flag ? (flag ? "true" : "false") : Convert.ToString(selector.Value, CultureInfo.InvariantCulture) ?? string.Empty));
            }

            writer.WriteEndElement();
        }

        writer.WriteEndElement();
    }

    /// <summary>True when an element holds an endpoint reference, bare or wrapped.</summary>
    public static bool IsIn(XElement element) => ContentOf(element) is not null;

    /// <summary>The instance that an element refers to; null when it refers to none.</summary>
    public static CimPath? Read(XElement element)
    {
        var parameters = ContentOf(element);
        var uri = parameters?.Element(WsmanNames.Wsman + "ResourceURI")?.Value;
        return uri is null ? null : ResourceUri.PathOf(uri, Selectors(parameters!.Element(WsmanNames.Wsman + "SelectorSet")));
    }

    /// <summary>The selectors of a set; none when there is no set.</summary>
    public static IReadOnlyList<KeyValuePair<string, object>> Selectors(XElement? set)
        => set is null
            ? Array.Empty<KeyValuePair<string, object>>()
            : set.Elements(WsmanNames.Wsman + "Selector")
                .Select(selector => new KeyValuePair<string, object>(
                    (selector.Attribute("Name")?.Value ?? throw new WsmanFormatException("A selector has no name.")).Trim(), Read(selector) as object ?? selector.Value.Trim()))
                .ToArray();

    private static XElement? ContentOf(XElement element)
    {
        var inner = element.Name == WsmanNames.Addressing + "EndpointReference" ? element : element.Element(WsmanNames.Addressing + "EndpointReference") ?? element;
        return inner.Element(WsmanNames.Addressing + "ReferenceParameters");
    }
}
