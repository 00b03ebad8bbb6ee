namespace Multipass.HyperV;

/// <summary>How a host is to be reached.</summary>
public enum MpTransport
{
    /// <summary>Mmi on Windows, Wsman elsewhere.</summary>
    Auto,

    /// <summary>Windows' own CIM client. On Windows only; to the local host without any remoting.</summary>
    Mmi,

    /// <summary>The module's own WS-Management client. On any system, in PowerShell 7.</summary>
    Wsman,
}
