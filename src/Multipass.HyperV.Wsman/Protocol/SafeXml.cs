using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Multipass.HyperV.Wsman.Protocol;

/// <summary>Reads XML from strangers: no document types, no entities, nothing fetched, and limits to size, depth and attributes.</summary>
internal static class SafeXml
{
    /// <summary>An envelope with an embedded instance within an instance needs a dozen.</summary>
    private const int MostDepth = 64;

    private const int MostAttributes = 64;

    /// <summary>Reads a document.</summary>
    /// <param name="content">The bytes, in the encoding that they declare.</param>
    /// <param name="encoding">The encoding that the transport declared, or null.</param>
    /// <exception cref="WsmanFormatException">It is not well-formed XML, or goes beyond a limit.</exception>
    public static XElement Read(ReadOnlyMemory<byte> content, Encoding? encoding = null)
    {
        using var stream = new MemoryStream(content.ToArray(), writable: false);
        return encoding is null ? Read(Open(settings => XmlReader.Create(stream, settings))) : Read(new StreamReader(stream, encoding));
    }

    /// <summary>Reads a document.</summary>
    /// <exception cref="WsmanFormatException">It is not well-formed XML, or goes beyond a limit.</exception>
    public static XElement Read(string text) => Read(new StringReader(text));

    /// <summary>A text with what XML cannot hold (control characters, halves of pairs) replaced.</summary>
    public static string Writable(string text)
    {
        for (var at = 0; at < text.Length; at++)
        {
            if (!IsWritable(text, at))
            {
                return Replaced(text);
            }

            at += char.IsSurrogate(text[at]) ? 1 : 0;
        }

        return text;
    }

    private static bool IsWritable(string text, int at)
        => XmlConvert.IsXmlChar(text[at]) || (at + 1 < text.Length && XmlConvert.IsXmlSurrogatePair(text[at + 1], text[at]));

    private static string Replaced(string text)
    {
        var result = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length; at++)
        {
            var isPair = char.IsSurrogate(text[at]) && IsWritable(text, at);
            result.Append(IsWritable(text, at) ? text[at] : '\uFFFD');
            if (isPair)
            {
                result.Append(text[++at]);
            }
        }

        return result.ToString();
    }

    private static XElement Read(TextReader text)
    {
        using (text)
        {
            return Read(Open(settings => XmlReader.Create(text, settings)));
        }
    }

    private static XmlReader Open(Func<XmlReaderSettings, XmlReader> create)
    {
        try
        {
            return create(new XmlReaderSettings
            {
                DtdProcessing = DtdProcessing.Prohibit,
                XmlResolver = null,
                IgnoreComments = true,
                IgnoreProcessingInstructions = true,
                IgnoreWhitespace = false,
            });
        }
        catch (XmlException exception)
        {
            throw new WsmanFormatException("The message is not well-formed XML: " + exception.Message, exception);
        }
    }

    private static XElement Read(XmlReader reader)
    {
        using (reader)
        {
            try
            {
                return Build(reader);
            }
            catch (Exception exception) when (exception is XmlException or DecoderFallbackException or ArgumentException)
            {
                throw new WsmanFormatException("The message is not well-formed XML: " + exception.Message, exception);
            }
        }
    }

    private static XElement Build(XmlReader reader)
    {
        XElement? root = null;
        var open = new Stack<XElement>();
        while (reader.Read())
        {
            switch (reader.NodeType)
            {
                case XmlNodeType.Element:
                    var element = Element(reader);
                    if (open.Count > 0)
                    {
                        open.Peek().Add(element);
                    }

                    root ??= element;
                    if (!reader.IsEmptyElement)
                    {
                        open.Push(element);
                    }

                    break;
                case XmlNodeType.EndElement:
                    open.Pop();
                    break;
                case XmlNodeType.Text:
                case XmlNodeType.CDATA:
                case XmlNodeType.Whitespace:
                case XmlNodeType.SignificantWhitespace:
                    if (open.Count > 0)
                    {
                        open.Peek().Add(reader.Value);
                    }

                    break;
            }
        }

        return root ?? throw new WsmanFormatException("The message is empty.");
    }

    private static XElement Element(XmlReader reader)
    {
        if (reader.Depth > MostDepth || reader.AttributeCount > MostAttributes)
        {
            throw new WsmanFormatException("The message is nested too deeply.");
        }

        var element = new XElement(XName.Get(reader.LocalName, reader.NamespaceURI));
        while (reader.MoveToNextAttribute())
        {
            element.SetAttributeValue(
                reader.Prefix.Length == 0 && reader.LocalName == "xmlns" ? XName.Get("xmlns") : XName.Get(reader.LocalName, reader.NamespaceURI), reader.Value);
        }

        reader.MoveToElement();
        return element;
    }
}
