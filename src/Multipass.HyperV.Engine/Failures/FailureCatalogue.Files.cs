using System;
using System.Linq;
using static Multipass.HyperV.Failures.FailureCategory;
using static Multipass.HyperV.Failures.FailureStages;

namespace Multipass.HyperV.Failures;

/// <content>Disks, images, saved state and configuration: what lies in files.</content>
internal static partial class FailureCatalogue
{
    // 0xC03A000D is ERROR_VHD_PARENT_VHD_NOT_FOUND, 0x80070035 and 43 are of a share that is not there, 0x80070015 of a drive without a medium (winerror.h).
    public static readonly FailureCause DiskNotFound = new(
        "DiskNotFound",
        ObjectNotFound,
        "a file of it is missing: {missingFiles}.",
        "a file that it needs cannot be found: '{namedFile}'.",
        "one of its files is missing, a disk or a DVD image.")
    {
        Stages = Request | Job,
        Proofs = new[]
            {
                Proof.HResult(0x80070002).When("one of its files is missing", FactKinds.Files, failure => failure.Facts.IsFileMissing),
                Proof.HResult(0x80070003).When("one of its files is missing", FactKinds.Files, failure => failure.Facts.IsFileMissing),
                Proof.HResult(0xC03A0014).When("one of its files is missing", FactKinds.Files, failure => failure.Facts.IsFileMissing),
                Proof.HResult(0xC03A000D),
            }
            .Concat(new[] { Proof.HResult(0x80070002), Proof.HResult(0x80070003), Proof.Code(32779) }.Select(proof => proof.Unless(Seen.FilesThere).Unless(Seen.OtherDevice)))
            .Concat(new[] { Proof.HResult(0x80070035), Proof.HResult(0x80070043) }.Select(proof => proof.Unless(Seen.OtherDevice)))
            .ToArray(),
        Facts = FactKinds.Files,
        Advice = new Advice[]
        {
            new(
                "Put {missingFiles} back where it was; or take it out of the drive, for a guest that has booted before does not need it and its disk is there: `Get-VM -Id {id} | Get-VMDvdDrive | Set-VMDvdDrive -Path $null`.",
                context => context.Facts.IsOnlyDvdMissing,
                "only the DVD image is missing"),
            "Put {missingFiles} back where it was, from a backup or by reconnecting its volume.",
            new(
                "See whether '{namedFile}' is there, and put it back from a backup or by reconnecting its volume: its own disk and image are where they should be, so this is another part of its chain of checkpoints, `Get-VHD -Path '{disk}'` shows its parent.",
                context => context.Facts.AreFilesThere),
            new(
                "See whether the chain of its checkpoints is whole: `Get-VHD -Path '{disk}'` on {host} shows the parent of its disk. Put back from a backup what is missing.",
                context => context.Facts.AreFilesThere,
                "its own files are there"),
            "Put its files back where they were, from a backup or by reconnecting their volume; its disk is '{disk}'.",
            "Put its files back where they were, from a backup or by reconnecting their volume.",
        },
    };

    // ERROR_VIRTDISK_PROVIDER_NOT_FOUND (winerror.h): multipass #1012, #1119, WSL #12194. The file is missing (see above), or the driver that would open it.
    public static readonly FailureCause DiskDriverMissing = new(
        "DiskDriverMissing",
        ResourceUnavailable,
        "Windows has no driver that opens '{meantFile}': either the driver of virtual disks (vhdmp) is damaged, or the file is no virtual disk.",
        "Windows has no driver that opens its virtual disk: either the driver of virtual disks (vhdmp) is damaged, or the file is no virtual disk.")
    {
        Stages = Request | Job,
        Proofs = new[] { Proof.HResult(0xC03A0014).Unless(Seen.FileMissing) },
        Advice = new Advice[]
        {
            "See on {host} whether it is a virtual disk at all: `Get-VHD -Path '{meantFile}'`. If that finds no driver either, restart the host; if it stays so, mend Windows in an elevated prompt: `sfc /scannow`.",
            "See on {host} whether its disk is a virtual disk at all, with `Get-VHD`. If that finds no driver either, restart the host; if it stays so, mend Windows in an elevated prompt: `sfc /scannow`.",
        },
    };

    // 0xC03A001E is ERROR_VIRTDISK_DISK_ALREADY_OWNED, 0x800700AA ERROR_BUSY, 0x80070021 ERROR_LOCK_VIOLATION (winerror.h). 15 s: what os-win waits for a file that is in use.
    public static readonly FailureCause DiskInUse = new(
        "DiskInUse",
        ResourceBusy,
        "another process has one of its files open: '{namedFile}'.",
        "another process has one of its files open, most likely the disk '{disk}'.",
        "another process has one of its files open.")
    {
        Stages = Request | Job,
        Proofs = new[] { Proof.HResult(0x80070020), Proof.HResult(0x80070021), Proof.HResult(0x800700AA) }.Select(proof => proof.Unless(Seen.OtherDevice))
            .Append(Proof.HResult(0xC03A001E))
            .ToArray(),
        RetryFor = TimeSpan.FromSeconds(15),
        Advice = new Advice[]
        {
            "Find out what holds '{meantFile}' on {host} (a backup, a virus scanner, an image that is mounted in Windows: `Dismount-DiskImage -ImagePath '{meantFile}'`, another virtual machine with the same disk), end it, and start '{name}' again.",
            "Find out what holds its files on {host} (a backup, a virus scanner, a mounted image, another virtual machine with the same disk), end it, and start '{name}' again.",
        },
    };

    // 0xC03A001A is ERROR_VIRTUAL_DISK_LIMITATION (winerror.h). Integrity streams: packer #9922, vagrant #5101.
    public static readonly FailureCause DiskFormatUnsupported = new(
        "DiskFormatUnsupported",
        InvalidData,
        "Hyper-V cannot use a virtual disk that Windows keeps compressed, encrypted or sparse: {flawedFiles}.",
        "Hyper-V cannot use '{meantFile}' as Windows keeps it: compressed, encrypted or sparse, or on ReFS with integrity streams.",
        "Hyper-V cannot use a virtual disk that Windows keeps compressed, encrypted or sparse, or on ReFS with integrity streams.")
    {
        Stages = Request | Job,
        Proofs = new[] { Proof.HResult(0xC03A001A) },
        Facts = FactKinds.Files,
        Advice = new Advice[]
        {
            new(
                "On {host}, in an elevated prompt, take compression and encryption away: `compact /u \"{disk}\"`, `cipher /d \"{disk}\"`. Do the same for its folder, so that it stays so.",
                context => context.Facts.FlawedFiles is { Count: > 0 },
                "it is compressed or encrypted"),
            new(
                "Its own disk is neither compressed nor encrypted, but one of its checkpoints' or another one may be. On {host}, in an elevated prompt, for each of them and its folder: on NTFS `compact /u FILE`, `cipher /d FILE`, `fsutil sparse setflag FILE 0`; on ReFS switch integrity streams off, `Set-FileIntegrity -FileName FILE -Enable $false`. Its disk is '{meantFile}'.",
                context => context.Facts.FlawedFiles is { Count: 0 } && context.Facts.AreFilesThere,
                "it is neither"),
            "On {host}, in an elevated prompt: on NTFS `compact /u FILE`, `cipher /d FILE`, `fsutil sparse setflag FILE 0`; on ReFS `Set-FileIntegrity -FileName FILE -Enable $false`. Do it for its folder too, so that it stays so.",
        },
    };

    // 0xC03A0001 to 0xC03A000C: footer, format, sparse header, block table and bitmap; 000E, 000F, 0017 to 0019: the chain of differencing disks; 0015 no virtual disk;
    // 0x80070017 CRC, 0x80070570 file damaged, 0x80070571 volume damaged (winerror.h).
    public static readonly FailureCause DiskCorrupt = new(
        "DiskCorrupt",
        InvalidData,
        "its {damaged}: '{meantFile}'.",
        "its virtual disk is damaged, or the chain of its differencing disks is broken.")
    {
        Stages = Request | Job,
        Proofs = Proof.HResults(
                0xC03A0001, 0xC03A0002, 0xC03A0003, 0xC03A0004, 0xC03A0005, 0xC03A0006, 0xC03A0007, 0xC03A0008, 0xC03A000A, 0xC03A000B, 0xC03A000C, 0xC03A000E, 0xC03A000F, 0xC03A0015,
                0xC03A0017, 0xC03A0018, 0xC03A0019, 0x80070017, 0x80070570, 0x80070571)
            .Append(Proof.HResult(0x8007000D).When("a disk is named", FactKinds.Devices, failure => failure.NamesStorage))
            .ToArray(),
        Facts = FactKinds.Files,
        Advice = new Advice[]
        {
            "Put '{namedDvd}' back from a backup; or take it out of the drive, for a guest that has booted before does not need it: `Get-VM -Id {id} | Get-VMDvdDrive | Set-VMDvdDrive -Path $null`. Then check its volume on {host}, in an elevated prompt: `chkdsk {meantVolume} /scan`.",
            new(
                "Windows itself cannot read '{meantFile}': check its volume on {host}, in an elevated prompt, with `chkdsk {meantVolume} /scan`, and its drive. Then see with `Test-VHD -Path '{meantFile}'` what is left; a damaged disk comes back from a backup only.",
                context => context.Evidence.HResults.Any(code => code is unchecked((int)0x80070017) or unchecked((int)0x80070570) or unchecked((int)0x80070571)),
                "the file system cannot read it"),
            "On {host}, see what is wrong with `Test-VHD -Path '{meantFile}'`. A broken chain is mended with `Set-VHD -Path CHILD -ParentPath PARENT -IgnoreIdMismatch`; a damaged disk comes back from a backup only.",
            "On {host}, see what is wrong with `Test-VHD -Path FILE`. A broken chain is mended with `Set-VHD -Path CHILD -ParentPath PARENT -IgnoreIdMismatch`; a damaged disk comes back from a backup only.",
        },
    };

    // 0xC03A0016 is ERROR_VHD_PARENT_VHD_ACCESS_DENIED. On a share the computer's account must be let in: logon failed, no such account, restriction, not trusted, and the like (winerror.h; WSL #11747).
    public static readonly FailureCause DiskAccessDenied = new(
        "DiskAccessDenied",
        FailureCategory.PermissionDenied,
        "the share with '{share}' does not let the computer's account in.",
        "Hyper-V has no right to open '{namedFile}'.",
        "Hyper-V has no right to open one of its files, most likely the disk '{disk}'.",
        "Hyper-V has no right to open one of its files.")
    {
        Stages = Request | Job,
        Proofs = new[]
            {
                Proof.HResult(0x80070005).When("one of its files is named", FactKinds.None, failure => failure.NamesFile),
                Proof.HResult(0x80070005).Unless(Seen.OtherDevice).Unless(Seen.Adapter),
                Proof.HResult(0xC03A0016),
            }
            .Concat(Proof.HResults(0x8007052E, 0x80070525, 0x8007052F, 0x80070533, 0x8007056B, 0x800704DC, 0x80070056, 0x800704C3, 0x8009030C, 0x8009030E, 0x80090311)
                .Select(proof => proof.When("its file lies on a share", FactKinds.None, failure => failure.MeansShare)))
            .ToArray(),
        Facts = FactKinds.Files,
        Advice = new Advice[]
        {
            "Hyper-V opens '{share}' as the computer, not as you: give the computer account of {host} (its name and a $) full control of the share and of its files. A NAS that knows no computer accounts cannot hold virtual disks of Hyper-V by SMB: put the disk on a volume of {host}.",
            "Give the virtual machine the right on {host}, in an elevated prompt: `icacls \"{namedFile}\" /grant \"NT VIRTUAL MACHINE\\{id}:(F)\"`.",
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
        Proofs = Proof.HResults(0xC0370027, 0xC0370028, 0xC0370029)
            .Concat(new[] { Proof.HResult(0x80070002), Proof.HResult(0x80070003) }.Select(proof => proof
                .When("it was Suspended, and its disks are there", FactKinds.Files, failure => failure.Facts.WasSuspended && failure.Facts.AreFilesThere)
                .Unless("one of its disks is named", FactKinds.None, failure => failure.NamesFile && !failure.NamesOtherFile)
                .Unless(Seen.OtherDevice)))
            .ToArray(),
        Against = new[] { new Observation("it was not Suspended", FactKinds.None, failure => failure.Facts.StateBefore is not (null or MpInstanceState.Suspended or MpInstanceState.Unknown)) },
        Advice = new Advice[]
        {
            new(
                "Throw the saved state away with `Stop-MpInstance {argument} -DiscardSavedState`, then start it: `Start-MpInstance {argument}`. It boots anew; what its programs had not written to disk is lost.",
                context => context.StateAfter is MpInstanceState.Suspended or MpInstanceState.Unknown),
            "Start it: `Start-MpInstance {argument}`. It has no saved state any more, and boots anew.",
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
            Proof.Fact("OperationalStatus is 3: its configuration cannot be reached", FactKinds.None, failure => failure.Facts.IsConfigurationLost),
            Proof.Code(32775).When("OperationalStatus is 3: its configuration cannot be reached", FactKinds.None, failure => failure.Facts.IsConfigurationLost),
        },
        Advice = new Advice[]
        {
            "Reconnect the volume of {host} that holds the configuration of '{name}' (`Get-VM -Name {argument} | Select-Object ConfigurationLocation` names it), then restart the service: `Restart-Service vmms`. Until then it can only be powered off or deleted.",
        },
    };
}
