using System;
using System.Collections.Generic;
using System.Linq;
using System.Xml;
using System.Xml.Linq;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Wsman.Protocol;
using Multipass.HyperV.Wsman.Values;

namespace Multipass.HyperV.Wsman.Client;

/// <summary>The requests of a client.</summary>
internal sealed class WsmanEnvelopes
{
    /// <summary>What the service may take for one request. The engine waits less, and decides itself.</summary>
    public static readonly TimeSpan OperationTimeout = TimeSpan.FromSeconds(60);

    /// <summary>WinRM's MaxBatchItems; the limit for the envelope comes first.</summary>
    private const int MaxElements = 32_000;

    private readonly string _address;

    public WsmanEnvelopes(Uri address) => _address = address.AbsoluteUri;

    /// <summary>Asks what kind of service it is; it says so before anything else.</summary>
    public static byte[] Identify()
        => EnvelopeWriter.Write(null, _ => { }, writer =>
        {
            writer.WriteStartElement("wsmid", "Identify", WsmanNames.Identity.NamespaceName);
            writer.WriteEndElement();
        });

    /// <summary>Asks a query, and for the first page with the answer.</summary>
    public byte[] Enumerate(string cimNamespace, string wql)
        => Write(WsmanNames.Enumerate, ResourceUri.OfAll(cimNamespace), NamespaceOnly(cimNamespace), null, writer =>
        {
            writer.WriteStartElement("n", "Enumerate", WsmanNames.Enumeration.NamespaceName);
            writer.WriteElementString("w", "OptimizeEnumeration", WsmanNames.Wsman.NamespaceName, null);
            writer.WriteElementString("w", "MaxElements", WsmanNames.Wsman.NamespaceName, XmlConvert.ToString(MaxElements));
            writer.WriteStartElement("w", "Filter", WsmanNames.Wsman.NamespaceName);
            writer.WriteAttributeString("Dialect", WsmanNames.WqlDialect);
            writer.WriteString(SafeXml.Writable(wql));
            writer.WriteEndElement();
            writer.WriteEndElement();
        });

    /// <summary>Asks for the next page.</summary>
    public byte[] Pull(string cimNamespace, string context)
        => Write(WsmanNames.Pull, ResourceUri.OfAll(cimNamespace), NamespaceOnly(cimNamespace), null, writer =>
        {
            writer.WriteStartElement("n", "Pull", WsmanNames.Enumeration.NamespaceName);
            writer.WriteElementString("n", "EnumerationContext", WsmanNames.Enumeration.NamespaceName, SafeXml.Writable(context));
            writer.WriteElementString("n", "MaxElements", WsmanNames.Enumeration.NamespaceName, XmlConvert.ToString(MaxElements));
            writer.WriteEndElement();
        });

    /// <summary>Asks for one instance.</summary>
    public byte[] Get(CimPath path) => Write(WsmanNames.Get, ResourceUri.Of(path.Namespace, path.ClassName), Selectors(path), null, _ => { });

    /// <summary>Calls a method.</summary>
    public byte[] Invoke(CimPath path, string method, IReadOnlyDictionary<string, object?> parameters)
    {
        var uri = ResourceUri.Of(path.Namespace, path.ClassName);
        return Write(uri + "/" + method, uri, Selectors(path), uri, writer =>
        {
            writer.WriteStartElement("p", method + "_INPUT", uri);
            foreach (var parameter in parameters.Where(parameter => parameter.Value is not null))
            {
                CimValueWriter.Write(writer, XName.Get(parameter.Key, uri), "p", parameter.Value, WireSide.Client);
            }

            writer.WriteEndElement();
        });
    }

    private static IEnumerable<KeyValuePair<string, object>> NamespaceOnly(string cimNamespace)
    {
        yield return new KeyValuePair<string, object>(WsmanNames.NamespaceSelector, cimNamespace);
    }

    /// <summary>The keys, and the namespace once more for services that do not look for it in the resource URI.</summary>
    private static IEnumerable<KeyValuePair<string, object>> Selectors(CimPath path) => path.Keys.Concat(NamespaceOnly(path.Namespace));

    private byte[] Write(string action, string uri, IEnumerable<KeyValuePair<string, object>> selectors, string? classUri, Action<XmlWriter> body)
        => EnvelopeWriter.Write(
            classUri,
            writer =>
            {
                var addressing = WsmanNames.Addressing.NamespaceName;
                var wsman = WsmanNames.Wsman.NamespaceName;
                writer.WriteElementString("a", "To", addressing, _address);
                WriteDemanding(writer, "w", "ResourceURI", wsman, uri);
                writer.WriteStartElement("a", "ReplyTo", addressing);
                WriteDemanding(writer, "a", "Address", addressing, WsmanNames.Anonymous);
                writer.WriteEndElement();
                WriteDemanding(writer, "a", "Action", addressing, action);
                WriteDemanding(writer, "w", "MaxEnvelopeSize", wsman, XmlConvert.ToString(WsmanNames.UsualEnvelopeSize));
                writer.WriteElementString("a", "MessageID", addressing, "uuid:" + Guid.NewGuid().ToString("D").ToUpperInvariant());

                // The language of texts, which are for people only; nothing is decided by them.
                writer.WriteStartElement("w", "Locale", wsman);
                writer.WriteAttributeString("xml", "lang", null, "en-US");
                writer.WriteAttributeString("s", "mustUnderstand", WsmanNames.Soap.NamespaceName, "false");
                writer.WriteEndElement();
                writer.WriteElementString("w", "OperationTimeout", wsman, CimValueWriter.Format(OperationTimeout));
                EndpointReference.WriteSelectors(writer, selectors, WireSide.Client);
            },
            body);

    private static void WriteDemanding(XmlWriter writer, string prefix, string name, string elements, string value)
    {
        writer.WriteStartElement(prefix, name, elements);
        writer.WriteAttributeString("s", "mustUnderstand", WsmanNames.Soap.NamespaceName, "true");
        writer.WriteString(value);
        writer.WriteEndElement();
    }
}
