using System;
using System.Collections.Generic;
using System.Linq;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Repair;
using Multipass.HyperV.Tests.Operations;
using Multipass.HyperV.Torture.Drift;
using Xunit;

namespace Multipass.HyperV.Tests.Repair;

/// <summary>Repairs in virtual time.</summary>
public sealed class RepairTests
{
    private static readonly string[] Sources = { "both", "database", "client", "none" };
    private static readonly string[] Words = { "", "Starting", "Running", "Stopped", "Suspended" };
    private static readonly string[] States = { "Stopped", "Starting", "Running", "Restarting", "Stopping", "Suspending", "Suspended", "Paused" };

    [Fact]
    public void The_story_of_3351_ends_with_both_saying_stopped_and_says_so()
    {
        var run = new RepairRun("""{ "instances": [ { "name": "foo", "multipassState": "Starting" } ] }""");
        var outcome = run.Repair("foo");
        Assert.Null(outcome.Failure);
        Assert.Equal(MpRepairResult.Repaired, outcome.Report.Result);
        Assert.Equal("The host shows Stopped, and Multipass says Stopped.", outcome.Report.Now);
        Assert.Equal((MpInstanceState.Stopped, "Stopped", MpDrift.None), (outcome.Report.State, outcome.Report.MultipassState, outcome.Report.Drift));
        Assert.Equal(("multipass", "stop --force"), (Assert.Single(run.Changes).Class, run.Changes[0].Method));
        Assert.Equal(MpDrift.None, run.Read("foo").Drift);
    }

    public static TheoryData<string, string> WordsAndSources
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var word in Words)
            {
                foreach (var source in Sources)
                {
                    data.Add(word, source);
                }
            }

            return data;
        }
    }

    /// <summary>
    /// Every word of Multipass against every state of the host, with every set of sources: the plan is the expected one; and after it the drift is gone, or one error says why not.
    /// Steps: A await, T terminate the job, P power off, W end the worker, S stop in Multipass, R restart Multipass's service.
    /// </summary>
    [Theory]
    [MemberData(nameof(WordsAndSources))]
    public void Every_belief_against_every_state_has_its_plan_and_its_end(string word, string source)
    {
        var hasDatabase = source is "both" or "database";
        var hasClient = source is "both" or "client";
        foreach (var state in States)
        {
            foreach (var restarts in new[] { false, true })
            {
                var at = $"{word} {state} {source} {restarts}";
                var run = new RepairRun(SimulatedRun.One(
                    $"\"state\": \"{state}\"" + (word.Length > 0 ? $", \"multipassState\": \"{word}\"" : string.Empty),
                    $$""" "jobMilliseconds": 20, "multipass": { "database": "{{(hasDatabase ? "Readable" : "Denied")}}", "client": "{{(hasClient ? "Answers" : "Missing")}}" } """));
                var options = new RepairOptions { RestartsService = restarts };
                var plan = run.Plan("foo", options);
                var (steps, refusal) = Expected(word, state, hasDatabase || hasClient, hasClient, restarts && hasDatabase);
                Assert.Equal((at, steps, refusal), (at, Letters(plan), plan.Refusal?.Name));

                var outcome = run.Repair(new[] { plan }, options).Single();
                var after = run.Read("foo");
                Assert.Equal((at, after.State, after.MultipassState), (at, outcome.Report.State, outcome.Report.MultipassState));
                if (outcome.Failure is { } failure)
                {
                    // What hung is off now, and Multipass cannot be told.
                    Assert.Equal((at, refusal ?? (steps.Contains('P', StringComparison.Ordinal) && !hasClient ? "MultipassRestartNeeded" : "none")), (at, failure.Cause.Name));
                    Assert.True(RepairPlanner.IsContradiction(after.Drift), at);
                }
                else
                {
                    Assert.False(RepairPlanner.IsContradiction(after.Drift), at);
                    Assert.False(StateTable.IsTransitional(after.State), at);
                }

                Assert.Equal((at, steps), (at, new string(outcome.Report.Steps.Select(step => Letter(step.Action)).ToArray())));
                Assert.True(plan.Steps.Count > 0 || run.Changes.Count == 0, at);
                Assert.True(state != "Suspended" || after.State == MpInstanceState.Suspended, at);
                Assert.True(state != "Running" || after.State == MpInstanceState.Running, at);
                Assert.True(state != "Paused" || after.State == MpInstanceState.Paused, at);
            }
        }
    }

    [Theory]
    [InlineData("\"machine\": \"Missing\"", "DriftNotRepairable")]
    [InlineData("\"record\": \"Missing\"", "DriftNotRepairable")]
    [InlineData("\"deleted\": true", "InstanceDeleted")]
    [InlineData("\"backend\": \"Hcs\"", "UnsupportedBackend")]
    [InlineData("\"managed\": false", "NotManaged")]
    [InlineData("\"managed\": false, \"state\": \"Starting\"", "NotManaged")]
    [InlineData("\"deleted\": true, \"state\": \"Starting\"", "InstanceDeleted")]
    public void What_is_not_to_be_repaired_is_one_error_and_nothing_else(string instance, string cause)
    {
        var run = new RepairRun(SimulatedRun.One(instance));
        var outcome = run.Repair("foo", new RepairOptions { RestartsService = true, DiscardsSavedState = true });
        Assert.Equal(cause, outcome.Failure?.Cause.Name);
        Assert.NotEmpty(outcome.Failure!.RecommendedAction);
        Assert.Empty(run.Changes);
        Assert.Equal(MpRepairResult.Failed, outcome.Report.Result);
    }

    [Fact]
    public void A_healthy_instance_costs_one_look()
    {
        var run = new RepairRun(SimulatedRun.One("\"state\": \"Running\""));
        var before = run.Read("foo");
        run.Host.ClearCalls();
        var outcome = run.Repair(run.Plan(new[] { before })).Single();
        Assert.Null(outcome.Failure);
        Assert.Equal(MpRepairResult.Healthy, outcome.Report.Result);
        Assert.False(Assert.Single(run.Host.Calls).ChangesState);
    }

    [Theory]
    [InlineData("\"powerOffWhileStarting\": \"Accepted\", \"jobCancellable\": false", "Starting", "A-P+W0S0")]
    [InlineData("\"powerOffWhileStarting\": \"Refused\", \"jobCancellable\": false", "Starting", "A-P-W+S0")]
    [InlineData("\"powerOffWhileStarting\": \"Refused\"", "Starting", "A-T-P-W+S0")]
    [InlineData("\"jobCancellable\": false", "Suspending", "A-P-W+S0")]
    [InlineData("\"jobCancellable\": false", "Stopping", "A-P+W0S0")]
    [InlineData("\"jobCancellable\": false", "Restarting", "A-P-W+S0")]
    public void The_mildest_step_that_helps_is_the_last_one(string host, string state, string expected)
    {
        var run = new RepairRun(SimulatedRun.One($"\"state\": \"{state}\"", host));
        var outcome = run.Repair("foo");
        Assert.Null(outcome.Failure);
        Assert.Equal(MpInstanceState.Stopped, outcome.Report.State);
        Assert.Equal(expected, string.Concat(outcome.Report.Steps.Select(step => Letter(step.Action) + (step.Outcome switch
        {
            MpRepairStepOutcome.Done => "+",
            MpRepairStepOutcome.Failed => "-",
            _ => "0",
        }))));
        Assert.Equal(expected.Contains("W+", StringComparison.Ordinal), run.Questions.Count == 1);
    }

    [Fact]
    public void A_job_that_can_be_terminated_is_and_more_is_not_done()
    {
        // The guest takes the request to shut down and stays up: the job would never end.
        var run = new RepairRun(SimulatedRun.One("\"state\": \"Running\", \"guest\": { \"shutdown\": \"Ignores\" }", "\"jobMilliseconds\": 20"));
        Begin(run, EnabledState.ShuttingDown);
        run.Clock.Advance(TimeSpan.FromMinutes(1));
        var plan = run.Plan("foo");
        Assert.Equal("ATPWS", Letters(plan));
        var outcome = run.Repair(new[] { plan }).Single();
        Assert.Null(outcome.Failure);
        Assert.Equal(MpInstanceState.Running, outcome.Report.State);
        Assert.Equal("Failed Done NotNeeded NotNeeded NotNeeded", string.Join(" ", outcome.Report.Steps.Select(step => step.Outcome)));
        Assert.Equal(2, run.Changes.Count);
    }

    [Fact]
    public void A_job_that_makes_progress_until_the_time_is_up_is_one_error()
    {
        var run = new RepairRun(SimulatedRun.One("\"state\": \"Stopped\"", "\"jobMilliseconds\": 3600000"));
        Begin(run, EnabledState.Enabled);
        run.Clock.Advance(TimeSpan.FromSeconds(1));
        var plan = run.Plan("foo");
        Assert.Equal("ATPWS", Letters(plan));

        // It makes progress, one percent in 36 s, and so it is left alone to the end of the wait.
        var outcome = run.Repair(new[] { plan }).Single();
        Assert.Equal("StillInProgress", outcome.Failure?.Cause.Name);
        Assert.Empty(run.Changes.Skip(1));
        Assert.Equal(MpInstanceState.Starting, run.Read("foo").State);
        run.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(MpInstanceState.Running, run.Read("foo").State);
    }

    [Theory]
    [InlineData("Stopped", 300, 1)]
    [InlineData("Stopped", 3_000, 1)]
    [InlineData("Stopped", 30_000, 1)]
    [InlineData("Stopped", 300_000, 1)]
    [InlineData("Stopped", 300_000, 60)]
    [InlineData("Stopped", 300_000, 300)]
    [InlineData("Stopped", 3_600_000, 100)]
    [InlineData("Stopped", 3_600_000, 299)]
    [InlineData("Suspended", 3_600_000, 1)]
    [InlineData("Running", 3_000, 1)]
    [InlineData("Running", 300_000, 1)]
    [InlineData("Running", 3_600_000, 1)]
    [InlineData("Running", 3_600_000, 20)]
    [InlineData("Running", 3_600_000, 299)]
    public void A_job_that_makes_progress_is_never_touched_however_slow_it_is(string from, int jobMilliseconds, int timeout)
    {
        for (var share = 0; share < 100; share += 9)
        {
            var run = new RepairRun(SimulatedRun.One($"\"state\": \"{from}\"", $"\"jobMilliseconds\": {jobMilliseconds}"));
            Begin(run, from == "Running" ? EnabledState.EnabledButOffline : EnabledState.Enabled);
            run.Clock.Advance(TimeSpan.FromMilliseconds(jobMilliseconds * (long)share / 100));
            var outcome = run.Repair("foo", new RepairOptions { Timeout = TimeSpan.FromSeconds(timeout) });
            Assert.True(run.Changes.Count == 1, $"at {share} %: {string.Join(", ", run.Changes.Select(call => call.Class + " " + call.Method))}");
            Assert.True(outcome.Failure is null || outcome.Failure.Cause.Name == "StillInProgress", $"at {share} %: {outcome.Failure?.Message}");
        }
    }

    [Fact]
    public void A_start_that_is_older_than_Multipass_would_wait_hangs_when_it_does_not_move()
    {
        var run = new RepairRun(SimulatedRun.One("\"state\": \"Starting\""));
        Assert.Null(run.Repair("foo", new RepairOptions { Timeout = TimeSpan.FromSeconds(2) }).Failure);
        Assert.InRange(run.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        run = new RepairRun(SimulatedRun.One("\"state\": \"Suspending\""));
        Assert.Equal("StillInProgress", run.Repair("foo", new RepairOptions { Timeout = TimeSpan.FromSeconds(2) }).Failure?.Cause.Name);
        Assert.Empty(run.Changes);
        Assert.Null(run.Repair("foo").Failure);
        Assert.InRange(run.Elapsed, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(60));
    }

    [Fact]
    public void A_start_from_saved_state_that_hangs_keeps_the_saved_state()
    {
        const string Scenario = """{ "host": { "jobMilliseconds": 20, "jobCancellable": false, "powerOffWhileStarting": "Accepted" }, "instances": [ { "name": "foo", "state": "Suspended", "faults": [ { "operation": "Start", "kind": "NeverEnds" } ] } ] }""";
        var run = new RepairRun(Scenario);
        Begin(run, EnabledState.Enabled);
        run.Clock.Advance(TimeSpan.FromMinutes(10));
        var outcome = run.Repair("foo");
        Assert.Equal("RepairFailed", outcome.Failure?.Cause.Name);
        Assert.Contains("-DiscardSavedState", outcome.Failure!.Message, StringComparison.Ordinal);
        Assert.Single(run.Changes);

        var allowed = new RepairOptions { DiscardsSavedState = true };
        run.Confirms = false;
        Assert.Equal("NotConfirmed", run.Repair("foo", allowed).Failure?.Cause.Name);
        Assert.Single(run.Changes);
        run.Confirms = true;
        Assert.Null(run.Repair("foo", allowed).Failure);
        Assert.Equal(MpInstanceState.Stopped, run.Read("foo").State);
    }

    [Fact]
    public void A_saved_state_is_thrown_away_only_where_it_is_allowed_and_confirmed()
    {
        const string Scenario = """{ "host": { "jobMilliseconds": 20 }, "instances": [ { "name": "foo", "state": "Suspended", "multipassState": "Running" }, { "name": "bar", "state": "Suspended" } ] }""";
        var allowed = new RepairOptions { DiscardsSavedState = true };
        var run = new RepairRun(Scenario) { Confirms = false };
        Assert.Equal("DriftNotRepairable", run.Repair("foo").Failure?.Cause.Name);
        Assert.Equal("NotConfirmed", run.Repair("foo", allowed).Failure?.Cause.Name);
        Assert.Empty(run.Changes);
        Assert.Equal(MpRepairAction.DiscardSavedState, Assert.Single(run.Questions).Action);

        run.Confirms = true;
        var outcome = run.Repair("foo", allowed);
        Assert.Null(outcome.Failure);
        Assert.Equal("The host shows Stopped, and Multipass says Stopped.", outcome.Report.Now);
        Assert.Equal(MpRepairResult.Healthy, run.Repair("bar", allowed).Report.Result);
        Assert.Equal(MpInstanceState.Suspended, run.Read("bar").State);
    }

    [Fact]
    public void A_worker_is_not_ended_without_a_yes()
    {
        var run = new RepairRun(SimulatedRun.One("\"state\": \"Suspending\"", "\"jobCancellable\": false")) { Confirms = false };
        var outcome = run.Repair("foo");
        Assert.Equal("NotConfirmed", outcome.Failure?.Cause.Name);
        Assert.Contains("-Confirm:$false", outcome.Failure!.RecommendedAction, StringComparison.Ordinal);
        Assert.Contains("not confirmed", outcome.Failure!.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(run.Changes, call => call.Class == "Win32_Process");
    }

    [Fact]
    public void A_worker_that_is_another_one_by_then_is_not_ended()
    {
        var run = new RepairRun(SimulatedRun.One("\"state\": \"Suspending\"", "\"jobCancellable\": false"));
        var plan = run.Plan("foo");
        var other = plan with { Case = plan.Case with { Worker = plan.Case.Worker! with { Started = plan.Case.Worker!.Started!.Value.AddSeconds(1) } } };
        var outcome = run.Repair(new[] { other }).Single();
        Assert.Equal(MpRepairStepOutcome.Withheld, outcome.Report.Steps.Single(step => step.Action == MpRepairAction.EndWorkerProcess).Outcome);
        Assert.DoesNotContain(run.Changes, call => call.Class == "Win32_Process");
        Assert.NotNull(outcome.Failure);
    }

    [Theory]
    [InlineData("vmwp.exe", "8286DFCE-CBB8-42D5-A582-DDD62C8ABBE9", true)]
    [InlineData("VMWP.EXE", null, true)]
    [InlineData("vmwp.exe", "8286dfce-cbb8-42d5-a582-ddd62c8abbe9", true)]
    [InlineData("vmwp.exe", "11111111-CBB8-42D5-A582-DDD62C8ABBE9", false)]
    [InlineData("notepad.exe", "8286DFCE-CBB8-42D5-A582-DDD62C8ABBE9", false)]
    [InlineData("", null, false)]
    public void Only_the_worker_of_exactly_that_machine_counts(string image, string? machine, bool expected)
    {
        var worker = new WorkerProcess(4008, image, DateTimeOffset.UnixEpoch, machine is null ? null : @"C:\WINDOWS\System32\vmwp.exe " + machine);
        Assert.Equal(expected, worker.IsWorkerOf(new Guid("8286DFCE-CBB8-42D5-A582-DDD62C8ABBE9")));
        Assert.False((worker with { Started = null }).IsWorkerOf(new Guid("8286DFCE-CBB8-42D5-A582-DDD62C8ABBE9")));
    }

    [Fact]
    public void A_stop_that_hangs_is_bounded_and_the_one_error_says_what_can_help()
    {
        var run = new RepairRun("""{ "host": { "multipass": { "client": "StopHangs" } }, "instances": [ { "name": "foo", "multipassState": "Starting" } ] }""");
        var outcome = run.Repair("foo");
        Assert.Equal("MultipassRestartNeeded", outcome.Failure?.Cause.Name);
        Assert.Contains("-RestartService", outcome.Failure!.RecommendedAction, StringComparison.Ordinal);
        Assert.InRange(run.Elapsed, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(90));

        var restarting = new RepairOptions { RestartsService = true, Timeout = TimeSpan.FromSeconds(5) };
        outcome = run.Repair("foo", restarting);
        Assert.Null(outcome.Failure);
        Assert.Empty(run.Questions);
        Assert.Equal("The host shows Stopped, and Multipass says Stopped.", outcome.Report.Now);
        Assert.InRange(run.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(15));
    }

    [Fact]
    public void A_service_is_restarted_once_for_all()
    {
        var run = new RepairRun("""{ "host": { "multipass": { "client": "StopHangs" } }, "instances": [ { "name": "a", "multipassState": "Starting" }, { "name": "b", "multipassState": "Restarting" } ] }""");
        var options = new RepairOptions { RestartsService = true, Timeout = TimeSpan.FromSeconds(2) };
        Assert.All(run.Repair(run.Plan(run.ReadAll(), options), options), outcome => Assert.Null(outcome.Failure));
        Assert.Equal(new[] { "StopService", "StartService" }, run.Changes.Where(call => call.Class == "Win32_Service").Select(call => call.Method));
    }

    [Fact]
    public void Without_rights_it_is_one_error_and_no_further_step()
    {
        var run = new RepairRun(SimulatedRun.One("\"state\": \"Starting\"", "\"access\": \"ReadOnly\""));
        var outcome = run.Repair("foo");
        Assert.Equal("PermissionDenied", outcome.Failure?.Cause.Name);
        Assert.Single(run.Changes);
        Assert.Equal(MpInstanceState.Starting, outcome.Report.State);
    }

    [Fact]
    public void A_machine_that_is_started_meanwhile_is_not_powered_off_by_multipass_stop()
    {
        var run = new RepairRun(SimulatedRun.One("\"state\": \"Stopped\", \"multipassState\": \"Starting\"", "\"jobMilliseconds\": 5000"));
        var plan = run.Plan("foo");
        Begin(run, EnabledState.Enabled);
        var outcome = run.Repair(new[] { plan }).Single();
        Assert.DoesNotContain(run.Changes, call => call.Class == "multipass");
        run.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(MpInstanceState.Running, run.Read("foo").State);
        Assert.Equal(MpRepairStepOutcome.Done, outcome.Report.Steps[0].Outcome is MpRepairStepOutcome.Withheld or MpRepairStepOutcome.NotNeeded ? MpRepairStepOutcome.Done : outcome.Report.Steps[0].Outcome);
    }

    [Fact]
    public void A_job_that_somebody_else_has_begun_meanwhile_is_not_touched()
    {
        var run = new RepairRun(SimulatedRun.One("\"state\": \"Starting\"", "\"jobMilliseconds\": 600000, \"powerOffWhileStarting\": \"Accepted\""));
        var plan = run.Plan("foo");
        Begin(run, EnabledState.Disabled);
        run.Clock.Advance(TimeSpan.FromSeconds(1));
        var outcome = run.Repair(new[] { plan }, new RepairOptions { Timeout = TimeSpan.FromSeconds(3) }).Single();
        Assert.Equal("StillInProgress", outcome.Failure?.Cause.Name);
        Assert.Single(run.Changes);
        run.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(MpInstanceState.Stopped, run.Read("foo").State);
    }

    [Fact]
    public void A_host_that_is_lost_on_the_way_is_one_error_with_an_unknown_state()
    {
        var run = new RepairRun(SimulatedRun.One("\"state\": \"Starting\""));
        var plan = run.Plan("foo");
        run.Host.AddFault("foo", Fault("Query", "ConnectionDropped", 1000));
        var outcome = run.Repair(new[] { plan }, new RepairOptions { Timeout = TimeSpan.FromSeconds(20) }).Single();
        Assert.Equal("OutcomeUnknown", outcome.Failure?.Cause.Name);
        Assert.Equal(MpInstanceState.Unknown, outcome.Report.State);
        Assert.Null(outcome.Report.Instance.ObservedAt);
        Assert.InRange(run.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(60));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Random_worlds_are_repaired_without_harm(int part)
    {
        for (var seed = part * 100_000; seed < (part * 100_000) + 100; seed++)
        {
            var broken = new DriftWorld(seed).Run().Concat(new BeliefWorld(seed).Run()).Concat(new BeliefWorld(seed + 50_000).Run()).ToList();
            Assert.True(broken.Count == 0, $"seed {seed}: {string.Join("; ", broken)}");
        }
    }

    [Fact]
    public void A_world_repeats_to_the_last_call()
    {
        foreach (var seed in Enumerable.Range(4711, 10))
        {
            var (first, second) = (new DriftWorld(seed), new DriftWorld(seed));
            first.Run();
            second.Run();
            Assert.Equal(first.Journal, second.Journal);
        }
    }

    private static (string Steps, string? Refusal) Expected(string word, string state, bool isKnown, bool hasClient, bool restarts)
    {
        var client = isKnown && hasClient ? "S" : string.Empty;
        var service = isKnown && restarts ? "R" : string.Empty;
        switch (state)
        {
            case "Starting" or "Stopping" or "Suspending":
                return ("ATPW" + client + service, null);
            case "Restarting":
                return ("APW" + client + service, null);
        }

        var contradicts = isKnown && (word, state) switch
        {
            ("Starting", "Stopped" or "Suspended" or "Paused") => true,
            ("Running", "Stopped" or "Suspended" or "Paused") => true,
            ("Stopped", "Running" or "Suspended" or "Paused") => true,
            ("Suspended", "Running" or "Stopped" or "Paused") => true,
            _ => false,
        };
        if (!contradicts)
        {
            return (string.Empty, null);
        }

        // A restart of the service would start what Multipass believes to be running.
        var mayRestart = word != "Running" || state == "Stopped";
        var steps = (state == "Stopped" ? client : string.Empty) + (mayRestart ? service : string.Empty);
        return (steps, steps.Length > 0 ? null : mayRestart ? "MultipassRestartNeeded" : "DriftNotRepairable");
    }

    private static string Letters(RepairPlan plan) => new(plan.Steps.Select(step => Letter(step.Action)).ToArray());

    private static char Letter(MpRepairAction action)
        => action switch
        {
            MpRepairAction.Await => 'A',
            MpRepairAction.TerminateJob => 'T',
            MpRepairAction.PowerOff => 'P',
            MpRepairAction.EndWorkerProcess => 'W',
            MpRepairAction.DiscardSavedState => 'D',
            MpRepairAction.StopInMultipass => 'S',
            _ => 'R',
        };

    private static global::Multipass.HyperV.Simulation.SimulatedFault Fault(string operation, string kind, int times)
        => global::Multipass.HyperV.Simulation.Faults.FaultReader.Read(global::Multipass.HyperV.Json.JsonReader.Parse($$"""{ "operation": "{{operation}}", "kind": "{{kind}}", "times": {{times}} }"""));

    /// <summary>Asks for a change, as somebody else would.</summary>
    private static void Begin(RepairRun run, ushort request)
        => run.Clock.Run(() => run.Session.InvokeAsync(
            global::Multipass.HyperV.Instances.MachineReading.PathOf(run.ReadAll(global::Multipass.HyperV.Instances.InstanceDetail.State).Single().Id),
            CimNames.RequestStateChange,
            new Dictionary<string, object?> { ["RequestedState"] = request },
            global::Multipass.HyperV.Time.Deadline.In(run.Clock, TimeSpan.FromSeconds(30)),
            System.Threading.CancellationToken.None));
}
