using System.Globalization;
using System.Security;
using System.Text;

namespace Multipass.HyperV.Simulation.Faults;

/// <summary>An embedded <c>Msvm_Error</c> in CIM-XML (DSP0201), as <c>GetErrorEx</c> returns it. Modelled on the class page; no sample of a real one is public.</summary>
internal static class ErrorXml
{
    /// <summary>CIM's general failure (Msvm_Error class page, CIMStatusCode).</summary>
    private const uint Failed = 1;

    public static string Of(string message, uint hresult)
    {
        var xml = new StringBuilder("<INSTANCE CLASSNAME=\"Msvm_Error\">");
        Append(xml, "CIMStatusCode", "uint32", Failed.ToString(CultureInfo.InvariantCulture));
        Append(xml, "ErrorSourceFormat", "uint16", "0");
        Append(xml, "Message", "string", message);
        if (hresult != 0)
        {
            Append(xml, "MessageID", "string", "0x" + hresult.ToString("X8", CultureInfo.InvariantCulture));
        }

        Append(xml, "OwningEntity", "string", "Microsoft-Windows-Hyper-V-VMMS");
        Append(xml, "PerceivedSeverity", "uint16", "5");
        return xml.Append("</INSTANCE>").ToString();
    }

    private static void Append(StringBuilder xml, string name, string type, string value)
        => xml.Append("<PROPERTY NAME=\"").Append(name).Append("\" TYPE=\"").Append(type).Append("\"><VALUE>")
            .Append(SecurityElement.Escape(value)).Append("</VALUE></PROPERTY>");
}
