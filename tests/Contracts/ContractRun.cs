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

namespace Multipass.HyperV.Contracts;

/// <summary>The engine on a simulated host over a transport, in virtual time.</summary>
internal sealed class ContractRun : IOperationSink, IDisposable
{
    private readonly ContractLoop _loop = new();
    private readonly List<OperationOutcome> _outcomes = new();
    private ICimConnection _connection = null!;

    private ContractRun(string scenario) => Host = new SimulatedHost(Scenario.Parse(scenario), _loop.HostClock);

    public SimulatedHost Host { get; }

    public HostSession Session { get; private set; } = null!;

    public List<string> Told { get; } = new();

    public TimeSpan Elapsed { get; private set; }

    /// <summary>The requests that the host could act on.</summary>
    public IReadOnlyList<SimulatedCall> Changes => Host.Calls.Where(call => call.ChangesState).ToList();

    public static async Task<ContractRun> OpenAsync(string scenario, Func<SimulatedHost, Task<ICimConnection>> connect)
    {
        var run = new ContractRun(scenario);
        run._connection = await connect(run.Host);
        run.Session = new HostSession(run._loop.Over(run._connection), multipassView: null, run._loop, new CallGate(32));
        return run;
    }

    public void Dispose() => _connection.Dispose();

    public IReadOnlyList<MpInstance> ReadAll(InstanceDetail detail = InstanceDetail.Full) => ReadAll(Session, detail);

    /// <summary>What the host shows now, asked in process and undisturbed.</summary>
    public MpInstance Truth(string name)
    {
        Host.Interference = null;
        using var connection = Host.Connect();
        var session = new HostSession(connection, multipassView: null, _loop, new CallGate(32));
        while (true)
        {
            try
            {
                return ReadAll(session, InstanceDetail.State).Single(instance => instance.Name == name);
            }
            catch (CimFaultException exception) when (exception.Fault.IsTransient)
            {
                // vmms is restarting.
                _loop.Run(async () =>
                {
                    await _loop.Delay(TimeSpan.FromSeconds(1), CancellationToken.None).ConfigureAwait(false);
                    return true;
                });
            }
        }
    }

    public OperationOutcome Start(string name, int timeout = 300, bool rollback = true)
        => Run(new OperationRequest(MpOperation.Start) { Timeout = TimeSpan.FromSeconds(timeout), RollbackOnTimeout = rollback }, name).Single();

    public OperationOutcome Stop(string name, int timeout = 300, bool turnOff = false)
        => Run(new OperationRequest(turnOff ? MpOperation.TurnOff : MpOperation.Shutdown) { Timeout = TimeSpan.FromSeconds(timeout) }, name).Single();

    public IReadOnlyList<OperationOutcome> Run(OperationRequest request, params string[] names) => Run(request, prepare: null, names);

    /// <summary>Runs an operation on instances that have been read before; what is prepared befalls the operation only.</summary>
    public IReadOnlyList<OperationOutcome> Run(OperationRequest request, Action? prepare, params string[] names)
    {
        var all = ReadAll(InstanceDetail.State);
        var targets = names.Select(name => all.Single(instance => instance.Name == name)).ToList();
        _outcomes.Clear();
        Host.ClearCalls();
        prepare?.Invoke();
        var from = _loop.Now;
        _loop.Run(async () =>
        {
            await LifecycleRunner.RunAsync(Session, targets, request, this, CancellationToken.None).ConfigureAwait(false);
            return true;
        });
        Elapsed = _loop.Now - from;
        return _outcomes.ToList();
    }

    /// <summary>Begins an operation, stops it after some virtual time, and tells how much more of that passed until it ended.</summary>
    public TimeSpan StopAfter(TimeSpan duration, OperationRequest request, string name)
    {
        var instance = ReadAll(InstanceDetail.State).Single(candidate => candidate.Name == name);
        using var stop = new CancellationTokenSource();
        return _loop.Run(async () =>
        {
            var operation = LifecycleRunner.RunAsync(Session, new[] { instance }, request, this, stop.Token);
            await _loop.Delay(duration, CancellationToken.None).ConfigureAwait(false);
            var stopped = _loop.Now;
            Cancel(stop);
            try
            {
                await operation.ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // As it should.
            }

            return _loop.Now - stopped;
        });
    }

    void IOperationSink.Verbose(string text) => Told.Add(text);

    void IOperationSink.Warning(string text) => Told.Add(text);

    void IOperationSink.Progress(MpInstance instance, string status, int? percent)
    {
    }

    void IOperationSink.Ended(OperationOutcome outcome) => _outcomes.Add(outcome);

    /// <summary>On this thread, as the loop demands.</summary>
    private static void Cancel(CancellationTokenSource source) => source.Cancel();

    private IReadOnlyList<MpInstance> ReadAll(HostSession session, InstanceDetail detail)
        => _loop.Run(() => InstanceReader.ReadAsync(session, InstanceFilter.All, detail, Deadline.In(_loop, TimeSpan.FromMinutes(1)), CancellationToken.None));
}
