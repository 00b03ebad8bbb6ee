using System;
using System.Linq;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Operations;
using Xunit;

namespace Multipass.HyperV.Tests.Operations;

public sealed class SuspendTests
{
    [Fact]
    public void A_saved_state_is_continued_with_the_guest_that_was_saved()
    {
        var run = new SimulatedRun(SimulatedRun.One("\"state\": \"Running\", \"guest\": { \"ipv4\": \"172.20.48.5\" }"));
        var saved = run.Run("foo", new OperationRequest(MpOperation.Save) { ReadsAll = true });
        Assert.Null(saved.Failure);
        Assert.Equal(MpInstanceState.Suspended, saved.After.State);
        Assert.Equal(0, saved.After.MemoryAssigned);
        var resumed = run.Run("foo", new OperationRequest(MpOperation.Resume) { ReadsAll = true });
        Assert.Null(resumed.Failure);
        Assert.Equal(MpHeartbeat.OK, resumed.After.Heartbeat);
        Assert.Equal(["172.20.48.5"], resumed.After.IPv4);
        Assert.Equal(2, run.Changes.Count);
    }

    [Fact]
    public void A_save_that_fails_leaves_it_Running_and_says_so()
    {
        var run = new SimulatedRun(SimulatedRun.One("\"state\": \"Running\", \"faults\": [ { \"operation\": \"Save\", \"kind\": \"DiskAccessDenied\" } ]"));
        var outcome = run.Run("foo", MpOperation.Save);
        Assert.Equal("DiskAccessDenied", outcome.Failure!.Cause.Name);
        Assert.Equal(MpFailureStage.JobFailed, outcome.Failure.Stage);
        Assert.Equal(MpInstanceState.Running, outcome.After.State);
        Assert.StartsWith("Suspension of 'foo' on HV-SIM failed", outcome.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_save_that_never_ends_is_reported_as_it_is_and_left_alone()
    {
        var run = new SimulatedRun(SimulatedRun.One("\"state\": \"Running\", \"faults\": [ { \"operation\": \"Save\", \"kind\": \"NeverEnds\" } ]"));
        var outcome = run.Run("foo", MpOperation.Save, timeout: 2);
        Assert.Equal("SaveTimedOut", outcome.Failure!.Cause.Name);
        Assert.Equal(MpInstanceState.Suspending, outcome.After.State);
        Assert.Single(run.Changes);
        Assert.Contains("Wait-MpInstance foo -State Suspended", outcome.Failure.RecommendedAction);
    }

    [Fact]
    public void A_saved_state_that_cannot_be_read_leaves_it_Suspended()
    {
        var run = new SimulatedRun(SimulatedRun.One("\"state\": \"Suspended\", \"savedState\": \"Corrupt\""));
        var outcome = run.Run("foo", MpOperation.Resume);
        Assert.NotNull(outcome.Failure);
        Assert.Equal(MpInstanceState.Suspended, outcome.After.State);
    }

    [Fact]
    public void A_resume_that_never_ends_is_never_powered_off()
    {
        var run = new SimulatedRun(SimulatedRun.One("\"state\": \"Suspended\", \"faults\": [ { \"operation\": \"Start\", \"kind\": \"NeverEnds\" } ]"));
        var outcome = run.Run("foo", MpOperation.Resume, timeout: 2);
        Assert.Equal("ResumeTimedOut", outcome.Failure!.Cause.Name);
        Assert.Single(run.Changes);
    }

    [Theory]
    [InlineData("Suspended", "Start")]
    [InlineData("Paused", "Resume")]
    public void A_resume_that_fails_falls_back(string state, string operation)
    {
        var run = new SimulatedRun(SimulatedRun.One($"\"state\": \"{state}\", \"faults\": [ {{ \"operation\": \"{operation}\", \"kind\": \"HyperVGenericFailure\" }} ]"));
        var outcome = run.Run("foo", MpOperation.Resume);
        Assert.Equal("InsufficientSystemResources", outcome.Failure!.Cause.Name);
        Assert.Equal(state, outcome.After.State.ToString());
    }

    [Fact]
    public void An_instance_deleted_in_Multipass_is_not_resumed_but_may_be_suspended()
    {
        var run = new SimulatedRun(SimulatedRun.One("\"state\": \"Running\", \"deleted\": true"));
        Assert.Null(run.Run("foo", MpOperation.Save).Failure);
        Assert.Equal("InstanceDeleted", run.Run("foo", MpOperation.Resume).Failure!.Cause.Name);
        Assert.Single(run.Changes);
    }

    [Fact]
    public void Without_waiting_a_failure_that_shows_at_once_is_told()
    {
        var run = new SimulatedRun("""{ "host": { "jobMilliseconds": 20 }, "instances": [ { "name": "foo", "memoryMB": 100000 } ] }""");
        Assert.Equal("OutOfMemory", run.Run("foo", MpOperation.Start, noWait: true).Failure!.Cause.Name);
        var slow = new SimulatedRun(SimulatedRun.One("\"memoryMB\": 100000"));
        var outcome = slow.Run("foo", MpOperation.Start, noWait: true);
        Assert.Null(outcome.Failure);
        Assert.Equal(MpInstanceState.Starting, outcome.After.State);
        Assert.Equal(1, slow.Changes.Count(call => call.Method == "RequestStateChange"));
    }
}
