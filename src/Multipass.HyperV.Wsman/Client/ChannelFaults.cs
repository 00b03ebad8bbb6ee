using System;
using System.IO;
using System.Net.Http;
using System.Net.Sockets;
using System.Security.Authentication;
using Multipass.HyperV.Cim;

namespace Multipass.HyperV.Wsman.Client;

/// <summary>What goes wrong on the way, in CIM's terms. None of the texts holds a credential.</summary>
internal static class ChannelFaults
{
    /// <summary>There is no such way of authentication (SEC_E_SECPKG_NOT_FOUND, winerror.h).</summary>
    public const int PackageNotFound = unchecked((int)0x80090305);

    /// <summary>The name or the password is wrong (ERROR_LOGON_FAILURE, winerror.h): HTTP's 401 says who somebody is not, and nothing of his rights.</summary>
    public const int LogonFailure = unchecked((int)0x8007052E);

    /// <summary>There is no way in which the two could agree on who somebody is (WinRM: the authentication is not possible between the two, wsmerror.h).</summary>
    public const int NoScheme = unchecked((int)0x803380E4);

    public static CimFaultException NotAnswered(Uri address, TimeSpan patience)
        => Of(CimStatus.Failed, WbemError.TimedOut, $"{address} did not answer within {patience.TotalSeconds:0.##} s.");

    public static CimFaultException NotUnderstood(Uri address, string reason, Exception? inner = null)
        => Of(CimStatus.Failed, WbemError.RpcCallFailed, $"The answer of {address} is not WS-Management: {reason}", inner);

    public static CimFaultException NotLetIn(Uri address)
        => Of(CimStatus.AccessDenied, LogonFailure, $"{address} does not accept the credential.");

    /// <summary>This computer lacks what the authentication needs; nothing was sent.</summary>
    public static CimFaultException NotPossible(Uri address, string reason)
        => Of(
            CimStatus.NotSupported,
            PackageNotFound,
            $"This computer cannot prove who you are to {address} with Kerberos or NTLM ({reason}). Use Basic authentication over HTTPS (-Authentication Basic -UseSsl) if the host allows it.");

    public static CimFaultException NoCommonScheme(Uri address, string offered, string advice)
        => Of(CimStatus.AccessDenied, NoScheme, $"{address} and this computer have no way of authentication in common; it offers {(offered.Length == 0 ? "none" : offered)}. {advice}");

    public static CimFaultException Of(CimStatus status, int hresult, string message, Exception? inner = null)
        => inner is null ? new CimFaultException(new CimFault(status, hresult, message)) : new CimFaultException(new CimFault(status, hresult, message), inner);

    /// <summary>An exception of the HTTP client.</summary>
    public static CimFaultException Of(Uri address, Exception exception)
        => exception switch
        {
            // No connection was lost, none was made.
            _ when InnermostOf(exception) is CertificateRefusedException refused => Of(CimStatus.Failed, refused.HResult, $"{refused.Message} ({address}).", exception),
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } or HttpRequestException { InnerException: AuthenticationException }
                => Of(CimStatus.Failed, WbemError.RpcServerUnavailable, $"no secure connection to {address}: {Innermost(exception)}", exception),
            HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError } or HttpRequestException { InnerException: SocketException }
                => Of(CimStatus.Failed, WbemError.RpcServerUnavailable, $"{address} cannot be reached: {Innermost(exception)}", exception),
            _ => Of(CimStatus.Failed, WbemError.RpcCallFailed, $"{address} broke off: {Innermost(exception)}", exception),
        };

    /// <summary>True for what an HTTP exchange may end in.</summary>
    public static bool IsOnTheWay(Exception exception) => exception is HttpRequestException or IOException or SocketException or HttpIOException or AuthenticationException;

    private static string Innermost(Exception exception) => InnermostOf(exception).Message;

    private static Exception InnermostOf(Exception exception)
    {
        while (exception.InnerException is { } inner)
        {
            exception = inner;
        }

        return exception;
    }
}
