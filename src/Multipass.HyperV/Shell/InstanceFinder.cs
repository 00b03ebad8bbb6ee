using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Multipass;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Shell;

/// <summary>What becomes of what was found.</summary>
internal interface IFindingSink
{
    /// <summary>Runs on the pipeline's thread: something is wrong with what was asked for.</summary>
    void Tell(MpOperationFailure failure);

    /// <summary>Runs on the pipeline's thread: something is wrong with Multipass's records.</summary>
    void Warn(string text);

    /// <summary>Runs on the pipeline's thread, from time to time while hosts keep silent: which ones; at last, none.</summary>
    void StillReading(IReadOnlyList<string> silent);

    /// <summary>Runs on the pipeline's thread, when all hosts have been read: none of them has it.</summary>
    void TellMissing(MpOperationFailure failure);

    /// <summary>Works on what a host has. For all hosts at the same time, each as soon as it has been read; also where it has nothing.</summary>
    Task WorkAsync(HostFindings found, CancellationToken cancellationToken);

    /// <summary>A host could not be read.</summary>
    Task NotReadAsync(HostSession session, CimFault fault, CancellationToken cancellationToken);
}

/// <summary>Finds the instances meant, on many hosts at once. No host waits for another: one that keeps silent costs the others nothing.</summary>
internal sealed class InstanceFinder
{
    /// <summary>A host that has not answered for so long keeps silent.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(1);

    private readonly InstanceSelection _selection;
    private readonly PipelinePump _pump;
    private readonly IFindingSink _sink;
    private readonly HashSet<string> _warned = new(StringComparer.Ordinal);

    public InstanceFinder(InstanceSelection selection, PipelinePump pump, IFindingSink sink)
    {
        _selection = selection;
        _pump = pump;
        _sink = sink;
    }

    /// <summary>How much is read of each instance.</summary>
    public InstanceDetail Detail { get; init; } = InstanceDetail.Full;

    /// <summary>Whether all instances are meant where nothing was asked for.</summary>
    public bool MeansAll { get; init; }

    /// <summary>True where Multipass's client may be asked as well. It may take seconds, and hang: what only changes a virtual machine does not wait for it.</summary>
    public bool AsksClient { get; init; }

    /// <summary>A host has so long to be read.</summary>
    public TimeSpan Patience { get; init; }

    /// <summary>True where a host that was asked for could not be connected to: it may have what the others have not.</summary>
    public bool IsHostMissing { get; init; }

    /// <summary>Ends when every host has been read and everything found has been worked on.</summary>
    public async Task RunAsync(IReadOnlyList<HostSession> sessions, CancellationToken cancellationToken)
    {
        // Each on the thread pool: a connection may do its work before it first waits.
        var readings = sessions.Select(session => Task.Run(() => OneAsync(session, cancellationToken), CancellationToken.None)).ToList();
        var all = Task.WhenAll(readings);
        await TellSilentAsync(sessions, readings, all, cancellationToken).ConfigureAwait(false);
        var hosts = await all.ConfigureAwait(false);

        // A host that could not be read may have it; its own error is told.
        if (!IsHostMissing && hosts.All(host => host.Findings is not null))
        {
            await _pump.InvokeAsync(() => TellMissing(hosts.Select(host => host.Findings!).ToList())).ConfigureAwait(false);
        }

        await Task.WhenAll(hosts.Select(host => host.Work)).ConfigureAwait(false);
    }

    /// <summary>Names the hosts that have not answered yet, each second; ends when all have.</summary>
    private async Task TellSilentAsync(
        IReadOnlyList<HostSession> sessions, List<Task<(HostFindings? Findings, Task Work)>> readings, Task all, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var isTold = false;
        while (!all.IsCompleted)
        {
            await Task.WhenAny(all, SystemClock.Instance.Delay(Silence, ended.Token)).ConfigureAwait(false);
            if (all.IsCompleted || cancellationToken.IsCancellationRequested)
            {
                break;
            }

            var silent = sessions.Where((_, index) => !readings[index].IsCompleted).Select(session => session.Host.Name).ToList();
            _pump.Post(() => _sink.StillReading(silent));
            isTold = true;
        }

        ended.Cancel();
        if (isTold)
        {
            _pump.Post(() => _sink.StillReading(Array.Empty<string>()));
        }
    }

    /// <summary>Ends when the host has been read. The work on what it has goes on.</summary>
    private async Task<(HostFindings? Findings, Task Work)> OneAsync(HostSession session, CancellationToken cancellationToken)
    {
        var warnings = new List<string>();
        HostFindings found;
        try
        {
            found = await ReadAsync(session, warnings, cancellationToken).ConfigureAwait(false);
        }
        catch (CimFaultException exception)
        {
            return (null, _sink.NotReadAsync(session, exception.Fault, cancellationToken));
        }

        if (warnings.Count + found.Failures.Count > 0)
        {
            await _pump.InvokeAsync(() => Tell(found, warnings)).ConfigureAwait(false);
        }

        return (found, _sink.WorkAsync(found, cancellationToken));
    }

    private async Task<HostFindings> ReadAsync(HostSession session, List<string> warnings, CancellationToken cancellationToken)
    {
        var until = Deadline.In(session.Clock, Patience);
        var byName = _selection.ByName(session, MeansAll);
        var ofKeys = await ReadAsync(_selection.KeysOn(session), AsksClient).ConfigureAwait(false);
        var ofNames = await ReadAsync(byName, AsksClient).ConfigureAwait(false);
        if (!AsksClient && ofNames.Count == 0 && byName is not null && byName != InstanceFilter.All && session.MultipassView?.Client is { IsPresent: true })
        {
            // What Hyper-V does not have Multipass's client may still know.
            ofNames = await ReadAsync(byName, asksClient: true).ConfigureAwait(false);
        }

        return _selection.On(session, ofKeys, ofNames);

        Task<IReadOnlyList<MpInstance>> ReadAsync(InstanceFilter? filter, bool asksClient)
            => filter is null
                ? Task.FromResult<IReadOnlyList<MpInstance>>(Array.Empty<MpInstance>())
                : InstanceReader.ReadAsync(session, filter, Detail, until, cancellationToken, warnings, asksClient ? null : MultipassEffort.Database);
    }

    private void Tell(HostFindings found, IEnumerable<string> warnings)
    {
        foreach (var warning in warnings.Where(_warned.Add))
        {
            _sink.Warn(warning);
        }

        foreach (var failure in found.Failures)
        {
            _sink.Tell(failure);
        }
    }

    private void TellMissing(IReadOnlyList<HostFindings> hosts)
    {
        var present = new HashSet<string>(hosts.SelectMany(host => host.Present), StringComparer.OrdinalIgnoreCase);
        var hostNames = string.Join(", ", hosts.Select(host => host.Session.Host.Name));
        foreach (var name in _selection.Sought.Where(name => !present.Contains(name)))
        {
            var stranger = hosts.FirstOrDefault(host => host.Strangers.Contains(name, StringComparer.OrdinalIgnoreCase))?.Session.Host.Name;
            _sink.TellMissing(InstanceSelection.NotFound(name, hostNames, stranger));
        }
    }
}
