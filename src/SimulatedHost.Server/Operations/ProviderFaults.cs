using Multipass.HyperV.Cim;
using Multipass.HyperV.Wsman.Faults;

namespace Multipass.HyperV.Server.Operations;

/// <summary>What the CIM provider refuses, in the protocol's terms.</summary>
internal static class ProviderFaults
{
    /// <summary>WinRM's numbers: RESOURCE_NOT_FOUND, UNEXPECTED_SELECTORS.</summary>
    private const uint ResourceNotFound = 2150858752, UnexpectedSelectors = 2150858843;

    /// <summary>The fault that a client gets.</summary>
    /// <param name="fault">What the provider said.</param>
    /// <param name="isQuery">True when the class was named in a query instead of in the resource URI.</param>
    public static WsmanFault Of(CimFault fault, bool isQuery)
    {
        var kind = fault switch
        {
            { Status: CimStatus.AccessDenied } => FaultKind.AccessDenied,
            { Status: CimStatus.InvalidNamespace or CimStatus.InvalidClass } when isQuery => FaultKind.CannotProcessFilter,
            { Status: CimStatus.InvalidNamespace or CimStatus.InvalidClass or CimStatus.NotFound } => FaultKind.DestinationUnreachable,
            { HResult: WbemError.InvalidObjectPath } => FaultKind.InvalidSelectors,
            { Status: CimStatus.InvalidParameter } => FaultKind.InvalidParameter,
            { Status: CimStatus.InvalidQuery } => FaultKind.CannotProcessFilter,
            { Status: CimStatus.MethodNotFound } => FaultKind.ActionNotSupported,
            { HResult: WbemError.TimedOut } => FaultKind.TimedOut,
            _ => FaultKind.InternalError,
        };
        var code = fault switch
        {
            { Status: CimStatus.NotFound } => ResourceNotFound,
            { HResult: WbemError.InvalidObjectPath } => UnexpectedSelectors,
            _ => kind.Code,
        };
        return new WsmanFault(kind, fault.Message) { Code = code, Provider = fault };
    }
}
