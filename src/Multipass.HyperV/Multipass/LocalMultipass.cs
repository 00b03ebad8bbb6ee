using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using Multipass.HyperV.Instances;

namespace Multipass.HyperV.Multipass;

/// <summary>The Multipass of this computer: where its files and its client are.</summary>
internal static class LocalMultipass
{
    private static readonly bool IsWindows = RuntimeInformation.IsOSPlatform(OSPlatform.Windows);

    /// <summary>What this computer's Multipass believes.</summary>
    public static IMultipassView CreateView() => new MultipassView(new LocalFiles(), new ClientProcess(FindClient), Environment);

    /// <summary>
    /// Multipass's service has its settings from the computer's environment, not from that of this process; on Windows that is
    /// <c>HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Environment</c>.
    /// </summary>
    private static MultipassEnvironment Environment
        => new(
            System.Environment.GetEnvironmentVariable("MULTIPASS_STORAGE", EnvironmentVariableTarget.Machine),
            System.Environment.GetFolderPath(System.Environment.SpecialFolder.CommonApplicationData),
            Path.Combine(System.Environment.GetFolderPath(System.Environment.SpecialFolder.System), "config", "systemprofile"));

    /// <summary>The client: the first on the path, else the one in its install folder; null when there is none.</summary>
    /// <remarks>Only the program itself: a script of that name would have to go through a shell. Relative folders of the path lead wherever the user happens to be.</remarks>
    public static string? FindClient()
        => FindClient(
            (System.Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator),
            System.Environment.GetFolderPath(System.Environment.SpecialFolder.ProgramFiles));

    /// <summary>The client, in given folders.</summary>
    /// <param name="folders">The folders of the path.</param>
    /// <param name="programs">The folder that programs are installed in; empty where there is none.</param>
    public static string? FindClient(IEnumerable<string> folders, string programs)
    {
        var installed = programs.Length == 0 ? Array.Empty<string>() : new[] { Path.Combine(programs, "Multipass", "bin") };
        return folders.Select(folder => folder.Trim().Trim('"')).Concat(installed)
            .Where(IsAbsolute)
            .Select(folder => Path.Combine(folder, IsWindows ? "multipass.exe" : "multipass"))
            .FirstOrDefault(File.Exists);
    }

    private static bool IsAbsolute(string folder)
    {
        try
        {
            return folder.Length > 0 && Path.IsPathRooted(folder) && string.Equals(Path.GetFullPath(folder).TrimEnd('/', '\\'), folder.TrimEnd('/', '\\').Replace('/', Path.DirectorySeparatorChar), StringComparison.OrdinalIgnoreCase);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException or PathTooLongException or System.Security.SecurityException)
        {
            return false;
        }
    }
}
