using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Multipass.HyperV.Wsman.Protocol;

/// <summary>Writes envelopes. The usual prefixes stand on the envelope, since there are readers that look for nothing else.</summary>
internal static class EnvelopeWriter
{
    private static readonly (string Prefix, XNamespace Namespace)[] Prefixes =
    {
        ("s", WsmanNames.Soap),
        ("a", WsmanNames.Addressing),
        ("w", WsmanNames.Wsman),
        ("n", WsmanNames.Enumeration),
        ("x", WsmanNames.Transfer),
        ("cim", WsmanNames.Common),
        ("xsi", WsmanNames.Instance),
    };

    /// <summary>The prefix that a namespace has in every envelope.</summary>
    public static string PrefixOf(XNamespace elements) => Prefixes.First(known => known.Namespace == elements).Prefix;

    /// <summary>Writes an envelope.</summary>
    /// <param name="classUri">The resource URI of the class that the body is about, for the prefix <c>p</c>; or null.</param>
    /// <param name="header">Writes the headers.</param>
    /// <param name="body">Writes the body's content.</param>
    /// <param name="language">The language of its texts, or null.</param>
    public static byte[] Write(string? classUri, Action<XmlWriter> header, Action<XmlWriter> body, string? language = null)
    {
        using var stream = new MemoryStream();
        using (var writer = Open(stream))
        {
            WriteHead(writer, classUri, header, language);
            body(writer);
            WriteTail(writer);
        }

        return stream.ToArray();
    }

    /// <summary>An envelope around a body that is not written yet: what stands before and what stands after it.</summary>
    public static (byte[] Head, byte[] Tail) WriteAround(string? classUri, Action<XmlWriter> header, string? language = null)
    {
        using var stream = new MemoryStream();
        byte[] head;
        using (var writer = Open(stream))
        {
            WriteHead(writer, classUri, header, language);

            // Ends the start tag of the body.
            writer.WriteString(string.Empty);
            writer.Flush();
            head = stream.ToArray();
            stream.SetLength(0);
            WriteTail(writer);
        }

        return (head, stream.ToArray());
    }

    /// <summary>Pieces of a body, each as the text it will be there: so that a page can be filled up to its limit without being written twice.</summary>
    /// <param name="classUri">The resource URI that stands for <c>p</c> in the envelope.</param>
    /// <param name="pieces">Write one piece each.</param>
    public static IEnumerable<string> WritePieces(string? classUri, IEnumerable<Action<XmlWriter>> pieces)
    {
        using var stream = new MemoryStream();
        using var writer = Open(stream);
        WriteRoot(writer, "Envelope", classUri);
        foreach (var piece in pieces)
        {
            // Ends the start tag before; what follows is the piece alone.
            writer.WriteString(string.Empty);
            writer.Flush();
            stream.SetLength(0);
            piece(writer);
            writer.Flush();
            yield return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
        }
    }

    private static XmlWriter Open(Stream stream)
        => XmlWriter.Create(stream, new XmlWriterSettings
        {
            Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            OmitXmlDeclaration = true,
            NewLineHandling = NewLineHandling.Entitize,
            CloseOutput = false,
        });

    private static void WriteHead(XmlWriter writer, string? classUri, Action<XmlWriter> header, string? language)
    {
        WriteRoot(writer, "Envelope", classUri, language);
        writer.WriteStartElement("s", "Header", WsmanNames.Soap.NamespaceName);
        header(writer);
        writer.WriteEndElement();
        writer.WriteStartElement("s", "Body", WsmanNames.Soap.NamespaceName);
    }

    private static void WriteTail(XmlWriter writer)
    {
        writer.WriteEndElement();
        writer.WriteEndElement();
    }

    private static void WriteRoot(XmlWriter writer, string name, string? classUri, string? language = null)
    {
        writer.WriteStartElement("s", name, WsmanNames.Soap.NamespaceName);
        if (language is not null)
        {
            writer.WriteAttributeString("xml", "lang", null, language);
        }

        foreach (var (prefix, elements) in Prefixes)
        {
            writer.WriteAttributeString("xmlns", prefix, null, elements.NamespaceName);
        }

        if (classUri is not null)
        {
            writer.WriteAttributeString("xmlns", "p", null, classUri);
        }
    }
}
