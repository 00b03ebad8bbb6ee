using System;
using System.Collections.Generic;
using System.IO;
using System.Xml;

namespace Multipass.HyperV.Failures;

/// <summary>Reads the named values of a small XML text from a host: <c>PROPERTY NAME="..."</c> as CIM-XML has it, <c>Data Name="..."</c> as events have it, or elements by their own names.</summary>
internal static class EmbeddedXml
{
    /// <summary>Tells every text with the name it stands under. False when the text is not well-formed; what came before the flaw has been told then.</summary>
    public static bool TryRead(string text, XmlReaderSettings settings, Action<string, string> tell)
    {
        var names = new Stack<string>();
        try
        {
            using var reader = XmlReader.Create(new StringReader(text), settings);
            while (reader.Read())
            {
                switch (reader.NodeType)
                {
                    case XmlNodeType.Element when !reader.IsEmptyElement:
                        names.Push(NameOf(reader, names));
                        break;
                    case XmlNodeType.EndElement:
                        names.Pop();
                        break;
                    case XmlNodeType.Text or XmlNodeType.CDATA:
                        tell(names.Count > 0 ? names.Peek() : string.Empty, reader.Value);
                        break;
                }
            }

            return true;
        }
        catch (XmlException)
        {
            return false;
        }
    }

    // A VALUE belongs to the property around it.
    private static string NameOf(XmlReader reader, Stack<string> names)
        => reader.GetAttribute("NAME") ?? reader.GetAttribute("Name")
            ?? (names.Count > 0 && reader.LocalName.StartsWith("VALUE", StringComparison.OrdinalIgnoreCase) ? names.Peek() : reader.LocalName);
}
