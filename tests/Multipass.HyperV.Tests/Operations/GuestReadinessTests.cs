using System;
using System.Linq;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Operations;
using Xunit;

namespace Multipass.HyperV.Tests.Operations;

public sealed class GuestReadinessTests
{
    private const string Booting = "\"guest\": { \"bootMilliseconds\": 3000, \"ipv4\": \"172.20.48.5\" }";

    [Theory]
    [InlineData(MpReadiness.Heartbeat)]
    [InlineData(MpReadiness.IPAddress)]
    public void A_start_waits_for_the_guest(MpReadiness readiness)
    {
        var run = new SimulatedRun(SimulatedRun.One(Booting));
        var outcome = run.Run("foo", MpOperation.Start, waitFor: readiness);
        Assert.Null(outcome.Failure);
        Assert.InRange(run.Elapsed, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(4));
        Assert.Single(run.Changes);
        if (readiness == MpReadiness.Heartbeat)
        {
            Assert.Equal(MpHeartbeat.OK, outcome.After.Heartbeat);
        }
        else
        {
            Assert.Equal(["172.20.48.5"], outcome.After.IPv4);
        }
    }

    [Fact]
    public void What_runs_already_is_waited_for_too()
    {
        var run = new SimulatedRun(SimulatedRun.One(Booting));
        run.Start("foo");
        Assert.Null(run.Run("foo", MpOperation.Start, 300, false, MpReadiness.Heartbeat, MpReadiness.IPAddress).Failure);
        Assert.InRange(run.Elapsed, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4));
        Assert.Single(run.Changes);
    }

    [Theory]
    [InlineData(MpReadiness.Heartbeat, "\"bootMilliseconds\": 60000, \"ipv4\": \"172.20.48.5\"", "no heartbeat")]
    [InlineData(MpReadiness.IPAddress, "\"bootMilliseconds\": 100", "no IPv4 address")]
    [InlineData(MpReadiness.IPAddress, "\"bootMilliseconds\": 100, \"ipv4\": \"169.254.3.4\"", "no IPv4 address")]
    public void A_guest_that_is_not_ready_in_time_is_one_error_and_goes_on_running(MpReadiness readiness, string guest, string missing)
    {
        var run = new SimulatedRun(SimulatedRun.One($"\"guest\": {{ {guest} }}"));
        var outcome = run.Run("foo", MpOperation.Start, timeout: 5, waitFor: readiness);
        Assert.Equal("GuestNotReady", outcome.Failure!.Cause.Name);
        Assert.Equal(MpFailureStage.TimedOut, outcome.Failure.Stage);
        Assert.Contains(missing, outcome.Failure.Message);
        Assert.Equal(MpInstanceState.Running, outcome.After.State);
        Assert.Equal(MpInstanceState.Running, run.Read("foo").State);
        Assert.Single(run.Changes);
        Assert.InRange(run.Elapsed, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5.5));
    }

    [Fact]
    public void A_virtual_machine_that_falls_back_meanwhile_ends_the_wait()
    {
        var run = new SimulatedRun(SimulatedRun.One(Booting + ", \"faults\": [ { \"operation\": \"Start\", \"kind\": \"CrashAfterSuccess\", \"afterMilliseconds\": 1000 } ]"));
        var outcome = run.Run("foo", MpOperation.Start, waitFor: MpReadiness.Heartbeat);
        Assert.Equal("StateNotReached", outcome.Failure!.Cause.Name);
        Assert.Equal(MpInstanceState.Stopped, outcome.After.State);
        Assert.True(run.Elapsed < TimeSpan.FromSeconds(3), run.Elapsed.ToString());
    }

    [Fact]
    public void Many_guests_share_their_polls()
    {
        const int Count = 200;
        var run = new SimulatedRun("{ \"host\": { \"memoryMB\": 1000000 }, \"instances\": [" + string.Join(",", Enumerable.Range(0, Count).Select(number
            => $"{{ \"name\": \"i{number}\", \"guest\": {{ \"bootMilliseconds\": 3000, \"ipv4\": \"10.0.{number / 200}.{number % 200 + 1}\" }} }}")) + "] }");
        var outcomes = run.RunMany(Enumerable.Range(0, Count).Select(number => $"i{number}"), new OperationRequest(MpOperation.Start) { WaitFor = [MpReadiness.Heartbeat, MpReadiness.IPAddress] });
        Assert.All(outcomes, outcome => Assert.Null(outcome.Failure));
        Assert.All(outcomes, outcome => Assert.Single(outcome.After.IPv4));
        Assert.InRange(run.Host.Calls.Count(call => !call.ChangesState), 1, 120);
    }

    [Theory]
    [InlineData("Stopped", "Start")]
    [InlineData("Suspended", "Resume")]
    [InlineData("Running", "Reset")]
    public void A_long_wait_for_a_guest_ends_as_a_short_one_does(string state, string operation)
    {
        var run = new SimulatedRun(SimulatedRun.One($"\"state\": \"{state}\""));
        var outcome = run.Run("foo", new OperationRequest(Enum.Parse<MpOperation>(operation)) { Timeout = TimeSpan.FromSeconds(60), WaitFor = [MpReadiness.IPAddress], ReadsAll = true });
        Assert.Equal("GuestNotReady", outcome.Failure?.Cause.Name);
        Assert.Equal(MpInstanceState.Running, outcome.After.State);
        Assert.NotNull(outcome.After.ObservedAt);
    }
}
