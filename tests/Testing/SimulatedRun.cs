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
using Xunit;

namespace Multipass.HyperV.Testing;

/// <summary>
/// A simulated host, and the engine on it, in virtual time: in process, where a call takes 20 ms unless a test says otherwise, or over a transport that has threads of its own.
/// It keeps what an operation tells, and how long it took.
/// </summary>
internal sealed partial class SimulatedRun : IOperationSink, IDisposable
{
    private readonly Scenario _scenario;
    private readonly ITestTime _time;
    private readonly List<OperationOutcome> _outcomes = new();
    private ICimConnection _connection;

    /// <param name="scenario">The host.</param>
    /// <param name="through">What stands between the engine and the host; it sees a call when the host does.</param>
    /// <param name="events">The host's event log; its own when omitted.</param>
    /// <param name="perCall">How long a call takes.</param>
    public SimulatedRun(string scenario, Func<ICimConnection, ICimConnection>? through = null, IHostEvents? events = null, TimeSpan? perCall = null)
        : this(Scenario.Parse(scenario), through, events, perCall)
    {
    }

    public SimulatedRun(Scenario scenario, Func<ICimConnection, ICimConnection>? through = null, IHostEvents? events = null, TimeSpan? perCall = null)
    {
        var clock = new VirtualClock();
        _scenario = scenario;
        _time = clock;
        Host = new SimulatedHost(scenario, clock);
        var connection = Host.Connect();
        _connection = new LatentConnection(through?.Invoke(connection) ?? connection, clock, perCall);
        Session = new HostSession(_connection, Host.MultipassView, clock, new CallGate(32), events ?? Host.Events);
    }

    private SimulatedRun(Scenario scenario, ContractLoop loop)
    {
        _scenario = scenario;
        _time = loop;
        Host = new SimulatedHost(scenario, loop.HostClock);
        _connection = Host.Connect();
        Session = new HostSession(_connection, multipassView: null, loop, new CallGate(32));
    }

    /// <summary>The clock of a run in process.</summary>
    public VirtualClock Clock => (VirtualClock)_time;

    public SimulatedHost Host { get; }

    public HostSession Session { get; private set; }

    /// <summary>How many calls the engine has sent, of a run in process.</summary>
    public int Sent => ((LatentConnection)_connection).Sent;

    public List<string> Told { get; } = new();

    public List<string> Warnings { get; } = new();

    public TimeSpan Elapsed { get; private set; }

    /// <summary>The requests that a host could act on.</summary>
    public IReadOnlyList<SimulatedCall> Changes => Host.Calls.Where(call => call.ChangesState).ToList();

    /// <summary>A scenario of one instance.</summary>
    public static string One(string instance, string host = "") => $$"""{ "host": { {{host}} }, "instances": [ { "name": "foo", {{instance}} } ] }""";

    /// <summary>The same over a transport. The clock moves only while no call is under way.</summary>
    public static async Task<SimulatedRun> OpenAsync(string scenario, Func<SimulatedHost, Task<ICimConnection>> connect)
    {
        var loop = new ContractLoop();
        var run = new SimulatedRun(Scenario.Parse(scenario), loop);
        run._connection = await connect(run.Host);
        run.Session = new HostSession(loop.Over(run._connection), multipassView: null, loop, new CallGate(32));
        return run;
    }

    public void Dispose() => _connection.Dispose();

    public MpInstance Read(string name) => ReadAll().Single(instance => instance.Name == name);

    public IReadOnlyList<MpInstance> ReadAll(InstanceDetail detail = InstanceDetail.Full) => ReadAll(Session, detail);

    /// <summary>What the host shows now, asked in process and undisturbed.</summary>
    public MpInstance Truth(string name)
    {
        Host.Interference = null;
        using var connection = Host.Connect();
        var session = new HostSession(connection, multipassView: null, _time, new CallGate(32));
        while (true)
        {
            try
            {
                return ReadAll(session, InstanceDetail.State).Single(instance => instance.Name == name);
            }
            catch (CimFaultException exception) when (exception.Fault.IsTransient)
            {
                // vmms is restarting.
                OnVirtualTime(async () =>
                {
                    await _time.Delay(TimeSpan.FromSeconds(1), CancellationToken.None).ConfigureAwait(false);
                    return true;
                });
            }
        }
    }

    public OperationOutcome Start(string name, int timeout = 300, bool rollback = true)
        => Run(name, new OperationRequest(MpOperation.Start) { Timeout = TimeSpan.FromSeconds(timeout), RollbackOnTimeout = rollback });

    public OperationOutcome Stop(string name, int timeout = 300, bool force = false, bool turnOff = false, bool discard = false)
        => Run(name, new OperationRequest(turnOff ? MpOperation.TurnOff : MpOperation.Shutdown)
        {
            Timeout = TimeSpan.FromSeconds(timeout), Force = force, DiscardsSavedState = discard,
        });

    public OperationOutcome Run(string name, MpOperation operation, int timeout = 300, bool noWait = false, params MpReadiness[] waitFor)
        => Run(name, new OperationRequest(operation) { Timeout = TimeSpan.FromSeconds(timeout), NoWait = noWait, WaitFor = waitFor });

    public OperationOutcome Run(string name, OperationRequest request) => RunMany(new[] { name }, request).Single();

    public IReadOnlyList<OperationOutcome> Run(OperationRequest request, params string[] names) => RunMany(names, request);

    public IReadOnlyList<OperationOutcome> Run(OperationRequest request, Action? prepare, params string[] names) => RunMany(names, request, prepare);

    /// <summary>Runs an operation on instances that have been read before; what is prepared befalls the operation only.</summary>
    public IReadOnlyList<OperationOutcome> RunMany(IEnumerable<string> names, OperationRequest request, Action? prepare = null)
    {
        var all = ReadAll(InstanceDetail.State);
        var targets = names.Select(name => all.Single(instance => instance.Name == name)).ToList();
        _outcomes.Clear();
        if (_time is ContractLoop)
        {
            // Over a transport the calls of the operation alone count.
            Host.ClearCalls();
        }

        prepare?.Invoke();
        var from = _time.Now;
        OnVirtualTime(async () =>
        {
            await LifecycleRunner.RunAsync(Session, targets, request, this, CancellationToken.None).ConfigureAwait(false);
            return true;
        });
        Elapsed = _time.Now - from;
        return _outcomes.ToList();
    }

    public Task Begin(string name, OperationRequest request, CancellationToken cancellationToken)
        => LifecycleRunner.RunAsync(Session, [ReadAll(InstanceDetail.State).Single(instance => instance.Name == name)], request, this, cancellationToken);

    /// <summary>Begins an operation, stops it after some virtual time, and tells how much more of that passed until it ended.</summary>
    public TimeSpan StopAfter(TimeSpan duration, OperationRequest request, string name)
    {
        var instance = ReadAll(InstanceDetail.State).Single(candidate => candidate.Name == name);
        using var stop = new CancellationTokenSource();
        return OnVirtualTime(async () =>
        {
            var operation = LifecycleRunner.RunAsync(Session, new[] { instance }, request, this, stop.Token);
            await _time.Delay(duration, CancellationToken.None).ConfigureAwait(false);
            var stopped = _time.Now;
            Cancel(stop);
            try
            {
                await operation.ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // As it should.
            }

            return _time.Now - stopped;
        });
    }

    /// <summary>Waits for an instance that the host has or does not have; meanwhile things may happen.</summary>
    public OperationOutcome Wait(string name, MpInstanceState[]? states = null, MpReadiness[]? readiness = null, int timeout = 300, params (int AfterMilliseconds, Action Action)[] meanwhile)
    {
        var request = new OperationRequest(MpOperation.Wait) { Timeout = TimeSpan.FromSeconds(timeout), States = states ?? [], WaitFor = readiness ?? [], ReadsAll = true };
        var found = ReadAll(InstanceDetail.State).Where(instance => instance.Name == name).ToList();
        using var arrival = new InstanceArrival(name, null, [Session], request, this, CancellationToken.None);
        _outcomes.Clear();
        var from = _time.Now;
        OnVirtualTime(async () =>
        {
            var wait = LifecycleRunner.WaitAsync(Session, found, found.Count == 0 ? [arrival] : [], request, this, CancellationToken.None);
            foreach (var (after, action) in meanwhile)
            {
                await _time.Delay(from + TimeSpan.FromMilliseconds(after) - _time.Now, CancellationToken.None).ConfigureAwait(false);
                action();
            }

            await wait.ConfigureAwait(false);
            return true;
        });
        Elapsed = _time.Now - from;
        return Assert.Single(_outcomes);
    }

    /// <summary>vmms is stopped, and stays so.</summary>
    public void StopService()
        => Invoke(new CimPath("root/cimv2", "Win32_Service", new KeyValuePair<string, object>("Name", "vmms")), "StopService");

    /// <summary>A request of somebody else's, which must be accepted.</summary>
    public void Request(string name, ushort requestedState) => Accepted(name, requestedState);

    /// <summary>Without a context continuations stay on this thread, and in their order.</summary>
    public T OnVirtualTime<T>(Func<Task<T>> operation) => _time.Run(operation);

    void IOperationSink.Verbose(string text) => Told.Add(text);

    void IOperationSink.Warning(string text) => Warnings.Add(text);

    void IOperationSink.Progress(MpInstance instance, string status, int? percent)
    {
    }

    void IOperationSink.Ended(OperationOutcome outcome) => _outcomes.Add(outcome);

    /// <summary>On this thread, as a loop without threads demands.</summary>
    private static void Cancel(CancellationTokenSource source) => source.Cancel();

    private IReadOnlyList<MpInstance> ReadAll(HostSession session, InstanceDetail detail)
        => OnVirtualTime(() => InstanceReader.ReadAsync(session, InstanceFilter.All, detail, Deadline.In(_time, TimeSpan.FromMinutes(1)), CancellationToken.None));
}
