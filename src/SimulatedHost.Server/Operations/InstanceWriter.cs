using System.Xml;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Wsman.Protocol;
using Multipass.HyperV.Wsman.Values;

namespace Multipass.HyperV.Server.Operations;

/// <summary>Writes whole instances.</summary>
internal static class InstanceWriter
{
    /// <summary>Writes an instance as <c>p:CLASS</c>.</summary>
    public static void Write(XmlWriter writer, CimRecord record, string classUri)
    {
        writer.WriteStartElement("p", record.ClassName, classUri);
        writer.WriteAttributeString("xsi", "type", WsmanNames.Instance.NamespaceName, $"p:{record.ClassName}_Type");
        CimValueWriter.WriteProperties(writer, classUri, "p", record);
        writer.WriteEndElement();
    }
}
