using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Operations;
using Multipass.HyperV.Simulation;
using Xunit;

namespace Multipass.HyperV.Tests.Operations;

/// <summary>
/// The promises, on hosts, faults and operations that chance has chosen. A run is its seed: it repeats to the last call. A failure prints the seed and the scenario;
/// <c>PROMISE_SEED</c> in the environment runs one seed alone, <c>PROMISE_RUNS</c> more of them.
/// </summary>
public sealed class PromiseTests
{
    private const int Runs = 400;

    private static readonly TimeSpan FollowUpBudget = TimeSpan.FromSeconds(10);

    private static readonly string[] States = ["Stopped", "Stopped", "Stopped", "Running", "Running", "Running", "Suspended", "Paused", "Starting", "Stopping", "Suspending", "Restarting"];

    private static readonly Dictionary<MpOperation, MpInstanceState> Targets = new()
    {
        [MpOperation.Start] = MpInstanceState.Running,
        [MpOperation.Resume] = MpInstanceState.Running,
        [MpOperation.Shutdown] = MpInstanceState.Stopped,
        [MpOperation.TurnOff] = MpInstanceState.Stopped,
        [MpOperation.Save] = MpInstanceState.Suspended,
        [MpOperation.Reboot] = MpInstanceState.Running,
        [MpOperation.Reset] = MpInstanceState.Running,
        [MpOperation.Wait] = MpInstanceState.Running,
    };

    [Fact]
    public void The_promises_hold_whatever_goes_wrong()
    {
        if (Environment.GetEnvironmentVariable("PROMISE_SEED") is { Length: > 0 } one)
        {
            Check(int.Parse(one, CultureInfo.InvariantCulture));
            return;
        }

        var runs = Environment.GetEnvironmentVariable("PROMISE_RUNS") is { Length: > 0 } many ? int.Parse(many, CultureInfo.InvariantCulture) : Runs;
        var kinds = new HashSet<string>();
        for (var seed = 0; seed < runs; seed++)
        {
            kinds.UnionWith(Check(seed));
        }

        // What chance chooses must be worth something: successes, and failures of many kinds.
        Assert.Contains("ok", kinds);
        Assert.True(kinds.Count > 15, string.Join(", ", kinds));
    }

    private static IReadOnlyList<string> Check(int seed)
    {
        var random = new Random(seed);
        var scenario = ScenarioOf(random);
        var request = RequestOf(random);
        try
        {
            return Check(random, scenario, request);
        }
        catch (Exception exception)
        {
            Assert.Fail($"seed {seed}: {exception.Message}\n{request}\n{scenario}\n{exception.StackTrace}");
            throw;
        }
    }

    private static List<string> Check(Random random, string scenario, OperationRequest request)
    {
        RecordingConnection? recorder = null;
        var run = new SimulatedRun(scenario, connection => recorder = new RecordingConnection(connection));
        recorder!.Truth = run.Host;
        IReadOnlyList<MpInstance> instances;
        try
        {
            instances = run.ReadAll(global::Multipass.HyperV.Instances.InstanceDetail.State);
        }
        catch (CimFaultException)
        {
            // The host could not even be listed; nothing is asked of it then.
            return ["unreadable"];
        }

        recorder.Names = [.. instances.Select(instance => (instance.Id, instance.Name))];
        var sink = new OutcomeSink();
        using var stop = new CancellationTokenSource();
        var from = run.Clock.Now;
        var cancelAfter = random.Next(8) == 0 ? TimeSpan.FromMilliseconds(random.Next(4000)) : (TimeSpan?)null;
        var wasCancelled = false;
        run.OnVirtualTime(async () =>
        {
            var task = request.Operation == MpOperation.Wait
                ? LifecycleRunner.WaitAsync(run.Session, instances, [], request, sink, stop.Token)
                : LifecycleRunner.RunAsync(run.Session, instances, request, sink, stop.Token);
            if (cancelAfter is { } moment)
            {
                await run.Clock.Delay(moment, CancellationToken.None).ConfigureAwait(false);
                wasCancelled = !task.IsCompleted;
                Cancel(stop);
                Assert.True(task.IsCompleted, "promise 4: Ctrl+C returns at once");
            }

            try
            {
                await task.ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (wasCancelled)
            {
                // As it should be.
            }

            return true;
        });

        var elapsed = run.Clock.Now - from;
        Assert.True(elapsed <= request.Timeout + FollowUpBudget + TimeSpan.FromMilliseconds(1), $"promise 4: it took {elapsed}");
        var sent = run.Sent;
        run.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.True(sent == run.Sent, "promise 4: nothing goes on after the end");
        if (request.Operation == MpOperation.Wait)
        {
            Assert.Empty(recorder.Requests);
        }

        foreach (var group in recorder.Requests.GroupBy(pair => pair))
        {
            var name = recorder.NameOf(group.Key.Key);
            var repeats = sink.Told.Count(text => text == $"'{name}': asking again.");
            Assert.True(group.Count() <= 1 + repeats, $"promise 6: {group.Key.Request} was asked of '{name}' {group.Count()} times, with {repeats} repeats announced");
        }

        if (wasCancelled)
        {
            return ["cancelled"];
        }

        Assert.True(sink.Outcomes.Count == instances.Count, $"promise 5: {sink.Outcomes.Count} outcomes for {instances.Count} instances");
        foreach (var outcome in sink.Outcomes)
        {
            CheckOutcome(outcome, request, recorder);
        }

        return [.. sink.Outcomes.Select(outcome => outcome.Failure?.Cause.Name ?? "ok")];
    }

    /// <summary>On this thread: the other way to cancel would leave virtual time.</summary>
    private static void Cancel(CancellationTokenSource stop) => stop.Cancel();

    private static void CheckOutcome(OperationOutcome outcome, OperationRequest request, RecordingConnection recorder)
    {
        var after = outcome.After;
        if (after.ObservedAt is null)
        {
            Assert.True(after.State == MpInstanceState.Unknown && outcome.Failure is not null, $"promise 1: '{after.Name}' was not read, and is said to be {after.State}");
        }
        else
        {
            Assert.True(
                recorder.ShownSinceLastRequest(after.Name).Contains(after.State),
                $"promise 1: '{after.Name}' is said to be {after.State}; since the last request the host was {string.Join(", ", recorder.ShownSinceLastRequest(after.Name))}");
        }

        if (outcome.Failure is { } failure)
        {
            Assert.Contains(failure.Cause, FailureCatalogue.Rows);
            Assert.NotEmpty(failure.RecommendedAction);
            Assert.DoesNotMatch("[{}]", failure.Message + failure.RecommendedAction);
            Assert.Contains(after.Name, failure.Message);
            return;
        }

        if (!request.NoWait)
        {
            Assert.True(after.State == Targets[request.Operation], $"promise 2: {request.Operation} of '{after.Name}' succeeded, and it is {after.State}");
            Assert.True(!request.WaitFor.Contains(MpReadiness.Heartbeat) || after.Heartbeat == MpHeartbeat.OK, "promise 2: the heartbeat");
            Assert.True(!request.WaitFor.Contains(MpReadiness.IPAddress) || after.IPv4.Length > 0, "promise 2: the address");
        }
    }

    private static OperationRequest RequestOf(Random random)
    {
        var operation = Targets.Keys.ElementAt(random.Next(Targets.Count));
        var canBeReady = Targets[operation] == MpInstanceState.Running;
        var noWait = operation != MpOperation.Wait && random.Next(6) == 0;
        return new OperationRequest(operation)
        {
            Timeout = TimeSpan.FromSeconds(random.Next(1, 25)),
            RollbackOnTimeout = random.Next(3) > 0,
            Force = random.Next(2) == 0,
            DiscardsSavedState = random.Next(2) == 0,
            NoWait = noWait,
            ReadsAll = random.Next(2) == 0,
            WaitFor = !canBeReady || noWait ? [] : random.Next(4) switch { 0 => [MpReadiness.Heartbeat], 1 => [MpReadiness.IPAddress], _ => [] },
        };
    }

    private static string ScenarioOf(Random random)
    {
        string Pick(params string[] choices) => choices[random.Next(choices.Length)];
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $$"""{ "host": { "memoryMB": {{random.Next(3, 12) * 1024}}, "reserveMB": 1024, "jobMilliseconds": {{Pick("0", "20", "300", "2000")}}, """)
            .Append(CultureInfo.InvariantCulture, $$""" "jobCancellable": {{Pick("true", "false")}}, "powerOffWhileStarting": "{{Pick("Accepted", "Refused")}}", "culture": "{{Pick("en-US", "pl-PL")}}" }, "instances": [""");
        var count = random.Next(1, 5);
        for (var index = 0; index < count; index++)
        {
            var state = Pick(States);
            text.Append(index > 0 ? ",\n" : "\n")
                .Append(CultureInfo.InvariantCulture, $$"""  { "name": "i{{index}}", "state": "{{state}}", "memoryMB": {{random.Next(1, 5) * 512}}, "disk": "{{Pick("Present", "Present", "Present", "Present", "Missing", "InUse")}}", """)
                .Append(state == "Stopped" && random.Next(5) == 0 ? $"\"startsAfterMilliseconds\": {random.Next(5000)}, " : string.Empty)
                .Append(CultureInfo.InvariantCulture, $$""" "guest": { "bootMilliseconds": {{random.Next(4000)}}, "shutdownMilliseconds": {{random.Next(3000)}}, "shutdown": "{{Pick("Answers", "Answers", "Answers", "Ignores", "NotReady")}}" """)
                .Append(random.Next(2) == 0 ? $", \"ipv4\": \"172.20.48.{index + 5}\" }}" : "}")
                .Append(", \"faults\": [").AppendJoin(", ", Enumerable.Range(0, random.Next(4)).Select(_ => Fault(random))).Append("] }");
        }

        return text.Append(" ] }").ToString();
    }

    private static string Fault(Random random)
    {
        while (true)
        {
            var values = new Hashtable
            {
                ["operation"] = SimulatedFault.Operations[random.Next(SimulatedFault.Operations.Count)],
                ["kind"] = SimulatedFault.Kinds[random.Next(SimulatedFault.Kinds.Count)],
                ["times"] = random.Next(5) == 0 ? 1000 : random.Next(1, 4),
            };
            if (random.Next(2) == 0)
            {
                values["afterMilliseconds"] = random.Next(3) == 0 ? random.Next(60_000) : random.Next(1500);
            }

            try
            {
                SimulatedFault.FromDictionary(values);
                return "{ " + string.Join(", ", values.Keys.Cast<string>().Order().Select(key => $"\"{key}\": {(values[key] is string text ? $"\"{text}\"" : values[key])}")) + " }";
            }
            catch (ScenarioException)
            {
                // Not every kind can strike everything.
            }
        }
    }

    private sealed class OutcomeSink : IOperationSink
    {
        public List<OperationOutcome> Outcomes { get; } = [];

        public List<string> Told { get; } = [];

        public void Verbose(string text) => Told.Add(text);

        public void Warning(string text)
        {
        }

        public void Progress(MpInstance instance, string status, int? percent)
        {
        }

        public void Ended(OperationOutcome outcome) => Outcomes.Add(outcome);
    }
}
