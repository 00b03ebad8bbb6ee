using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Instances;

/// <summary>Reads guests that run: one call for all heartbeats, one for all addresses, and two more where addresses must come from the host's neighbour table.</summary>
internal static class GuestReader
{
    /// <summary>Beyond that many the whole class is read: WMI limits the length of a condition.</summary>
    private const int MostKeys = 8;

    private static readonly CimQuery HeartbeatQuery = new(CimNames.Virtualization, CimNames.SummaryInformation, new[] { "Name", "Heartbeat" });

    /// <summary>What has to be asked to know all this.</summary>
    public static GuestParts PartsFor(IEnumerable<MpReadiness> wanted)
        => wanted.Aggregate(GuestParts.None, (parts, readiness) => parts | readiness switch
        {
            MpReadiness.Heartbeat => GuestParts.Heartbeat,
            MpReadiness.IPAddress => GuestParts.Addresses,
            _ => GuestParts.None,
        });

    /// <summary>Best effort: a part that cannot be read is null, and is read again with the next look.</summary>
    public static async Task<IReadOnlyDictionary<Guid, GuestReading>> ReadAsync(
        HostSession session, IReadOnlyDictionary<Guid, GuestParts> wanted, Deadline deadline, CancellationToken cancellationToken)
    {
        Guid[] With(GuestParts part) => wanted.Where(pair => (pair.Value & part) != 0).Select(pair => pair.Key).OrderBy(id => id).ToArray();

        var heartbeats = await HeartbeatsAsync(session, With(GuestParts.Heartbeat), deadline, cancellationToken).ConfigureAwait(false);
        var addresses = await AddressesAsync(session, With(GuestParts.Addresses), deadline, cancellationToken).ConfigureAwait(false);
        return wanted.ToDictionary(
            pair => pair.Key,
            pair => new GuestReading(
                (pair.Value & GuestParts.Heartbeat) == 0 || heartbeats is null ? null : heartbeats.TryGetValue(pair.Key, out var heartbeat) ? heartbeat : MpHeartbeat.Unknown,
                (pair.Value & GuestParts.Addresses) == 0 || addresses is null ? null : addresses[pair.Key].Distinct(StringComparer.Ordinal).ToArray()));
    }

    private static async Task<Dictionary<Guid, MpHeartbeat>?> HeartbeatsAsync(HostSession session, Guid[] ids, Deadline deadline, CancellationToken cancellationToken)
    {
        if (ids.Length == 0)
        {
            return null;
        }

        try
        {
            var condition = ids.Length > MostKeys ? null : CimCondition.EqualsAny("Name", ids.Select(MachineReading.KeyOf));
            var heartbeats = new Dictionary<Guid, MpHeartbeat>();
            foreach (var record in await session.QueryAsync(HeartbeatQuery.With(condition), deadline, cancellationToken).ConfigureAwait(false))
            {
                if (Guid.TryParse(record.Text("Name"), out var id))
                {
                    heartbeats[id] = InstanceReader.HeartbeatOf(record);
                }
            }

            return heartbeats;
        }
        catch (CimFaultException)
        {
            return null;
        }
    }

    private static async Task<ILookup<Guid, string>?> AddressesAsync(HostSession session, Guid[] ids, Deadline deadline, CancellationToken cancellationToken)
    {
        if (ids.Length == 0)
        {
            return null;
        }

        try
        {
            CimCondition? By(string before)
                => ids.Length > MostKeys ? null : CimCondition.AnyOf(ids.Select(id => CimCondition.StartsWith("InstanceID", before + MachineReading.KeyOf(id))).ToArray());

            var guests = InstanceReader.AddressesOf(await session.QueryAsync(
                InstanceReader.GuestNetworkQuery.With(By("Microsoft:GuestNetwork\\")), deadline, cancellationToken).ConfigureAwait(false));
            if (ids.All(guests.Contains))
            {
                return guests;
            }

            var neighbours = await InstanceReader.NeighboursAsync(
                session, session.QueryAsync(InstanceReader.AdapterQuery.With(By("Microsoft:")), deadline, cancellationToken), deadline, cancellationToken).ConfigureAwait(false);
            return ids.SelectMany(id => guests[id].Concat(neighbours[id]).Select(address => (Id: id, Address: address))).ToLookup(pair => pair.Id, pair => pair.Address);
        }
        catch (CimFaultException)
        {
            return null;
        }
    }
}
