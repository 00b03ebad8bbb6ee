using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Operations;
using Multipass.HyperV.Simulation;
using Multipass.HyperV.Simulation.Faults;
using Multipass.HyperV.Cim;
using Xunit;

namespace Multipass.HyperV.Contracts;

/// <summary>The promises of every operation, on every transport: whatever befalls whichever call.</summary>
public abstract class LifecycleContract : ContractBase
{
    private const string Story = """
        {
          "host": { "name": "HV-DEMO", "memoryMB": 16384, "reserveMB": 2048, "jobMilliseconds": 120 },
          "instances": [
            { "name": "foo", "state": "Stopped", "memoryMB": 10240 },
            { "name": "bar", "state": "Running", "memoryMB": 4096, "guest": { "shutdownMilliseconds": 150, "ipv4": "172.20.48.6" } },
            { "name": "baz", "state": "Running", "memoryMB": 4096 },
            { "name": "small", "state": "Stopped", "memoryMB": 1024 },
            { "name": "saved", "state": "Suspended", "memoryMB": 1024 }
          ]
        }
        """;

    private const int Timeout = 20;

    /// <summary>What follows a wait has 10 s; polls and jobs that are on their way add a little.</summary>
    private static readonly TimeSpan LongestOperation = TimeSpan.FromSeconds(Timeout + 10.5);

    private static readonly IReadOnlyDictionary<string, CallInterference> Interferences = new Dictionary<string, CallInterference>(StringComparer.Ordinal)
    {
        ["the connection is lost"] = CallInterference.Lost,
        ["the answer is lost"] = CallInterference.AnswerLost,
        ["the answer is late"] = new() { Delay = TimeSpan.FromSeconds(4) },
        ["the answer is later than anybody waits"] = new() { Delay = TimeSpan.FromHours(1) },
        ["access is denied"] = CallInterference.Denied,
        ["vmms restarts"] = new() { Outage = TimeSpan.FromSeconds(2) },
    };

    /// <summary>Everything that can befall a call.</summary>
    public static TheoryData<string> Befalling => new(Interferences.Keys);

    [Fact]
    public async Task A_start_ends_in_Running_with_one_request()
    {
        using var run = await OpenAsync();
        var outcome = run.Start("small");
        Assert.Null(outcome.Failure);
        Assert.Equal(MpInstanceState.Running, outcome.After.State);
        Assert.Single(run.Changes);
        Assert.InRange(run.Elapsed, TimeSpan.FromMilliseconds(120), TimeSpan.FromMilliseconds(300));
    }

    [Fact]
    public async Task A_failed_start_is_one_error_with_codes_cause_and_the_state_that_is_true()
    {
        using var run = await OpenAsync();
        var outcome = run.Start("foo");
        var failure = Assert.IsType<MpOperationFailure>(outcome.Failure);
        Assert.Equal("OutOfMemory", failure.Cause.Name);
        Assert.Equal(MpFailureStage.JobFailed, failure.Stage);
        Assert.Equal(MpInstanceState.Stopped, outcome.After.State);
        Assert.Contains(unchecked((int)0x8007000E), failure.ToException().HResults);
        Assert.Equal(32778, failure.ToException().JobErrorCode);
        Assert.All(new[] { "10240 MB", "6144 MB", "'bar' (4096 MB)", "'baz' (4096 MB)" }, figure => Assert.Contains(figure, failure.RecommendedAction));
        Assert.Single(run.Changes);
    }

    [Fact]
    public async Task A_job_that_never_ends_is_undone_at_the_timeout()
    {
        using var run = await OpenAsync("""{ "host": { "powerOffWhileStarting": "Accepted" }, "instances": [ { "name": "foo", "faults": [ { "operation": "Start", "kind": "NeverEnds" } ] } ] }""");
        var outcome = run.Start("foo", timeout: 2);
        Assert.Equal("StartTimedOut", outcome.Failure!.Cause.Name);
        Assert.Equal(MpInstanceState.Stopped, outcome.After.State);
        Assert.InRange(run.Elapsed, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(12));
    }

    [Fact]
    public async Task Guests_shut_down_are_powered_off_and_come_back_from_saved_state()
    {
        using var run = await OpenAsync();
        Assert.Null(run.Stop("bar").Failure);
        Assert.Equal(MpInstanceState.Stopped, run.Truth("bar").State);
        Assert.Null(run.Stop("baz", turnOff: true).Failure);
        Assert.Equal(MpInstanceState.Stopped, run.Truth("baz").State);
        Assert.Null(run.Start("saved").Failure);
        Assert.Equal(MpInstanceState.Running, run.Truth("saved").State);
    }

    [Fact]
    public async Task Guests_are_suspended_resumed_restarted_and_reset_and_wait_for_an_answer()
    {
        using var run = await OpenAsync();
        foreach (var (operation, target) in new[]
        {
            (MpOperation.Reboot, MpInstanceState.Running), (MpOperation.Save, MpInstanceState.Suspended), (MpOperation.Resume, MpInstanceState.Running), (MpOperation.Reset, MpInstanceState.Running),
        })
        {
            var isLast = operation == MpOperation.Reset;
            var outcome = Assert.Single(run.Run(new OperationRequest(operation) { WaitFor = isLast ? new[] { MpReadiness.Heartbeat, MpReadiness.IPAddress } : Array.Empty<MpReadiness>() }, "bar"));
            Assert.True(outcome.Failure is null, $"{operation}: {outcome.Failure?.Message}");
            Assert.Equal(target, outcome.After.State);
            if (isLast)
            {
                Assert.Equal(MpHeartbeat.OK, outcome.After.Heartbeat);
                Assert.Equal(new[] { "172.20.48.6" }, outcome.After.IPv4);
            }
        }
    }

    [Fact]
    public async Task Starts_together_take_as_long_as_one()
    {
        var names = Enumerable.Range(0, 40).Select(index => $"vm{index:00}").ToArray();
        using var run = await OpenAsync($$"""{ "host": { "memoryMB": 65536 }, "instances": [ {{string.Join(",", names.Select(name => $"{{ \"name\": \"{name}\", \"memoryMB\": 512 }}"))}} ] }""");
        var outcomes = run.Run(new OperationRequest(MpOperation.Start), names);
        Assert.Equal(names, outcomes.Select(outcome => outcome.Before.Name).OrderBy(name => name, StringComparer.Ordinal));
        Assert.All(outcomes, outcome => Assert.Null(outcome.Failure));
        Assert.Equal(40, run.Changes.Count);
        Assert.True(run.Elapsed < TimeSpan.FromSeconds(1), run.Elapsed.ToString());
    }

    [Fact]
    public async Task A_listing_costs_a_constant_number_of_calls()
    {
        using var run = await OpenAsync();
        run.Host.ClearCalls();
        Assert.Equal(5, run.ReadAll(InstanceDetail.State).Count);
        Assert.Equal(2, run.Host.Calls.Count);
        run.Host.ClearCalls();
        var bar = run.ReadAll().Single(instance => instance.Name == "bar");
        Assert.InRange(run.Host.Calls.Count, 3, 8);
        Assert.Equal("172.20.48.6", Assert.Single(bar.IPv4));
        Assert.Equal(4096L * 1024 * 1024, bar.MemoryAssigned);
    }

    [Fact]
    public async Task A_host_that_dies_between_request_and_answer_leaves_the_outcome_unknown()
    {
        using var run = await OpenAsync();
        var outcome = run.Run(
            new OperationRequest(MpOperation.Start) { Timeout = TimeSpan.FromSeconds(Timeout) },
            () => run.Host.Interference = number => number == 1 ? null : number == 2 ? CallInterference.AnswerLost : CallInterference.Lost,
            "small").Single();
        Assert.Equal("OutcomeUnknown", outcome.Failure!.Cause.Name);
        Assert.Equal(MpFailureStage.OutcomeUnknown, outcome.Failure.Stage);
        Assert.Equal(MpInstanceState.Unknown, outcome.After.State);
        Assert.Null(outcome.After.ObservedAt);
        Assert.Contains("could not be read again", outcome.Failure.Message);
        Assert.Single(run.Changes);
        Assert.True(run.Elapsed <= LongestOperation, run.Elapsed.ToString());
    }

    [Fact]
    public async Task A_stop_by_the_user_ends_at_once_and_undoes_nothing()
    {
        using var run = await OpenAsync("""{ "host": { "powerOffWhileStarting": "Accepted" }, "instances": [ { "name": "foo", "faults": [ { "operation": "Start", "kind": "NeverEnds" } ] } ] }""");
        Assert.Equal(TimeSpan.Zero, run.StopAfter(TimeSpan.FromSeconds(1), new OperationRequest(MpOperation.Start), "foo"));
        Assert.Equal(MpInstanceState.Starting, run.Truth("foo").State);
        Assert.Single(run.Changes);
    }

    [Fact]
    public async Task A_stop_by_the_user_abandons_a_call_that_does_not_answer()
    {
        using var run = await OpenAsync();
        run.ReadAll(InstanceDetail.State);
        var calls = run.Host.Calls.Count;
        run.Host.Interference = number => number > 2 ? new CallInterference { Delay = TimeSpan.FromHours(1) } : null;
        Assert.Equal(TimeSpan.Zero, run.StopAfter(TimeSpan.FromSeconds(1), new OperationRequest(MpOperation.Start), "small"));
        Assert.True(run.Host.Calls.Count > calls);
    }

    [Theory]
    [MemberData(nameof(Befalling))]
    public Task The_promises_hold_for_a_start_whatever_befalls_whichever_call(string what) => AtEveryCallAsync(what, MpOperation.Start, "small", MpInstanceState.Running);

    [Theory]
    [MemberData(nameof(Befalling))]
    public Task The_promises_hold_for_a_start_that_fails_whatever_befalls_whichever_call(string what) => AtEveryCallAsync(what, MpOperation.Start, "foo", MpInstanceState.Running);

    [Theory]
    [MemberData(nameof(Befalling))]
    public Task The_promises_hold_for_a_shutdown_whatever_befalls_whichever_call(string what) => AtEveryCallAsync(what, MpOperation.Shutdown, "bar", MpInstanceState.Stopped);

    [Theory]
    [MemberData(nameof(Befalling))]
    public Task The_promises_hold_for_a_suspension_whatever_befalls_whichever_call(string what) => AtEveryCallAsync(what, MpOperation.Save, "bar", MpInstanceState.Suspended);

    [Theory]
    [MemberData(nameof(Befalling))]
    public Task The_promises_hold_for_a_restart_whatever_befalls_whichever_call(string what) => AtEveryCallAsync(what, MpOperation.Reboot, "bar", MpInstanceState.Running);

    [Theory]
    [MemberData(nameof(Befalling))]
    public Task The_promises_hold_when_it_befalls_every_call_from_one_on(string what) => AtEveryCallAsync(what, MpOperation.Start, "small", MpInstanceState.Running, forGood: true);

    [Theory]
    [MemberData(nameof(Befalling))]
    public async Task A_listing_is_right_or_says_why_not_whatever_befalls_whichever_call(string what)
    {
        for (var struck = 1; struck <= 8; struck++)
        {
            using var run = await OpenAsync();
            var expected = run.ReadAll().Select(Facts).ToList();
            run.Host.Interference = number => number == struck ? Interferences[what] : null;
            try
            {
                Assert.Equal(expected, run.ReadAll().Select(Facts));
            }
            catch (Cim.CimFaultException exception)
            {
                Assert.NotEqual("the answer is late", what);
                Assert.NotEqual("Unknown", FailureCatalogue.Judge(FailureEvidence.OfFault(exception.Fault), HostFacts.None).Name);
            }
        }
    }

    private static string Facts(MpInstance instance) => $"{instance.Name} {instance.State} {instance.Id} {instance.Managed} {instance.MemoryStartup} {instance.Processors}";

    /// <summary>Runs an operation again and again, each time with another call struck, until one run has fewer calls than that.</summary>
    private async Task AtEveryCallAsync(string what, MpOperation operation, string name, MpInstanceState target, bool forGood = false)
    {
        var isDone = false;

        // What lasts for good is much the same wherever it begins: later calls are polls.
        for (var struck = 1; !isDone; struck += forGood && struck > 4 ? 3 : 1)
        {
            Assert.True(struck < 200, "The operation makes more and more calls.");
            using var run = await OpenAsync();
            var calls = 0;
            var outcomes = run.Run(
                new OperationRequest(operation) { Timeout = TimeSpan.FromSeconds(Timeout) },
                () => run.Host.Interference = number =>
                {
                    calls = number;
                    return number == struck || (forGood && number > struck) ? Interferences[what] : null;
                },
                name,
                "saved");
            isDone = calls < struck;
            Promised(run, outcomes.Where(outcome => outcome.Before.Name == name).ToList(), target, $"{what} at call {struck}");

            // The other one ends too, once, and is judged by its own facts.
            Assert.Single(outcomes, outcome => outcome.Before.Name == "saved");
        }
    }

    private static void Promised(SimulatedRun run, IReadOnlyList<OperationOutcome> outcomes, MpInstanceState target, string when)
    {
        var outcome = Assert.Single(outcomes);
        var requests = run.Host.Calls.Where(call => call is { Method: CimNames.RequestStateChange, Class: CimNames.ComputerSystem } && (call.Instance ?? outcome.Before.Name) == outcome.Before.Name).ToList();
        var truth = run.Truth(outcome.Before.Name);

        // 1. The state is one that the host showed, or Unknown with an error that says so.
        if (outcome.After.ObservedAt is { } at)
        {
            Assert.True(at >= run.Host.Calls.Where(call => call.ChangesState && call.Instance == outcome.Before.Name).Select(call => call.Time).DefaultIfEmpty().Max(), $"{when}: read before the last request");
            Assert.True(outcome.After.State == truth.State || IsOnItsWay(outcome.After.State), $"{when}: told {outcome.After.State}, the host shows {truth.State}");
        }
        else
        {
            Assert.True(outcome.After.State == MpInstanceState.Unknown && outcome.Failure is not null, $"{when}: {outcome.After.State} without a reading");
            Assert.Contains("could not be read again", outcome.Failure!.Message);
        }

        // 2. Success is what the host itself shows.
        if (outcome.Failure is null)
        {
            Assert.True(outcome.After.State == target && truth.State == target, $"{when}: success, but the host shows {truth.State}");
        }
        else
        {
            // 3. A failure has a cause, codes where there are any, and something to do.
            Assert.NotEmpty(outcome.Failure.RecommendedAction);
            Assert.True(outcome.Failure.Cause != FailureCatalogue.Unknown, $"{when}: {outcome.Failure.Message}");
            Assert.Equal(outcome.After, outcome.Failure.Target);
        }

        // 4. Waits end.
        Assert.True(run.Elapsed <= LongestOperation, $"{when}: took {run.Elapsed}");

        // 6. The same request at most once, unless its refusal may pass.
        var mayRepeat = requests.Any(call => call.Result.Contains("32774", StringComparison.Ordinal) || call.Result.Contains("32775", StringComparison.Ordinal));
        Assert.True(requests.Count <= 1 || mayRepeat || outcome.Failure?.Stage == MpFailureStage.TimedOut, $"{when}: {requests.Count} requests: {string.Join(", ", requests.Select(call => call.Result))}");
    }

    /// <summary>A state that may have ended between the reading and now.</summary>
    private static bool IsOnItsWay(MpInstanceState state) => StateTable.IsTransitional(state);

    private Task<SimulatedRun> OpenAsync(string scenario = Story) => SimulatedRun.OpenAsync(scenario, ConnectAsync);
}
