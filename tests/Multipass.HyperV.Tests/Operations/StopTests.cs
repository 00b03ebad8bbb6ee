using System;
using Multipass.HyperV.Operations;
using Xunit;

namespace Multipass.HyperV.Tests.Operations;

public sealed class StopTests
{
    [Fact]
    public void A_guest_that_answers_shuts_down()
    {
        var run = new SimulatedRun(SimulatedRun.One("\"state\": \"Running\""));
        var outcome = run.Stop("foo");
        Assert.Null(outcome.Failure);
        Assert.Equal(MpInstanceState.Stopped, outcome.After.State);
        Assert.Single(run.Changes);
    }

    [Fact]
    public void A_guest_that_boots_is_waited_for()
    {
        var run = new SimulatedRun(SimulatedRun.One("\"state\": \"Stopped\""));
        Assert.Null(run.Start("foo").Failure);
        Assert.Null(run.Stop("foo").Failure);
        Assert.Equal(2, run.Changes.Count);
    }

    [Theory]
    [InlineData("Ignores")]
    [InlineData("NotReady")]
    public void A_guest_that_does_not_answer_is_one_error_at_the_timeout(string shutdown)
    {
        var run = new SimulatedRun(SimulatedRun.One($"\"state\": \"Running\", \"guest\": {{ \"shutdown\": \"{shutdown}\" }}"));
        var outcome = run.Stop("foo", timeout: 5);
        Assert.Equal("StopTimedOut", outcome.Failure!.Cause.Name);
        Assert.Contains("-TurnOff", outcome.Failure.RecommendedAction);
        Assert.NotEqual(MpInstanceState.Stopped, outcome.After.State);
        Assert.InRange(run.Elapsed, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(6));
    }

    [Theory]
    [InlineData("Ignores")]
    [InlineData("NotReady")]
    public void Force_powers_off_a_guest_that_does_not_answer(string shutdown)
    {
        var run = new SimulatedRun(SimulatedRun.One($"\"state\": \"Running\", \"guest\": {{ \"shutdown\": \"{shutdown}\" }}"));
        var outcome = run.Stop("foo", timeout: 5, force: true);
        Assert.Null(outcome.Failure);
        Assert.Equal(MpInstanceState.Stopped, outcome.After.State);
        Assert.InRange(run.Elapsed, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(7));
    }

    [Theory]
    [InlineData("Running")]
    [InlineData("Paused")]
    [InlineData("Starting")]
    public void TurnOff_powers_off_at_once(string state)
    {
        var run = new SimulatedRun(SimulatedRun.One($"\"state\": \"{state}\"", "\"powerOffWhileStarting\": \"Accepted\""));
        var outcome = run.Stop("foo", turnOff: true);
        Assert.Null(outcome.Failure);
        Assert.Equal(MpInstanceState.Stopped, outcome.After.State);
        Assert.Single(run.Changes);
        Assert.True(run.Elapsed < TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void TurnOff_of_one_that_hangs_in_Starting_says_why_not_when_the_host_refuses()
    {
        var run = new SimulatedRun(SimulatedRun.One("\"state\": \"Starting\"", "\"powerOffWhileStarting\": \"Refused\""));
        var outcome = run.Stop("foo", turnOff: true);
        Assert.Equal("InvalidState", outcome.Failure!.Cause.Name);
        Assert.Equal(32775u, outcome.Failure.ToException().ReturnValue);
        Assert.Equal(MpInstanceState.Starting, outcome.After.State);
        Assert.Contains("`Repair-MpInstance foo`", outcome.Failure.RecommendedAction);
        Assert.True(run.Elapsed < TimeSpan.FromSeconds(15), run.Elapsed.ToString());
    }

    [Fact]
    public void A_saved_state_is_kept()
    {
        var run = new SimulatedRun(SimulatedRun.One("\"state\": \"Suspended\""));
        foreach (var turnOff in new[] { false, true })
        {
            var outcome = run.Stop("foo", turnOff: turnOff, force: true);
            Assert.Equal("InvalidState", outcome.Failure!.Cause.Name);
            Assert.Contains("-DiscardSavedState", outcome.Failure.RecommendedAction);
        }

        Assert.Empty(run.Changes);
        Assert.Equal(MpInstanceState.Suspended, run.Read("foo").State);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_saved_state_is_discarded_when_that_is_said(bool turnOff)
    {
        var run = new SimulatedRun(SimulatedRun.One("\"state\": \"Suspended\""));
        var outcome = run.Stop("foo", turnOff: turnOff, discard: true);
        Assert.Null(outcome.Failure);
        Assert.Equal(MpInstanceState.Stopped, outcome.After.State);
        Assert.Single(run.Changes);
    }

    [Fact]
    public void Discarding_a_saved_state_asks_a_running_guest_all_the_same()
    {
        var run = new SimulatedRun(SimulatedRun.One("\"state\": \"Running\""));
        Assert.Null(run.Stop("foo", discard: true).Failure);
        Assert.Single(run.Changes);
    }

    [Fact]
    public void A_paused_guest_cannot_shut_down()
    {
        var run = new SimulatedRun(SimulatedRun.One("\"state\": \"Paused\""));
        Assert.Equal("InvalidState", run.Stop("foo").Failure!.Cause.Name);
        Assert.Empty(run.Changes);
        Assert.Null(run.Stop("foo", force: true).Failure);
    }

    [Fact]
    public void Stopped_is_stopped()
    {
        var run = new SimulatedRun(SimulatedRun.One("\"state\": \"Stopped\""));
        Assert.Null(run.Stop("foo").Failure);
        Assert.Null(run.Stop("foo", turnOff: true).Failure);
        Assert.Empty(run.Changes);
    }
}
