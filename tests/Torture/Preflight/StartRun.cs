using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Multipass.HyperV.Checks;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Operations;
using Multipass.HyperV.Simulation;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Torture.Preflight;

/// <summary>The look before a start, and the start, on a simulated host in virtual time.</summary>
internal sealed class StartRun : IOperationSink
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    private readonly VirtualClock _clock = new();
    private readonly HostSession _session;
    private readonly MpInstance _instance;
    private OperationOutcome? _outcome;

    public StartRun(string scenario, string name)
    {
        var host = new SimulatedHost(Scenario.Parse(scenario), _clock);
        _session = new HostSession(host.Connect(), host.MultipassView, _clock, new CallGate(32), host.Events);
        _instance = _clock.Run(() => InstanceReader.ReadAsync(_session, InstanceFilter.All, InstanceDetail.State, Limit, CancellationToken.None)).Single(one => one.Name == name && one.Id != Guid.Empty);
    }

    private Deadline Limit => Deadline.In(_clock, TimeSpan.FromMinutes(1));

    public IReadOnlyList<MpInstanceFinding> Test()
        => _clock.Run(() => InstanceTester.RunAsync(_session, new[] { _instance }, Limit, CancellationToken.None))[0].Findings;

    public OperationOutcome Start()
    {
        _clock.Run(async () =>
        {
            await LifecycleRunner.RunAsync(_session, new[] { _instance }, new OperationRequest(MpOperation.Start) { Timeout = Patience }, this, CancellationToken.None).ConfigureAwait(false);
            return true;
        });
        return _outcome ?? throw new InvalidOperationException("The start has not ended.");
    }

    void IOperationSink.Verbose(string text)
    {
    }

    void IOperationSink.Warning(string text)
    {
    }

    void IOperationSink.Progress(MpInstance instance, string status, int? percent)
    {
    }

    void IOperationSink.Ended(OperationOutcome outcome) => _outcome = outcome;
}
