using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Time;
using Multipass.HyperV.Vocabulary;

namespace Multipass.HyperV.Failures;

/// <summary>Looks facts up after a failure: all calls at once, each allowed to fail.</summary>
internal static class HostFactsReader
{
    public static async Task<HostFacts> ReadAsync(
        HostSession session, FactKinds kinds, InstanceFacts instance, Deadline deadline, CancellationToken cancellationToken)
    {
        bool Wanted(FactKinds kind) => (kinds & kind) != 0;
        Task<IReadOnlyList<CimRecord>?> Query(FactKinds kind, string cimNamespace, string className, string[] properties, CimCondition? where = null)
            => Wanted(kind) ? TryAsync(session.QueryAsync(new CimQuery(cimNamespace, className, properties, where), deadline, cancellationToken)) : Nothing;

        var ofThis = CimCondition.StartsWith("InstanceID", CimNames.InstanceIdPrefix(instance.Id));
        var memory = Query(FactKinds.Memory, CimNames.Virtualization, CimNames.MemorySettingData, new[] { "InstanceID", "VirtualQuantity" }, ofThis);
        var balancer = Query(FactKinds.Memory, CimNames.Cimv2, CimNames.MemoryBalancer, new[] { "AvailableMemory" });
        var summaries = Query(FactKinds.Memory, CimNames.Virtualization, CimNames.SummaryInformation, new[] { "Name", "ElementName", "MemoryUsage" });
        var ports = Query(FactKinds.Switch, CimNames.Virtualization, CimNames.EthernetPortAllocationSettingData, new[] { "InstanceID", "HostResource", "LastKnownSwitchName" }, ofThis);
        var switches = Query(FactKinds.Switch, CimNames.Virtualization, CimNames.VirtualEthernetSwitch, new[] { "Name", "ElementName" });
        var service = Query(FactKinds.Service, CimNames.Cimv2, CimNames.Service, new[] { "Name", "State" }, CimCondition.Equal("Name", "vmms"));
        var files = new[] { instance.Disk, instance.Dvd }
            .Where(path => path is not null && Wanted(FactKinds.Files) && IsOnHost(path))
            .Select(path => (Path: path!, IsThere: IsThereAsync(session, path!, deadline, cancellationToken)))
            .ToList();

        var missing = new List<string>();
        var allKnown = files.Count > 0;
        foreach (var (path, isThere) in files)
        {
            var answer = await isThere.ConfigureAwait(false);
            allKnown &= answer is not null;
            if (answer == false)
            {
                missing.Add(path);
            }
        }

        return new HostFacts
        {
            MemoryWanted = (await memory.ConfigureAwait(false))?.Select(record => record.Number("VirtualQuantity")).FirstOrDefault(),
            MemoryAvailable = (await balancer.ConfigureAwait(false))?.Select(record => record.Number("AvailableMemory")).FirstOrDefault(),
            MemoryHolders = HoldersOf(await summaries.ConfigureAwait(false), instance.Id),
            MissingSwitch = MissingSwitch(await ports.ConfigureAwait(false), await switches.ConfigureAwait(false)),
            ServiceState = (await service.ConfigureAwait(false))?.Select(record => record.Text("State")).FirstOrDefault(),
            MissingFiles = allKnown || missing.Count > 0 ? missing : null,
        };
    }

    private static Task<IReadOnlyList<CimRecord>?> Nothing => Task.FromResult<IReadOnlyList<CimRecord>?>(null);

    private static async Task<IReadOnlyList<CimRecord>?> TryAsync(Task<IReadOnlyList<CimRecord>> query)
    {
        try
        {
            return await query.ConfigureAwait(false);
        }
        catch (CimFaultException)
        {
            return null;
        }
    }

    internal static async Task<bool?> IsThereAsync(HostSession session, string path, Deadline deadline, CancellationToken cancellationToken)
    {
        // By key: a condition with OR would make the file provider walk the whole volume.
        var file = new CimPath(CimNames.Cimv2, CimNames.DataFile, new KeyValuePair<string, object>("Name", path.Replace('/', '\\')));
        try
        {
            await session.GetAsync(file, deadline, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (CimFaultException exception)
        {
            return exception.Fault.Status == CimStatus.NotFound ? false : null;
        }
    }

    // CIM_DataFile knows local volumes only.
    internal static bool IsOnHost(string path) => path.Length > 2 && path[1] == ':';

    internal static List<MemoryHolder>? HoldersOf(IReadOnlyList<CimRecord>? summaries, Guid exceptFor)
        => summaries?
            .Where(record => record.Number("MemoryUsage") > 0 && !(Guid.TryParse(record.Text("Name"), out var id) && id == exceptFor))
            .Select(record => new MemoryHolder(record.Text("ElementName") ?? record.Text("Name") ?? string.Empty, record.Number("MemoryUsage") ?? 0))
            .OrderByDescending(holder => holder.Megabytes)
            .ThenBy(holder => holder.Name, StringComparer.OrdinalIgnoreCase)
            .ToList();

    internal static string? MissingSwitch(IReadOnlyList<CimRecord>? ports, IReadOnlyList<CimRecord>? switches)
    {
        if (ports is null || switches is null)
        {
            return null;
        }

        foreach (var port in ports)
        {
            // A port that is connected names its switch by path; the switch's id stands in it.
            var resource = port.Texts("HostResource").FirstOrDefault(text => text.Length > 0);
            if (resource is not null && !switches.Any(candidate => candidate.Text("Name") is { Length: > 0 } id && resource.IndexOf(id, StringComparison.OrdinalIgnoreCase) >= 0))
            {
                return port.Text("LastKnownSwitchName") is { Length: > 0 } name ? name : SwitchIdOf(resource);
            }
        }

        return string.Empty;
    }

    private static string SwitchIdOf(string resource)
    {
        foreach (var part in resource.Split('"', '\'', '=', ','))
        {
            if (Guid.TryParse(part, out _))
            {
                return part;
            }
        }

        return resource;
    }
}
