using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Operations;
using Multipass.HyperV.Simulation;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Tests.Operations;

/// <summary>The engine on a simulated host in virtual time.</summary>
internal sealed class SimulatedRun : IOperationSink
{
    private readonly List<OperationOutcome> _outcomes = new();

    public SimulatedRun(string scenario, Func<ICimConnection, ICimConnection>? through = null, IHostEvents? events = null)
    {
        Host = new SimulatedHost(Scenario.Parse(scenario), Clock);
        var connection = Host.Connect();
        Session = new HostSession(through?.Invoke(connection) ?? connection, Host.MultipassView, Clock, new CallGate(32), events ?? Host.Events);
    }

    public VirtualClock Clock { get; } = new();

    public SimulatedHost Host { get; }

    public HostSession Session { get; }

    public List<string> Told { get; } = new();

    public List<string> Warnings { get; } = new();

    public TimeSpan Elapsed { get; private set; }

    /// <summary>The requests that a host could act on.</summary>
    public IReadOnlyList<SimulatedCall> Changes => Host.Calls.Where(call => call.ChangesState).ToList();

    /// <summary>A scenario of one instance.</summary>
    public static string One(string instance, string host = "") => $$"""{ "host": { {{host}} }, "instances": [ { "name": "foo", {{instance}} } ] }""";

    public MpInstance Read(string name) => ReadAll().Single(instance => instance.Name == name);

    public IReadOnlyList<MpInstance> ReadAll(InstanceDetail detail = InstanceDetail.Full)
        => OnVirtualTime(() => InstanceReader.ReadAsync(Session, InstanceFilter.All, detail, Deadline.In(Clock, TimeSpan.FromMinutes(1)), CancellationToken.None));

    public OperationOutcome Run(string name, OperationRequest request) => RunMany(new[] { name }, request).Single();

    public OperationOutcome Start(string name, int timeout = 300, bool rollback = true)
        => Run(name, new OperationRequest(MpOperation.Start) { Timeout = TimeSpan.FromSeconds(timeout), RollbackOnTimeout = rollback });

    public OperationOutcome Stop(string name, int timeout = 300, bool force = false, bool turnOff = false, bool discard = false)
        => Run(name, new OperationRequest(turnOff ? MpOperation.TurnOff : MpOperation.Shutdown)
        {
            Timeout = TimeSpan.FromSeconds(timeout), Force = force, DiscardsSavedState = discard,
        });

    public OperationOutcome Run(string name, MpOperation operation, int timeout = 300, bool noWait = false, params MpReadiness[] waitFor)
        => Run(name, new OperationRequest(operation) { Timeout = TimeSpan.FromSeconds(timeout), NoWait = noWait, WaitFor = waitFor });

    /// <summary>Waits for an instance that the host has or does not have; meanwhile things may happen.</summary>
    public OperationOutcome Wait(string name, MpInstanceState[]? states = null, MpReadiness[]? readiness = null, int timeout = 300, params (int AfterMilliseconds, Action Action)[] meanwhile)
    {
        var request = new OperationRequest(MpOperation.Wait) { Timeout = TimeSpan.FromSeconds(timeout), States = states ?? [], WaitFor = readiness ?? [], ReadsAll = true };
        var found = ReadAll(InstanceDetail.State).Where(instance => instance.Name == name).ToList();
        using var arrival = new InstanceArrival(name, null, [Session], request, this, CancellationToken.None);
        _outcomes.Clear();
        var from = Clock.Now;
        OnVirtualTime(async () =>
        {
            var wait = LifecycleRunner.WaitAsync(Session, found, found.Count == 0 ? [arrival] : [], request, this, CancellationToken.None);
            foreach (var (after, action) in meanwhile)
            {
                await Clock.Delay(from + TimeSpan.FromMilliseconds(after) - Clock.Now, CancellationToken.None).ConfigureAwait(false);
                action();
            }

            await wait.ConfigureAwait(false);
            return true;
        });
        Elapsed = Clock.Now - from;
        return Xunit.Assert.Single(_outcomes);
    }

    /// <summary>vmms is stopped, and stays so.</summary>
    public void StopService()
        => OnVirtualTime(() => Host.Connect().InvokeAsync(
            new CimPath("root/cimv2", "Win32_Service", new KeyValuePair<string, object>("Name", "vmms")), "StopService", new Dictionary<string, object?>(), CancellationToken.None));

    /// <summary>A request of somebody else's.</summary>
    public void Request(string name, ushort requestedState)
    {
        var id = InstanceReader.ReadAsync(Session, InstanceFilter.ByName([name]), InstanceDetail.State, Deadline.In(Clock, TimeSpan.FromMinutes(1)), CancellationToken.None)
            .GetAwaiter().GetResult().Single().Id;
        var connection = Host.Connect();
        var result = connection.InvokeAsync(
            MachineReading.PathOf(id), "RequestStateChange", new Dictionary<string, object?> { ["RequestedState"] = requestedState }, CancellationToken.None);
        Xunit.Assert.Equal(4096u, result.GetAwaiter().GetResult().ReturnValue);
    }

    public IReadOnlyList<OperationOutcome> RunMany(IEnumerable<string> names, OperationRequest request)
    {
        var all = ReadAll(InstanceDetail.State);
        var targets = names.Select(name => all.Single(instance => instance.Name == name)).ToList();
        _outcomes.Clear();
        var from = Clock.Now;
        OnVirtualTime(async () =>
        {
            await LifecycleRunner.RunAsync(Session, targets, request, this, CancellationToken.None).ConfigureAwait(false);
            return true;
        });
        Elapsed = Clock.Now - from;
        return _outcomes.ToList();
    }

    public Task Begin(string name, OperationRequest request, CancellationToken cancellationToken)
        => LifecycleRunner.RunAsync(Session, [ReadAll(InstanceDetail.State).Single(instance => instance.Name == name)], request, this, cancellationToken);

    /// <summary>Without a context continuations stay on this thread, and in their order.</summary>
    public T OnVirtualTime<T>(Func<Task<T>> operation)
    {
        var previous = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            var task = operation();
            Clock.Run(task);
            return task.GetAwaiter().GetResult();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(previous);
        }
    }

    void IOperationSink.Verbose(string text) => Told.Add(text);

    void IOperationSink.Warning(string text) => Warnings.Add(text);

    void IOperationSink.Progress(MpInstance instance, string status, int? percent)
    {
    }

    void IOperationSink.Ended(OperationOutcome outcome) => _outcomes.Add(outcome);
}
