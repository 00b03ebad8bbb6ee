using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Multipass;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Instances;

/// <summary>How much is read of each instance.</summary>
internal enum InstanceDetail
{
    /// <summary>State, health, uptime, disks and ownership: two calls.</summary>
    State,

    /// <summary>Memory, heartbeat, processors and addresses too: five calls, seven where addresses must come from the neighbour table.</summary>
    Full,
}

/// <summary>Reads instances from a host: a constant number of calls, however many there are; the rows are joined here.</summary>
internal static class InstanceReader
{
    /// <summary>Up to this many virtual machines have their settings asked for by prefix; beyond that the whole classes are read.</summary>
    private const int MostPrefixes = 8;

    private const long BytesPerMegabyte = 1024 * 1024;

    /// <summary>The instances that the filter lets through, Multipass's or not, in order of their names.</summary>
    /// <param name="session">The host.</param>
    /// <param name="filter">Which instances.</param>
    /// <param name="detail">How much is read of each.</param>
    /// <param name="deadline">No call is waited for longer.</param>
    /// <param name="cancellationToken">Abandons the reading.</param>
    /// <param name="warnings">Takes what is wrong with Multipass's sources, and with instances that share a disk.</param>
    /// <param name="effort">How much is done to learn what Multipass believes; without it as much as the detail is worth.</param>
    public static async Task<IReadOnlyList<MpInstance>> ReadAsync(
        HostSession session,
        InstanceFilter filter,
        InstanceDetail detail,
        Deadline deadline,
        CancellationToken cancellationToken,
        ICollection<string>? warnings = null,
        MultipassEffort? effort = null)
    {
        // Multipass is asked meanwhile: its client, if it must be asked, takes longer than the host.
        var leastEffort = effort ?? (detail == InstanceDetail.State ? MultipassEffort.Database : MultipassEffort.Either);
        var belief = session.MultipassView?.ReadAsync(leastEffort, cancellationToken);
        var records = await session.QueryAsync(MachineReading.Query.With(filter.Condition), deadline, cancellationToken).ConfigureAwait(false);
        if (records.Count == 0)
        {
            await RequireRightsAsync(session, deadline, cancellationToken).ConfigureAwait(false);
        }

        var at = session.Clock.Now;
        var read = records.Select(record => MachineReading.From(record, at)).Where(machine => machine is not null).Select(machine => machine!).ToList();
        var machines = read.Where(machine => filter.Matches(machine.Name, machine.Id)).ToList();
        var rows = await RowsAsync(session, machines, detail, filter.Condition is not null, deadline, cancellationToken).ConfigureAwait(false);
        var facts = machines.Select(machine => Join(session, machine, rows)).ToList();
        var reading = belief is null ? null : await belief.ConfigureAwait(false);
        if (reading is not null)
        {
            var around = await AroundAsync(session, filter, machines, read, rows, reading, deadline, cancellationToken).ConfigureAwait(false);
            (facts, reading) = await BelieveAsync(session, facts, reading, filter, detail == InstanceDetail.Full && effort is null, around, at, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            var seen = new HostMachines(
                facts.Select(fact => new HostMachine(fact.Id, fact.Name, fact.State, fact.Disk is null ? Array.Empty<string>() : new[] { fact.Disk })).ToList(), knowsNames: false, knowsDisks: false);
            facts = facts.ConvertAll(fact => fact with { Around = seen });
        }

        foreach (var warning in (reading?.Warnings ?? Array.Empty<string>()).Concat(BeliefJoin.WarningsOf(facts, reading)))
        {
            warnings?.Add(warning);
        }

        return facts.OrderBy(fact => fact.Name, StringComparer.OrdinalIgnoreCase).ThenBy(fact => fact.Id).Select(fact => new MpInstance(fact)).ToList();
    }

    /// <summary>What changes with the state, read anew for one instance that has just been read. Best effort: what cannot be read stays unknown.</summary>
    public static async Task<MpInstance> CompleteAsync(
        HostSession session, MpInstance instance, SharedBeliefs beliefs, Deadline deadline, CancellationToken cancellationToken)
    {
        try
        {
            var query = SummaryQuery.With(CimCondition.Equal("Name", MachineReading.KeyOf(instance.Id)));
            var summary = (await session.QueryAsync(query, deadline, cancellationToken).ConfigureAwait(false)).FirstOrDefault();
            var facts = WithSummary(instance.Facts, summary);
            if (facts.State == MpInstanceState.Running && facts.IPv4.Length == 0)
            {
                var guests = await GuestReader.ReadAsync(
                    session, new Dictionary<Guid, GuestParts> { [instance.Id] = GuestParts.Addresses }, deadline, cancellationToken).ConfigureAwait(false);
                facts = guests[instance.Id].ApplyTo(facts);
            }

            return new MpInstance(await beliefs.ReadAsync().ConfigureAwait(false) is { } reading ? BeliefJoin.With(facts, reading, MachinesAround(facts)) : facts);
        }
        catch (CimFaultException)
        {
            return instance;
        }
    }

    /// <summary>The facts after a newer reading of the state. What hangs on the state and was not read with it is unknown.</summary>
    public static InstanceFacts Apply(InstanceFacts facts, MachineReading reading)
    {
        var holdsNothing = reading.State is MpInstanceState.Stopped or MpInstanceState.Suspended;

        // An uptime that has fallen is another boot, though the state may be the same.
        var isSame = reading.State == facts.State && !(reading.Uptime < facts.Uptime);
        var now = facts with
        {
            Name = reading.Name,
            State = reading.State,
            HostState = reading.HostState,
            Health = reading.Health,
            Uptime = reading.Uptime,
            ObservedAt = reading.At,
            Heartbeat = isSame ? facts.Heartbeat : MpHeartbeat.Unknown,
            IPv4 = isSame ? facts.IPv4 : Array.Empty<string>(),
            MemoryAssigned = holdsNothing ? 0 : isSame ? facts.MemoryAssigned : null,
        };
        return WithBelief(now, isSame, "Multipass was not asked again after its state had changed.");
    }

    /// <summary>The facts after a reading that failed: nothing of what may have changed is known.</summary>
    public static InstanceFacts Unread(InstanceFacts facts)
        => WithBelief(
            facts with
            {
                State = MpInstanceState.Unknown,
                HostState = null,
                Health = MpHealth.Unknown,
                Uptime = null,
                Heartbeat = MpHeartbeat.Unknown,
                IPv4 = Array.Empty<string>(),
                MemoryAssigned = null,
                ObservedAt = null,
            },
            isSame: false,
            "The host could not be read again.");

    /// <summary>What Multipass believes of a state and the state itself belong to one reading: an older word says nothing of a newer state.</summary>
    private static InstanceFacts WithBelief(InstanceFacts facts, bool isSame, string reason)
        => isSame ? facts : facts with
        {
            Record = null,
            MultipassSource = string.Empty,
            Drift = MpDrift.Unknown,
            DriftReason = facts.MultipassSource.Length > 0 ? reason : facts.DriftReason,
            DriftAdvice = string.Empty,
            DriftRow = null,
            Obstacle = "Multipass was not asked again",
            IdentityObstacle = "Multipass was not asked again",
            RestartObstacle = "Multipass was not asked again",
        };

    /// <summary>What was seen around an instance when it was found.</summary>
    private static HostMachines MachinesAround(InstanceFacts facts)
        => new(
            facts.Around.Machines.Where(machine => machine.Id != facts.Id)
                .Append(new HostMachine(facts.Id, facts.Name, facts.State, facts.Disk is null ? Array.Empty<string>() : new[] { facts.Disk })).ToList(),
            knowsNames: false,
            knowsDisks: false);

    private static readonly CimQuery StorageQuery = new(
        CimNames.Virtualization, CimNames.StorageAllocationSettingData, new[] { "InstanceID", "ResourceSubType", "HostResource" });

    private static readonly CimQuery MemoryQuery = new(CimNames.Virtualization, CimNames.MemorySettingData, new[] { "InstanceID", "VirtualQuantity" });

    private static readonly CimQuery SummaryQuery = new(
        CimNames.Virtualization, CimNames.SummaryInformation, new[] { "Name", "NumberOfProcessors", "MemoryUsage", "Heartbeat" });

    internal static readonly CimQuery GuestNetworkQuery = new(
        CimNames.Virtualization, CimNames.GuestNetworkAdapterConfiguration, new[] { "InstanceID", "IPAddresses" });

    internal static readonly CimQuery AdapterQuery = new(CimNames.Virtualization, CimNames.SyntheticEthernetPortSettingData, new[] { "InstanceID", "Address" });

    private static readonly CimQuery NeighbourQuery = new(
        CimNames.StandardCimv2, CimNames.NetNeighbor, new[] { "IPAddress", "LinkLayerAddress", "State" });

    /// <summary>No rows may mean no rights: whoever may ask Hyper-V at all sees its management service.</summary>
    private static async Task RequireRightsAsync(HostSession session, Deadline deadline, CancellationToken cancellationToken)
    {
        var services = await session.QueryAsync(
            new CimQuery(CimNames.Virtualization, CimNames.VirtualSystemManagementService, new[] { "Name" }), deadline, cancellationToken).ConfigureAwait(false);
        if (services.Count == 0)
        {
            throw new CimFaultException(new CimFault(CimStatus.AccessDenied, WbemError.AccessDenied, $"{session.Host.Name} shows no management service to this account."));
        }
    }

    private static async Task<Rows> RowsAsync(
        HostSession session, List<MachineReading> machines, InstanceDetail detail, bool isNarrow, Deadline deadline, CancellationToken cancellationToken)
    {
        var rows = new Rows();
        if (machines.Count == 0)
        {
            return rows;
        }

        CimCondition? By(string property, string before)
            => isNarrow && machines.Count <= MostPrefixes
                ? CimCondition.AnyOf(machines.Select(machine => CimCondition.StartsWith(property, before + MachineReading.KeyOf(machine.Id))).ToArray())
                : null;
        Task<IReadOnlyList<CimRecord>> Query(CimQuery query, string before = "Microsoft:", string property = "InstanceID")
            => session.QueryAsync(query.With(By(property, before)), deadline, cancellationToken);

        // Whose disks are whose is known only from all of them; what that costs is small on the one host where Multipass can be asked, this computer.
        var seesAll = session.MultipassView is not null;
        var storage = seesAll ? session.QueryAsync(StorageQuery, deadline, cancellationToken) : Query(StorageQuery);
        rows.HasAllStorage = seesAll || !isNarrow || machines.Count > MostPrefixes;
        if (detail == InstanceDetail.State)
        {
            rows.Storage = ByMachine(await storage.ConfigureAwait(false));
            return rows;
        }

        var memory = Query(MemoryQuery);
        var summaries = Query(SummaryQuery, string.Empty, "Name");
        var guests = Query(GuestNetworkQuery, "Microsoft:GuestNetwork\\");
        rows.Storage = ByMachine(await storage.ConfigureAwait(false));
        rows.Memory = ByMachine(await memory.ConfigureAwait(false));
        rows.Summaries = (await summaries.ConfigureAwait(false)).ToLookup(record => Guid.TryParse(record.Text("Name"), out var id) ? id : Guid.Empty);
        rows.Addresses = AddressesOf(await guests.ConfigureAwait(false));

        if (machines.Any(machine => machine.State == MpInstanceState.Running && !rows.Addresses.Contains(machine.Id) && IsMultipass(machine, rows)))
        {
            rows.Neighbours = await NeighboursAsync(session, Query(AdapterQuery), deadline, cancellationToken).ConfigureAwait(false);
        }

        return rows;
    }

    /// <summary>The addresses that guests themselves tell, by virtual machine.</summary>
    internal static ILookup<Guid, string> AddressesOf(IEnumerable<CimRecord> guests)
        => guests
            .SelectMany(record => record.Texts("IPAddresses").Where(IsIPv4).Select(address => (Id: GuestIdOf(record.Text("InstanceID")), Address: address)))
            .ToLookup(pair => pair.Id, pair => pair.Address);

    /// <summary>The heartbeat in a row of the summary; Unknown for a number without a meaning.</summary>
    internal static MpHeartbeat HeartbeatOf(CimRecord summary)
        => summary.UInt16("Heartbeat") is { } heartbeat && Enum.IsDefined(typeof(MpHeartbeat), (int)heartbeat) ? (MpHeartbeat)heartbeat : MpHeartbeat.Unknown;

    /// <summary>Addresses from the host's own neighbour table, by the adapters' MAC addresses: for guests without the daemon that would tell.</summary>
    internal static async Task<ILookup<Guid, string>> NeighboursAsync(
        HostSession session, Task<IReadOnlyList<CimRecord>> adapters, Deadline deadline, CancellationToken cancellationToken)
    {
        try
        {
            var neighbours = (await session.QueryAsync(NeighbourQuery, deadline, cancellationToken).ConfigureAwait(false))
                .Where(record => record.Text("IPAddress") is { } address && IsIPv4(address))
                .ToLookup(record => MacOf(record.Text("LinkLayerAddress")), record => record.Text("IPAddress")!, StringComparer.OrdinalIgnoreCase);
            return (await adapters.ConfigureAwait(false))
                .SelectMany(record => neighbours[MacOf(record.Text("Address"))].Select(address => (Id: MachineIdOf(record.Text("InstanceID")), Address: address)))
                .Where(pair => pair.Id != Guid.Empty)
                .ToLookup(pair => pair.Id, pair => pair.Address);
        }
        catch (CimFaultException)
        {
            // The neighbour table is a help, not a need.
            return Array.Empty<string>().ToLookup(_ => Guid.Empty);
        }
    }

    private static InstanceFacts Join(HostSession session, MachineReading machine, Rows rows)
    {
        string? Image(string subType)
            => rows.Storage[machine.Id]
                .Where(record => string.Equals(record.Text("ResourceSubType"), subType, StringComparison.OrdinalIgnoreCase))
                .SelectMany(record => record.Texts("HostResource"))
                .FirstOrDefault(path => path.Length > 0);

        var facts = new InstanceFacts
        {
            Name = machine.Name,
            State = machine.State,
            Id = machine.Id,
            HostName = session.Host.Name,
            HostState = machine.HostState,
            Health = machine.Health,
            Uptime = machine.Uptime,
            ObservedAt = machine.At,
            Disk = Image(CimNames.VirtualHardDisk),
            Dvd = Image(CimNames.VirtualDvd),
            Managed = IsMultipass(machine, rows),
            MemoryStartup = rows.Memory[machine.Id].Select(record => record.Number("VirtualQuantity") * BytesPerMegabyte).FirstOrDefault(),
            IPv4 = rows.Addresses[machine.Id].Concat(rows.Neighbours[machine.Id]).Distinct(StringComparer.Ordinal).ToArray(),
        };
        return WithSummary(facts, rows.Summaries[machine.Id].FirstOrDefault());
    }

    private static InstanceFacts WithSummary(InstanceFacts facts, CimRecord? summary)
        => summary is null ? facts : facts with
        {
            Processors = (int?)summary.Number("NumberOfProcessors"),
            MemoryAssigned = summary.Number("MemoryUsage") * BytesPerMegabyte ?? (facts.State is MpInstanceState.Stopped or MpInstanceState.Suspended ? 0 : null),
            Heartbeat = facts.State == MpInstanceState.Running ? HeartbeatOf(summary) : MpHeartbeat.Unknown,
        };

    /// <summary>
    /// The host's virtual machines, as far as they matter to those that were read: Multipass goes by names and by disks, so whoever has the same name or the same disk is looked for, however
    /// the instance itself was asked for. Costs a call where it was asked for by its id, and another where somebody has its disk.
    /// </summary>
    private static async Task<HostMachines> AroundAsync(
        HostSession session,
        InstanceFilter filter,
        List<MachineReading> machines,
        List<MachineReading> read,
        Rows rows,
        MultipassReading reading,
        Deadline deadline,
        CancellationToken cancellationToken)
    {
        var known = read.ToDictionary(machine => machine.Id, machine => (machine.Name, machine.State));
        var knowsNames = true;

        // Whoever was asked for by name has been read with its namesakes; whose disk is an instance's of another name has that instance's namesakes as well.
        var index = new RecordIndex(reading.Records);
        var names = (filter.IsById ? machines.Select(machine => machine.Name) : Array.Empty<string>())
            .Concat(machines.SelectMany(machine => rows.Storage[machine.Id]).SelectMany(record => record.Texts("HostResource")).Select(index.Of).Where(record => record is not null).Select(record => record!.Name))
            .Where(name => filter.IsById || !filter.Matches(name, Guid.Empty))
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .ToList();
        if (filter.Condition is not null && names.Count > 0)
        {
            var query = MachineReading.Query.With(InstanceFilter.ByName(names).Condition);
            var namesakes = await session.TryQueryAsync(query, deadline, cancellationToken).ConfigureAwait(false);
            knowsNames = namesakes is not null;
            foreach (var namesake in (namesakes ?? Array.Empty<CimRecord>()).Select(record => MachineReading.From(record, session.Clock.Now)).Where(machine => machine is not null))
            {
                known[namesake!.Id] = (namesake.Name, namesake.State);
            }
        }

        // Where no virtual machine was found, none's disks were read.
        var storage = rows.Storage;
        var knowsDisks = rows.HasAllStorage;
        if (!knowsDisks && machines.Count == 0 && reading.Records.Any(record => filter.Matches(record.Name, Guid.Empty)))
        {
            var all = read.Count == 0 && filter.Condition is null ? Array.Empty<CimRecord>() : await session.TryQueryAsync(StorageQuery, deadline, cancellationToken).ConfigureAwait(false);
            knowsDisks = all is not null;
            storage = ByMachine(all ?? Array.Empty<CimRecord>());
        }

        var disks = storage.Where(group => group.Key != Guid.Empty).ToDictionary(
            group => group.Key,
            group => (IReadOnlyList<string>)group.Where(record => string.Equals(record.Text("ResourceSubType"), CimNames.VirtualHardDisk, StringComparison.OrdinalIgnoreCase))
                .SelectMany(record => record.Texts("HostResource")).Where(path => path.Length > 0).ToList());
        var wanted = new HashSet<string>(
            machines.SelectMany(machine => disks.TryGetValue(machine.Id, out var paths) ? paths : Array.Empty<string>())
                .Concat(reading.Records.Where(record => filter.Matches(record.Name, Guid.Empty)).SelectMany(DisksOf))
                .Select(HostMachines.KeyOf),
            StringComparer.Ordinal);
        var unnamed = disks.Where(pair => !known.ContainsKey(pair.Key) && pair.Value.Any(path => wanted.Contains(HostMachines.KeyOf(path)))).Select(pair => pair.Key).ToList();
        if (unnamed.Count > 0)
        {
            var others = await session.TryQueryAsync(MachineReading.Query.With(InstanceFilter.ById(unnamed).Condition), deadline, cancellationToken).ConfigureAwait(false);
            foreach (var other in (others ?? Array.Empty<CimRecord>()).Select(record => MachineReading.From(record, session.Clock.Now)).Where(machine => machine is not null))
            {
                known[other!.Id] = (other.Name, other.State);
            }
        }

        return new HostMachines(
            known.Select(pair => new HostMachine(pair.Key, pair.Value.Name, pair.Value.State, disks.TryGetValue(pair.Key, out var paths) ? paths : Array.Empty<string>()))
                .Concat(unnamed.Where(id => !known.ContainsKey(id)).Select(id => new HostMachine(id, null, null, disks[id])))
                .OrderBy(machine => machine.Id)
                .ToList(),
            knowsNames,
            knowsDisks);

        static IEnumerable<string> DisksOf(MultipassRecord record)
        {
            if (record.Disk is { } disk)
            {
                yield return disk;
            }

            if (record.Folder is { } folder)
            {
                yield return MultipassLocations.Join(folder, "disk");
            }
        }
    }

    /// <summary>Lays what Multipass believes beside what was read, and looks closer where the two differ.</summary>
    private static async Task<(List<InstanceFacts> Facts, MultipassReading Reading)> BelieveAsync(
        HostSession session,
        List<InstanceFacts> facts,
        MultipassReading reading,
        InstanceFilter filter,
        bool mayAskClient,
        HostMachines machines,
        DateTimeOffset at,
        CancellationToken cancellationToken)
    {
        var joined = BeliefJoin.Of(session, facts, reading, filter, machines, at);

        // The client has looked at Hyper-V itself. Where the database alone contradicts the host, it has the last word.
        if (mayAskClient && reading is { HasAskedClient: false, ClientSilence.Length: 0 } && session.MultipassView is { Client: not null } view && joined.Any(BeliefJoin.IsWorthAsking))
        {
            reading = await view.ReadAsync(MultipassEffort.Both, cancellationToken).ConfigureAwait(false);
            joined = BeliefJoin.Of(session, facts, reading, filter, machines, at);
        }

        return (joined, reading);
    }

    private static bool IsMultipass(MachineReading machine, Rows rows)
    {
        var paths = rows.Storage[machine.Id].SelectMany(record => record.Texts("HostResource").Select(path => (Type: record.Text("ResourceSubType"), Path: path))).ToList();
        return paths.Any(image => string.Equals(image.Type, CimNames.VirtualHardDisk, StringComparison.OrdinalIgnoreCase) && Ownership.IsInVaultFolder(image.Path, machine.Name))
            && paths.Any(image => Ownership.IsCloudInitImage(image.Path, machine.Name));
    }

    private static ILookup<Guid, CimRecord> ByMachine(IEnumerable<CimRecord> records)
        => records.ToLookup(record => MachineIdOf(record.Text("InstanceID")));

    /// <summary>"Microsoft:GUID\..." or "Microsoft:GUID": the id; empty for what belongs to no virtual machine.</summary>
    internal static Guid MachineIdOf(string? instanceId)
    {
        const string Prefix = "Microsoft:";
        return instanceId is not null
            && instanceId.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
            && Guid.TryParse(instanceId.Substring(Prefix.Length).Split('\\')[0], out var id) ? id : Guid.Empty;
    }

    /// <summary>"Microsoft:GuestNetwork\GUID\adapter": the id.</summary>
    private static Guid GuestIdOf(string? instanceId)
        => instanceId?.Split('\\') is { Length: > 1 } parts && Guid.TryParse(parts[1], out var id) ? id : Guid.Empty;

    private static string MacOf(string? address) => (address ?? string.Empty).Replace("-", string.Empty).Replace(":", string.Empty);

    private static bool IsIPv4(string address) => address.Length > 0 && address.Split('.').Length == 4 && address.All(character => character is '.' or (>= '0' and <= '9'));

    private sealed class Rows
    {
        private static readonly ILookup<Guid, CimRecord> NoRecords = Array.Empty<CimRecord>().ToLookup(_ => Guid.Empty);
        private static readonly ILookup<Guid, string> NoTexts = Array.Empty<string>().ToLookup(_ => Guid.Empty);

        public ILookup<Guid, CimRecord> Storage { get; set; } = NoRecords;

        /// <summary>Whether the disks of all virtual machines of the host were read.</summary>
        public bool HasAllStorage { get; set; }

        public ILookup<Guid, CimRecord> Memory { get; set; } = NoRecords;

        public ILookup<Guid, CimRecord> Summaries { get; set; } = NoRecords;

        public ILookup<Guid, string> Addresses { get; set; } = NoTexts;

        public ILookup<Guid, string> Neighbours { get; set; } = NoTexts;
    }
}
