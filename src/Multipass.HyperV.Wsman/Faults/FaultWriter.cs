using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Wsman.Protocol;

namespace Multipass.HyperV.Wsman.Faults;

/// <summary>Writes faults in WinRM's form: the protocol's code, WinRM's number, and what the provider said.</summary>
internal static class FaultWriter
{
    private const string ErrorClass = "MSFT_WmiError";

    /// <summary>Writes the fault as the body of an envelope.</summary>
    public static void Write(XmlWriter writer, WsmanFault fault, string machine)
    {
        var soap = WsmanNames.Soap.NamespaceName;
        writer.WriteStartElement("s", "Fault", soap);
        writer.WriteStartElement("s", "Code", soap);
        if (fault.Kind.Subcode.Namespace == WsmanNames.Soap)
        {
            WriteName(writer, fault.Kind.Subcode);
        }
        else
        {
            WriteName(writer, WsmanNames.Soap + (fault.Kind.IsSender ? "Sender" : "Receiver"));
            writer.WriteStartElement("s", "Subcode", soap);
            WriteName(writer, fault.Kind.Subcode);
            writer.WriteEndElement();
        }

        writer.WriteEndElement();
        writer.WriteStartElement("s", "Reason", soap);
        writer.WriteStartElement("s", "Text", soap);
        writer.WriteAttributeString("xml", "lang", null, "en-US");
        writer.WriteString(SafeXml.Writable(fault.Reason));
        writer.WriteEndElement();
        writer.WriteEndElement();
        WriteDetail(writer, fault, machine);
        writer.WriteEndElement();
    }

    /// <summary>Writes the headers that tell which ones were not understood (SOAP 1.2, 5.4.8).</summary>
    public static void WriteNotUnderstood(XmlWriter writer, WsmanFault fault)
    {
        foreach (var header in fault.NotUnderstood)
        {
            writer.WriteStartElement("s", "NotUnderstood", WsmanNames.Soap.NamespaceName);
            if (header.NamespaceName.Length > 0)
            {
                writer.WriteAttributeString("xmlns", "h", null, header.NamespaceName);
            }

            writer.WriteAttributeString("qname", (header.NamespaceName.Length > 0 ? "h:" : string.Empty) + header.LocalName);
            writer.WriteEndElement();
        }
    }

    private static void WriteDetail(XmlWriter writer, WsmanFault fault, string machine)
    {
        writer.WriteStartElement("s", "Detail", WsmanNames.Soap.NamespaceName);
        if (fault.Detail is not null)
        {
            writer.WriteElementString("w", "FaultDetail", WsmanNames.Wsman.NamespaceName, fault.Detail);
        }

        writer.WriteStartElement("f", "WSManFault", WsmanNames.MicrosoftFault.NamespaceName);
        writer.WriteAttributeString("Code", fault.Code.ToString(CultureInfo.InvariantCulture));
        writer.WriteAttributeString("Machine", machine);
        writer.WriteStartElement("f", "Message", WsmanNames.MicrosoftFault.NamespaceName);
        writer.WriteString(SafeXml.Writable(fault.Reason));
        if (fault.Provider is not null)
        {
            WriteProvider(writer, fault, fault.Provider);
        }

        writer.WriteEndElement();
        writer.WriteEndElement();
        writer.WriteEndElement();
    }

    private static void WriteProvider(XmlWriter writer, WsmanFault fault, CimFault provider)
    {
        writer.WriteStartElement("f", "ProviderFault", WsmanNames.MicrosoftFault.NamespaceName);
        writer.WriteAttributeString("provider", "WMI Provider");
        writer.WriteAttributeString("path", @"%systemroot%\system32\WsmWmiPl.dll");
        var elements = WsmanNames.WmiPrefix + "root/cimv2/" + ErrorClass;
        writer.WriteStartElement("e", ErrorClass, elements);
        writer.WriteElementString("e", "CIMStatusCode", elements, ((int)provider.Status).ToString(CultureInfo.InvariantCulture));
        writer.WriteElementString("e", "error_Code", elements, (provider.HResult == 0 ? fault.Code : unchecked((uint)provider.HResult)).ToString(CultureInfo.InvariantCulture));
        writer.WriteElementString("e", "error_Type", elements, provider.HResult == 0 ? "WSMAN" : "HRESULT");
        writer.WriteElementString("e", "HRESULT", elements, provider.HResult.ToString(CultureInfo.InvariantCulture));
        writer.WriteElementString("e", "Message", elements, SafeXml.Writable(provider.Message));
        writer.WriteEndElement();
        writer.WriteEndElement();
    }

    /// <summary>A qualified name as text, with the usual prefixes, which stand on the envelope.</summary>
    private static void WriteName(XmlWriter writer, XName name)
        => writer.WriteElementString("s", "Value", WsmanNames.Soap.NamespaceName, EnvelopeWriter.PrefixOf(name.Namespace) + ":" + name.LocalName);
}
