using System;
using System.Collections.Generic;
using System.Linq;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Operations;
using Multipass.HyperV.Simulation.Faults;
using Multipass.HyperV.Tests.Operations;
using Xunit;

namespace Multipass.HyperV.Tests.Failures;

/// <summary>Every cause of the catalogue at every stage that its row lists, on hosts of every language: brought about on a simulated host, and told by the engine.</summary>
public sealed class CauseMatrixTests
{
    /// <summary>Causes that no fault of their own name brings about: how a host comes to show them.</summary>
    private static readonly Dictionary<(string Cause, FailureStages Stage), Setup> Special = new()
    {
        [("SavedStateInvalid", FailureStages.Request)] = new("\"state\": \"Suspended\", " + Fault("Start", "SavedStateInvalid", "Request")),
        [("SavedStateInvalid", FailureStages.Job)] = new("\"state\": \"Suspended\", " + Fault("Start", "SavedStateInvalid", "Job")),
        [("StartTimedOut", FailureStages.Job)] = new(Fault("Start", "NeverEnds", "Job")),
        [("StopTimedOut", FailureStages.Job)] = new("\"state\": \"Running\", \"guest\": { \"bootMilliseconds\": 0, \"shutdown\": \"Ignores\" }") { Operation = MpOperation.Shutdown },
        [("ResumeTimedOut", FailureStages.Job)] = new("\"state\": \"Suspended\", " + Fault("Start", "NeverEnds", "Job")) { Operation = MpOperation.Resume },
        [("SaveTimedOut", FailureStages.Job)] = new("\"state\": \"Running\", " + Fault("Save", "NeverEnds", "Job")) { Operation = MpOperation.Save },
        [("RestartTimedOut", FailureStages.Job)] = new("\"state\": \"Running\", " + Fault("Restart", "NeverEnds", "Job")) { Operation = MpOperation.Reset },
        [("WaitTimedOut", FailureStages.Job)] = new("\"processors\": 1") { Operation = MpOperation.Wait },
        [("GuestNotReady", FailureStages.Request)] = new("\"state\": \"Running\", " + Fault("Shutdown", "GuestNotReady", "Request", 1000)) { Operation = MpOperation.Shutdown },
        [("GuestNotReady", FailureStages.Job)] = new("\"state\": \"Running\", " + Fault("Shutdown", "GuestNotReady", "Job", 1000)) { Operation = MpOperation.Shutdown },
        [("GuestLocked", FailureStages.Request)] = new("\"state\": \"Running\", " + Fault("Shutdown", "GuestLocked", "Request")) { Operation = MpOperation.Shutdown },
        [("GuestLocked", FailureStages.Job)] = new("\"state\": \"Running\", " + Fault("Shutdown", "GuestLocked", "Job")) { Operation = MpOperation.Shutdown },
        [("StateNotReached", FailureStages.AfterSuccess)] = new(Fault("Start", "CrashAfterSuccess", "AfterSuccess")),
        [("JobLost", FailureStages.Job)] = new("\"memoryMB\": 99999, " + Fault("Start", "JobLost", "Job")),
        [("OutcomeUnknown", FailureStages.Call)] = new(Fault("Poll", "ConnectionDropped", "Request", 100_000)) { IsUnreadable = true },
        [("OutcomeUnknown", FailureStages.Request)] = new("\"memoryMB\": 99999, " + Fault("Start", "ConnectionDropped", "Request")),
        [("OutcomeUnknown", FailureStages.Job)] = new(Fault("Start", "ConnectionDropped", "Job")) { IsUnreadable = true },
    };

    public static TheoryData<string, string> CausesAndStages
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var row in FailureCatalogue.Rows)
            {
                foreach (var stage in new[] { FailureStages.Call, FailureStages.Request, FailureStages.Job, FailureStages.AfterSuccess })
                {
                    // What fails while hosts are read never comes to an operation: FailingReadTests has those.
                    if ((row.Stages & stage) != 0 && (stage != FailureStages.Call || Special.ContainsKey((row.Name, stage))))
                    {
                        data.Add(row.Name, stage.ToString());
                    }
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(CausesAndStages))]
    public void Every_cause_comes_out_at_every_stage_in_every_language(string cause, string stageName)
    {
        var stage = Enum.Parse<FailureStages>(stageName);
        var row = FailureCatalogue.Rows.Single(candidate => candidate.Name == cause);
        var setup = Special.TryGetValue((cause, stage), out var special) ? special : new Setup(Fault("Start", cause, stageName, row.RetryFor > TimeSpan.Zero ? 1000 : 1));
        foreach (var culture in JobTexts.CultureNames)
        {
            var run = new SimulatedRun(SimulatedRun.One(setup.Instance, $"\"culture\": \"{culture}\""));
            var timeout = row.RetryFor > TimeSpan.Zero ? 60 : 2;
            var outcome = setup.Operation == MpOperation.Wait ? run.Wait("foo", [MpInstanceState.Running], timeout: timeout) : run.Run("foo", setup.Operation, timeout);
            var failure = Assert.IsType<MpOperationFailure>(outcome.Failure);
            Assert.Equal(cause, failure.Cause.Name);
            Assert.Equal(row.Category, failure.Cause.Category);
            Assert.NotEmpty(failure.RecommendedAction);
            Assert.DoesNotMatch("[{}]", failure.Message + failure.RecommendedAction);
            Assert.Equal((outcome.After.Id, outcome.After.State, outcome.After.ObservedAt), (((MpInstance)failure.Target).Id, ((MpInstance)failure.Target).State, ((MpInstance)failure.Target).ObservedAt));
            if (setup.IsUnreadable)
            {
                Assert.Equal(MpInstanceState.Unknown, outcome.After.State);
                Assert.Null(outcome.After.ObservedAt);
            }
            else
            {
                Assert.Equal(run.Read("foo").State, outcome.After.State);
                Assert.NotNull(outcome.After.ObservedAt);
                Assert.Contains($"It is {outcome.After.State} now.", failure.Message, StringComparison.Ordinal);
            }

            if (stage == FailureStages.Job && FaultKinds.Find(cause) is { Effect: FaultEffect.Fail, HasText: true } kind)
            {
                Assert.StartsWith(JobTexts.For(culture).Failure(setup.Operation.ToString(), kind.Name, kind.HResult, new("foo", "", 1024, "", "")).Summary.Split('\r')[0], failure.Evidence.HostMessage, StringComparison.Ordinal);
            }

            Assert.InRange(run.Changes.Count, cause == "WaitTimedOut" ? 0 : 1, row.RetryFor > TimeSpan.Zero ? 40 : stage == FailureStages.Job && cause == "StartTimedOut" ? 3 : 1);
        }
    }

    /// <summary>A cause that nothing on a simulated host brings about would be one that no test has ever seen.</summary>
    [Fact]
    public void Every_cause_with_a_stage_can_be_brought_about()
    {
        // A client of this side that cannot be loaded asks no host.
        foreach (var row in FailureCatalogue.Rows.Where(row => row.Stages != FailureStages.None && row != FailureCatalogue.TransportNotAvailable))
        {
            Assert.True(FaultKinds.Find(row.Name) is not null || Special.Keys.Any(key => key.Cause == row.Name), row.Name);
        }
    }

    [Fact]
    public void Every_kind_has_texts_in_every_language()
    {
        foreach (var culture in JobTexts.CultureNames)
        {
            foreach (var kind in FaultKinds.Rows.Where(kind => kind.Effect == FaultEffect.Fail && kind.HasText && kind.Stages.Contains(FaultStage.Job)))
            {
                var (summary, description) = JobTexts.For(culture).Failure("Start", kind.Name, 0x8007000E, new("N-A-M-E", "I-D", 7777, "P-A-T-H", "D-E-V"));
                Assert.Contains("N-A-M-E", summary, StringComparison.Ordinal);
                Assert.Contains("I-D", description, StringComparison.Ordinal);
                Assert.DoesNotMatch("[{}]", summary + description);
                if (kind.HResult != 0 && kind.Name is not ("PermissionDenied" or "AccessDenied"))
                {
                    Assert.Contains("0x8007000E", summary, StringComparison.Ordinal);
                }
            }
        }
    }

    [Fact]
    public void Only_what_the_catalogue_marks_is_asked_again()
    {
        foreach (var kind in FaultKinds.Rows.Where(kind => kind.Effect == FaultEffect.Fail && kind.Operations is null && FailureCatalogue.Rows.Any(row => row.Name == kind.Name)))
        {
            foreach (var stage in kind.Stages.Where(stage => stage != FaultStage.AfterSuccess))
            {
                var run = new SimulatedRun(SimulatedRun.One(Fault("Start", kind.Name, stage.ToString())));
                var outcome = run.Start("foo");
                var isRetried = FailureCatalogue.Rows.Single(row => row.Name == kind.Name) is { RetryFor: var time, Name: not "InvalidState" } && time > TimeSpan.Zero;
                Assert.True(outcome.Failure is null == isRetried, $"{kind.Name} at {stage}: {outcome.Failure?.Message}");
                Assert.Equal(isRetried ? 2 : 1, run.Changes.Count);
                Assert.Equal(isRetried, run.Told.Any(text => text.Contains(kind.Name, StringComparison.Ordinal) && text.Contains("asking again", StringComparison.Ordinal)));
            }
        }
    }

    private static string Fault(string operation, string kind, string stage, int times = 1)
        => $$"""
            "faults": [ { "operation": "{{operation}}", "kind": "{{kind}}", "stage": "{{stage}}", "times": {{times}} } ]
            """;

    private sealed record Setup(string Instance)
    {
        public MpOperation Operation { get; init; } = MpOperation.Start;

        public bool IsUnreadable { get; init; }
    }
}
