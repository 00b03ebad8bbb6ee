using System;
using System.Linq;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Multipass;
using Multipass.HyperV.Tests.Operations;
using Multipass.HyperV.Torture.Drift;
using Xunit;

namespace Multipass.HyperV.Tests.Multipass;

public sealed class DriftTests
{
    private const string Columns = "Stopped Starting Running Restarting Stopping Suspending Suspended Paused Unknown";

    /// <summary>Multipass's words against the host's states: - None, S StuckStarting, R SaysRunning, P SaysStopped, ? Unknown.</summary>
    [Theory]
    [InlineData("Starting", "S - - - S S S S ?")]
    [InlineData("Restarting", "S - - - S S S S ?")]
    [InlineData("Running", "R - - - - - R R ?")]
    [InlineData("Delayed Shutdown", "R - - - - - R R ?")]
    [InlineData("Stopped", "- - P - - - P P ?")]
    [InlineData("Suspended", "P - P - - - - P ?")]
    [InlineData("Suspending", "P - P - - - - P ?")]
    [InlineData("Unavailable", "- ? ? ? ? ? - ? ?")]
    [InlineData("Unknown", "? ? ? ? ? ? ? - ?")]
    [InlineData("Rebalancing", "? ? ? ? ? ? ? ? ?")]
    public void Every_word_against_every_state(string word, string row)
    {
        foreach (var (state, expected) in Columns.Split(' ').Zip(row.Split(' ')))
        {
            var facts = new InstanceFacts { Name = "foo", State = Enum.Parse<MpInstanceState>(state), Managed = true };
            var (drift, reason, _, _) = Drift.Judge(facts, new MultipassRecord("foo", word, null, false));
            Assert.Equal(
                expected switch { "-" => MpDrift.None, "S" => MpDrift.StuckStarting, "R" => MpDrift.SaysRunning, "P" => MpDrift.SaysStopped, _ => MpDrift.Unknown },
                drift);
            Assert.Equal(drift == MpDrift.None, reason.Length == 0);
            Assert.DoesNotContain('\n', reason);
        }
    }

    [Fact]
    public void The_story_of_3351()
    {
        var foo = new RepairRun("""{ "instances": [ { "name": "foo", "multipassState": "Starting" } ] }""").Read("foo");
        Assert.Equal((MpInstanceState.Stopped, "Starting", MpDrift.StuckStarting), (foo.State, foo.MultipassState, foo.Drift));
        Assert.Equal("Multipass says Starting, but on the host 'foo' is Stopped: nothing is starting.", foo.DriftReason);
    }

    [Theory]
    [InlineData("\"machine\": \"Missing\"", MpDrift.MissingOnHost, "Stopped")]
    [InlineData("\"record\": \"Missing\"", MpDrift.OrphanOnHost, "")]
    [InlineData("\"record\": \"Ghost\"", MpDrift.OrphanOnHost, "")]
    [InlineData("\"deleted\": true", MpDrift.Deleted, "Deleted")]
    [InlineData("\"backend\": \"Hcs\"", MpDrift.OtherBackend, "Stopped")]
    [InlineData("\"record\": \"Damaged\", \"multipassState\": \"Unknown\"", MpDrift.Unknown, "Unknown")]
    public void What_one_of_them_does_not_have_has_a_name(string instance, MpDrift drift, string word)
    {
        var foo = new RepairRun(SimulatedRun.One(instance)).Read("foo");
        Assert.Equal((drift, word), (foo.Drift, foo.MultipassState));
        Assert.NotEmpty(foo.DriftReason);
        Assert.True(foo.Managed);
    }

    [Theory]
    [InlineData("Readable", "Answers", "Database", "Stopped")]
    [InlineData("Readable", "Missing", "Database", "Stopped")]
    [InlineData("Denied", "Answers", "Client", "Stopped")]
    [InlineData("Damaged", "Answers", "Client", "Stopped")]
    [InlineData("Denied", "Missing", "", "")]
    [InlineData("Denied", "Hangs", "", "")]
    [InlineData("Locked", "Fails", "", "")]
    [InlineData("Missing", "Garbage", "", "")]
    public void Which_source_spoke_is_seen_and_without_any_the_rest_still_works(string database, string client, string source, string word)
    {
        var run = new RepairRun(SimulatedRun.One("\"state\": \"Stopped\", \"memoryMB\": 512", $$""" "multipass": { "database": "{{database}}", "client": "{{client}}" } """));
        var foo = run.Read("foo");
        Assert.Equal((source, word), (foo.MultipassSource, foo.MultipassState));
        Assert.Equal(MpInstanceState.Stopped, foo.State);
        Assert.Equal(512L * 1024 * 1024, foo.MemoryStartup);
        Assert.Equal(source.Length == 0 ? MpDrift.Unknown : MpDrift.None, foo.Drift);
        Assert.True(source.Length > 0 || foo.DriftReason.StartsWith("Multipass could not be asked: ", StringComparison.Ordinal), foo.DriftReason);
    }

    [Fact]
    public void The_client_is_asked_only_where_the_database_contradicts_the_host()
    {
        var agreeing = new RepairRun("""{ "host": { "multipass": { "client": "Hangs" } }, "instances": [ { "name": "foo" } ] }""");
        var from = agreeing.Clock.Now;
        Assert.Equal("Database", agreeing.Read("foo").MultipassSource);
        Assert.Equal(from, agreeing.Clock.Now);
        var contradicting = new RepairRun("""{ "instances": [ { "name": "foo", "multipassState": "Starting" } ] }""");
        Assert.Equal("Database, Client", contradicting.Read("foo").MultipassSource);
        Assert.Equal("Database", contradicting.ReadAll(InstanceDetail.State).Single().MultipassSource);
    }

    [Fact]
    public void A_client_that_hangs_costs_bounded_time_and_a_warning()
    {
        var run = new RepairRun("""{ "host": { "multipass": { "client": "Hangs" } }, "instances": [ { "name": "foo", "multipassState": "Starting" } ] }""");
        var from = run.Clock.Now;
        Assert.Equal(("Database", MpDrift.StuckStarting), (run.Read("foo").MultipassSource, run.Read("foo").Drift));
        Assert.Equal(TimeSpan.FromSeconds(20), run.Clock.Now - from);
        Assert.Contains("did not answer within 10 s", Assert.Single(run.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_alone_joins_nothing()
    {
        // A stranger has the name of an instance whose own virtual machine is gone.
        var run = new RepairRun("""{ "instances": [ { "name": "foo", "id": "11111111-1111-4111-8111-111111111111", "machine": "Missing" }, { "name": "foo", "id": "22222222-2222-4222-8222-222222222222", "managed": false } ] }""");
        var all = run.ReadAll();
        var stranger = all.Single(instance => instance.Id != Guid.Empty);
        Assert.False(stranger.Managed);
        Assert.Equal(string.Empty, stranger.MultipassState);
        var record = all.Single(instance => instance.Id == Guid.Empty);
        Assert.Equal(MpDrift.MissingOnHost, record.Drift);
        Assert.Contains("22222222-2222-4222-8222-222222222222", record.DriftReason, StringComparison.Ordinal);
    }

    [Fact]
    public void Twins_of_one_disk_are_warned_about_and_only_one_of_them_is_meant()
    {
        var run = new RepairRun("""{ "instances": [ { "name": "foo", "state": "Running" }, { "name": "twin", "twinOf": "foo" } ] }""");
        var all = run.ReadAll();
        Assert.Equal(MpDrift.None, all.Single(instance => instance.Name == "foo").Drift);
        Assert.Equal(MpDrift.OrphanOnHost, all.Single(instance => instance.Name == "twin").Drift);
        Assert.Contains("'foo'", Assert.Single(run.Warnings), StringComparison.Ordinal);
        Assert.Contains("'twin'", run.Warnings[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Of_namesakes_with_one_disk_nobody_can_tell_which_is_meant()
    {
        var run = new RepairRun("""{ "instances": [ { "name": "foo", "multipassState": "Starting" }, { "name": "foo", "state": "Running" } ] }""");
        Assert.All(run.ReadAll(), instance => Assert.Equal((MpDrift.Unknown, "Starting"), (instance.Drift, instance.MultipassState)));
    }

    [Fact]
    public void A_virtual_machine_beside_the_newer_backend_is_a_twin()
    {
        var run = new RepairRun("""{ "host": { "multipass": { "driver": "hyperv_api" } }, "instances": [ { "name": "foo" }, { "name": "bar", "machine": "Missing" } ] }""");
        var all = run.ReadAll();
        Assert.Equal((MpBackend.HyperV, MpDrift.OtherBackend), (all[1].Backend, all[1].Drift));
        Assert.Equal((MpBackend.Hcs, MpDrift.OtherBackend, MpInstanceState.Unknown), (all[0].Backend, all[0].Drift, all[0].State));
        Assert.Contains("never start both", Assert.Single(run.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_rights_to_the_database_a_missing_machine_may_be_the_newer_backends()
        => Assert.Contains(
            "HCS",
            new RepairRun("""{ "host": { "multipass": { "database": "Denied" } }, "instances": [ { "name": "foo", "machine": "Missing" } ] }""").Read("foo").DriftReason,
            StringComparison.Ordinal);
}
