using System;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Shell;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Commands;

/// <summary><para type="synopsis">Shows instances as their hosts show them now.</para></summary>
[Cmdlet(VerbsCommon.Get, "MpInstance", DefaultParameterSetName = ByName)]
[OutputType(typeof(MpInstance))]
public sealed class GetMpInstanceCommand : MpSelectionCommand
{
    private HostOrder? _order;

    /// <summary><para type="description">Only instances in one of these states.</para></summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public MpInstanceState[]? State { get; set; }

    /// <summary><para type="description">Reads no more than state, health, uptime and disk: two calls to each host.</para></summary>
    [Parameter]
    public SwitchParameter StateOnly { get; set; }

    /// <summary><para type="description">Adds LastFailure: why the last operation failed, whoever asked for it, while the host still remembers. Two calls more to each host.</para></summary>
    [Parameter]
    public SwitchParameter Detailed { get; set; }

    /// <summary><para type="description">Adds virtual machines that are not Multipass's.</para></summary>
    [Parameter]
    public SwitchParameter IncludeUnmanaged { get; set; }

    private protected override bool FindsManagedOnly => !IncludeUnmanaged;

    private protected override bool NeedsUniqueNames => false;

    private protected override bool AsksClient => true;

    private protected override InstanceDetail Detail => StateOnly ? InstanceDetail.State : InstanceDetail.Full;

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        _order = new HostOrder(Sessions);
        base.EndProcessing();
    }

    private protected override async Task WorkAsync(HostFindings found, CancellationToken cancellationToken)
    {
        var instances = found.Instances.Where(instance => State is null || Array.IndexOf(State, instance.State) >= 0).ToList();
        if (Detailed && instances.Count > 0)
        {
            var failures = await LastFailures.ReadAsync(found.Session, instances, Deadline.In(found.Session.Clock, ReadingTimeout), cancellationToken).ConfigureAwait(false);
            instances = instances.ConvertAll(instance => failures.TryGetValue(instance.Id, out var failure) ? new MpInstance(instance.Facts with { LastFailure = failure }) : instance);
        }

        await _order!.WriteAsync(found.Session, Pump, () => WriteObject(instances.Select(Shown), enumerateCollection: true), cancellationToken).ConfigureAwait(false);
    }

    private protected override Task NotReadAsync(HostSession session, CimFault fault, CancellationToken cancellationToken)
    {
        _order!.Pass(session);
        return base.NotReadAsync(session, fault, cancellationToken);
    }
}
