using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Operations;
using Multipass.HyperV.Time;
using Xunit;

namespace Multipass.HyperV.Tests.Operations;

/// <summary>What the event log adds to a failure; and that it never costs more than its time.</summary>
public sealed class EventEvidenceTests
{
    private const string Generic = """
        "faults": [ { "operation": "Start", "kind": "HyperVGenericFailure" } ]
        """;

    [Fact]
    public void An_event_names_what_the_job_does_not()
    {
        var run = new SimulatedRun(SimulatedRun.One(Generic));
        var failure = Start(run, (_, _, _) => Task.FromResult<IReadOnlyList<HostEvent>>(new[] { new HostEvent(19544, HostEvent.ManagementChannel, Array.Empty<int>()) }));
        Assert.Equal("OutOfMemory", failure.Cause.Name);
        Assert.Contains("event 19544 (VMMS-Admin)", failure.Message, StringComparison.Ordinal);
        Assert.Equal(new[] { 19544 }, failure.ToException().EventIds);
    }

    [Fact]
    public void The_log_is_asked_for_this_virtual_machine_since_the_request()
    {
        var run = new SimulatedRun(SimulatedRun.One(Generic));
        var id = run.Read("foo").Id;
        var from = run.Clock.Now;
        (Guid Machine, DateTimeOffset From, DateTimeOffset To)? asked = null;
        Start(run, (machine, since, until) =>
        {
            asked = (machine, since, until);
            return Task.FromResult<IReadOnlyList<HostEvent>>(Array.Empty<HostEvent>());
        });
        Assert.Equal(id, asked!.Value.Machine);
        Assert.InRange(asked.Value.From, from, from.AddMilliseconds(100));
        Assert.InRange(asked.Value.To, from.AddMilliseconds(300), run.Clock.Now);
    }

    [Fact]
    public void A_log_that_does_not_answer_costs_two_seconds()
    {
        var run = new SimulatedRun(SimulatedRun.One(Generic));
        var from = run.Clock.Now;
        var failure = Start(run, (_, _, _) => new TaskCompletionSource<IReadOnlyList<HostEvent>>().Task);
        Assert.Equal("InsufficientSystemResources", failure.Cause.Name);
        Assert.InRange(run.Clock.Now - from, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(3));
    }

    [Fact]
    public void A_log_that_cannot_be_read_changes_nothing()
    {
        var run = new SimulatedRun(SimulatedRun.One(Generic));
        Assert.Equal("InsufficientSystemResources", Start(run, (_, _, _) => throw new InvalidOperationException("no log")).Cause.Name);
        run = new SimulatedRun(SimulatedRun.One(Generic));
        Assert.Equal("InsufficientSystemResources", Start(run, (_, _, _) => Task.FromException<IReadOnlyList<HostEvent>>(new UnauthorizedAccessException())).Cause.Name);
    }

    [Fact]
    public void A_worker_that_crashes_after_success_is_named()
    {
        var run = new SimulatedRun(SimulatedRun.One("\"faults\": [ { \"operation\": \"Start\", \"kind\": \"WorkerCrashed\", \"stage\": \"AfterSuccess\" } ]"));
        var outcome = run.Start("foo");
        Assert.Equal("WorkerCrashed", outcome.Failure!.Cause.Name);
        Assert.Equal(MpFailureStage.NotVerified, outcome.Failure.Stage);
        Assert.Equal(MpInstanceState.Stopped, outcome.After.State);
    }

    private static MpOperationFailure Start(SimulatedRun run, Func<Guid, DateTimeOffset, DateTimeOffset, Task<IReadOnlyList<HostEvent>>> read)
    {
        var session = new HostSession(run.Host.Connect(), run.Host.MultipassView, run.Clock, new CallGate(32), new Events(read));
        var instance = run.ReadAll(InstanceDetail.State).Single();
        var sink = new Sink();
        run.OnVirtualTime(async () =>
        {
            await LifecycleRunner.RunAsync(session, [instance], new OperationRequest(MpOperation.Start), sink, CancellationToken.None).ConfigureAwait(false);
            return true;
        });
        return sink.Outcome!.Failure!;
    }

    private sealed class Events(Func<Guid, DateTimeOffset, DateTimeOffset, Task<IReadOnlyList<HostEvent>>> read) : IHostEvents
    {
        public Task<IReadOnlyList<HostEvent>> ReadAsync(Guid machine, string instanceName, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
            => read(machine, from, to);
    }

    private sealed class Sink : IOperationSink
    {
        public OperationOutcome? Outcome { get; private set; }

        public void Verbose(string text)
        {
        }

        public void Warning(string text)
        {
        }

        public void Progress(MpInstance instance, string status, int? percent)
        {
        }

        public void Ended(OperationOutcome outcome) => Outcome = outcome;
    }
}
