using System;
using System.Collections.Generic;
using System.Linq;

namespace Multipass.HyperV.Failures;

/// <summary>A failure as it is judged: what the host answered, what it shows, and what the one says in the light of the other.</summary>
internal sealed record FailureCase(FailureEvidence Evidence, HostFacts Facts)
{
    /// <summary>The file that the host's text names, by the name that the instance's settings have for it; null when it names none of Hyper-V's files.</summary>
    public string? NamedFile
        => Evidence.Mentions.Paths.Count == 0 ? null
            : new[] { Facts.Disk, Facts.Dvd }.FirstOrDefault(own => own is not null && Evidence.Mentions.Paths.Any(path => IsSame(path, own))) ?? Evidence.Mentions.Paths[0];

    /// <summary>The file that is meant: the one that is named, else the disk.</summary>
    public string? MeantFile => NamedFile ?? Facts.Disk;

    /// <summary>A disk or a DVD image is named.</summary>
    public bool NamesFile => NamedFile is not null;

    /// <summary>The DVD image is named, and not the disk.</summary>
    public bool NamesDvd => Facts.Dvd is { } dvd && NamedFile is { } file && IsSame(file, dvd);

    /// <summary>A file is named that is not one of the two in its settings: a parent in a chain of checkpoints, a disk of another folder.</summary>
    public bool NamesOtherFile => NamedFile is { } file && !IsOwn(file);

    /// <summary>The file that is meant lies on a share of another computer.</summary>
    public bool MeansShare => MeantFile is { Length: > 2 } file && (file.StartsWith(@"\\", StringComparison.Ordinal) || file.StartsWith("//", StringComparison.Ordinal));

    /// <summary>The devices that the host's text names by their ids, as far as it is known what they are.</summary>
    public IReadOnlyList<(Guid Id, DeviceKind Kind)> NamedDevices
        => Evidence.Mentions.Ids
            .Concat(Evidence.Mentions.IdsAtEnd.Where(id => DeviceKinds.OfId(id) is not null || Facts.Devices?.Any(device => device.Id == id) == true))
            .Where(id => id != Facts.MachineId)
            .Select(id => (Id: id, Kind: KindOf(id)))
            .Where(device => device.Kind is not null)
            .Select(device => (device.Id, device.Kind!.Value))
            .ToList();

    /// <summary>The device that is to blame, where that is neither disk, adapter, memory nor firmware; null when none is named.</summary>
    public Guid? OtherDevice => NamesFile ? null : NamedDevices.Where(device => device.Kind is DeviceKind.Other or DeviceKind.Assigned).Select(device => (Guid?)device.Id).FirstOrDefault();

    public bool NamesOtherDevice => OtherDevice is not null;

    /// <summary>A device of the host that was assigned to it.</summary>
    public bool NamesAssignedDevice => !NamesFile && NamedDevices.Any(device => device.Kind == DeviceKind.Assigned);

    public bool NamesAdapter => !NamesFile && NamedDevices.Any(device => device.Kind == DeviceKind.Network);

    public bool NamesFirmware => !NamesFile && NamedDevices.Any(device => device.Kind == DeviceKind.Firmware);

    /// <summary>A disk is meant for certain: by its path, or by the controller that it hangs on.</summary>
    public bool NamesStorage => NamesFile || NamedDevices.Any(device => device.Kind == DeviceKind.Storage);

    /// <summary>The instance has a device of the host.</summary>
    public bool HasAssignedDevice => Facts.Devices?.Any(device => device.Kind == DeviceKind.Assigned) == true;

    private DeviceKind? KindOf(Guid id)
        => Facts.Devices?.Where(device => device.Id == id).Select(device => (DeviceKind?)device.Kind).FirstOrDefault()
            ?? DeviceKinds.OfId(id)
            ?? (Facts.Devices is null ? null : DeviceKind.Other);

    private bool IsOwn(string path) => (Facts.Disk is { } disk && IsSame(path, disk)) || (Facts.Dvd is { } dvd && IsSame(path, dvd));

    private static bool IsSame(string first, string second) => string.Equals(first.Replace('/', '\\'), second.Replace('/', '\\'), StringComparison.OrdinalIgnoreCase);
}
