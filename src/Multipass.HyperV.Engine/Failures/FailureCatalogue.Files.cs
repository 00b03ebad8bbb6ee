using System;
using System.Linq;
using static Multipass.HyperV.Failures.FailureCategory;
using static Multipass.HyperV.Failures.FailureStages;

namespace Multipass.HyperV.Failures;

/// <content>Disks, images, saved state and configuration: what lies in files.</content>
internal static partial class FailureCatalogue
{
    private static bool IsImage(string path) => path.EndsWith(".iso", StringComparison.OrdinalIgnoreCase);

    // 0xC03A000D is ERROR_VHD_PARENT_VHD_NOT_FOUND (winerror.h).
    public static readonly FailureCause DiskNotFound = new(
        "DiskNotFound",
        ObjectNotFound,
        "a file of it is missing: {missingFiles}.",
        "one of its files is missing, a disk or a DVD image.")
    {
        Stages = Request | Job,
        Proofs = new[]
        {
            Proof.HResult(0x80070002),
            Proof.HResult(0x80070003),
            Proof.HResult(0xC03A000D),
            Proof.Code(32779),
            Proof.Fact("a disk or a DVD image is missing", FactKinds.Files, facts => facts.IsFileMissing),
        },
        Facts = FactKinds.Files,
        Advice = new Advice[]
        {
            new(
                "Put {missingFiles} back where it was; or take it out of the drive, for a guest that has booted before does not need it and its disk is there: `Get-VM -Id {id} | Get-VMDvdDrive | Set-VMDvdDrive -Path $null`.",
                context => context.Facts.MissingFiles is { Count: > 0 } files && files.All(IsImage),
                "only the DVD image is missing"),
            "Put {missingFiles} back where it was, from a backup or by reconnecting its volume.",
            "Put its files back where they were, from a backup or by reconnecting their volume; its disk is '{disk}'.",
            "Put its files back where they were, from a backup or by reconnecting their volume.",
        },
    };

    // 0xC03A001E is ERROR_VIRTDISK_DISK_ALREADY_OWNED (winerror.h). 15 s: what os-win waits for a file that is in use.
    public static readonly FailureCause DiskInUse = new(
        "DiskInUse",
        ResourceBusy,
        "another process has one of its files open, most likely the disk '{disk}'.",
        "another process has one of its files open.")
    {
        Stages = Request | Job,
        Proofs = new[] { Proof.HResult(0x80070020), Proof.HResult(0xC03A001E) },
        RetryFor = TimeSpan.FromSeconds(15),
        Advice = new Advice[]
        {
            "Find out what holds '{disk}' on {host} (a backup, a virus scanner, a mounted image, another virtual machine with the same disk), end it, and start '{name}' again.",
            "Find out what holds its files on {host} (a backup, a virus scanner, a mounted image, another virtual machine with the same disk), end it, and start '{name}' again.",
        },
    };

    // 0xC03A001A is ERROR_VIRTUAL_DISK_LIMITATION (winerror.h).
    public static readonly FailureCause DiskFormatUnsupported = new(
        "DiskFormatUnsupported",
        InvalidData,
        "Hyper-V cannot use a virtual disk that Windows keeps compressed, encrypted or sparse: {flawedFiles}.",
        "Hyper-V cannot use a virtual disk that Windows keeps compressed, encrypted or sparse, most likely '{disk}'.",
        "Hyper-V cannot use a virtual disk that Windows keeps compressed, encrypted or sparse.")
    {
        Stages = Request | Job,
        Proofs = new[] { Proof.HResult(0xC03A001A), Proof.Fact("a disk is compressed or encrypted", FactKinds.Files, facts => facts.FlawedFiles is { Count: > 0 }) },
        Facts = FactKinds.Files,
        Advice = new Advice[]
        {
            "On {host}, in an elevated prompt, take compression, encryption and the sparse flag away: `compact /u \"{disk}\"`, `cipher /d \"{disk}\"`, `fsutil sparse setflag \"{disk}\" 0`. Do the same for its folder, so that it stays so.",
            "On {host}, in an elevated prompt, take compression, encryption and the sparse flag away from its disk: `compact /u FILE`, `cipher /d FILE`, `fsutil sparse setflag FILE 0`.",
        },
    };

    // 0xC03A0001 to 0xC03A000C: footer, format, sparse header, block table and bitmap; 000E, 000F, 0017 to 0019: the chain of differencing disks; 0015 no virtual disk (winerror.h).
    public static readonly FailureCause DiskCorrupt = new(
        "DiskCorrupt",
        InvalidData,
        "its virtual disk is damaged, or the chain of its differencing disks is broken: '{disk}'.",
        "its virtual disk is damaged, or the chain of its differencing disks is broken.")
    {
        Stages = Request | Job,
        Proofs = new[]
        {
            Proof.HResult(0xC03A0001), Proof.HResult(0xC03A0002), Proof.HResult(0xC03A0003), Proof.HResult(0xC03A0004), Proof.HResult(0xC03A0005),
            Proof.HResult(0xC03A0006), Proof.HResult(0xC03A0007), Proof.HResult(0xC03A0008), Proof.HResult(0xC03A000A), Proof.HResult(0xC03A000B),
            Proof.HResult(0xC03A000C), Proof.HResult(0xC03A000E), Proof.HResult(0xC03A000F), Proof.HResult(0xC03A0015), Proof.HResult(0xC03A0017),
            Proof.HResult(0xC03A0018), Proof.HResult(0xC03A0019),
        },
        Advice = new Advice[]
        {
            "On {host}, see what is wrong with `Test-VHD -Path '{disk}'`. A broken chain is mended with `Set-VHD -Path CHILD -ParentPath PARENT -IgnoreIdMismatch`; a damaged disk comes back from a backup only.",
            "On {host}, see what is wrong with `Test-VHD -Path FILE`. A broken chain is mended with `Set-VHD -Path CHILD -ParentPath PARENT -IgnoreIdMismatch`; a damaged disk comes back from a backup only.",
        },
    };

    // 0xC03A0016 is ERROR_VHD_PARENT_VHD_ACCESS_DENIED (winerror.h).
    public static readonly FailureCause DiskAccessDenied = new(
        "DiskAccessDenied",
        FailureCategory.PermissionDenied,
        "Hyper-V has no right to open one of its files, most likely the disk '{disk}'.",
        "Hyper-V has no right to open one of its files.")
    {
        Stages = Request | Job,
        Proofs = new[] { Proof.HResult(0x80070005), Proof.HResult(0xC03A0016) },
        Facts = FactKinds.Switch | FactKinds.Files,
        Advice = new Advice[]
        {
            "Give the virtual machine the right on {host}, in an elevated prompt: `icacls \"{disk}\" /grant \"NT VIRTUAL MACHINE\\{id}:(F)\"`. Do the same for its DVD image if that does not suffice.",
            "Give the virtual machine the right to its files on {host}: `icacls FILE /grant \"NT VIRTUAL MACHINE\\{id}:(F)\"`.",
            "Give the virtual machine the right to its files on {host} with `icacls`.",
        },
    };

    // 0xC0370027, 28, 29: the saved state is corrupt, not recognised, incompatible (winerror.h). A saved state whose file is missing has no code of its own.
    public static readonly FailureCause SavedStateInvalid = new(
        "SavedStateInvalid",
        InvalidData,
        "its saved state cannot be read: it is damaged, missing, or of another version of Hyper-V.")
    {
        Stages = Request | Job,
        Proofs = new[]
        {
            Proof.HResult(0xC0370027),
            Proof.HResult(0xC0370028),
            Proof.HResult(0xC0370029),
            Proof.HResult(0x80070002, "it was Suspended, and its disks are there", FactKinds.Files, facts => facts.WasSuspended && facts.AreFilesThere),
            Proof.HResult(0x80070003, "it was Suspended, and its disks are there", FactKinds.Files, facts => facts.WasSuspended && facts.AreFilesThere),
        },
        Advice = new Advice[]
        {
            "Throw the saved state away with `Stop-MpInstance {argument} -DiscardSavedState`, then start it: `Start-MpInstance {argument}`. It boots anew; what its programs had not written to disk is lost.",
        },
    };

    // OperationalStatus 3 (Degraded): the class page says that such a virtual machine can only be turned off or deleted.
    public static readonly FailureCause ConfigInaccessible = new(
        "ConfigInaccessible",
        ObjectNotFound,
        "Hyper-V cannot reach the storage that holds its configuration.")
    {
        Stages = Request | Job,
        Proofs = new[]
        {
            Proof.Fact("OperationalStatus is 3: its configuration cannot be reached", FactKinds.None, facts => facts.IsConfigurationLost),
            Proof.Code(32775, "OperationalStatus is 3: its configuration cannot be reached", FactKinds.None, facts => facts.IsConfigurationLost),
        },
        Advice = new Advice[]
        {
            "Reconnect the volume of {host} that holds the configuration of '{name}' (`Get-VM -Name {argument} | Select-Object ConfigurationLocation` names it), then restart the service: `Restart-Service vmms`. Until then it can only be powered off or deleted.",
        },
    };
}
