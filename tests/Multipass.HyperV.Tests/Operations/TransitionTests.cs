using System;
using System.Collections.Generic;
using System.Linq;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Operations;
using Xunit;

namespace Multipass.HyperV.Tests.Operations;

/// <summary>Every operation in every state: its outcome, the state it leaves, the requests it costs, and that it ends.</summary>
public sealed class TransitionTests
{
    private const int Timeout = 3;

    private static readonly string[] States = ["Stopped", "Running", "Suspended", "Paused", "Starting", "Stopping", "Suspending", "Restarting", "Unknown", "Running critical", "Paused critical", "Waiting to start"];

    private static readonly Dictionary<string, OperationRequest> Operations = new()
    {
        ["Start"] = new(MpOperation.Start),
        ["Resume"] = new(MpOperation.Resume),
        ["Shutdown"] = new(MpOperation.Shutdown),
        ["Shutdown -Force"] = new(MpOperation.Shutdown) { Force = true },
        ["TurnOff"] = new(MpOperation.TurnOff),
        ["Discard"] = new(MpOperation.Shutdown) { DiscardsSavedState = true },
        ["Save"] = new(MpOperation.Save),
        ["Reboot"] = new(MpOperation.Reboot),
        ["Reset"] = new(MpOperation.Reset),
    };

    /// <summary>For each operation, in the order of the states: the cause of the failure or "ok", the state afterwards, and how many requests it cost. "=" is the state before.</summary>
    private static readonly Dictionary<string, string[]> Expected = new()
    {
        ["Start"] = ["ok Running 1", "ok = 0", "ok Running 1", "ok Running 1", "StartTimedOut = 0", "StartTimedOut = 0", "StartTimedOut = 0", "StartTimedOut = 0", "InvalidState = 0", "ok = 0", "ok Running 1", "ok Running 0"],
        ["Resume"] = ["InvalidState = 0", "ok = 0", "ok Running 1", "ok Running 1", "ResumeTimedOut = 0", "ResumeTimedOut = 0", "ResumeTimedOut = 0", "ResumeTimedOut = 0", "InvalidState = 0", "ok = 0", "ok Running 1", "ok Running 0"],
        ["Shutdown"] = ["ok = 0", "ok Stopped 1", "InvalidState = 0", "InvalidState = 0", "StopTimedOut = 0", "StopTimedOut = 0", "StopTimedOut = 0", "StopTimedOut = 0", "InvalidState = 0", "ok Stopped 1", "InvalidState = 0", "ok = 0"],
        ["Shutdown -Force"] = ["ok = 0", "ok Stopped 1", "InvalidState = 0", "ok Stopped 1", "StopTimedOut = 1", "ok Stopped 1", "StopTimedOut = 0", "StopTimedOut = 1", "ok Stopped 1", "ok Stopped 1", "ok Stopped 1", "ok = 0"],
        ["TurnOff"] = ["ok = 0", "ok Stopped 1", "InvalidState = 0", "ok Stopped 1", "InvalidState = 2", "ok Stopped 1", "StopTimedOut = 0", "InvalidState = 1", "ok Stopped 1", "ok Stopped 1", "ok Stopped 1", "ok = 0"],
        ["Discard"] = ["ok = 0", "ok Stopped 1", "ok Stopped 1", "InvalidState = 0", "StopTimedOut = 0", "StopTimedOut = 0", "StopTimedOut = 0", "StopTimedOut = 0", "InvalidState = 0", "ok Stopped 1", "InvalidState = 0", "ok = 0"],
        ["Save"] = ["InvalidState = 0", "ok Suspended 1", "ok = 0", "ok Suspended 1", "SaveTimedOut = 0", "SaveTimedOut = 0", "SaveTimedOut = 0", "SaveTimedOut = 0", "InvalidState = 0", "ok Suspended 1", "ok Suspended 1", "ok Suspended 1"],
        ["Reboot"] = ["InvalidState = 0", "ok Running 1", "InvalidState = 0", "InvalidState = 0", "RestartTimedOut = 0", "RestartTimedOut = 0", "RestartTimedOut = 0", "RestartTimedOut = 0", "InvalidState = 0", "ok Running 1", "InvalidState = 0", "ok Running 1"],
        ["Reset"] = ["InvalidState = 0", "ok Running 1", "InvalidState = 0", "InvalidState = 0", "RestartTimedOut = 0", "RestartTimedOut = 0", "RestartTimedOut = 0", "RestartTimedOut = 0", "InvalidState = 0", "ok Running 1", "InvalidState = 0", "ok Running 1"],
    };

    public static TheoryData<string, string, string> Cells
    {
        get
        {
            var cells = new TheoryData<string, string, string>();
            foreach (var (operation, outcomes) in Expected)
            {
                Assert.Equal(States.Length, outcomes.Length);
                foreach (var (state, outcome) in States.Zip(outcomes))
                {
                    cells.Add(operation, state, outcome);
                }
            }

            return cells;
        }
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Every_operation_in_every_state_has_its_outcome(string operation, string state, string expected)
    {
        var run = In(state);
        var before = run.Read("foo").State;
        var outcome = run.Run("foo", Operations[operation] with { Timeout = TimeSpan.FromSeconds(Timeout) });
        var after = outcome.After.State == before && !(before == MpInstanceState.Running && expected.StartsWith("ok Running", StringComparison.Ordinal)) ? "=" : outcome.After.State.ToString();
        Assert.Equal(expected, $"{outcome.Failure?.Cause.Name ?? "ok"} {after} {run.Changes.Count}");
        Assert.Equal(run.Read("foo").State, outcome.After.State);
        Assert.NotNull(outcome.After.ObservedAt);
        Assert.True(run.Elapsed <= TimeSpan.FromSeconds(Timeout + 10), run.Elapsed.ToString());
        if (outcome.Failure is { Cause.Name: "InvalidState" } refusal)
        {
            Assert.NotEmpty(refusal.RecommendedAction);
            Assert.True(run.Changes.Count > 0 || run.Elapsed < TimeSpan.FromMilliseconds(100), "what is refused here is refused after one look");
        }
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Without_waiting_every_operation_in_every_state_ends_at_once(string operation, string state, string expected)
    {
        var run = In(state);
        var outcome = run.Run("foo", Operations[operation] with { NoWait = true });
        Assert.True(run.Elapsed <= TimeSpan.FromMilliseconds(operation.Contains("Force", StringComparison.Ordinal) ? 700 : 200), $"{expected}: {run.Elapsed}");
        Assert.InRange(run.Changes.Count, 0, 1);
        Assert.NotNull(outcome.After.ObservedAt);
        if (outcome.Failure is not null)
        {
            Assert.Equal("InvalidState", outcome.Failure.Cause.Name);
        }
        else if (run.Changes.Count == 0)
        {
            Assert.True(outcome.After.State == outcome.Before.State);
        }
    }

    /// <summary>What somebody else began, what is asked then, and how it ends: once the other's change has settled it is decided anew.</summary>
    [Theory]
    [InlineData("Stopped", 2, "Start", "ok Running 0")]
    [InlineData("Stopped", 2, "Resume", "ok Running 0")]
    [InlineData("Stopped", 2, "Shutdown", "ok Stopped 1")]
    [InlineData("Stopped", 2, "Save", "ok Suspended 1")]
    [InlineData("Stopped", 2, "Reboot", "ok Running 1")]
    [InlineData("Stopped", 2, "Reset", "ok Running 1")]
    [InlineData("Running", 4, "Start", "ok Running 1")]
    [InlineData("Running", 4, "Resume", "InvalidState Stopped 0")]
    [InlineData("Running", 4, "Shutdown", "ok Stopped 0")]
    [InlineData("Running", 4, "Save", "InvalidState Stopped 0")]
    [InlineData("Running", 4, "Reset", "InvalidState Stopped 0")]
    [InlineData("Running", 6, "Start", "ok Running 1")]
    [InlineData("Running", 6, "Resume", "ok Running 1")]
    [InlineData("Running", 6, "Shutdown", "InvalidState Suspended 0")]
    [InlineData("Running", 6, "Save", "ok Suspended 0")]
    [InlineData("Running", 6, "Reboot", "InvalidState Suspended 0")]
    [InlineData("Running", 9, "Start", "ok Running 1")]
    [InlineData("Running", 9, "Save", "ok Suspended 1")]
    [InlineData("Running", 9, "Shutdown", "InvalidState Paused 0")]
    [InlineData("Running", 11, "Start", "ok Running 0")]
    [InlineData("Running", 11, "Shutdown", "ok Stopped 1")]
    [InlineData("Running", 11, "Save", "ok Suspended 1")]
    [InlineData("Running", 11, "Reset", "ok Running 1")]
    public void A_change_of_somebody_else_is_waited_for(string state, int request, string operation, string expected)
    {
        foreach (var later in new[] { 0, 10, 100 })
        {
            var run = In(state);
            run.Request("foo", (ushort)request);
            run.Clock.Advance(TimeSpan.FromMilliseconds(later));
            var others = run.Changes.Count;
            var outcome = run.Run("foo", Operations[operation] with { Timeout = TimeSpan.FromSeconds(30) });
            var requests = run.Changes.Count - others;

            // In the first moments the host still shows the old state: a request that comes then may be refused once, and is repeated.
            Assert.Equal(expected, $"{outcome.Failure?.Cause.Name ?? "ok"} {outcome.After.State} {requests}");

            // What somebody else has asked for may show a moment after the operation has ended.
            var shown = run.Read("foo").State;
            Assert.True(shown == outcome.After.State || StateTable.IsTransitional(shown), $"{outcome.After.State}, then {shown}");
        }
    }

    /// <summary>The host refuses to power off what it is starting: the start's job is asked to end, and what has come up by then is powered off.</summary>
    [Fact]
    public void A_start_of_somebody_else_is_ended_by_its_job()
    {
        foreach (var later in new[] { 0, 10, 100 })
        {
            var run = In("Stopped");
            run.Request("foo", 2);
            run.Clock.Advance(TimeSpan.FromMilliseconds(later));
            var others = run.Changes.Count;
            var outcome = run.Run("foo", Operations["TurnOff"] with { Timeout = TimeSpan.FromSeconds(30) });
            Assert.Null(outcome.Failure);
            Assert.Equal(MpInstanceState.Stopped, outcome.After.State);
            Assert.InRange(run.Changes.Count - others, 1, 3);
        }
    }

    [Fact]
    public void Nothing_waits_in_a_state_that_lasts()
    {
        foreach (var row in TransitionTable.Rows)
        {
            foreach (var state in Enum.GetValues<MpInstanceState>())
            {
                var step = TransitionTable.Decide(row, state);
                Assert.True(step != TransitionStep.Wait || StateTable.IsTransitional(state), $"{row.Operation} must not wait in {state}: it lasts");
                Assert.Equal(state == row.Target && !row.IsRestart, step == TransitionStep.Done);
            }
        }
    }

    [Theory]
    [InlineData("Running critical", "Start")]
    [InlineData("Paused critical", "Resume")]
    public void What_runs_in_bad_health_is_a_success_with_a_warning(string state, string operation)
    {
        var run = In(state);
        Assert.Null(run.Run("foo", Operations[operation]).Failure);
        Assert.Contains("health", Assert.Single(run.Warnings));
    }

    private static SimulatedRun In(string state)
        => state switch
        {
            "Unknown" => new SimulatedRun(SimulatedRun.One("\"state\": \"Running\""), connection => new ShownAs(connection, Mysterious)),
            "Running critical" => new SimulatedRun(SimulatedRun.One("\"state\": \"Running\", \"health\": \"CriticalFailure\"")),
            "Paused critical" => new SimulatedRun(SimulatedRun.One("\"state\": \"Paused\", \"health\": \"MajorFailure\"")),
            "Waiting to start" => new SimulatedRun(SimulatedRun.One("\"startsAfterMilliseconds\": 700, \"guest\": { \"bootMilliseconds\": 300 }")),
            _ => new SimulatedRun(SimulatedRun.One($"\"state\": \"{state}\"")),
        };

    /// <summary>A state of some later Windows, which this module has no word for.</summary>
    private static Dictionary<string, object?>? Mysterious(CimRecord record)
        => record.UInt16("EnabledState") != 2 ? null : new() { ["EnabledState"] = (ushort)1, ["OtherEnabledState"] = "Mystery" };
}
