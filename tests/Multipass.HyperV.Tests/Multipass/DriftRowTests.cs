using System;
using System.Collections.Generic;
using System.Linq;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Multipass;
using Multipass.HyperV.Tests.Operations;
using Multipass.HyperV.Torture.Drift;
using Xunit;

namespace Multipass.HyperV.Tests.Multipass;

/// <summary>Every row of the tables of drift and of owners has a case in which it is the one that applies.</summary>
public sealed class DriftRowTests
{
    private const string Foo = "\"name\": \"foo\"";
    private const string Stranger = "{ \"name\": \"foo\", \"id\": \"22222222-2222-4222-8222-222222222222\", \"managed\": false }";

    /// <summary>The rows of the table of drift, by their numbers: the Multipass of the host, the instances, which of them is looked at, and what is said of it.</summary>
    public static readonly TheoryData<int, string, string, string, string> Cases = new()
    {
        { 0, "", $"{{ {Foo} }}, {{ \"name\": \"foo-clone1\", \"cloneOf\": \"foo\" }}", "clone", "is the clone 'foo-clone1'" },
        { 1, "", $"{{ {Foo}, \"managed\": false }}", "foo", "" },
        { 2, "\"settings\": \"Incomplete\", \"client\": \"Missing\"", $"{{ {Foo}, \"multipassState\": \"Running\" }}", "foo", "which driver it uses is not written" },
        { 3, "\"driver\": \"virtualbox\"", $"{{ {Foo}, \"multipassState\": \"Running\" }}", "foo", "does not speak of 'foo'" },
        { 4, "", $"{{ {Foo}, \"record\": \"Missing\" }}", "foo", "no record of it" },
        { 5, "", $"{{ {Foo}, \"deleted\": true }}", "foo", "multipass recover foo" },
        { 6, "\"driver\": \"virtualbox\"", $"{{ {Foo}, \"machine\": \"Missing\" }}", "foo", "run by VirtualBox" },
        { 7, "\"driver\": \"hcs\"", $"{{ {Foo} }}", "foo", "never start both" },
        { 8, "\"driver\": \"hcs\"", $"{{ {Foo}, \"backend\": \"Hcs\" }}", "foo", "HCS backend" },
        { 9, "", $"{{ {Foo}, \"migration\": \"Trial\", \"state\": \"Running\" }}", "foo", "is moving 'foo'" },
        { 10, "", $"{{ {Foo}, \"migration\": \"Damaged\" }}", "foo", "migration.json cannot be understood" },
        { 11, "", $"{{ {Foo}, \"machine\": \"Missing\" }}, {{ \"name\": \"bar\", \"twinOf\": \"foo\", \"record\": \"Missing\" }}", "bar", "no record of that name" },
        { 12, "", $"{{ {Foo} }}, {{ \"name\": \"bar\", \"twinOf\": \"foo\" }}", "bar", "goes by names and means 'foo'" },
        { 13, "", $"{{ {Foo} }}, {Stranger}", "foo", "several virtual machines named 'foo'" },
        { 15, "\"client\": \"Missing\"", $"{{ {Foo}, \"record\": \"Damaged\", \"multipassState\": \"Unknown\" }}", "foo", "cannot be understood" },
        { 16, "\"database\": \"Denied\", \"version\": \"1.17.0\", \"driver\": \"hyperv\"", $"{{ {Foo}, \"multipassState\": \"Starting\" }}", "foo", "could not be looked up" },
        { 17, "", $"{{ {Foo}, \"state\": \"Running\", \"multipassState\": \"Unavailable\", \"zone\": \"zone1\", \"zoneAvailable\": false }}", "foo", "Multipass says Unavailable" },
        { 18, "", $"{{ {Foo}, \"state\": \"Running\", \"multipassState\": \"Unknown\" }}", "foo", "Multipass says Unknown" },
        { 19, "", $"{{ {Foo}, \"multipassState\": \"Starting\" }}", "foo", "nothing is starting" },
        { 20, "", $"{{ {Foo}, \"multipassState\": \"Running\" }}", "foo", "is Stopped" },
        { 21, "", $"{{ {Foo}, \"multipassState\": \"Stopped\", \"state\": \"Running\" }}", "foo", "is Running" },
        { 22, "", $"{{ {Foo}, \"hcsFiles\": true }}", "foo", "" },
        { 23, "", $"{{ {Foo}, \"machine\": \"Missing\" }}, {{ \"name\": \"bar\", \"twinOf\": \"foo\", \"record\": \"Missing\" }}", "foo", "another name has its disk, 'bar'" },
        { 24, "", $"{{ {Foo}, \"diskPath\": \"D:/foo.vhdx\" }}", "record", "has another disk, 'D:/foo.vhdx'" },
        { 25, "", $"{{ {Foo}, \"machine\": \"Missing\", \"disk\": \"Missing\" }}", "foo", "no disk of it is left" },
        { 26, "", $"{{ {Foo}, \"machine\": \"Missing\" }}", "foo", "still there" },
        { 27, "\"database\": \"Denied\"", $"{{ {Foo}, \"machine\": \"Missing\" }}", "foo", "could not be looked up" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Each_row_applies_in_its_case(int row, string multipass, string instances, string which, string said)
    {
        var run = new RepairRun($$"""{ "host": { "name": "HV-SIM", "multipass": { {{multipass}} } }, "instances": [ {{instances}} ] }""");
        var all = run.ReadAll();
        var instance = which switch
        {
            "clone" => all.Single(candidate => candidate.Disk?.Contains("foo-clone1", StringComparison.Ordinal) == true),
            "record" => all.Single(candidate => candidate.Id == Guid.Empty),
            _ => all.First(candidate => candidate.Name == which && (candidate.Managed || all.Count == 1)),
        };
        Assert.Equal((row, Drift.Rows[row].Condition), (Drift.Rows.ToList().IndexOf(instance.Facts.DriftRow!), instance.Facts.DriftRow!.Condition));
        Assert.Contains(said, instance.DriftReason, StringComparison.Ordinal);
        Assert.Equal(said.Length == 0, instance.DriftReason.Length == 0);

        // Nothing is destroyed by following the advice: purging is advised only where nothing is left.
        Assert.Equal(row == 25, instance.Facts.DriftAdvice.Contains("purge foo", StringComparison.Ordinal));
        Assert.True(instance.Drift is MpDrift.None or MpDrift.StuckStarting or MpDrift.SaysRunning or MpDrift.SaysStopped || row is 14 or 15 or 16 or 17 or 18 || instance.Facts.DriftAdvice.Length > 0);

        // What the table says of a repair is what it does.
        if (instance.Facts.IsBeyondRepair)
        {
            var outcome = run.Repair(run.Plan(new[] { instance })).Single();
            Assert.NotNull(outcome.Failure);
            Assert.Equal(MpRepairResult.Failed, outcome.Report.Result);
            Assert.Empty(run.Changes);
        }
    }

    [Fact]
    public void A_state_that_has_no_word_is_not_compared()
    {
        var facts = new InstanceFacts { Name = "foo", State = MpInstanceState.Unknown, Managed = true };
        Assert.Same(Drift.Rows[14], Drift.Judge(facts, new MultipassRecord("foo", "Running", null, false)).Row);
    }

    [Fact]
    public void No_row_is_without_a_case()
        => Assert.Equal(Enumerable.Range(0, Drift.Rows.Count).Except(new[] { 14 }), Cases.Select(row => row.Data.Item1).Order());

    /// <summary>The rows of the table of owners, by their numbers.</summary>
    public static readonly TheoryData<int, string, string, string, string, bool> Owners = new()
    {
        { 0, "Unknown", "None", "", "", true },
        { 1, "NotInUse", "None", "", "", true },
        { 2, "VirtualBox", "None", "", "", true },
        { 3, "Hcs", "None", "", "", true },
        { 4, "HyperV", "Unreadable", "", "", true },
        { 5, "HyperV", "Hcs", "foo.vhdx.multipass-migration-hold", "", true },
        { 5, "HyperV", "Legacy", "foo.vhdx foo.vhdx.1a2b.trial.avhdx", "", true },
        { 6, "HyperV", "Hcs", "foo.vmgs foo.vmrs", "", true },
        { 7, "HyperV", "Legacy", "foo.vhdx", "", false },
        { 8, "HyperV", "Legacy", "foo.vhdx", "", true },
        { 8, "HyperV", "None", "foo.vhdx foo.vmgs foo.vmrs", "", true },
        { 9, "HyperV", "None", "foo.vhdx foo.VMGS foo.vmrs", "", false },
        { 10, "HyperV", "None", "foo.vhdx", "Unavailable", false },
        { 11, "HyperV", "None", "foo.vhdx foo.vmgs", "", false },
        { 11, "HyperV", "None", "foo.vhdx foo.SavedState.vmrs foo.vmgs", "", false },
        { 11, "HyperV", "None", "foo.vhdx foo.vhdx.1a.trial.avhdx.state.vmgs foo.vhdx.1a.trial.avhdx.state.vmrs", "", false },
    };

    [Theory]
    [MemberData(nameof(Owners))]
    public void Each_row_of_owners_applies_in_its_case(int row, string driver, string marker, string files, string word, bool hasMachine)
    {
        var record = new MultipassRecord("foo", word.Length > 0 ? word : "Stopped", null, false)
        {
            Driver = driver == "NotInUse" ? DriverKind.VirtualBox : Enum.Parse<DriverKind>(driver),
            IsInUse = driver != "NotInUse",
            Marker = new MigrationMarker(Enum.Parse<MarkerKind>(marker), null, string.Empty),
            Contents = new VaultFolder(FileOutcome.Read, files.Split(' ', StringSplitOptions.RemoveEmptyEntries)),
            Zone = "zone1",
            IsZoneAvailable = true,
        };
        Assert.Same(RecordOwners.Rows[row], RecordOwners.Rows.First(candidate => candidate.Applies(record, hasMachine)));
        Assert.Equal(RecordOwners.Rows[row].Owner, RecordOwners.Of(record, hasMachine));
    }

    [Fact]
    public void No_owner_is_without_a_case() => Assert.Equal(Enumerable.Range(0, RecordOwners.Rows.Count), Owners.Select(row => row.Data.Item1).Distinct().Order());
}
