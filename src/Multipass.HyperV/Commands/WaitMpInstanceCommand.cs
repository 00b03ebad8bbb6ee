using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Operations;
using Multipass.HyperV.Shell;

namespace Multipass.HyperV.Commands;

/// <summary><para type="synopsis">Waits until instances are in a state, or their guests answer. Changes nothing. An instance that does not exist yet is waited for too.</para></summary>
[Cmdlet(VerbsLifecycle.Wait, "MpInstance", DefaultParameterSetName = ByName)]
[OutputType(typeof(MpInstance))]
public sealed class WaitMpInstanceCommand : MpTargetCommand
{
    private readonly object _lock = new();
    private readonly HashSet<string> _there = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _awaited = new(StringComparer.OrdinalIgnoreCase);
    private Dictionary<string, InstanceArrival>? _arrivals;
    private OperationRequest? _request;
    private PipelineSink? _sink;

    /// <summary><para type="description">The state to wait for; of several, any.</para></summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public MpInstanceState[]? State { get; set; }

    /// <summary><para type="description">What to wait for: Running, the guest's Heartbeat, or an IPAddress; of several, all. Without -State and -For, the heartbeat.</para></summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public MpReadiness[]? For { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (State is not null && For is not null)
        {
            ThrowFailure(FailureCatalogue.ParametersConflict, new FailureContext { Detail = "-State waits for the host, and -For for the guest of an instance that runs: give one of them." });
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        _request = new OperationRequest(MpOperation.Wait)
        {
            Timeout = Patience,
            States = State ?? Array.Empty<MpInstanceState>(),
            WaitFor = For ?? (State is null ? new[] { MpReadiness.Heartbeat } : Array.Empty<MpReadiness>()),
            ReadsAll = PassThru,
        };
        _sink = new PipelineSink(this, "Waiting for", PassThru);
        try
        {
            FindAndWork();
        }
        finally
        {
            _sink.EndAll();
            foreach (var arrival in _arrivals?.Values ?? Enumerable.Empty<InstanceArrival>())
            {
                arrival.Dispose();
            }
        }

        WriteHeldBack();
    }

    private protected override async Task WorkAsync(HostFindings found, CancellationToken cancellationToken)
    {
        var ofAllHosts = Arrivals(cancellationToken);

        // Multipass has a record of it, the host has not got it yet.
        static bool IsComing(MpInstance instance) => instance.Id == Guid.Empty && instance.Backend == MpBackend.HyperV;
        var coming = found.Instances.Where(IsComing).Select(instance => instance.Name).ToList();
        var there = found.Present.Except(coming, StringComparer.OrdinalIgnoreCase).ToList();
        foreach (var name in there)
        {
            ofAllHosts[name].IsThere();
        }

        var instances = found.Instances.Where(instance => !IsComing(instance)).ToList();
        var awaited = found.Absent.Concat(found.Present.Intersect(coming, StringComparer.OrdinalIgnoreCase)).ToList();
        var others = coming.Where(name => !ofAllHosts.ContainsKey(name))
            .Select(name => new InstanceArrival(name, null, new[] { found.Session }, _request!, _sink!, cancellationToken)).ToList();
        try
        {
            await Pump.InvokeAsync(() => Expect(instances.Count + others.Count, there, awaited)).ConfigureAwait(false);
            await LifecycleRunner.WaitAsync(
                found.Session, instances, awaited.Select(name => ofAllHosts[name]).Concat(others), _request!, _sink!, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            others.ForEach(arrival => arrival.Dispose());
        }
    }

    /// <summary>What is awaited on several hosts ends once, and not at all when one of them turns out to have it.</summary>
    private void Expect(int count, IEnumerable<string> there, IEnumerable<string> awaited)
    {
        count -= there.Count(name => _there.Add(name) && _awaited.Remove(name));
        count += awaited.Count(name => !_there.Contains(name) && _awaited.Add(name));
        _sink!.Expect(count);
    }

    private protected override Task NotReadAsync(HostSession session, CimFault fault, CancellationToken cancellationToken)
    {
        // The other hosts are searched all the same.
        foreach (var arrival in Arrivals(cancellationToken).Values)
        {
            arrival.LeaveOut();
        }

        return base.NotReadAsync(session, fault, cancellationToken);
    }

    /// <summary>What was asked for by name or id may come yet, on any host.</summary>
    private Dictionary<string, InstanceArrival> Arrivals(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return _arrivals ??= Selection.Sought.ToDictionary(
                name => name, name => new InstanceArrival(name, Selection.IdOf(name), Sessions, _request!, _sink!, cancellationToken), StringComparer.OrdinalIgnoreCase);
        }
    }

    /// <summary>What does not exist yet is waited for; that it has not come in time is told then.</summary>
    private protected override void TellMissing(MpOperationFailure failure)
    {
    }
}
