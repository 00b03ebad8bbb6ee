using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Lifecycle;
using Multipass.HyperV.Shell;

namespace Multipass.HyperV.Commands;

/// <summary><para type="synopsis">Waits until instances are in a state, or their guests answer. Changes nothing. An instance that does not exist yet is waited for too.</para></summary>
[Cmdlet(VerbsLifecycle.Wait, "MpInstance", DefaultParameterSetName = ByObject)]
[OutputType(typeof(MpInstance))]
public sealed class WaitMpInstanceCommand : MpTargetCommand
{
    private readonly List<InstanceSought> _sought = new();

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
        var request = new OperationRequest(MpOperation.Wait)
        {
            Timeout = Patience,
            States = State ?? Array.Empty<MpInstanceState>(),
            WaitFor = For ?? (State is null ? new[] { MpReadiness.Heartbeat } : Array.Empty<MpReadiness>()),
            ReadsAll = PassThru,
        };
        var found = Resolve(InstanceDetail.Full);

        // Multipass has a record of it, the host has not got it yet.
        bool IsMissing(MpInstance instance) => instance.Id == Guid.Empty && instance.Backend == MpBackend.HyperV;
        _sought.AddRange(found.Where(target => IsMissing(target.Instance)).Select(target => new InstanceSought(target.Instance.Name, null, new[] { target.Session })));
        var targets = found.Where(target => !IsMissing(target.Instance)).ToList();
        if (targets.Count + _sought.Count > 0)
        {
            var sink = new PipelineSink(this, "Waiting for", targets.Count + _sought.Count, PassThru);
            sink.Run(token => LifecycleRunner.WaitAsync(targets, _sought, request, sink, token), Stop);
        }

        WriteHeldBack();
    }

    private protected override bool Seeks(string name, Guid? id, IReadOnlyList<HostSession> sessions)
    {
        _sought.Add(new InstanceSought(name, id, sessions));
        return true;
    }
}
