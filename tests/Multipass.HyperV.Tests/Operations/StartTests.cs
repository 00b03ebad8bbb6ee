using System;
using System.Linq;
using System.Threading;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Operations;
using Xunit;

namespace Multipass.HyperV.Tests.Operations;

public sealed class StartTests
{
    private const string Story = """
        {
          "host": { "name": "HV-DEMO", "memoryMB": 16384, "reserveMB": 2048, "processors": 8, "culture": "en-US", "jobMilliseconds": 300, "jobCancellable": true,
                    "powerOffWhileStarting": "Accepted", "hypervisorRunning": true, "vmmsRunning": true, "access": "Full", "switches": ["Default Switch"] },
          "instances": [
            { "name": "foo", "state": "Stopped", "memoryMB": 10240, "processors": 2, "managed": true, "multipassState": "Starting", "disk": "Present",
              "guest": { "bootMilliseconds": 1500, "shutdownMilliseconds": 800, "ipv4": "172.20.48.5", "shutdown": "Answers" } },
            { "name": "bar", "state": "Running", "memoryMB": 4096 },
            { "name": "baz", "state": "Running", "memoryMB": 4096 }
          ]
        }
        """;

    [Fact]
    public void A_start_ends_in_Running_with_one_request()
    {
        var run = new SimulatedRun(SimulatedRun.One("\"state\": \"Stopped\""));
        var outcome = run.Start("foo");
        Assert.Null(outcome.Failure);
        Assert.Equal(MpInstanceState.Running, outcome.After.State);
        Assert.Equal(MpInstanceState.Stopped, outcome.Before.State);
        Assert.Single(run.Changes);
        Assert.InRange(run.Elapsed, TimeSpan.FromMilliseconds(300), TimeSpan.FromMilliseconds(450));
    }

    [Fact]
    public void A_start_that_the_host_has_no_memory_for_says_so_and_what_is_true()
    {
        var run = new SimulatedRun(Story);
        var outcome = run.Start("foo");
        var failure = Assert.IsType<MpOperationFailure>(outcome.Failure);
        Assert.Equal("OutOfMemory", failure.Cause.Name);
        Assert.Equal(MpFailureStage.JobFailed, failure.Stage);
        Assert.Equal(MpInstanceState.Stopped, outcome.After.State);
        Assert.NotNull(outcome.After.ObservedAt);
        Assert.Contains(unchecked((int)0x8007000E), failure.ToException().HResults);
        Assert.Equal(32778, failure.ToException().JobErrorCode);
        foreach (var figure in new[] { "10240 MB", "6144 MB", "'bar' (4096 MB)", "'baz' (4096 MB)", "multipass set local.foo.memory=5G" })
        {
            Assert.Contains(figure, failure.RecommendedAction);
        }

        Assert.Single(run.Changes);
        Assert.True(run.Elapsed < TimeSpan.FromSeconds(1), run.Elapsed.ToString());
    }

    [Fact]
    public void The_advice_works_when_it_is_followed()
    {
        var run = new SimulatedRun(Story);
        Assert.Contains("stop 'bar' (4096 MB)", run.Start("foo").Failure!.RecommendedAction);
        Assert.Null(run.Stop("bar").Failure);
        Assert.Null(run.Start("foo").Failure);

        var lowered = new SimulatedRun(Story.Replace("\"memoryMB\": 10240", "\"memoryMB\": 5120", StringComparison.Ordinal));
        Assert.Null(lowered.Start("foo").Failure);
    }

    [Fact]
    public void One_that_fails_does_not_stop_the_others()
    {
        var run = new SimulatedRun("""
            { "instances": [ { "name": "a" }, { "name": "b", "disk": "Missing" }, { "name": "c" } ] }
            """);
        var outcomes = run.RunMany(new[] { "a", "b", "c" }, new OperationRequest(MpOperation.Start)).ToDictionary(outcome => outcome.Before.Name);
        Assert.Null(outcomes["a"].Failure);
        Assert.Equal("DiskNotFound", outcomes["b"].Failure!.Cause.Name);
        Assert.Contains("ubuntu", outcomes["b"].Failure!.RecommendedAction);
        Assert.Null(outcomes["c"].Failure);
        Assert.Equal(3, run.Changes.Count);
    }

    [Theory]
    [InlineData("Running")]
    public void An_instance_that_is_there_already_costs_no_request(string state)
    {
        var run = new SimulatedRun(SimulatedRun.One($"\"state\": \"{state}\""));
        Assert.Null(run.Start("foo").Failure);
        Assert.Empty(run.Changes);
    }

    [Theory]
    [InlineData("Suspended")]
    [InlineData("Paused")]
    public void A_start_continues_from_saved_state_and_from_a_pause(string state)
    {
        var run = new SimulatedRun(SimulatedRun.One($"\"state\": \"{state}\""));
        var outcome = run.Start("foo");
        Assert.Null(outcome.Failure);
        Assert.Equal(MpInstanceState.Running, outcome.After.State);
        Assert.Single(run.Changes);
    }

    [Fact]
    public void A_job_that_never_ends_is_undone_at_the_timeout()
    {
        var run = new SimulatedRun(SimulatedRun.One("\"faults\": [ { \"operation\": \"Start\", \"kind\": \"NeverEnds\" } ]", "\"powerOffWhileStarting\": \"Accepted\""));
        var outcome = run.Start("foo", timeout: 2);
        Assert.Equal("StartTimedOut", outcome.Failure!.Cause.Name);
        Assert.Equal(MpFailureStage.TimedOut, outcome.Failure.Stage);
        Assert.Equal(MpInstanceState.Stopped, outcome.After.State);
        Assert.InRange(run.Elapsed, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(12));
        Assert.Equal(MpInstanceState.Stopped, run.Read("foo").State);
    }

    [Fact]
    public void A_host_that_refuses_to_power_off_while_starting_leaves_it_Starting_and_says_what_to_do()
    {
        var run = new SimulatedRun(SimulatedRun.One("\"faults\": [ { \"operation\": \"Start\", \"kind\": \"NeverEnds\" } ]", "\"powerOffWhileStarting\": \"Refused\""));
        var outcome = run.Start("foo", timeout: 2);
        Assert.Equal("StartTimedOut", outcome.Failure!.Cause.Name);
        Assert.Equal(MpInstanceState.Starting, outcome.After.State);
        Assert.Contains("`Repair-MpInstance foo`", outcome.Failure.RecommendedAction);
        Assert.InRange(run.Elapsed, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(12));
    }

    [Fact]
    public void Leave_asks_for_nothing_more()
    {
        var run = new SimulatedRun(SimulatedRun.One("\"faults\": [ { \"operation\": \"Start\", \"kind\": \"NeverEnds\" } ]"));
        var outcome = run.Start("foo", timeout: 2, rollback: false);
        Assert.Equal("StartTimedOut", outcome.Failure!.Cause.Name);
        Assert.Equal(MpInstanceState.Starting, outcome.After.State);
        Assert.Single(run.Changes);
        Assert.DoesNotContain("does not let it", outcome.Failure.RecommendedAction);
    }

    [Fact]
    public void A_start_from_saved_state_is_never_powered_off()
    {
        var run = new SimulatedRun(SimulatedRun.One("\"state\": \"Suspended\", \"faults\": [ { \"operation\": \"Start\", \"kind\": \"NeverEnds\" } ]"));
        var outcome = run.Start("foo", timeout: 2);
        Assert.Equal("StartTimedOut", outcome.Failure!.Cause.Name);
        Assert.Single(run.Changes);
        Assert.Contains("Wait-MpInstance foo", outcome.Failure.RecommendedAction);
        Assert.DoesNotContain("Stop-Process", outcome.Failure.RecommendedAction);
    }

    [Fact]
    public void A_start_that_somebody_else_has_submitted_is_never_powered_off()
    {
        var run = new SimulatedRun(SimulatedRun.One("\"state\": \"Starting\""));
        var outcome = run.Start("foo", timeout: 2);
        Assert.Equal("StartTimedOut", outcome.Failure!.Cause.Name);
        Assert.Equal(MpInstanceState.Starting, outcome.After.State);
        Assert.Empty(run.Changes);
    }

    [Fact]
    public void A_job_that_succeeds_while_the_instance_falls_back_is_a_failure()
    {
        var run = new SimulatedRun(SimulatedRun.One("\"faults\": [ { \"operation\": \"Start\", \"kind\": \"CrashAfterSuccess\" } ]"));
        var outcome = run.Start("foo");
        Assert.Equal("StateNotReached", outcome.Failure!.Cause.Name);
        Assert.Equal(MpFailureStage.NotVerified, outcome.Failure.Stage);
        Assert.Equal(MpInstanceState.Stopped, outcome.After.State);
    }

    [Fact]
    public void A_raw_job_that_says_Completed_and_falls_back_is_a_failure()
    {
        var run = new SimulatedRun(SimulatedRun.One("\"faults\": [ { \"operation\": \"Start\", \"jobState\": 7 } ]"));
        Assert.Equal(MpFailureStage.NotVerified, run.Start("foo").Failure!.Stage);
    }

    [Fact]
    public void A_vanished_job_is_decided_by_the_state()
    {
        var run = new SimulatedRun(SimulatedRun.One("\"faults\": [ { \"operation\": \"Start\", \"kind\": \"JobLost\" } ]"));
        var outcome = run.Start("foo");
        Assert.Null(outcome.Failure);
        Assert.Equal(MpInstanceState.Running, outcome.After.State);
        Assert.Contains(run.Told, text => text.Contains("gone", StringComparison.Ordinal));
    }

    [Fact]
    public void A_restart_of_vmms_is_survived()
    {
        var run = new SimulatedRun(SimulatedRun.One("\"faults\": [ { \"operation\": \"Start\", \"kind\": \"VmmsRestart\" } ]"));
        Assert.Null(run.Start("foo").Failure);
    }

    [Fact]
    public void A_host_that_cannot_be_read_again_gives_no_guess()
    {
        var run = new SimulatedRun(SimulatedRun.One("\"faults\": [ { \"operation\": \"Poll\", \"kind\": \"ConnectionDropped\", \"times\": 100000 } ]"));
        var outcome = run.Start("foo");
        Assert.Equal("OutcomeUnknown", outcome.Failure!.Cause.Name);
        Assert.Equal(MpFailureStage.OutcomeUnknown, outcome.Failure.Stage);
        Assert.Equal(MpInstanceState.Unknown, outcome.After.State);
        Assert.Null(outcome.After.ObservedAt);
        Assert.True(run.Elapsed < TimeSpan.FromSeconds(25), run.Elapsed.ToString());
        Assert.Contains("could not be read again", outcome.Failure.Message);
    }

    [Fact]
    public void A_connection_that_comes_back_is_no_failure()
    {
        var run = new SimulatedRun(SimulatedRun.One("\"faults\": [ { \"operation\": \"Poll\", \"kind\": \"ConnectionDropped\", \"times\": 3 } ]"));
        Assert.Null(run.Start("foo").Failure);
    }

    [Fact]
    public void An_answer_that_is_lost_is_decided_by_the_state()
    {
        var run = new SimulatedRun(SimulatedRun.One("\"faults\": [ { \"operation\": \"Start\", \"kind\": \"ConnectionDropped\", \"stage\": \"Request\" } ]"));
        Assert.Null(run.Start("foo").Failure);
        Assert.Single(run.Changes);
    }

    [Fact]
    public void An_answer_that_comes_after_the_wait_is_decided_by_the_state()
    {
        var run = new SimulatedRun(SimulatedRun.One("\"faults\": [ { \"operation\": \"Start\", \"kind\": \"AnswerLate\", \"stage\": \"Request\", \"afterMilliseconds\": 60000 } ]"));
        var outcome = run.Start("foo", timeout: 5);
        Assert.Equal(MpInstanceState.Running, outcome.After.State);
        Assert.Null(outcome.Failure);
        Assert.Single(run.Changes);
        Assert.InRange(run.Elapsed, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(9));
    }

    [Theory]
    [InlineData(32775, "InvalidState")]
    [InlineData(32769, "PermissionDenied")]
    [InlineData(32778, "OutOfMemory")]
    [InlineData(32788, "InsufficientSystemResources")]
    [InlineData(32768, "Unknown")]
    [InlineData(45000, "Unknown")]
    public void A_refusal_has_its_cause_and_the_state_that_is_true(int returnValue, string cause)
    {
        var run = new SimulatedRun(SimulatedRun.One($"\"faults\": [ {{ \"operation\": \"Start\", \"returnValue\": {returnValue} }} ]"));
        var outcome = run.Start("foo");
        Assert.Equal(cause, outcome.Failure!.Cause.Name);
        Assert.Equal(MpFailureStage.Refused, outcome.Failure.Stage);
        Assert.Equal((uint)returnValue, outcome.Failure.ToException().ReturnValue);
        Assert.Equal(MpInstanceState.Stopped, outcome.After.State);
        Assert.Single(run.Changes);
        Assert.Contains(returnValue.ToString(), outcome.Failure.Message);
    }

    [Fact]
    public void A_file_in_use_is_tried_again()
    {
        var run = new SimulatedRun(SimulatedRun.One("\"faults\": [ { \"operation\": \"Start\", \"kind\": \"DiskInUse\" } ]"));
        Assert.Null(run.Start("foo").Failure);
        Assert.Equal(2, run.Changes.Count);
        Assert.Contains(run.Told, text => text.Contains("DiskInUse", StringComparison.Ordinal));
    }

    [Fact]
    public void A_file_in_use_is_given_up_after_a_while()
    {
        var run = new SimulatedRun(SimulatedRun.One("\"disk\": \"InUse\""));
        var outcome = run.Start("foo");
        Assert.Equal("DiskInUse", outcome.Failure!.Cause.Name);
        Assert.InRange(run.Elapsed, TimeSpan.FromSeconds(14), TimeSpan.FromSeconds(18));
    }

    [Theory]
    [InlineData("\"disk\": \"Missing\"", "", "DiskNotFound")]
    [InlineData("\"dvd\": \"Missing\"", "", "DiskNotFound")]
    [InlineData("\"disk\": \"AccessDenied\"", "", "DiskAccessDenied")]
    [InlineData("\"processors\": 1", "\"switches\": []", "SwitchNotFound")]
    [InlineData("\"processors\": 1", "\"hypervisorRunning\": false", "HypervisorNotRunning")]
    [InlineData("\"processors\": 1", "\"access\": \"ReadOnly\"", "PermissionDenied")]
    [InlineData("\"memoryMB\": 20000", "", "OutOfMemory")]
    [InlineData("\"memoryMB\": 20000", "\"culture\": \"pl-PL\"", "OutOfMemory")]
    [InlineData("\"disk\": \"Missing\"", "\"culture\": \"pl-PL\"", "DiskNotFound")]
    [InlineData("\"faults\": [ { \"operation\": \"Start\", \"kind\": \"InsufficientSystemResources\" } ]", "", "InsufficientSystemResources")]
    [InlineData("\"faults\": [ { \"operation\": \"Start\", \"kind\": \"HyperVGenericFailure\" } ]", "", "InsufficientSystemResources")]
    public void What_is_wrong_with_the_host_is_named(string instance, string host, string cause)
    {
        var run = new SimulatedRun(SimulatedRun.One(instance, host));
        var outcome = run.Start("foo");
        Assert.Equal(cause, outcome.Failure!.Cause.Name);
        Assert.Equal(MpInstanceState.Stopped, outcome.After.State);
        Assert.DoesNotMatch("[{}]", outcome.Failure.RecommendedAction);
    }

    [Fact]
    public void An_instance_deleted_in_Multipass_is_refused()
    {
        var run = new SimulatedRun(SimulatedRun.One("\"deleted\": true"));
        Assert.Equal("Deleted", run.Read("foo").MultipassState);
        Assert.Equal("InstanceDeleted", run.Start("foo").Failure!.Cause.Name);
        Assert.Empty(run.Changes);
    }

    [Fact]
    public void An_instance_of_the_other_backend_is_shown_and_refused()
    {
        var run = new SimulatedRun(SimulatedRun.One("\"backend\": \"Hcs\""));
        Assert.Equal(MpBackend.Hcs, run.Read("foo").Backend);
        Assert.Equal("UnsupportedBackend", run.Start("foo").Failure!.Cause.Name);
        Assert.Empty(run.Changes);
    }

    [Fact]
    public void From_the_end_of_the_job_to_the_error_there_is_one_poll_and_few_calls()
    {
        var run = new SimulatedRun(Story);
        run.Start("foo");
        var calls = run.Host.Calls.ToList();
        var submitted = calls.FindIndex(call => call.ChangesState);
        var errors = calls.FindIndex(call => call.Method == "GetErrorEx");
        var polls = calls.Skip(submitted + 1).Take(errors - submitted - 1).ToList();
        Assert.All(polls, call => Assert.True(call.Class is "Msvm_ConcreteJob" or "Msvm_ComputerSystem", call.ToString()));
        Assert.InRange(calls.Count - errors - 1, 0, 5);
    }

    [Fact]
    public void A_thousand_starts_take_as_long_as_one_and_share_their_polls()
    {
        var run = new SimulatedRun("{ \"host\": { \"memoryMB\": 4000000 }, \"instances\": [" + string.Join(",", Enumerable.Range(0, 1000).Select(number => $"{{ \"name\": \"i{number}\" }}")) + "] }");
        var outcomes = run.RunMany(Enumerable.Range(0, 1000).Select(number => $"i{number}"), new OperationRequest(MpOperation.Start));
        Assert.All(outcomes, outcome => Assert.Null(outcome.Failure));
        Assert.Equal(1000, run.Changes.Count);
        Assert.True(run.Elapsed < TimeSpan.FromSeconds(1.5), run.Elapsed.ToString());
        Assert.InRange(run.Host.Calls.Count(call => !call.ChangesState), 1, 30);
    }

    [Fact]
    public void Cancelled_at_any_moment_it_ends_at_once_and_asks_for_nothing_more()
    {
        for (var milliseconds = 0; milliseconds <= 2600; milliseconds += 25)
        {
            var run = new SimulatedRun(SimulatedRun.One("\"faults\": [ { \"operation\": \"Start\", \"kind\": \"NeverEnds\" } ]"));
            using var stop = new CancellationTokenSource();
            var previous = SynchronizationContext.Current;
            SynchronizationContext.SetSynchronizationContext(null);
            try
            {
                var task = run.Begin("foo", new OperationRequest(MpOperation.Start) { Timeout = TimeSpan.FromSeconds(2) }, stop.Token);
                run.Clock.Advance(TimeSpan.FromMilliseconds(milliseconds));
                var sent = run.Sent;
                stop.Cancel();
                Assert.True(task.IsCompleted, $"after {milliseconds} ms");
                run.Clock.Advance(TimeSpan.FromMinutes(1));
                Assert.Equal(sent, run.Sent);
            }
            finally
            {
                SynchronizationContext.SetSynchronizationContext(previous);
            }
        }
    }
}
