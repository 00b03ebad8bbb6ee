using System;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Operations;
using Xunit;

namespace Multipass.HyperV.Tests.Operations;

public sealed class RestartTests
{
    [Fact]
    public void A_guest_that_answers_restarts_with_one_request_and_a_new_uptime()
    {
        var run = new SimulatedRun(SimulatedRun.One("\"state\": \"Running\", \"guest\": { \"ipv4\": \"172.20.48.5\" }"));
        var before = run.Read("foo");
        var outcome = run.Run("foo", MpOperation.Reboot);
        Assert.Null(outcome.Failure);
        Assert.Equal(MpInstanceState.Running, outcome.After.State);
        Assert.True(outcome.After.Uptime < before.Uptime);
        Assert.Equal("InitiateReboot", Assert.Single(run.Changes).Method);
        Assert.InRange(run.Elapsed, TimeSpan.FromMilliseconds(800), TimeSpan.FromMilliseconds(1000));

        // What was true of the guest before is not known of it now.
        Assert.Empty(outcome.After.IPv4);
        Assert.Equal(MpHeartbeat.Unknown, outcome.After.Heartbeat);
    }

    [Fact]
    public void Force_resets_at_once()
    {
        var run = new SimulatedRun(SimulatedRun.One("\"state\": \"Running\", \"guest\": { \"shutdown\": \"NotReady\" }"));
        var outcome = run.Run("foo", MpOperation.Reset);
        Assert.Null(outcome.Failure);
        Assert.Equal("RequestStateChange", Assert.Single(run.Changes).Method);
        Assert.True(run.Elapsed < TimeSpan.FromSeconds(1), run.Elapsed.ToString());
        Assert.True(run.Read("foo").Uptime < TimeSpan.FromSeconds(1));
    }

    [Theory]
    [InlineData(0, 20_000)]
    [InlineData(100, 7_000)]
    [InlineData(1500, 60)]
    public void An_instance_that_has_only_just_booted_is_seen_to_restart_too(int boot, int shutdown)
    {
        var run = new SimulatedRun(SimulatedRun.One($"\"guest\": {{ \"bootMilliseconds\": {boot}, \"shutdownMilliseconds\": {shutdown} }}"));
        Assert.Null(run.Start("foo").Failure);
        var outcome = run.Run("foo", MpOperation.Reboot, timeout: 60);
        Assert.Null(outcome.Failure);
        Assert.Equal(2, run.Changes.Count);
    }

    [Theory]
    [InlineData("Ignores")]
    [InlineData("NotReady")]
    public void A_guest_that_does_not_restart_is_one_error_at_the_timeout(string shutdown)
    {
        var run = new SimulatedRun(SimulatedRun.One($"\"state\": \"Running\", \"guest\": {{ \"shutdown\": \"{shutdown}\" }}"));
        var outcome = run.Run("foo", MpOperation.Reboot, timeout: 5);
        Assert.Equal("RestartTimedOut", outcome.Failure!.Cause.Name);
        Assert.Equal(MpFailureStage.TimedOut, outcome.Failure.Stage);
        Assert.Equal(MpInstanceState.Running, outcome.After.State);
        Assert.Contains("Restart-MpInstance foo -Force", outcome.Failure.RecommendedAction);
        Assert.InRange(run.Elapsed, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(6));
        Assert.Equal(shutdown == "Ignores" ? 1 : 0, run.Changes.Count);
    }

    [Fact]
    public void A_reset_that_the_host_reports_and_the_uptime_does_not_show_is_a_failure()
    {
        var run = new SimulatedRun(SimulatedRun.One("\"state\": \"Running\", \"faults\": [ { \"operation\": \"Restart\", \"jobState\": 7 } ]"));
        var outcome = run.Run("foo", MpOperation.Reset);
        Assert.Equal("StateNotReached", outcome.Failure!.Cause.Name);
        Assert.Equal(MpFailureStage.NotVerified, outcome.Failure.Stage);
        Assert.Contains("uptime", outcome.Failure.Message);
        Assert.True(run.Elapsed < TimeSpan.FromSeconds(10), run.Elapsed.ToString());
    }

    [Fact]
    public void An_answer_that_is_lost_is_decided_by_the_uptime()
    {
        foreach (var operation in new[] { MpOperation.Reset, MpOperation.Reboot })
        {
            var run = new SimulatedRun(SimulatedRun.One("\"state\": \"Running\", \"faults\": [ { \"operation\": \"Restart\", \"kind\": \"ConnectionDropped\", \"stage\": \"Request\" } ]"));
            Assert.Null(run.Run("foo", operation).Failure);
            Assert.Single(run.Changes);
        }
    }

    [Fact]
    public void A_guest_that_goes_down_already_is_waited_for()
    {
        var run = new SimulatedRun(SimulatedRun.One("\"state\": \"Running\", \"guest\": { \"shutdownMilliseconds\": 3000 }"));
        Assert.Null(run.Run("foo", MpOperation.Reboot, noWait: true).Failure);
        Assert.Null(run.Run("foo", MpOperation.Reboot).Failure);
        Assert.Contains(run.Told, text => text.Contains("going down already", StringComparison.Ordinal));
        Assert.InRange(run.Elapsed, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4));
    }

    [Fact]
    public void A_restart_can_wait_for_the_guest()
    {
        var run = new SimulatedRun(SimulatedRun.One("\"state\": \"Running\", \"guest\": { \"bootMilliseconds\": 4000 }"));
        var outcome = run.Run("foo", MpOperation.Reboot, waitFor: MpReadiness.Heartbeat);
        Assert.Null(outcome.Failure);
        Assert.Equal(MpHeartbeat.OK, outcome.After.Heartbeat);
        Assert.InRange(run.Elapsed, TimeSpan.FromSeconds(4.8), TimeSpan.FromSeconds(6));
    }
}
