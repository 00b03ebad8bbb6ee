using System;
using System.Collections.Generic;
using System.Globalization;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Connections;
using Mi = Microsoft.Management.Infrastructure;

namespace Multipass.HyperV.Transports.Mmi;

/// <summary>Puts what MI reports into the engine's terms: a CIM status, and an HRESULT of WMI where MI, WinRM or Windows have one of their own for the same.</summary>
internal static class MmiFaults
{
    private const string HResultPrefix = "HRESULT 0x";

    /// <summary>HRESULTs that mean the same as one of WMI's, with the status that they imply when MI gives none (wbemcli.h, wsmerror.h, winhttp.h, winerror.h).</summary>
    private static readonly Dictionary<uint, (CimStatus Status, int HResult)> Meanings = new()
    {
        // WMI's own.
        [0x80041002] = (CimStatus.NotFound, WbemError.NotFound),
        [0x80041003] = (CimStatus.AccessDenied, WbemError.AccessDenied),
        [0x80041008] = (CimStatus.InvalidParameter, WbemError.InvalidParameter),
        [0x8004100E] = (CimStatus.InvalidNamespace, WbemError.InvalidNamespace),
        [0x80041010] = (CimStatus.InvalidClass, WbemError.InvalidClass),
        [0x80041017] = (CimStatus.InvalidQuery, WbemError.InvalidQuery),
        [0x8004102E] = (CimStatus.MethodNotFound, WbemError.InvalidMethod),
        [0x80041033] = (CimStatus.ServerIsShuttingDown, WbemError.ShuttingDown),

        // Windows' words for what WMI has words of its own for; they must not be taken for a virtual machine's files or memory.
        [0x80070005] = (CimStatus.AccessDenied, WbemError.AccessDenied),
        [0x80070002] = (CimStatus.NotFound, WbemError.NotFound),
        [0x80070003] = (CimStatus.NotFound, WbemError.NotFound),
        [0x8007000E] = (CimStatus.Failed, WbemError.Failed),
        [0x800705AA] = (CimStatus.Failed, WbemError.Failed),
        [0x80070020] = (CimStatus.Failed, WbemError.Failed),

        // The host could not be reached: RPC, WinRM (cannot connect, not accessible), WinHTTP (name, connection).
        [0x800706BA] = (CimStatus.Failed, WbemError.RpcServerUnavailable),
        [0x80338012] = (CimStatus.Failed, WbemError.RpcServerUnavailable),
        [0x80338126] = (CimStatus.Failed, WbemError.RpcServerUnavailable),
        [0x80072EE7] = (CimStatus.Failed, WbemError.RpcServerUnavailable),
        [0x80072EFD] = (CimStatus.Failed, WbemError.RpcServerUnavailable),

        // The connection broke: RPC, WinHTTP (terminated abnormally, reset), network name gone.
        [0x800706BE] = (CimStatus.Failed, WbemError.RpcCallFailed),
        [0x800706BF] = (CimStatus.Failed, WbemError.RpcCallFailed),
        [0x80072EFE] = (CimStatus.Failed, WbemError.RpcCallFailed),
        [0x80072EFF] = (CimStatus.Failed, WbemError.RpcCallFailed),
        [0x80070040] = (CimStatus.Failed, WbemError.RpcCallFailed),
        [0x80010108] = (CimStatus.Failed, WbemError.RpcCallFailed),

        // No answer in time: WMI (as an error, and as the success code that MI reports it by), WinRM, WinHTTP.
        [0x80041069] = (CimStatus.Failed, WbemError.TimedOut),
        [0x00040004] = (CimStatus.Failed, WbemError.TimedOut),
        [0x80338029] = (CimStatus.Failed, WbemError.TimedOut),
        [0x80072EE2] = (CimStatus.Failed, WbemError.TimedOut),

        // WinRM's word for a namespace or class that it does not find.
        [0x8033801A] = (CimStatus.InvalidNamespace, WbemError.InvalidNamespace),
    };

    /// <summary>The HRESULT that goes with a status when MI brings none.</summary>
    private static readonly Dictionary<CimStatus, int> Usual = new()
    {
        [CimStatus.AccessDenied] = WbemError.AccessDenied,
        [CimStatus.InvalidNamespace] = WbemError.InvalidNamespace,
        [CimStatus.InvalidParameter] = WbemError.InvalidParameter,
        [CimStatus.InvalidClass] = WbemError.InvalidClass,
        [CimStatus.NotFound] = WbemError.NotFound,
        [CimStatus.InvalidQuery] = WbemError.InvalidQuery,
        [CimStatus.MethodNotFound] = WbemError.InvalidMethod,
        [CimStatus.ServerIsShuttingDown] = WbemError.ShuttingDown,
    };

    /// <summary>The fault that MI's numbers mean.</summary>
    /// <param name="nativeErrorCode">MI's result code; 1, a general failure, says nothing.</param>
    /// <param name="hresult">The HRESULT that came with it; null when none did.</param>
    /// <param name="message">The text, for people.</param>
    public static CimFault Of(int nativeErrorCode, uint? hresult, string message)
    {
        var isTold = nativeErrorCode > (int)CimStatus.Failed && Enum.IsDefined(typeof(CimStatus), nativeErrorCode);
        if (hresult is not { } code || code == 0)
        {
            var status = isTold ? (CimStatus)nativeErrorCode : CimStatus.Failed;
            return new CimFault(status, Usual.TryGetValue(status, out var usual) ? usual : 0, message);
        }

        var isKnown = Meanings.TryGetValue(code, out var meaning);
        var told = isTold ? (CimStatus)nativeErrorCode : isKnown ? meaning.Status : CimStatus.Failed;
        var own = !isKnown ? unchecked((int)code) : isTold && meaning.Status != told && Usual.TryGetValue(told, out var better) ? better : meaning.HResult;
        return new CimFault(told, own, unchecked((int)code) == own ? message : string.Format(CultureInfo.InvariantCulture, "{0} (0x{1:X8})", message.TrimEnd(), code));
    }

    /// <summary>The HRESULT in a message id such as "HRESULT 0x80041010"; null when there is none.</summary>
    public static uint? HResultOf(string? messageId)
        => messageId is not null
            && messageId.StartsWith(HResultPrefix, StringComparison.OrdinalIgnoreCase)
            && uint.TryParse(messageId.Substring(HResultPrefix.Length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) ? code : null;

    /// <summary>The exception that the engine understands.</summary>
    public static Exception Of(Exception exception)
        => exception switch
        {
            CimFaultException => exception,
            Mi.CimException known => new CimFaultException(Of((int)known.NativeErrorCode, HResultOf(known.MessageId) ?? ErrorCodeOf(known), known.Message), known),
            OperationCanceledException => new CimFaultException(new CimFault(CimStatus.Failed, WbemError.CallCancelled, exception.Message), exception),
            ObjectDisposedException => new CimFaultException(new CimFault(CimStatus.Failed, WbemError.Disconnected, "The CIM session has been closed."), exception),
            _ => ClientFaults.Of(exception) ?? new CimFaultException(Of((int)CimStatus.Failed, unchecked((uint)exception.HResult), exception.Message), exception),
        };

    /// <summary>WMI's own code, in the <c>MSFT_WmiError</c> that comes with its errors.</summary>
    private static uint? ErrorCodeOf(Mi.CimException exception)
        => exception.ErrorData?.CimInstanceProperties["error_Code"]?.Value as uint?;
}
