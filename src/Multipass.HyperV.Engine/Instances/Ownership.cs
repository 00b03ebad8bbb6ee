using System;
using Multipass.HyperV.Cim;

namespace Multipass.HyperV.Instances;

/// <summary>Whose virtual machine is it? Told from paths alone, so that it works without rights to Multipass's own files.</summary>
/// <remarks>Multipass writes paths with forward slashes; Hyper-V and checkpoints bring backslashes. Case differs too. A name alone proves nothing.</remarks>
internal static class Ownership
{
    private const string VaultFolder = "/vault/instances/";

    /// <summary>True when the disk lies in Multipass's folder for an instance of this name. Checkpoints lie there too, as <c>.avhdx</c>.</summary>
    public static bool IsInVaultFolder(string? path, string name)
    {
        if (path is null || name.Length == 0)
        {
            return false;
        }

        // The folder's parent is Multipass's data directory, wherever that is: only the end of the folder's path is fixed.
        var normal = Normalise(path);
        var folder = VaultFolder + name + "/";
        var at = normal.LastIndexOf(folder, StringComparison.OrdinalIgnoreCase);
        return at >= 0 && normal.IndexOf('/', at + folder.Length) < 0;
    }

    /// <summary>True for the image that Multipass puts in the DVD drive of this instance.</summary>
    public static bool IsCloudInitImage(string? path, string name)
        => IsInVaultFolder(path, name) && Normalise(path!).EndsWith("/" + CimNames.CloudInitImage, StringComparison.OrdinalIgnoreCase);

    /// <summary>True when two paths name the same file, whatever their slashes and case.</summary>
    public static bool IsSamePath(string first, string second)
        => string.Equals(Normalise(first), Normalise(second), StringComparison.OrdinalIgnoreCase);

    /// <summary>The name of the instance in whose folder of a vault a disk lies; null when it lies in none.</summary>
    public static string? VaultOwnerOf(string disk)
    {
        var normal = Normalise(disk);
        var at = normal.LastIndexOf(VaultFolder, StringComparison.OrdinalIgnoreCase);
        var end = at < 0 ? -1 : normal.IndexOf('/', at + VaultFolder.Length);
        return end > at + VaultFolder.Length && normal.IndexOf('/', end + 1) < 0 ? normal.Substring(at + VaultFolder.Length, end - at - VaultFolder.Length) : null;
    }

    /// <summary>True for a file that lies in a folder itself, not in one below it.</summary>
    public static bool IsIn(string path, string folder)
    {
        var normal = Normalise(path);
        var last = normal.LastIndexOf('/');
        return last >= 0 && string.Equals(normal.Substring(0, last), Normalise(folder).TrimEnd('/'), StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>A path with one kind of separator.</summary>
    public static string Normalise(string path) => path.Replace('\\', '/');
}
