namespace Multipass.HyperV.Cim;

/// <summary>HRESULTs of WMI and RPC that a call itself can end in (wbemcli.h, winerror.h).</summary>
internal static class WbemError
{
    public const int Failed = unchecked((int)0x80041001);
    public const int NotFound = unchecked((int)0x80041002);
    public const int AccessDenied = unchecked((int)0x80041003);
    public const int ProviderFailure = unchecked((int)0x80041004);
    public const int InvalidParameter = unchecked((int)0x80041008);
    public const int InvalidNamespace = unchecked((int)0x8004100E);
    public const int InvalidClass = unchecked((int)0x80041010);
    public const int ProviderLoadFailure = unchecked((int)0x80041013);
    public const int InvalidQuery = unchecked((int)0x80041017);
    public const int InvalidMethod = unchecked((int)0x8004102E);
    public const int InvalidObjectPath = unchecked((int)0x8004103A);
    public const int CallCancelled = unchecked((int)0x80041032);
    public const int ShuttingDown = unchecked((int)0x80041033);
    public const int TimedOut = unchecked((int)0x80041069);
    public const int RpcServerUnavailable = unchecked((int)0x800706BA);
    public const int RpcCallFailed = unchecked((int)0x800706BE);

    /// <summary><c>RPC_E_DISCONNECTED</c>: this side has ended the connection.</summary>
    public const int Disconnected = unchecked((int)0x80010108);

    /// <summary>.NET's <c>COR_E_DLLNOTFOUND</c>, here for whatever keeps this side's own CIM client from being loaded: no host has been asked.</summary>
    public const int ClientNotLoadable = unchecked((int)0x80131524);

    /// <summary>Quotas of WS-Management for the operations and the shells of one user: nothing was carried out.</summary>
    public const int TooManyOperations = unchecked((int)0x803381A5);
    public const int TooManyShells = unchecked((int)0x803381A6);

    /// <summary>The connection broke, or the answer did not come.</summary>
    public static bool IsConnectionLost(int hresult)
        => hresult is RpcServerUnavailable or RpcCallFailed or TimedOut or Disconnected;

    /// <summary>May pass by itself: lost connections, unless this side has ended them, a provider that is restarting, and a quota that is used up.</summary>
    public static bool IsTransient(int hresult)
        => (IsConnectionLost(hresult) && hresult != Disconnected) || hresult is ProviderLoadFailure or CallCancelled or ShuttingDown or ProviderFailure or TooManyOperations or TooManyShells;
}
