using Multipass.HyperV.Simulation.Scenarios;

namespace Multipass.HyperV.Simulation.World;

/// <summary>A virtual hard disk or a DVD image of a virtual machine.</summary>
internal sealed class VirtualDisk
{
    public VirtualDisk(VirtualMachine machine, bool isDvd, string path, FilePresence presence, FileAttribute attribute = FileAttribute.Normal)
    {
        Attribute = attribute;
        Machine = machine;
        IsDvd = isDvd;
        Path = path;
        Presence = presence;
        FileName = path.Replace('/', '\\').ToLowerInvariant();
    }

    public VirtualMachine Machine { get; }

    public bool IsDvd { get; }

    /// <summary>The path as it stands in the settings: Multipass writes forward slashes.</summary>
    public string Path { get; }

    /// <summary>The path as the file system's provider has it: backslashes and lower case.</summary>
    public string FileName { get; }

    public FilePresence Presence { get; }

    /// <summary>How Windows keeps it.</summary>
    public FileAttribute Attribute { get; }

    /// <summary>The second disk controller location is the DVD drive's.</summary>
    public int Location => IsDvd ? 1 : 0;
}
