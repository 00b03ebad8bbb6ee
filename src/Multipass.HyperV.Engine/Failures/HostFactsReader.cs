using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Time;

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
        var memory = Query(FactKinds.Memory | FactKinds.MemorySettings, CimNames.Virtualization, CimNames.MemorySettingData, new[] { "InstanceID", "VirtualQuantity", "Reservation", "Limit", "DynamicMemoryEnabled" }, ofThis);
        var balancer = Query(FactKinds.Memory, CimNames.Cimv2, CimNames.MemoryBalancer, new[] { "AvailableMemory" });
        var summaries = Query(FactKinds.Memory, CimNames.Virtualization, CimNames.SummaryInformation, new[] { "Name", "ElementName", "MemoryUsage" });
        var ports = Query(FactKinds.Switch, CimNames.Virtualization, CimNames.EthernetPortAllocationSettingData, new[] { "InstanceID", "HostResource", "LastKnownSwitchName" }, ofThis);
        var switches = Query(FactKinds.Switch, CimNames.Virtualization, CimNames.VirtualEthernetSwitch, new[] { "Name", "ElementName" });
        var service = Query(FactKinds.Service, CimNames.Cimv2, CimNames.Service, new[] { "Name", "State" }, CimCondition.Equal("Name", "vmms"));
        var rights = Query(FactKinds.Rights, CimNames.Virtualization, CimNames.VirtualSystemManagementService, new[] { "Name" });
        var computer = Query(FactKinds.Hypervisor | FactKinds.Processors, CimNames.Cimv2, CimNames.Win32ComputerSystem, new[] { "HypervisorPresent", "NumberOfLogicalProcessors" });
        var drivers = Query(
            FactKinds.Components,
            CimNames.Cimv2,
            CimNames.SystemDriver,
            new[] { "Name", "DisplayName", "State" },
            CimCondition.EqualsAny("Name", CimNames.HyperVDrivers));
        var processors = Query(FactKinds.Processors, CimNames.Virtualization, CimNames.ProcessorSettingData, new[] { "InstanceID", "VirtualQuantity" }, ofThis);
        var workers = Query(FactKinds.Worker, CimNames.Cimv2, CimNames.Process, new[] { "ProcessId", "CommandLine" }, CimCondition.Equal("Name", CimNames.WorkerProcess));
        var volume = instance.Disk is { } disk && IsOnHost(disk) ? disk.Substring(0, 2).ToUpperInvariant() : null;
        var volumes = volume is null ? Nothing : Query(FactKinds.Volume, CimNames.Cimv2, CimNames.LogicalDisk, new[] { "DeviceID", "FreeSpace" }, CimCondition.Equal("DeviceID", volume));
        var files = new[] { instance.Disk, instance.Dvd }
            .Where(path => path is not null && Wanted(FactKinds.Files) && IsOnHost(path))
            .Select(path => (Path: path!, File: FindAsync(session, path!, deadline, cancellationToken)))
            .ToList();

        var missing = new List<string>();
        var flawed = new List<string>();
        var allKnown = files.Count > 0;
        foreach (var (path, file) in files)
        {
            var (isThere, record) = await file.ConfigureAwait(false);
            allKnown &= isThere is not null;
            if (isThere == false)
            {
                missing.Add(path);
            }
            else if (FlawOf(path, record) is { } flaw)
            {
                flawed.Add(flaw);
            }
        }

        var settings = (await memory.ConfigureAwait(false))?.FirstOrDefault();
        var isDynamic = settings?.Flag("DynamicMemoryEnabled") == true;
        return new HostFacts
        {
            MemoryWanted = settings?.Number("VirtualQuantity"),
            MemoryMinimum = settings?.Number(isDynamic ? "Reservation" : "VirtualQuantity"),
            MemoryMaximum = settings?.Number(isDynamic ? "Limit" : "VirtualQuantity"),
            IsHypervisorPresent = (await computer.ConfigureAwait(false))?.Select(record => record.Flag("HypervisorPresent")).FirstOrDefault(),
            HostProcessors = (await computer.ConfigureAwait(false))?.Select(record => record.Number("NumberOfLogicalProcessors")).FirstOrDefault(),
            Processors = (await processors.ConfigureAwait(false))?.Select(record => record.Number("VirtualQuantity")).FirstOrDefault(),
            ShowsService = (await rights.ConfigureAwait(false)) is { } services ? services.Count > 0 : null,
            StoppedComponents = (await drivers.ConfigureAwait(false))?
                .Where(record => record.Text("State") is { } state && !string.Equals(state, "Running", StringComparison.OrdinalIgnoreCase))
                .Select(record => record.Text("Name") ?? string.Empty)
                .ToList(),
            WorkerProcess = (await workers.ConfigureAwait(false))?
                .Where(record => record.Text("CommandLine")?.IndexOf(instance.Id.ToString("D"), StringComparison.OrdinalIgnoreCase) >= 0)
                .Select(record => record.Number("ProcessId"))
                .FirstOrDefault(),
            Volume = (await volumes.ConfigureAwait(false))?.Count > 0 ? volume : null,
            VolumeFree = (await volumes.ConfigureAwait(false))?.Select(record => record.Number("FreeSpace") / BytesPerMegabyte).FirstOrDefault(),
            FlawedFiles = flawed,
            MemoryAvailable = (await balancer.ConfigureAwait(false))?.Select(record => record.Number("AvailableMemory")).FirstOrDefault(),
            MemoryHolders = HoldersOf(await summaries.ConfigureAwait(false), instance.Id),
            MissingSwitch = MissingSwitch(await ports.ConfigureAwait(false), await switches.ConfigureAwait(false)),
            OtherSwitch = AnySwitch(await switches.ConfigureAwait(false)),
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

    /// <summary>A file that Windows keeps in a way that Hyper-V cannot use, with the word for it; null when it does not.</summary>
    internal static string? FlawOf(string path, CimRecord? record)
        => record?.Flag("Encrypted") == true ? $"'{path}' (encrypted)" : record?.Flag("Compressed") == true ? $"'{path}' (compressed)" : null;

    private const long BytesPerMegabyte = 1024 * 1024;

    internal static async Task<(bool? IsThere, CimRecord? Record)> FindAsync(HostSession session, string path, Deadline deadline, CancellationToken cancellationToken)
    {
        // By key: a condition with OR would make the file provider walk the whole volume.
        var file = new CimPath(CimNames.Cimv2, CimNames.DataFile, new KeyValuePair<string, object>("Name", path.Replace('/', '\\')));
        try
        {
            return (true, await session.GetAsync(file, deadline, cancellationToken).ConfigureAwait(false));
        }
        catch (CimFaultException exception)
        {
            return (exception.Fault.Status == CimStatus.NotFound ? false : null, null);
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

    /// <summary>The name of a switch that the host has.</summary>
    internal static string? AnySwitch(IReadOnlyList<CimRecord>? switches)
        => switches?.Select(record => record.Text("ElementName")).OfType<string>().Where(name => name.Length > 0).OrderBy(name => name, StringComparer.OrdinalIgnoreCase).FirstOrDefault();

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
                return port.Text("LastKnownSwitchName") is { Length: > 0 } name ? $"'{name}' ({SwitchIdOf(resource)})" : SwitchIdOf(resource);
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
