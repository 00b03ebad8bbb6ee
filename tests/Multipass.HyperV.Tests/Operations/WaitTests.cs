using System;
using System.Collections;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Operations;
using Multipass.HyperV.Simulation;
using Xunit;

namespace Multipass.HyperV.Tests.Operations;

public sealed class WaitTests
{
    [Fact]
    public void What_is_there_already_is_not_waited_for()
    {
        var run = new SimulatedRun(SimulatedRun.One("\"state\": \"Running\""));
        Assert.Null(run.Wait("foo", [MpInstanceState.Running]).Failure);
        Assert.Null(run.Wait("foo", [MpInstanceState.Stopped, MpInstanceState.Running]).Failure);
        Assert.Null(run.Wait("foo", readiness: [MpReadiness.Heartbeat]).Failure);
        Assert.True(run.Elapsed < TimeSpan.FromMilliseconds(200), run.Elapsed.ToString());
        Assert.Empty(run.Changes);
    }

    [Fact]
    public void What_somebody_else_begins_is_waited_for()
    {
        var run = new SimulatedRun(SimulatedRun.One("\"guest\": { \"bootMilliseconds\": 3000, \"ipv4\": \"172.20.48.5\" }"));
        var outcome = run.Wait("foo", readiness: [MpReadiness.IPAddress], meanwhile: (5000, () => run.Request("foo", 2)));
        Assert.Null(outcome.Failure);
        Assert.Equal(["172.20.48.5"], outcome.After.IPv4);
        Assert.InRange(run.Elapsed, TimeSpan.FromSeconds(8.3), TimeSpan.FromSeconds(10));
        Assert.Single(run.Changes);
    }

    [Fact]
    public void An_instance_that_is_being_launched_is_waited_for()
    {
        var run = new SimulatedRun(SimulatedRun.One("\"appearsAfterMilliseconds\": 4000, \"startsAfterMilliseconds\": 3000, \"guest\": { \"bootMilliseconds\": 2000 }"));
        Assert.Empty(run.ReadAll());
        var outcome = run.Wait("foo", readiness: [MpReadiness.Heartbeat]);
        Assert.Null(outcome.Failure);
        Assert.Equal(MpInstanceState.Running, outcome.After.State);
        Assert.InRange(run.Elapsed, TimeSpan.FromSeconds(9.3), TimeSpan.FromSeconds(12));
    }

    [Fact]
    public void An_instance_that_never_comes_is_one_error_at_the_timeout()
    {
        var run = new SimulatedRun("{}");
        var outcome = run.Wait("foo", [MpInstanceState.Running], timeout: 5);
        Assert.Equal("InstanceNotFound", outcome.Failure!.Cause.Name);
        Assert.Equal(MpFailureStage.TimedOut, outcome.Failure.Stage);
        Assert.Contains("within 5 s", outcome.Failure.Message);
        Assert.False(outcome.IsFound);
        Assert.InRange(run.Elapsed, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5.1));
    }

    [Fact]
    public void A_start_that_fails_ends_the_wait_at_once_with_its_cause()
    {
        var run = new SimulatedRun(SimulatedRun.One("\"memoryMB\": 100000"));
        Assert.Null(run.Run("foo", MpOperation.Start, noWait: true).Failure);
        var outcome = run.Wait("foo", [MpInstanceState.Running]);
        Assert.Equal("OutOfMemory", outcome.Failure!.Cause.Name);
        Assert.Contains("100000 MB", outcome.Failure.RecommendedAction);
        Assert.Equal(MpInstanceState.Stopped, outcome.After.State);
        Assert.True(run.Elapsed < TimeSpan.FromSeconds(1), run.Elapsed.ToString());
    }

    [Fact]
    public void A_start_that_failed_before_the_wait_is_not_blamed_however_shortly_before()
    {
        var run = new SimulatedRun(SimulatedRun.One("\"disk\": \"Missing\""));
        run.Start("foo");
        Assert.Equal("WaitTimedOut", run.Wait("foo", [MpInstanceState.Running], timeout: 4).Failure!.Cause.Name);
    }

    [Theory]
    [InlineData("Running", 6, "Save", "Suspended")]
    [InlineData("Running", 4, "Shutdown", "Stopped")]
    public void What_has_settled_elsewhere_is_not_waited_for_any_longer(string state, int request, string operation, string target)
    {
        var run = new SimulatedRun(SimulatedRun.One($"\"state\": \"{state}\", \"faults\": [ {{ \"operation\": \"{operation}\", \"jobState\": 7 }} ]"));
        run.Request("foo", (ushort)request);
        var outcome = run.Wait("foo", [Enum.Parse<MpInstanceState>(target)]);
        Assert.Equal("StateNotReached", outcome.Failure!.Cause.Name);
        Assert.Equal(state, outcome.After.State.ToString());
        Assert.True(run.Elapsed < TimeSpan.FromSeconds(1), run.Elapsed.ToString());
    }

    [Fact]
    public void An_instance_that_stops_while_its_guest_is_waited_for_ends_the_wait()
    {
        var run = new SimulatedRun(SimulatedRun.One("\"state\": \"Running\""));
        var outcome = run.Wait("foo", readiness: [MpReadiness.IPAddress], meanwhile: (3000, () => run.Request("foo", 3)));
        Assert.Equal("StateNotReached", outcome.Failure!.Cause.Name);
        Assert.Equal(MpInstanceState.Stopped, outcome.After.State);
        Assert.InRange(run.Elapsed, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(5));
    }

    [Theory]
    [InlineData("Stopped", "Start-MpInstance foo")]
    [InlineData("Suspended", "Resume-MpInstance foo")]
    [InlineData("Starting", "Get-MpInstance foo")]
    public void What_does_not_come_in_time_is_one_error_with_the_state_that_is_true(string state, string advice)
    {
        var run = new SimulatedRun(SimulatedRun.One($"\"state\": \"{state}\""));
        var outcome = run.Wait("foo", [MpInstanceState.Running], timeout: 7);
        Assert.Equal("WaitTimedOut", outcome.Failure!.Cause.Name);
        Assert.Equal(state, outcome.After.State.ToString());
        Assert.StartsWith("Wait for 'foo' on HV-SIM failed", outcome.Failure.Message, StringComparison.Ordinal);
        Assert.Contains(advice, outcome.Failure.RecommendedAction);
        Assert.InRange(run.Elapsed, TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(7.1));
        Assert.Empty(run.Changes);
    }

    [Fact]
    public void A_guest_without_an_address_is_not_ready()
    {
        var run = new SimulatedRun(SimulatedRun.One("\"state\": \"Running\""));
        Assert.Equal("GuestNotReady", run.Wait("foo", readiness: [MpReadiness.IPAddress], timeout: 3).Failure!.Cause.Name);
    }

    [Theory]
    [InlineData("\"deleted\": true", "InstanceDeleted")]
    [InlineData("\"backend\": \"Hcs\"", "UnsupportedBackend")]
    public void What_can_never_run_here_is_refused_at_once(string instance, string cause)
    {
        var run = new SimulatedRun(SimulatedRun.One(instance));
        Assert.Equal(cause, run.Wait("foo", [MpInstanceState.Running]).Failure!.Cause.Name);
        Assert.True(run.Elapsed < TimeSpan.FromMilliseconds(100), run.Elapsed.ToString());
    }

    [Fact]
    public void A_host_that_cannot_be_read_any_more_ends_the_wait_without_a_guess()
    {
        var run = new SimulatedRun(SimulatedRun.One("\"state\": \"Stopped\""));
        var fault = SimulatedFault.FromDictionary(new Hashtable { ["operation"] = "Query", ["kind"] = "ConnectionDropped", ["times"] = 100000 });
        var outcome = run.Wait("foo", [MpInstanceState.Running], meanwhile: (1000, () => { run.Host.AddFault("foo", fault); }));
        Assert.Equal("HostUnreachable", outcome.Failure!.Cause.Name);
        Assert.Equal(MpInstanceState.Unknown, outcome.After.State);
        Assert.Null(outcome.After.ObservedAt);
        Assert.True(run.Elapsed < TimeSpan.FromSeconds(25), run.Elapsed.ToString());
    }

    [Fact]
    public void A_host_that_boots_starts_its_instances_and_nobody_is_told_of_an_error()
    {
        var run = new SimulatedRun("""
            { "instances": [ { "name": "a", "startsAfterMilliseconds": 3000 }, { "name": "b", "startsAfterMilliseconds": 20000 }, { "name": "c" } ] }
            """);
        var outcomes = run.RunMany(["a", "b", "c"], new OperationRequest(MpOperation.Start));
        Assert.All(outcomes, outcome => Assert.Null(outcome.Failure));
        Assert.Single(run.Changes);
        Assert.InRange(run.Elapsed, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(22));
    }
}
