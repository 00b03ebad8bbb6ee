using System.Linq;
using System.Xml.Linq;
using Multipass.HyperV.Wsman.Protocol;

namespace Multipass.HyperV.Wsman.Faults;

/// <summary>A kind of fault: the protocol's name of it, whose fault it is, and WinRM's number (wsmerror.h).</summary>
/// <param name="Subcode">The protocol's name; the code itself where it has no subcode.</param>
/// <param name="IsSender">True when the request is wrong, false when the service failed.</param>
/// <param name="Code">WinRM's number.</param>
internal sealed record FaultKind(XName Subcode, bool IsSender, uint Code)
{
    public static readonly FaultKind AccessDenied = new(WsmanNames.Wsman + "AccessDenied", true, 5);
    public static readonly FaultKind ActionNotSupported = new(WsmanNames.Addressing + "ActionNotSupported", true, 2150858753);
    public static readonly FaultKind CannotProcessFilter = new(WsmanNames.Enumeration + "CannotProcessFilter", true, 2150858778);
    public static readonly FaultKind FilterDialect = new(WsmanNames.Enumeration + "FilterDialectRequestedUnavailable", true, 2150858777);
    public static readonly FaultKind DestinationUnreachable = new(WsmanNames.Addressing + "DestinationUnreachable", true, 2150858778);
    public static readonly FaultKind EncodingLimit = new(WsmanNames.Wsman + "EncodingLimit", true, 2150858805);
    public static readonly FaultKind InternalError = new(WsmanNames.Wsman + "InternalError", false, 2150858755);
    public static readonly FaultKind InvalidContext = new(WsmanNames.Enumeration + "InvalidEnumerationContext", true, 2150858779);
    public static readonly FaultKind InvalidExpirationTime = new(WsmanNames.Enumeration + "InvalidExpirationTime", true, 2150858774);
    public static readonly FaultKind InvalidHeader = new(WsmanNames.Addressing + "InvalidMessageInformationHeader", true, 2150858767);
    public static readonly FaultKind HeaderRequired = new(WsmanNames.Addressing + "MessageInformationHeaderRequired", true, 2150858769);
    public static readonly FaultKind InvalidParameter = new(WsmanNames.Wsman + "InvalidParameter", true, 2150858810);
    public static readonly FaultKind InvalidSelectors = new(WsmanNames.Wsman + "InvalidSelectors", true, 2150858813);
    public static readonly FaultKind MustUnderstand = new(WsmanNames.Soap + "MustUnderstand", true, 2150858768);
    public static readonly FaultKind QuotaLimit = new(WsmanNames.Wsman + "QuotaLimit", true, 2150858815);
    public static readonly FaultKind SchemaValidation = new(WsmanNames.Wsman + "SchemaValidationError", true, 2150858817);
    public static readonly FaultKind TimedOut = new(WsmanNames.Wsman + "TimedOut", false, 2150858793);
    public static readonly FaultKind UnsupportedFeature = new(WsmanNames.Wsman + "UnsupportedFeature", true, 2150858818);
    public static readonly FaultKind VersionMismatch = new(WsmanNames.Soap + "VersionMismatch", true, 2150858765);

    private static readonly FaultKind[] All =
    {
        AccessDenied, ActionNotSupported, CannotProcessFilter, FilterDialect, DestinationUnreachable, EncodingLimit, InternalError, InvalidContext, InvalidExpirationTime,
        InvalidHeader, HeaderRequired, InvalidParameter, InvalidSelectors, MustUnderstand, QuotaLimit, SchemaValidation, TimedOut, UnsupportedFeature, VersionMismatch,
    };

    /// <summary>The action of a message with such a fault.</summary>
    public string Action
        => Subcode.Namespace == WsmanNames.Wsman ? WsmanNames.WsmanFault
            : Subcode.Namespace == WsmanNames.Enumeration ? WsmanNames.EnumerationFault
            : WsmanNames.AddressingFault;

    /// <summary>The kind with a subcode; null for one that is not known.</summary>
    public static FaultKind? Find(XName subcode) => All.FirstOrDefault(kind => kind.Subcode == subcode);
}
