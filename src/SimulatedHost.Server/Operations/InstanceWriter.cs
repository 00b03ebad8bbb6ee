using System;
using System.Xml;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Wsman.Protocol;
using Multipass.HyperV.Wsman.Values;

namespace Multipass.HyperV.Server.Operations;

/// <summary>Writes whole instances.</summary>
internal static class InstanceWriter
{
    /// <summary>Writes an instance as <c>p:CLASS</c>.</summary>
    public static void Write(XmlWriter writer, CimRecord record, Func<string, CimElement?> typeOf, string classUri)
    {
        writer.WriteStartElement("p", record.ClassName, classUri);

        // Declared again here, as WinRM has it: there are readers that cut rows out.
        writer.WriteAttributeString("xmlns", "xsi", null, WsmanNames.Instance.NamespaceName);
        writer.WriteAttributeString("xmlns", "p", null, classUri);
        writer.WriteAttributeString("xmlns", "cim", null, WsmanNames.Common.NamespaceName);
        writer.WriteAttributeString("xsi", "type", WsmanNames.Instance.NamespaceName, $"p:{record.ClassName}_Type");
        CimValueWriter.WriteProperties(writer, classUri, "p", record, typeOf);
        writer.WriteEndElement();
    }
}
