using System;
using System.Collections.Generic;
using System.Linq;

namespace Multipass.HyperV.Multipass;

/// <summary>Who has the machine of one of Multipass's records.</summary>
internal enum RecordOwner
{
    /// <summary>It cannot be told.</summary>
    Unknown,

    /// <summary>Hyper-V's management service, or nobody.</summary>
    HyperV,

    /// <summary>Multipass's newer backend.</summary>
    Hcs,

    /// <summary>Oracle VirtualBox.</summary>
    VirtualBox,

    /// <summary>Nobody at this moment: it belongs to another driver than the one in use.</summary>
    NotInUse,

    /// <summary>Multipass is taking it from Hyper-V to its newer backend, or was interrupted in that.</summary>
    Migrating,

    /// <summary>Multipass itself cannot tell, and refuses to touch it.</summary>
    Blocked,
}

/// <summary>One row: when it applies, and whose the machine then is.</summary>
/// <param name="Condition">The same in words, for the documents.</param>
/// <param name="Applies">Whether it applies to a record, given whether Hyper-V has a machine of its name.</param>
/// <param name="Owner">Whose it then is.</param>
internal sealed record RecordOwnerRow(string Condition, Func<MultipassRecord, bool, bool> Applies, RecordOwner Owner);

/// <summary>
/// The one table of what the sources say together about who has an instance's machine. The first row that applies counts. Its order is Multipass's own: marker, then Hyper-V, then files
/// (migrating_hyperv_virtual_machine_factory.cpp on the branch feature/hyperv-migration of canonical/multipass); versions without that migration write none of those files.
/// </summary>
internal static class RecordOwners
{
    public static readonly IReadOnlyList<RecordOwnerRow> Rows = new[]
    {
        new RecordOwnerRow("The driver is not known.", (record, _) => record.Driver == DriverKind.Unknown, RecordOwner.Unknown),
        new RecordOwnerRow("The record lies in another driver's scope.", (record, _) => !record.IsInUse, RecordOwner.NotInUse),
        new RecordOwnerRow("`local.driver` is `virtualbox`.", (record, _) => record.Driver == DriverKind.VirtualBox, RecordOwner.VirtualBox),
        new RecordOwnerRow("`local.driver` is `hyperv_api` or `hcs`, whatever Hyper-V has.", (record, _) => record.Driver == DriverKind.Hcs, RecordOwner.Hcs),
        new RecordOwnerRow("`migration.json` is there and cannot be read or understood.", (record, _) => record.Marker.Kind == MarkerKind.Unreadable, RecordOwner.Blocked),
        new RecordOwnerRow("Disks are on hold for a migration, or one is being tried.", (record, _) => record.Contents.IsMigrating, RecordOwner.Migrating),
        new RecordOwnerRow("`migration.json` says `hcs`, whatever Hyper-V has.", (record, _) => record.Marker.Kind == MarkerKind.Hcs, RecordOwner.Hcs),
        new RecordOwnerRow("`migration.json` says `legacy`, and Hyper-V has no machine of that name.", (record, hasMachine) => record.Marker.Kind == MarkerKind.Legacy && !hasMachine, RecordOwner.Blocked),
        new RecordOwnerRow("Hyper-V has a machine of that name; `.vmgs` and `.vmrs` files beside the disk do not count then.", (_, hasMachine) => hasMachine, RecordOwner.HyperV),
        new RecordOwnerRow("Hyper-V has none, and the newer backend's files, `.vmgs` and `.vmrs`, lie beside the disk.", (record, _) => record.Contents.HasHcsFiles, RecordOwner.Hcs),
        new RecordOwnerRow("Multipass says Unavailable of it, its zone is available, and Hyper-V has no machine of that name.", IsRefusedByMultipass, RecordOwner.Blocked),
        new RecordOwnerRow("None of these.", (_, _) => true, RecordOwner.HyperV),
    };

    /// <summary>Whose machine a record's is.</summary>
    /// <param name="record">The record.</param>
    /// <param name="hasMachine">Whether Hyper-V has a machine of its name: Multipass asks by the name.</param>
    public static RecordOwner Of(MultipassRecord record, bool hasMachine) => Rows.First(row => row.Applies(record, hasMachine)).Owner;

    /// <summary>Whether another backend than Hyper-V may run it, or have its saved state, as far as anybody can tell.</summary>
    public static bool MayRunElsewhere(MultipassRecord record, RecordOwner owner)
        => owner is RecordOwner.Hcs or RecordOwner.Migrating || (owner is RecordOwner.Unknown or RecordOwner.Blocked && (record.Marker.Kind == MarkerKind.Hcs || record.Contents.HasHcsFiles));

    private static bool IsRefusedByMultipass(MultipassRecord record, bool hasMachine)
        => !hasMachine && record.IsZoneAvailable == true && string.Equals(record.State, MultipassWords.Unavailable, StringComparison.OrdinalIgnoreCase);
}
