using System.Collections.Generic;
using System.Linq;
using Multipass.HyperV.Cim;
using Xunit;

namespace Multipass.HyperV.Tests.Simulation;

/// <summary>Every request in every state: the answer, what is seen meanwhile, and where it ends.</summary>
public sealed class RequestTableTests
{
    private static readonly ushort[] Requests = { 2, 3, 4, 6, 9, 11 };

    /// <summary>Where 'foo' is, what a request shows on the way, and where it leads. What is missing is refused with 32775.</summary>
    private static readonly (string State, ushort Request, string Through, string To, ushort JobType)[] Accepted =
    {
        ("Stopped", 2, "10", "2", 12),
        ("Suspended", 2, "10", "2", 15),
        ("Suspended", 3, "6", "3", 13),
        ("Paused", 2, "1/Resuming", "2", 21),
        ("Paused", 3, "4", "3", 13),
        ("Paused", 6, "1/Saving", "6", 14),
        ("Running", 3, "4", "3", 13),
        ("Running", 4, "4", "3", 16),
        ("Running", 6, "1/Saving", "6", 14),
        ("Running", 9, "1/Quiescing", "9", 20),
        ("Running", 11, "11", "2", 28),
        ("Starting", 3, "4", "3", 13),
        ("Stopping", 3, "4", "3", 13),
    };

    private static readonly string[] States = { "Stopped", "Running", "Suspended", "Paused", "Starting", "Stopping", "Suspending", "Restarting" };

    public static TheoryData<string, ushort> All()
    {
        var data = new TheoryData<string, ushort>();
        foreach (var state in States)
        {
            foreach (var request in Requests)
            {
                data.Add(state, request);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Request(string state, ushort request)
    {
        var host = SimulatedRun.WithFoo($"\"state\": \"{state}\"", "\"powerOffWhileStarting\": \"Accepted\"");
        var before = host.Shown();
        var row = Accepted.SingleOrDefault(candidate => candidate.State == state && candidate.Request == request);
        if (row.State is null)
        {
            var refused = host.Ask("foo", request);
            Assert.Equal(ReturnValue.InvalidState, refused.ReturnValue);
            Assert.Null(refused.Out.Reference("Job"));
            host.Advance(60_000);
            Assert.Equal(before, host.Shown());
            return;
        }

        var id = host.Accepted("foo", request);
        Assert.Equal(request, host.State().UInt16("RequestedState"));
        host.Advance(20);
        Assert.Equal(row.Through, host.Shown());
        Assert.Equal(row.JobType, host.Job(id).UInt16("JobType"));
        host.Advance(800);
        Assert.Equal(row.To, host.Shown());
        Assert.Equal(JobState.Completed, host.Job(id).UInt16("JobState"));
        Assert.Equal((ushort)5, host.State().UInt16("RequestedState"));
    }

    [Theory]
    [InlineData("Stopped", 2)]
    [InlineData("Paused", 2)]
    [InlineData("Running", 3)]
    [InlineData("Running", 6)]
    [InlineData("Running", 9)]
    [InlineData("Running", 11)]
    [InlineData("Suspended", 3)]
    public void While_a_change_is_under_way_others_are_refused(string state, ushort first)
    {
        foreach (var milliseconds in new[] { 0, 150 })
        {
            foreach (var second in Requests)
            {
                var host = SimulatedRun.WithFoo($"\"state\": \"{state}\"", "\"powerOffWhileStarting\": \"Accepted\"");
                var id = host.Accepted("foo", first);
                host.Advance(milliseconds);
                var isCutShort = state == "Stopped" && second == 3;
                Assert.Equal(isCutShort ? ReturnValue.JobStarted : ReturnValue.InvalidState, host.Ask("foo", second).ReturnValue);
                host.Advance(1000);
                Assert.Equal(isCutShort ? JobState.Terminated : JobState.Completed, host.Job(id).UInt16("JobState"));
            }
        }
    }

    [Theory]
    [InlineData(0, 32773)]
    [InlineData(1, 32773)]
    [InlineData(5, 32773)]
    [InlineData(999, 32773)]
    [InlineData(10, 32775)]
    [InlineData(32773, 32775)]
    public void Values_that_lead_nowhere(int request, int expected)
        => Assert.Equal((uint)expected, SimulatedRun.WithFoo().Ask("foo", (ushort)request).ReturnValue);

    [Fact]
    public void Power_off_while_starting_can_be_refused()
    {
        var host = SimulatedRun.WithFoo("\"state\": \"Starting\"", "\"powerOffWhileStarting\": \"Refused\"");
        Assert.Equal(ReturnValue.InvalidState, host.Ask("foo", 3).ReturnValue);
        Assert.Equal("10", host.Shown());
    }

    [Fact]
    public void A_power_off_ends_the_start_that_it_cuts_short()
    {
        var host = SimulatedRun.WithFoo("\"memoryMB\": 4096", "\"powerOffWhileStarting\": \"Accepted\"");
        var start = host.Accepted("foo", 2);
        host.Advance(100);
        Assert.Equal(16384 - 2048 - 4096, host.AvailableMB());
        var powerOff = host.Accepted("foo", 3);
        Assert.Equal(JobState.Terminated, host.Job(start).UInt16("JobState"));
        host.Advance(300);
        Assert.Equal(JobState.Completed, host.Job(powerOff).UInt16("JobState"));
        Assert.Equal("3", host.Shown());
        Assert.Equal(16384 - 2048, host.AvailableMB());
        host.Advance(60_000);
        Assert.Equal("3", host.Shown());
    }

    [Fact]
    public void A_power_off_that_fails_leaves_the_start_hanging()
    {
        var host = SimulatedRun.WithFoo(
            """ "state": "Starting", "faults": [ { "operation": "TurnOff", "kind": "HyperVGenericFailure" } ] """,
            "\"powerOffWhileStarting\": \"Accepted\"");
        var first = host.Accepted("foo", 3);
        host.Advance(400);
        Assert.Equal((ushort)32788, host.Job(first).UInt16("ErrorCode"));
        Assert.Null(host.Job(first).Text("ErrorDescription"));
        Assert.Equal("10", host.Shown());
        host.Accepted("foo", 3);
        host.Advance(400);
        Assert.Equal("3", host.Shown());
    }

    [Fact]
    public void Discarding_saved_state_clears_it()
    {
        var host = SimulatedRun.WithFoo("\"state\": \"Suspended\"");
        bool? IsSaved() => host.Query(CimNames.VirtualSystemSettingData, new[] { "IsSaved" }).Single().Flag("IsSaved");
        Assert.True(IsSaved());
        host.Accepted("foo", 3);
        host.Advance(300);
        Assert.False(IsSaved());
        Assert.Equal("3", host.Shown());
        host.Accepted("foo", 2);
        host.Advance(300);
        Assert.Equal("2", host.Shown());
    }

    public static TheoryData<string, string, bool> SavedStates() => new() { { "Corrupt", "(0xC0370027)", true }, { "Missing", "(0x80070002)", true }, { "Present", "", false } };

    [Theory]
    [MemberData(nameof(SavedStates))]
    public void A_restore_needs_its_saved_state(string savedState, string code, bool fails)
    {
        var host = SimulatedRun.WithFoo($"\"state\": \"Suspended\", \"savedState\": \"{savedState}\"");
        var id = host.Accepted("foo", 2);
        host.Advance(350);
        Assert.Equal(fails ? "6" : "2", host.Shown());
        Assert.Equal(fails, host.Query(CimNames.VirtualSystemSettingData, new[] { "IsSaved" }).Single().Flag("IsSaved"));
        if (fails)
        {
            Assert.Contains(code, host.Job(id).Text("ErrorDescription"), System.StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("Stopped", 2, true)]
    [InlineData("Suspended", 2, true)]
    [InlineData("Running", 4, true)]
    [InlineData("Running", 6, true)]
    [InlineData("Running", 3, false)]
    [InlineData("Running", 11, false)]
    public void Jobs_can_be_asked_to_terminate(string state, ushort request, bool canBe)
    {
        var host = SimulatedRun.WithFoo($"\"state\": \"{state}\"", "\"powerOffWhileStarting\": \"Accepted\"");
        var before = host.Shown();
        var id = host.Accepted("foo", request);
        host.Advance(100);
        Assert.Equal(canBe, host.Job(id).Flag("Cancellable"));
        var result = host.Invoke(SimulatedRun.JobPath(id), CimNames.RequestStateChange, ("RequestedState", JobState.RequestTerminate));
        if (!canBe)
        {
            Assert.Equal(1u, result.ReturnValue);
            return;
        }

        Assert.Equal(ReturnValue.JobStarted, result.ReturnValue);
        Assert.Equal(JobState.ShuttingDown, host.Job(id).UInt16("JobState"));
        host.Advance(20);
        Assert.Equal(JobState.Terminated, host.Job(id).UInt16("JobState"));
        host.Advance(50);
        Assert.Equal(before, host.Shown());
        host.Advance(5000);
        Assert.Equal(before, host.Shown());
        Assert.Equal(4097u, host.Invoke(SimulatedRun.JobPath(id), CimNames.RequestStateChange, ("RequestedState", JobState.RequestTerminate)).ReturnValue);
    }

    [Fact]
    public void Nothing_is_cancellable_where_the_host_says_so()
    {
        var host = SimulatedRun.WithFoo(host: "\"jobCancellable\": false");
        var id = host.Accepted("foo", 2);
        Assert.False(host.Job(id).Flag("Cancellable"));
        Assert.Equal(1u, host.Invoke(SimulatedRun.JobPath(id), CimNames.RequestStateChange, ("RequestedState", (ushort)4)).ReturnValue);
        Assert.Equal(1u, host.Invoke(SimulatedRun.JobPath(id), CimNames.RequestStateChange, ("RequestedState", (ushort)3)).ReturnValue);
        Assert.Equal(5u, host.Invoke(SimulatedRun.JobPath(id), CimNames.RequestStateChange, ("RequestedState", (ushort)77)).ReturnValue);
        host.Advance(300);
        Assert.Equal("2", host.Shown());
    }

    [Fact]
    public void A_killed_job_ends_killed()
    {
        var host = SimulatedRun.WithFoo();
        var id = host.Accepted("foo", 2);
        host.Invoke(SimulatedRun.JobPath(id), CimNames.RequestStateChange, ("RequestedState", (ushort)5), ("TimeoutPeriod", null));
        host.Advance(100);
        Assert.Equal(JobState.Killed, host.Job(id).UInt16("JobState"));
        Assert.Equal("3", host.Shown());
    }

    [Fact]
    public void The_host_itself_changes_no_state()
    {
        var host = SimulatedRun.WithFoo();
        Assert.Equal(ReturnValue.NotSupported, host.Invoke(SimulatedRun.MachinePath("HV-SIM"), CimNames.RequestStateChange, ("RequestedState", (ushort)3)).ReturnValue);
    }

    [Theory]
    [InlineData("Starting", "10", 2)]
    [InlineData("Stopping", "4", 4)]
    [InlineData("Suspending", "1/Saving", 6)]
    [InlineData("Restarting", "11", 11)]
    public void What_hangs_at_the_beginning_hangs_with_a_job(string state, string shown, ushort requested)
    {
        var host = SimulatedRun.WithFoo($"\"state\": \"{state}\", \"memoryMB\": 2048");
        Assert.Equal(shown, host.Shown());
        Assert.Equal(requested, host.State().UInt16("RequestedState"));
        Assert.Equal(16384 - 2048 - 2048, host.AvailableMB());
        var job = host.Query(CimNames.ConcreteJob, new[] { "InstanceID", "JobState", "PercentComplete" }).Single();
        Assert.Equal(JobState.Running, job.UInt16("JobState"));
        Assert.Equal((ushort)40, job.UInt16("PercentComplete"));
        host.Advance(3_600_000);
        Assert.Equal(shown, host.Shown());
    }
}
