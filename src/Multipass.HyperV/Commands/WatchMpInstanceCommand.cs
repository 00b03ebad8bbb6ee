using System;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Operations;
using Multipass.HyperV.Shell;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Commands;

/// <summary><para type="synopsis">Writes a line whenever the state of an instance changes, until it is stopped. Changes nothing.</para></summary>
/// <remarks>One poll for each host, whatever the number of instances. It ends with Ctrl+C, with -Timeout, or when the pipeline has enough.</remarks>
[Cmdlet(VerbsCommon.Watch, "MpInstance", DefaultParameterSetName = ByName)]
[OutputType(typeof(MpInstanceChange))]
public sealed class WatchMpInstanceCommand : MpSelectionCommand
{
    /// <summary><para type="description">Writes the present state of each instance first.</para></summary>
    [Parameter]
    public SwitchParameter IncludeCurrent { get; set; }

    /// <summary><para type="description">How long to watch, in whole seconds; without it, until it is stopped. That the time has run out is no error.</para></summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue / 1000)]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public int? Timeout { get; set; }

    /// <summary><para type="description">How long to wait between two looks at a host, in milliseconds.</para></summary>
    [Parameter]
    [ValidateRange(50, 60_000)]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public int IntervalMilliseconds { get; set; } = 500;

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var sessions = Sessions;
        TellUnconnected();
        var isWanted = Selection.Wanted(MeansAll);
        Pump.Run(token => Task.WhenAll(sessions.Select(session => Task.Run(() => WatchAsync(session, isWanted, token), CancellationToken.None))), Stop);
        WriteHeldBack();
    }

    private async Task WatchAsync(HostSession session, Func<MpInstance, bool> isWanted, CancellationToken cancellationToken)
    {
        var watch = new InstanceWatch(session, isWanted, change => Pump.Post(() => Write(change)), cancellationToken);
        var until = Timeout is { } seconds ? Deadline.In(session.Clock, TimeSpan.FromSeconds(seconds)) : null;
        if (await watch.RunAsync(TimeSpan.FromMilliseconds(IntervalMilliseconds), until).ConfigureAwait(false) is { } fault)
        {
            await Pump.InvokeAsync(() => SayThatItHasEnded(session)).ConfigureAwait(false);
            await NotReadAsync(session, fault, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Under -ErrorAction Stop the error waits until the other hosts are not watched any more either, and that may be never.</summary>
    private void SayThatItHasEnded(HostSession session)
    {
        if (EndsAtFirstError())
        {
            WriteWarning($"{session.Host.Name} cannot be read any more; its instances are not watched any longer.");
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
