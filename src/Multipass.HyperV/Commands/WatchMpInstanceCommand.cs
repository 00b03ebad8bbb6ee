using System;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Lifecycle;
using Multipass.HyperV.Shell;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Commands;

/// <summary><para type="synopsis">Writes a line whenever the state of an instance changes, until it is stopped. Changes nothing.</para></summary>
/// <remarks>One poll for each host, whatever the number of instances. It ends with Ctrl+C, with -Timeout, or when the pipeline has enough.</remarks>
[Cmdlet(VerbsCommon.Watch, "MpInstance", DefaultParameterSetName = ByObject)]
[OutputType(typeof(MpInstanceChange))]
public sealed class WatchMpInstanceCommand : MpInstanceCommand
{
    /// <summary><para type="description">The instance's name; wildcards are allowed. Without it, all. One that does not exist yet is shown when it comes.</para></summary>
    [Parameter(Position = 0, ParameterSetName = ByName, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("VMName")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(InstanceNameCompleter))]
    public string[]? Name { get; set; }

    /// <summary><para type="description">Instances, from <c>Get-MpInstance</c>.</para></summary>
    [Parameter(Position = 0, ParameterSetName = ByObject, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(InstanceNameCompleter))]
    public MpInstance[]? InputObject { get; set; }

    /// <summary><para type="description">Writes the present state of each instance first.</para></summary>
    [Parameter]
    public SwitchParameter IncludeCurrent { get; set; }

    /// <summary><para type="description">How long to watch, in whole seconds; without it, until it is stopped. That the time has run out is no error.</para></summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue / 1000)]
    public int? Timeout { get; set; }

    /// <summary><para type="description">How long to wait between two looks at a host, in milliseconds.</para></summary>
    [Parameter]
    [ValidateRange(50, 60_000)]
    public int IntervalMilliseconds { get; set; } = 500;

    private protected override string[]? Names => Name;

    private protected override MpInstance[]? Objects => InputObject;

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var pump = new PipelinePump();
        var sessions = Sessions();
        var isWanted = Wanted();
        var faults = new (HostSession Session, CimFault? Fault)[sessions.Count];
        pump.Run(
            token => Task.WhenAll(sessions.Select(async (session, index) =>
            {
                var watch = new InstanceWatch(session, isWanted, change => pump.Post(() => Write(change)), token);
                var until = Timeout is { } seconds ? Deadline.In(session.Clock, TimeSpan.FromSeconds(seconds)) : null;
                var fault = await watch.RunAsync(TimeSpan.FromMilliseconds(IntervalMilliseconds), until).ConfigureAwait(false);
                faults[index] = (session, fault);
                if (fault is not null)
                {
                    pump.Post(() => WriteVerbose($"{session.Host.Name} cannot be read any more; its instances are not watched any longer."));
                }
            })),
            Stop);
        foreach (var (session, fault) in faults)
        {
            if (fault is not null)
            {
                var facts = HostFacts.None;
                new PipelinePump().Run(async token => facts = await FactsOfAsync(session, fault, token).ConfigureAwait(false), Stop);
                WriteFailure(FailureOf(session, fault, facts));
            }
        }
    }

    private void Write(MpInstanceChange change)
    {
        if (change.Kind != MpChangeKind.Present || IncludeCurrent)
        {
            WriteObject(change);
        }
    }
}
