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

        if (fault.Provider is not null)
        {
            WriteError(writer, fault, fault.Provider);
        }

        writer.WriteStartElement("f", "WSManFault", WsmanNames.MicrosoftFault.NamespaceName);
        writer.WriteAttributeString("Code", fault.Code.ToString(CultureInfo.InvariantCulture));
        writer.WriteAttributeString("Machine", machine);
        writer.WriteStartElement("f", "Message", WsmanNames.MicrosoftFault.NamespaceName);
        writer.WriteString(SafeXml.Writable(fault.Reason));
        writer.WriteEndElement();
        writer.WriteEndElement();
        writer.WriteEndElement();
    }

    /// <summary>What WMI said, as an instance of its error class (DSP0227, 16.2): a missing namespace or class has WinRM's number, everything else WMI's own.</summary>
    private static void WriteError(XmlWriter writer, WsmanFault fault, CimFault provider)
    {
        var elements = WsmanNames.DmtfPrefix + ErrorClass;
        var code = provider.Status is CimStatus.InvalidNamespace or CimStatus.InvalidClass ? FaultKind.DestinationUnreachable.Code
            : provider.HResult == 0 ? fault.Code
            : unchecked((uint)provider.HResult);
        void Property(string name, string? value)
        {
            writer.WriteStartElement("p", name, elements);
            if (value is null)
            {
                writer.WriteAttributeString("xsi", "nil", WsmanNames.Instance.NamespaceName, "true");
            }
            else
            {
                writer.WriteString(SafeXml.Writable(value));
            }

            writer.WriteEndElement();
        }

        writer.WriteStartElement("p", ErrorClass, elements);
        writer.WriteAttributeString("xmlns", "b", null, WsmanNames.Binding.NamespaceName);
        writer.WriteAttributeString("b", "IsCIM_Error", WsmanNames.Binding.NamespaceName, "true");
        Property("CIMStatusCode", ((int)provider.Status).ToString(CultureInfo.InvariantCulture));
        Property("CIMStatusCodeDescription", null);
        Property("ErrorSource", null);
        Property("ErrorSourceFormat", "0");
        Property("ErrorType", "0");
        Property("Message", provider.Message);
        Property("MessageID", string.Format(CultureInfo.InvariantCulture, "HRESULT 0x{0:x8}", code));
        Property("OtherErrorSourceFormat", null);
        Property("OtherErrorType", null);
        Property("OwningEntity", null);
        Property("PerceivedSeverity", "0");
        Property("ProbableCause", "0");
        Property("ProbableCauseDescription", null);
        Property("error_Category", CategoryOf(provider.Status).ToString(CultureInfo.InvariantCulture));
        Property("error_Code", code.ToString(CultureInfo.InvariantCulture));
        Property("error_Type", "HRESULT");
        Property("error_WindowsErrorMessage", provider.Message);
        writer.WriteEndElement();
    }

    /// <summary>The category in PowerShell's numbers (ErrorCategory enumeration), as MI gives it.</summary>
    private static int CategoryOf(CimStatus status)
        => status switch
        {
            CimStatus.NotFound or CimStatus.InvalidClass or CimStatus.InvalidNamespace => 13,
            CimStatus.AccessDenied => 18,
            CimStatus.InvalidParameter or CimStatus.InvalidQuery => 5,
            CimStatus.MethodNotFound => 11,
            _ => 0,
        };

    /// <summary>A qualified name as text, with the usual prefixes, which stand on the envelope.</summary>
    private static void WriteName(XmlWriter writer, XName name)
        => writer.WriteElementString("s", "Value", WsmanNames.Soap.NamespaceName, EnvelopeWriter.PrefixOf(name.Namespace) + ":" + name.LocalName);
}
