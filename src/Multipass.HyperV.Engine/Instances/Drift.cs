using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Multipass.HyperV.Multipass;
using static Multipass.HyperV.MpInstanceState;

namespace Multipass.HyperV.Instances;

/// <summary>What comes of laying a record beside a machine.</summary>
/// <param name="Drift">The difference in one word.</param>
/// <param name="Reason">The same in one sentence; empty where they agree.</param>
/// <param name="Advice">What a person can do about it; empty where that is nothing special.</param>
/// <param name="Row">The row that applied.</param>
internal sealed record DriftVerdict(MpDrift Drift, string Reason, string Advice, DriftRow Row);

/// <summary>One row: when it applies, and what it means.</summary>
/// <param name="Drift">The difference in one word.</param>
/// <param name="Condition">When it applies, for the documents.</param>
/// <param name="Repair">What <c>Repair-MpInstance</c> does about it, for the documents.</param>
/// <param name="Applies">Whether it applies.</param>
/// <param name="Reason">The difference in one sentence.</param>
/// <param name="Advice">What a person can do about it. It never takes away what exists: see <see cref="DriftCase.IsNothingLeft"/>.</param>
internal sealed record DriftRow(
    MpDrift Drift, string Condition, string Repair, Func<DriftCase, bool> Applies, Func<DriftCase, string> Reason, Func<DriftCase, string>? Advice = null)
{
    /// <summary>How <see cref="Repair"/> begins where a repair ends in an error.</summary>
    public const string AnError = "an error";

    /// <summary>True where nothing safe can be done about it here.</summary>
    public bool IsBeyondRepair => Drift != MpDrift.None && Repair.StartsWith(AnError, StringComparison.Ordinal);

    public DriftVerdict Judge(DriftCase found) => new(Drift, Reason(found), Advice?.Invoke(found) ?? string.Empty, this);
}

/// <summary>Compares Multipass's word with the host's state. The first row that applies counts; docs/drift.md is made from them.</summary>
internal static class Drift
{
    private const string Nothing = "nothing";
    private const string AnError = DriftRow.AnError;

    private static readonly MpInstanceState[] Active = { Starting, Restarting, Running };

    /// <summary>Which states of the host agree with each of Multipass's words, and what it is called when the host shows another. Multipass has no word for a pause, and says Unknown.</summary>
    /// <remarks>
    /// A change in progress contradicts nothing: Multipass sees its end later than the host. That Multipass still says Starting of an instance that runs is usual as well: it
    /// waits until it can log in. The reverse is not: that it says Suspended of one that is Stopped, or the other way round, tells of work that is lost or still there.
    /// </remarks>
    public static readonly IReadOnlyList<(string Word, MpDrift Otherwise, MpInstanceState[] Agreeing)> Words = new[]
    {
        ("Starting", MpDrift.StuckStarting, Active),
        ("Restarting", MpDrift.StuckStarting, Active),
        ("Running", MpDrift.SaysRunning, new[] { Running, Starting, Restarting, Stopping, Suspending }),
        ("Delayed Shutdown", MpDrift.SaysRunning, new[] { Running, Starting, Restarting, Stopping, Suspending }),
        ("Stopped", MpDrift.SaysStopped, new[] { Stopped, Starting, Restarting, Stopping, Suspending }),
        ("Suspended", MpDrift.SaysStopped, new[] { Suspended, Starting, Restarting, Stopping, Suspending }),
        ("Suspending", MpDrift.SaysStopped, new[] { Suspended, Starting, Restarting, Stopping, Suspending }),
        (MultipassWords.Unavailable, MpDrift.Unknown, new[] { Stopped, Suspended }),
        (MultipassWords.Unknown, MpDrift.Unknown, new[] { Paused }),
    };

    public static readonly IReadOnlyList<DriftRow> Rows = new[]
    {
        new DriftRow(
            MpDrift.Cloning,
            "A clone that Multipass is making: it has its source's name, and its disk in a folder of its own, until it is done.",
            AnError,
            found => found.Driver.Kind == DriverKind.HyperV && found.IsBeingCloned,
            found => $"'{found.Facts.Name}' ({MachineReading.KeyOf(found.Facts.Id)}) is the clone '{Ownership.VaultOwnerOf(found.Facts.Disk!)}', which Multipass is making: until it is done the copy has the name of its source.",
            found => "Wait until `multipass clone` has ended. If it was interrupted, " + RenameAdvice(found.Facts.Id, Ownership.VaultOwnerOf(found.Facts.Disk!)!)),
        new DriftRow(
            MpDrift.None,
            "A virtual machine that is not Multipass's.",
            AnError,
            found => found.HasMachine && found.Record is null && !found.Facts.Managed,
            _ => string.Empty),
        new DriftRow(
            MpDrift.Unknown,
            "Which driver Multipass uses (`local.driver`) is not known: nothing is compared.",
            Nothing,
            found => !found.Driver.IsKnown,
            found => $"Nothing is compared: {found.Driver.Silence}.",
            _ => "Have Multipass answer `multipass get local.driver`; an elevated prompt may read its settings too."),
        new DriftRow(
            MpDrift.Unknown,
            "Multipass uses VirtualBox now, and the virtual machine belongs to its Hyper-V scope: it does not speak of it.",
            Nothing,
            found => found.Owner == RecordOwner.NotInUse || (found.HasMachine && found.Driver.Kind == DriverKind.VirtualBox),
            found => $"Multipass uses VirtualBox now (local.driver is {found.Driver.Word}) and does not speak of '{found.Facts.Name}', which belongs to its Hyper-V scope.",
            _ => "`multipass set local.driver=hyperv` brings Multipass's instances on Hyper-V back to its view. Nothing of them is lost meanwhile."),
        new DriftRow(
            MpDrift.OrphanOnHost,
            "The host has the virtual machine, Multipass has no record of it.",
            AnError + ": nothing is removed",
            found => found.HasMachine && found.Record is null,
            found => $"The host has '{found.Facts.Name}', but Multipass has no record of it.",
            found => "Multipass cannot take it back. Copy what you need from its disk" + (found.Facts.Disk is { } disk ? $" '{disk}'" : string.Empty) + "; nothing is removed here."),
        new DriftRow(
            MpDrift.Deleted,
            "Deleted in Multipass, but not yet purged.",
            AnError + "; so does `Start-MpInstance`",
            found => found.Record!.IsDeleted && !found.IsNamedOtherwise,
            found => $"'{found.Name}' is deleted in Multipass but not yet purged: `multipass recover {found.Name}` brings it back.",
            found => $"Bring it back with `multipass recover {found.Name}`."),
        new DriftRow(
            MpDrift.OtherBackend,
            "VirtualBox runs it: Multipass's `local.driver` is `virtualbox`.",
            AnError + ", with the command that shows it",
            found => found.Owner == RecordOwner.VirtualBox,
            found => $"'{found.Name}' is run by VirtualBox, the driver that Multipass uses: Hyper-V does not have it, and is not to have it.",
            found => $"`multipass info {found.Name}` shows it, and `multipass start {found.Name}` and `multipass stop {found.Name}` work on it."),
        new DriftRow(
            MpDrift.OtherBackend,
            "Multipass's HCS backend has it, and Hyper-V has a virtual machine with the same disk, left from before.",
            AnError + "; so do `Start-` and `Resume-MpInstance`, unless `-AllowSharedDisk` is given and confirmed",
            found => found.Owner == RecordOwner.Hcs && found.HasMachine,
            found => $"Multipass runs '{found.Name}' with its HCS backend now; this virtual machine is left from before and has the same disk: never start both.",
            found => $"Start the one that Multipass knows: `multipass start {found.Name}`; `multipass info {found.Name}` shows it. What is written in this one is not seen there."),
        new DriftRow(
            MpDrift.OtherBackend,
            "Multipass's HCS backend runs it, which Hyper-V's management service does not see.",
            AnError + "; `Start-` and `Stop-MpInstance` refuse it as well, with the command that does it",
            found => found.Owner == RecordOwner.Hcs,
            found => $"'{found.Name}' is run by Multipass's HCS backend, which Hyper-V's management service does not see.",
            found => $"`multipass info {found.Name}` and `hcsdiag list` show it; `multipass start {found.Name}` and `multipass stop {found.Name}` work on it."),
        new DriftRow(
            MpDrift.Blocked,
            "Multipass is moving it to its HCS backend at this moment, or was interrupted in that.",
            AnError,
            found => found.Owner == RecordOwner.Migrating,
            found => $"Multipass is moving '{found.Name}' from Hyper-V to its HCS backend, or was interrupted in that.",
            found => $"Wait until `multipass start {found.Name}` has ended. If none is running, leave its disks alone and ask Multipass's makers: files that end in .multipass-migration-hold are its disks."),
        new DriftRow(
            MpDrift.Blocked,
            "Multipass itself refuses to touch it: it cannot tell which backend has it, or `migration.json` cannot be understood.",
            AnError,
            found => found.Owner == RecordOwner.Blocked,
            found => $"Multipass refuses to touch '{found.Name}': "
                + (found.Record!.Marker.Kind == MarkerKind.Unreadable ? found.Record.Marker.Problem + "."
                    : found.Record.Marker.Kind == MarkerKind.Legacy ? "its migration to the HCS backend was begun, and the virtual machine on Hyper-V is gone."
                    : "it cannot tell which of its backends has it."),
            found => $"Nothing of it is lost by that. Copy its disk{(found.Record!.Disk is { } disk ? $" '{disk}'" : string.Empty)} to a safe place; `multipass info {found.Name}` says what Multipass knows."),
        new DriftRow(
            MpDrift.OrphanOnHost,
            "The virtual machine has an instance's disk and another name than the instance, and no other has that name: it was renamed.",
            AnError + ", with the command that gives it its name back",
            found => found.IsNamedOtherwise && found.NamedAsRecord.Count == 0,
            found => $"The host has '{found.Facts.Name}' with the disk of Multipass's instance '{found.Name}', but Multipass has no record of that name: it goes by names.",
            found => "Give it its name back: " + RenameAdvice(found.Facts.Id, found.Name)),
        new DriftRow(
            MpDrift.OrphanOnHost,
            "The virtual machine has an instance's disk and another name, and another has the instance's name.",
            AnError,
            found => found.IsNamedOtherwise,
            found => $"The host has '{found.Facts.Name}' with the disk of Multipass's instance '{found.Name}', but Multipass goes by names and means {found.NamedAsRecord[0].Describe()}.",
            found => $"Never start both, if {found.NamedAsRecord[0].Describe()} has the same disk. If '{found.Facts.Name}' is the right one, rename the other first, then this one: "
                + RenameAdvice(found.Facts.Id, found.Name)),
        new DriftRow(
            MpDrift.Unknown,
            "Several virtual machines have the instance's name: Multipass goes by names, and which it means cannot be told.",
            AnError,
            found => found.HasMachine && found.Namesakes.Count > 0,
            found => $"The host has several virtual machines named '{found.Facts.Name}': Multipass goes by names, and which of them it means cannot be told. The others: {List(found.Namesakes)}.",
            found => "Rename the one that is not Multipass's, for example: " + RenameAdvice(found.Namesakes[0].Id, found.Facts.Name + "-other")),
        new DriftRow(
            MpDrift.Unknown,
            "The host's own state has no word.",
            Nothing,
            found => found.HasMachine && found.Facts.State == Unknown,
            _ => "The host's own state has no word here; HostState has what it said."),
        new DriftRow(
            MpDrift.Unknown,
            "The record cannot be understood.",
            Nothing,
            found => found.HasMachine && found.Record!.Note is not null,
            found => $"What Multipass believes of '{found.Name}' is not known: {found.Record!.Note}."),
        new DriftRow(
            MpDrift.Unknown,
            "The two differ, but its folder in the vault could not be looked into, and Multipass's version (1.17 or newer, or not known) may have moved it to the HCS backend.",
            Nothing,
            found => found.HasMachine && found.Record!.MayHaveMoved && !Agrees(found),
            found => $"Multipass says {found.Record!.State} of '{found.Name}', but whether it means this virtual machine, or has moved it to its HCS backend, could not be looked up.",
            _ => "An elevated prompt may look into Multipass's vault."),
        new DriftRow(
            MpDrift.Unknown,
            "Multipass says Unavailable because its zone is not available; Stopped and Suspended agree with that, and nothing else can be compared.",
            Nothing,
            found => found.HasMachine && Is(found, MultipassWords.Unavailable) && !Agrees(found),
            found => $"Multipass says Unavailable, but on the host '{found.Facts.Name}' is {found.Facts.State}.",
            _ => string.Empty),
        new DriftRow(
            MpDrift.Unknown,
            "Multipass says a word that has no known meaning, or Unknown of what is not Paused.",
            Nothing,
            found => found.HasMachine && !Agrees(found) && RowOf(found) is null or { Otherwise: MpDrift.Unknown },
            found => RowOf(found) is null
                ? $"Multipass says '{found.Record!.State}' of '{found.Name}', a word that has no known meaning."
                : $"Multipass says {found.Record!.State}, but on the host '{found.Facts.Name}' is {found.Facts.State}."),
        new DriftRow(
            MpDrift.StuckStarting,
            "Multipass says Starting or Restarting, and nothing is starting.",
            "has Multipass look again, if the host shows Stopped and nothing speaks against the command",
            found => found.HasMachine && !Agrees(found) && RowOf(found)!.Value.Otherwise == MpDrift.StuckStarting,
            found => $"Multipass says {found.Record!.State}, but on the host '{found.Facts.Name}' is {found.Facts.State}: nothing is starting."),
        new DriftRow(
            MpDrift.SaysRunning,
            "Multipass says Running or Delayed Shutdown, and the host shows it Stopped, Suspended or Paused.",
            "the same",
            found => found.HasMachine && !Agrees(found) && RowOf(found)!.Value.Otherwise == MpDrift.SaysRunning,
            found => $"Multipass says {found.Record!.State}, but on the host '{found.Facts.Name}' is {found.Facts.State}."),
        new DriftRow(
            MpDrift.SaysStopped,
            "Multipass says Stopped, Suspended or Suspending, and the host shows another of these, or runs it.",
            "the same",
            found => found.HasMachine && !Agrees(found) && RowOf(found)!.Value.Otherwise == MpDrift.SaysStopped,
            found => $"Multipass says {found.Record!.State}, but on the host '{found.Facts.Name}' is {found.Facts.State}."),
        new DriftRow(
            MpDrift.None,
            "They agree. A change in progress contradicts nothing, and neither does Starting of an instance that runs: Multipass waits until it can log in.",
            Nothing,
            found => found.HasMachine,
            _ => string.Empty),
        new DriftRow(
            MpDrift.MissingOnHost,
            "Multipass has a record, and the host has its disk in a virtual machine of another name: it was renamed.",
            AnError + ", with the command that gives it its name back",
            found => found.DiskMates.Count > 0,
            found => $"{Missing(found)}: one of another name has its disk, {List(found.DiskMates)}.",
            found => found.NamedAsRecord.Count > 0
                ? $"Rename {found.NamedAsRecord[0].Describe()}, which has the name and another disk, and give the name back: " + RenameAdvice(found.DiskMates[0].Id, found.Name)
                : "It was renamed in Hyper-V. Give it its name back: " + RenameAdvice(found.DiskMates[0].Id, found.Name)),
        new DriftRow(
            MpDrift.MissingOnHost,
            "Multipass has a record, and the virtual machine of its name has another disk: the disk was moved, or it is a stranger.",
            AnError + ", which says what Multipass would do",
            found => found.NamedAsRecord.Count > 0,
            found => $"{Missing(found)}: one of that name ({MachineReading.KeyOf(found.NamedAsRecord[0].Id)}) has another disk"
                + (found.NamedAsRecord[0].Disks.Count > 0 ? $", '{found.NamedAsRecord[0].Disks[0]}'." : "."),
            found => "Multipass goes by the name and takes it for its own: what it stops or removes is that one. When its service starts"
                + (found.Record!.Disk is { } disk ? $" and '{disk}' is not there" : " and the disk is not where it was")
                + ", it drops the record and empties the folder. If it is the same instance, put its disk back there before that and attach it with `Set-VMHardDiskDrive`; if it is another, rename it: "
                + RenameAdvice(found.NamedAsRecord[0].Id, found.Name + "-other")),
        new DriftRow(
            MpDrift.MissingOnHost,
            "Multipass has a record, the host has no such virtual machine, and neither a disk nor anything else of it is left.",
            AnError + ": nothing is made anew",
            found => found.IsNothingLeft,
            found => $"{Missing(found)}, and no disk of it is left.",
            found => $"If it is not to come back from a backup, `multipass delete --purge {found.Name}` removes it from Multipass: its record, its settings, and its folder '{found.Record!.Folder}', in which no disk is left."),
        new DriftRow(
            MpDrift.MissingOnHost,
            "Multipass has a record, the host has no such virtual machine, and its disk is still there.",
            AnError + ": nothing is made anew",
            found => found.Record!.Contents.HasDisk == true,
            found => $"{Missing(found)}. Its disk is still there, in '{found.Record!.Folder}'.",
            _ => "Copy its disk to a safe place. When Multipass's service starts next, it makes a new virtual machine for that disk; purging the instance would delete it. A virtual machine is never made anew here."),
        new DriftRow(
            MpDrift.MissingOnHost,
            "Multipass has a record, the host has no such virtual machine, and whether its disk or another backend has it could not be looked up.",
            AnError + ": nothing is made anew",
            _ => true,
            found => Missing(found) + (found.Record!.Contents.IsKnown ? "." : ", unless Multipass runs it with its HCS backend: whether it does could not be looked up."),
            _ => "See in an elevated prompt whether its disk is still there, and copy it to a safe place. A virtual machine is never made anew here."),
    };

    /// <summary>An id for a machine whose own does not matter.</summary>
    private static readonly Guid Self = new("5e1f0000-0000-4000-8000-000000000001");

    public static DriftVerdict Judge(DriftCase found) => Rows.First(row => row.Applies(found)).Judge(found);

    /// <summary>One word against one state, with nothing else on the host.</summary>
    public static DriftVerdict Judge(InstanceFacts facts, MultipassRecord? record)
        => Judge(new DriftCase(facts with { Id = facts.Id == Guid.Empty ? Self : facts.Id }, record, MultipassDriver.Of("hyperv"), HostMachines.Unknown));

    private static bool Is(DriftCase found, string word) => string.Equals(found.Record!.State, word, StringComparison.OrdinalIgnoreCase);

    private static (string Word, MpDrift Otherwise, MpInstanceState[] Agreeing)? RowOf(DriftCase found)
        => Words.Where(row => Is(found, row.Word)).Select(row => ((string, MpDrift, MpInstanceState[])?)row).FirstOrDefault();

    private static bool Agrees(DriftCase found) => RowOf(found) is { } row && row.Agreeing.Contains(found.Facts.State);

    private static string Missing(DriftCase found) => $"Multipass has a record of '{found.Name}', but the host has no such virtual machine";

    private static string RenameAdvice(Guid id, string name) => $"`Get-VM -Id {MachineReading.KeyOf(id)} | Rename-VM -NewName '{name.Replace("'", "''")}'`.";

    private static string List(IReadOnlyList<HostMachine> machines)
    {
        const int Most = 5;
        return string.Join(", ", machines.Take(Most).Select(machine => machine.Describe()))
            + (machines.Count > Most ? string.Format(CultureInfo.InvariantCulture, " and {0} more", machines.Count - Most) : string.Empty);
    }
}
