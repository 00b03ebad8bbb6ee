using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Operations;

/// <summary>Watches the instances of one host: one call for each look, however many there are, and one reading more when something new is there.</summary>
internal sealed class InstanceWatch
{
    /// <summary>A virtual machine that is being launched is Multipass's only when its disk is attached: strangers that have come since are looked at again, so often.</summary>
    private static readonly TimeSpan StrangerInterval = TimeSpan.FromSeconds(2);

    private readonly HostSession _session;
    private readonly Func<MpInstance, bool> _isWanted;
    private readonly Action<MpInstanceChange> _tell;
    private readonly CancellationToken _cancellationToken;
    private readonly Dictionary<Guid, MpInstance> _known = new();
    private readonly Dictionary<Guid, DateTimeOffset> _strangers = new();
    private bool _hasBegun;

    /// <summary>A watch that has not begun.</summary>
    /// <param name="session">The host.</param>
    /// <param name="isWanted">Which instances.</param>
    /// <param name="tell">Called for each change, in order.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public InstanceWatch(HostSession session, Func<MpInstance, bool> isWanted, Action<MpInstanceChange> tell, CancellationToken cancellationToken)
    {
        _session = session;
        _isWanted = isWanted;
        _tell = tell;
        _cancellationToken = cancellationToken;
    }

    /// <summary>Looks until the time has run out. The fault that ended it, when the host can no longer be read; a host that restarts its service is given some seconds.</summary>
    /// <param name="interval">Between two looks.</param>
    /// <param name="until">When it ends; null for never.</param>
    public async Task<CimFault?> RunAsync(TimeSpan interval, Deadline? until)
    {
        var clock = _session.Clock;
        var outage = new Outage(clock);
        while (until is not { HasPassed: true })
        {
            try
            {
                await LookAsync(until).ConfigureAwait(false);
                outage.End();
            }
            catch (CimFaultException exception)
            {
                if (until is not { HasPassed: true } && outage.GoesOn())
                {
                    return exception.Fault;
                }
            }

            await clock.Delay(until is { } end && end.Remaining < interval ? end.Remaining : interval, _cancellationToken).ConfigureAwait(false);
        }

        return null;
    }

    private async Task LookAsync(Deadline? until)
    {
        var deadline = until?.AtMost(Outage.Longest) ?? Deadline.In(_session.Clock, Outage.Longest);
        var records = await _session.QueryAsync(MachineReading.Query, deadline, _cancellationToken).ConfigureAwait(false);
        if (records.Count == 0)
        {
            // The host itself is a row: no rows at all are no rights, and this reading says so.
            await InstanceReader.ReadAsync(_session, InstanceFilter.All, InstanceDetail.State, deadline, _cancellationToken).ConfigureAwait(false);
        }

        var at = _session.Clock.Now;
        var readings = records.Select(record => MachineReading.From(record, at)).OfType<MachineReading>().OrderBy(reading => reading.Name, StringComparer.OrdinalIgnoreCase).ThenBy(reading => reading.Id).ToList();
        var arrived = await ArrivedAsync(readings, deadline).ConfigureAwait(false);
        foreach (var id in _known.Keys.Where(id => readings.All(reading => reading.Id != id)).OrderBy(id => id).ToList())
        {
            _tell(new MpInstanceChange(MpChangeKind.Removed, _known[id], _known[id], at));
            _known.Remove(id);
        }

        foreach (var reading in readings)
        {
            if (_known.TryGetValue(reading.Id, out var before))
            {
                var now = new MpInstance(InstanceReader.Apply(before.Facts, reading));
                _known[reading.Id] = now;
                var isRestarted = now.State == MpInstanceState.Running && before.State == MpInstanceState.Running && now.Uptime < before.Uptime;
                if (now.State != before.State || isRestarted)
                {
                    _tell(new MpInstanceChange(isRestarted ? MpChangeKind.Restarted : MpChangeKind.Changed, before, now, at));
                }
            }
            else if (arrived.TryGetValue(reading.Id, out var instance))
            {
                _known.Add(reading.Id, instance);
                _tell(new MpInstanceChange(_hasBegun ? MpChangeKind.Appeared : MpChangeKind.Present, null, instance, at));
            }
        }

        _hasBegun = true;
    }

    /// <summary>The wanted instances among those that are not known yet. Whose they are takes a reading of their disks.</summary>
    private async Task<IReadOnlyDictionary<Guid, MpInstance>> ArrivedAsync(List<MachineReading> readings, Deadline deadline)
    {
        var now = _session.Clock.Now;
        var ids = readings.Select(reading => reading.Id).Where(id => !_known.ContainsKey(id) && !(_strangers.TryGetValue(id, out var next) && next > now)).ToList();
        if (ids.Count == 0)
        {
            return new Dictionary<Guid, MpInstance>();
        }

        var instances = await InstanceReader.ReadAsync(_session, InstanceFilter.ById(ids), InstanceDetail.State, deadline, _cancellationToken).ConfigureAwait(false);
        var wanted = instances.Where(instance => instance.Id != Guid.Empty && _isWanted(instance)).GroupBy(instance => instance.Id).ToDictionary(group => group.Key, group => group.First());
        foreach (var id in ids)
        {
            // What was a stranger at the beginning stays one.
            _strangers[id] = _hasBegun ? now + StrangerInterval : DateTimeOffset.MaxValue;
        }

        return wanted;
    }
}
