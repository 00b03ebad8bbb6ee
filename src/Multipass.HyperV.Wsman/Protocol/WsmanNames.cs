using System.Xml.Linq;

namespace Multipass.HyperV.Wsman.Protocol;

/// <summary>The namespaces, actions and identifiers of the protocol (DSP0226, DSP0227, DSP0230, MS-WSMV).</summary>
internal static class WsmanNames
{
    public const string ContentType = "application/soap+xml";

    /// <summary>Where a service listens when nothing else is said.</summary>
    public const string Path = "/wsman";

    public const int HttpPort = 5985;
    public const int HttpsPort = 5986;

    /// <summary>No envelope limit may be smaller (DSP0226, 13.1): a fault must fit in any encoding.</summary>
    public const int LeastEnvelopeSize = 8_192;

    /// <summary>WinRM's own limit, when a client asks for none.</summary>
    public const int UsualEnvelopeSize = 512_000;

    public const string Anonymous = "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous";

    public const string Get = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Get";
    public const string Enumerate = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/Enumerate";
    public const string Pull = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/Pull";
    public const string Release = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/Release";

    /// <summary>The actions of faults, by who raises them.</summary>
    public const string WsmanFault = "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault";
    public const string AddressingFault = "http://schemas.xmlsoap.org/ws/2004/08/addressing/fault";
    public const string EnumerationFault = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/fault";

    public const string WmiPrefix = "http://schemas.microsoft.com/wbem/wsman/1/wmi/";
    public const string DmtfPrefix = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/";

    public const string WqlDialect = "http://schemas.microsoft.com/wbem/wsman/1/WQL";
    public const string SelectorDialect = "http://schemas.dmtf.org/wbem/wsman/1/wsman/SelectorFilter";
    public const string AssociationDialect = "http://schemas.dmtf.org/wbem/wsman/1/cimbinding/AssociationFilter";

    /// <summary>Names the CIM namespace where the resource URI does not.</summary>
    public const string NamespaceSelector = "__cimnamespace";

    /// <summary>Before what a fault says in detail.</summary>
    public const string FaultDetail = "http://schemas.dmtf.org/wbem/wsman/1/wsman/faultDetail/";

    public static readonly XNamespace Soap = "http://www.w3.org/2003/05/soap-envelope";
    public static readonly XNamespace Addressing = "http://schemas.xmlsoap.org/ws/2004/08/addressing";
    public static readonly XNamespace Wsman = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd";
    public static readonly XNamespace Enumeration = "http://schemas.xmlsoap.org/ws/2004/09/enumeration";
    public static readonly XNamespace Transfer = "http://schemas.xmlsoap.org/ws/2004/09/transfer";
    public static readonly XNamespace Identity = "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd";
    public static readonly XNamespace Binding = "http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd";
    public static readonly XNamespace Microsoft = "http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd";
    public static readonly XNamespace MicrosoftFault = "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault";
    public static readonly XNamespace Common = "http://schemas.dmtf.org/wbem/wscim/1/common";
    public static readonly XNamespace Instance = "http://www.w3.org/2001/XMLSchema-instance";
    public static readonly XNamespace SchemaTypes = "http://www.w3.org/2001/XMLSchema";
}
