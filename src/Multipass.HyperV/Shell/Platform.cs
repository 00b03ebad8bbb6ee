using System;
using System.Runtime.InteropServices;

namespace Multipass.HyperV.Shell;

/// <summary>What this process runs on.</summary>
internal static class Platform
{
    /// <summary>Whether there is a Windows with a CIM client of its own. Set by tests only.</summary>
    public static bool IsWindows { get; set; } = RuntimeInformation.IsOSPlatform(OSPlatform.Windows);

    /// <summary>Windows PowerShell, as opposed to PowerShell 7.</summary>
    public static bool IsWindowsPowerShell { get; } = RuntimeInformation.FrameworkDescription.StartsWith(".NET Framework", StringComparison.Ordinal);
}
