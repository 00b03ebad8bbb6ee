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

/// <summary>Reads facts from a host, after a failure and before a start alike: all calls at once, each allowed to fail, and as many for one instance as for many, files apart.</summary>
internal static class HostFactsReader
{
    /// <summary>Up to this many virtual machines have their settings asked for by prefix; beyond that the whole classes are read.</summary>
    private const int MostPrefixes = 8;

    private const long BytesPerMegabyte = 1024 * 1024;

    /// <summary><c>AutomaticShutdownAction</c>: save. For that Hyper-V keeps a file of the size of the memory ready from the start on (Msvm_VirtualSystemSettingData class page).</summary>
    private const ushort SaveState = 3;

    /// <summary>How makers of virtual machines name them in <c>Win32_ComputerSystem</c>: Hyper-V and Azure, VMware, VirtualBox, QEMU and KVM, Xen, Parallels, Google, Amazon, OpenStack.</summary>
    private static readonly string[] VirtualMakes =
    {
        "Virtual Machine", "VMware", "VirtualBox", "innotek", "QEMU", "KVM", "Standard PC (", "Xen", "HVM domU", "Parallels", "Google Compute Engine", "Amazon EC2", "OpenStack",
    };

    private static readonly CimQuery MemoryQuery = new(CimNames.Virtualization, CimNames.MemorySettingData, new[] { "InstanceID", "VirtualQuantity", "Reservation", "Limit", "DynamicMemoryEnabled" });

    private static readonly CimQuery BalancerQuery = new(CimNames.Cimv2, CimNames.MemoryBalancer, new[] { "AvailableMemory" });

    private static readonly CimQuery SummaryQuery = new(CimNames.Virtualization, CimNames.SummaryInformation, new[] { "Name", "ElementName", "MemoryUsage" });

    private static readonly CimQuery NodeQuery = new(CimNames.Virtualization, CimNames.NumaNode, new[] { "NodeID", "CurrentlyConsumableMemoryBlocks" });

    private static readonly CimQuery SpanningQuery = new(CimNames.Virtualization, CimNames.ManagementServiceSettingData, new[] { "NumaSpanningEnabled" });

    /// <summary>Devices of every kind: their settings have one base class.</summary>
    private static readonly CimQuery DeviceQuery = new(CimNames.Virtualization, CimNames.ResourceAllocationSettingData, new[] { "InstanceID", "ResourceSubType", "VirtualQuantity", "HostResource" });

    private static readonly CimQuery PortQuery = new(CimNames.Virtualization, CimNames.EthernetPortAllocationSettingData, new[] { "InstanceID", "HostResource", "LastKnownSwitchName" });

    private static readonly CimQuery SwitchQuery = new(CimNames.Virtualization, CimNames.VirtualEthernetSwitch, new[] { "Name", "ElementName" });

    private static readonly CimQuery ServiceQuery = new(CimNames.Cimv2, CimNames.Service, new[] { "Name", "State" }, CimCondition.Equal("Name", "vmms"));

    private static readonly CimQuery RightsQuery = new(CimNames.Virtualization, CimNames.VirtualSystemManagementService, new[] { "Name" });

    private static readonly CimQuery ComputerQuery = new(CimNames.Cimv2, CimNames.Win32ComputerSystem, new[] { "HypervisorPresent", "NumberOfLogicalProcessors", "Manufacturer", "Model" });

    /// <summary>Services and drivers have one base class.</summary>
    private static readonly CimQuery ComponentQuery = new(CimNames.Cimv2, CimNames.BaseService, new[] { "Name", "State", "StartMode" }, CimCondition.EqualsAny("Name", CimNames.HyperVComponents));

    private static readonly CimQuery SystemQuery = new(CimNames.Virtualization, CimNames.VirtualSystemSettingData, new[] { "InstanceID", "SuspendDataRoot", "AutomaticShutdownAction", "SecureBootEnabled" });

    /// <summary>Fixed disks (<c>Win32_LogicalDisk.DriveType</c> 3): those of the network can take their time.</summary>
    private static readonly CimQuery VolumeQuery = new(CimNames.Cimv2, CimNames.LogicalDisk, new[] { "DeviceID", "FreeSpace" }, CimCondition.Equal("DriveType", 3));

    private static readonly CimQuery WorkerQuery = new(CimNames.Cimv2, CimNames.Process, new[] { "ProcessId", "CommandLine" }, CimCondition.Equal("Name", CimNames.WorkerProcess));

    /// <summary>The facts about one instance.</summary>
    public static async Task<HostFacts> ReadAsync(HostSession session, FactKinds kinds, InstanceFacts instance, Deadline deadline, CancellationToken cancellationToken)
        => (await ReadAsync(session, kinds, new[] { instance }, deadline, cancellationToken).ConfigureAwait(false))[0];

    /// <summary>The facts about each instance, in the order given.</summary>
    /// <param name="session">The host.</param>
    /// <param name="kinds">What is asked. Nothing is asked that is not.</param>
    /// <param name="instances">The instances.</param>
    /// <param name="deadline">No call is waited for longer.</param>
    /// <param name="cancellationToken">Abandons the reading.</param>
    /// <param name="lost">Is told the fault of a call for which the host did not answer.</param>
    public static async Task<IReadOnlyList<HostFacts>> ReadAsync(
        HostSession session, FactKinds kinds, IReadOnlyList<InstanceFacts> instances, Deadline deadline, CancellationToken cancellationToken, Action<CimFault>? lost = null)
    {
        var ids = instances.Select(instance => instance.Id).Where(id => id != Guid.Empty).ToList();
        var ofThese = ids.Count is > 0 and <= MostPrefixes ? CimCondition.AnyOf(ids.Select(id => CimCondition.StartsWith("InstanceID", CimNames.InstanceIdPrefix(id))).ToArray()) : null;

        async Task<IReadOnlyList<CimRecord>?> TryAsync(CimQuery query)
        {
            try
            {
                return await session.QueryAsync(query, deadline, cancellationToken).ConfigureAwait(false);
            }
            catch (CimFaultException exception)
            {
                if (exception.Fault.IsConnectionLost)
                {
                    lost?.Invoke(exception.Fault);
                }

                return null;
            }
        }

        Task<IReadOnlyList<CimRecord>?> Query(FactKinds kind, CimQuery query) => (kinds & kind) != 0 ? TryAsync(query) : Task.FromResult<IReadOnlyList<CimRecord>?>(null);
        var memory = Query(FactKinds.Memory | FactKinds.MemorySettings, MemoryQuery.With(ofThese));
        var balancer = Query(FactKinds.Memory, BalancerQuery);
        var summaries = Query(FactKinds.MemoryHolders, SummaryQuery);
        var nodes = Query(FactKinds.Numa, NodeQuery);
        var spanning = Query(FactKinds.Numa, SpanningQuery);
        var devices = Query(FactKinds.Devices | FactKinds.Switch, DeviceQuery.With(ofThese));
        var switches = Query(FactKinds.Switch, SwitchQuery);
        var service = Query(FactKinds.Service, ServiceQuery);
        var rights = Query(FactKinds.Rights, RightsQuery);
        var computer = Query(FactKinds.Computer, ComputerQuery);
        var components = Query(FactKinds.Components, ComponentQuery);
        var systems = Query(FactKinds.Volumes | FactKinds.Firmware, SystemQuery.With(ofThese));
        var volumes = Query(FactKinds.Volumes, VolumeQuery);
        var workers = Query(FactKinds.Worker, WorkerQuery);
        var files = instances.Select(instance => (kinds & FactKinds.Files) != 0 ? FilesAsync(session, instance, deadline, cancellationToken) : Task.FromResult(Files.Unknown)).ToList();

        var memoryOf = Of(await memory.ConfigureAwait(false));
        var devicesOf = Of(await devices.ConfigureAwait(false));
        var systemOf = Of(await systems.ConfigureAwait(false));
        var allSwitches = await switches.ConfigureAwait(false);
        var theComputer = (await computer.ConfigureAwait(false))?.FirstOrDefault();
        var free = (await volumes.ConfigureAwait(false))?
            .Where(record => record.Text("DeviceID") is not null && record.Number("FreeSpace") is not null)
            .ToLookup(record => record.Text("DeviceID")!, record => record.Number("FreeSpace")!.Value / BytesPerMegabyte, StringComparer.OrdinalIgnoreCase);
        var allSummaries = await summaries.ConfigureAwait(false);
        var allWorkers = await workers.ConfigureAwait(false);
        var shared = new HostFacts
        {
            MemoryAvailable = (await balancer.ConfigureAwait(false))?.Select(record => record.Number("AvailableMemory")).FirstOrDefault(),
            NumaNodes = (await nodes.ConfigureAwait(false))?.Select(record => record.Number("CurrentlyConsumableMemoryBlocks")).OfType<long>().ToList(),
            SpansNumaNodes = (await spanning.ConfigureAwait(false))?.Select(record => record.Flag("NumaSpanningEnabled")).FirstOrDefault(),
            OtherSwitch = AnySwitch(allSwitches),
            ServiceState = (await service.ConfigureAwait(false))?.Select(record => record.Text("State")).FirstOrDefault(),
            ShowsService = (await rights.ConfigureAwait(false)) is { } services ? services.Count > 0 : null,
            IsHypervisorPresent = theComputer?.Flag("HypervisorPresent"),
            HostProcessors = theComputer?.Number("NumberOfLogicalProcessors"),
            IsHostVirtual = theComputer is null ? null : IsVirtual(theComputer),
            StoppedComponents = await components.ConfigureAwait(false) is { } found ? StoppedOf(found) : null,
        };

        var read = new List<HostFacts>();
        foreach (var (instance, file) in instances.Zip(files, (instance, file) => (instance, file)))
        {
            var settings = memoryOf?[instance.Id].FirstOrDefault();
            var isDynamic = settings?.Flag("DynamicMemoryEnabled") == true;
            var resources = devicesOf?[instance.Id].ToList();
            var system = systemOf?[instance.Id].FirstOrDefault();
            var (missing, flawed) = await file.ConfigureAwait(false);
            VolumeFact? Volume(string? path) => path is not null && IsOnHost(path) && free?[path.Substring(0, 2)].Cast<long?>().FirstOrDefault() is { } megabytes ? new VolumeFact(path.Substring(0, 2).ToUpperInvariant(), megabytes) : null;
            read.Add(shared with
            {
                MachineId = instance.Id,
                Disk = instance.Disk,
                Dvd = instance.Dvd,
                MemoryWanted = settings?.Number("VirtualQuantity") ?? (resources is null ? null : QuantityOf(resources, DeviceKind.Memory)),
                MemoryMinimum = settings?.Number(isDynamic ? "Reservation" : "VirtualQuantity"),
                MemoryMaximum = settings?.Number(isDynamic ? "Limit" : "VirtualQuantity"),
                MemoryHolders = HoldersOf(allSummaries, instance.Id),
                MissingFiles = missing,
                FlawedFiles = flawed,
                DiskVolume = Volume(instance.Disk),
                StateVolume = system?.UInt16("AutomaticShutdownAction") == SaveState ? Volume(system.Text("SuspendDataRoot")) : null,
                SecureBoot = system?.Flag("SecureBootEnabled"),
                Devices = resources?.Select(DeviceOf).OfType<DeviceSetting>().Distinct().ToList(),
                Processors = resources is null ? null : QuantityOf(resources, DeviceKind.Processor),
                MissingSwitch = resources is null || allSwitches is null ? null : MissingSwitch(resources, allSwitches),
                WorkerProcess = allWorkers?
                    .Where(record => record.Text("CommandLine")?.IndexOf(instance.Id.ToString("D"), StringComparison.OrdinalIgnoreCase) >= 0)
                    .Select(record => record.Number("ProcessId"))
                    .FirstOrDefault(),
            });
        }

        // The name of a switch that is gone is known to the adapters only, and the Default Switch has the same id everywhere.
        if (read.Any(facts => facts.IsSwitchMissing && !IsDefaultSwitch(facts.MissingSwitch!)) && Of(await TryAsync(PortQuery.With(ofThese)).ConfigureAwait(false)) is { } ports)
        {
            read = read.Select(facts => facts.IsSwitchMissing ? facts with { MissingSwitch = MissingSwitch(ports[facts.MachineId ?? Guid.Empty].ToList(), allSwitches!) } : facts).ToList();
        }

        return read;
    }

    /// <summary>The virtual machines that hold memory, the largest first.</summary>
    internal static List<MemoryHolder>? HoldersOf(IReadOnlyList<CimRecord>? summaries, Guid exceptFor)
        => summaries?
            .Where(record => record.Number("MemoryUsage") > 0 && !(Guid.TryParse(record.Text("Name"), out var id) && id == exceptFor))
            .Select(record => new MemoryHolder(record.Text("ElementName") ?? record.Text("Name") ?? string.Empty, record.Number("MemoryUsage") ?? 0))
            .OrderByDescending(holder => holder.Megabytes)
            .ThenBy(holder => holder.Name, StringComparer.OrdinalIgnoreCase)
            .ToList();

    /// <summary>Whether Windows runs in a virtual machine, by the maker's name that its firmware tells.</summary>
    internal static bool IsVirtual(CimRecord computer)
        => new[] { computer.Text("Manufacturer"), computer.Text("Model") }.OfType<string>().Any(name => VirtualMakes.Any(make => name.IndexOf(make, StringComparison.OrdinalIgnoreCase) >= 0));

    /// <summary>The names of those that do not run, nor can be started.</summary>
    internal static List<string> StoppedOf(IReadOnlyList<CimRecord> components)
        => components.Where(IsStopped).Select(record => record.Text("Name")!).OrderBy(name => name, StringComparer.OrdinalIgnoreCase).ToList();

    /// <summary>What must run does not; or what is started when it is needed is disabled.</summary>
    private static bool IsStopped(CimRecord component)
        => component.Text("Name") is { } name
            && component.Text("State") is { } state && !string.Equals(state, "Running", StringComparison.OrdinalIgnoreCase)
            && (CimNames.HyperVDrivers.Contains(name, StringComparer.OrdinalIgnoreCase) || string.Equals(component.Text("StartMode"), "Disabled", StringComparison.OrdinalIgnoreCase));

    private static ILookup<Guid, CimRecord>? Of(IReadOnlyList<CimRecord>? records) => records?.ToLookup(record => InstanceReader.MachineIdOf(record.Text("InstanceID")));

    private static long? QuantityOf(IEnumerable<CimRecord> resources, DeviceKind kind)
        => resources.Where(record => DeviceKinds.OfResource(record.Text("ResourceSubType")) == kind).Select(record => record.Number("VirtualQuantity")).FirstOrDefault();

    /// <summary>A device by the second part of its <c>InstanceID</c>: the first is the virtual machine, what follows are places on a controller.</summary>
    private static DeviceSetting? DeviceOf(CimRecord record)
        => record.Text("InstanceID")?.Split('\\') is { Length: > 1 } parts && Guid.TryParse(parts[1], out var id)
            ? new DeviceSetting(id, DeviceKinds.OfResource(record.Text("ResourceSubType")), record.Text("ResourceSubType") ?? string.Empty)
            : null;

    /// <summary>Whether the instance's files are there. A list of what is missing only where all of them could be looked for.</summary>
    private static async Task<Files> FilesAsync(HostSession session, InstanceFacts instance, Deadline deadline, CancellationToken cancellationToken)
    {
        var looks = new[] { instance.Disk, instance.Dvd }
            .OfType<string>()
            .Select(path => (Path: path, File: IsOnHost(path) ? FindAsync(session, path, deadline, cancellationToken) : Task.FromResult(((bool?)null, (CimRecord?)null))))
            .ToList();
        var missing = new List<string>();
        var flawed = new List<string>();
        var allKnown = looks.Count > 0;
        foreach (var (path, file) in looks)
        {
            var (isThere, record) = await file.ConfigureAwait(false);
            allKnown &= isThere is not null;
            if (isThere == false)
            {
                missing.Add(path);
            }
            else if (path == instance.Disk && (record?.Flag("Encrypted") == true ? "encrypted" : record?.Flag("Compressed") == true ? "compressed" : null) is { } flaw)
            {
                flawed.Add($"'{path}' ({flaw})");
            }
        }

        return new Files(allKnown || missing.Count > 0 ? missing : null, flawed);
    }

    private static async Task<(bool? IsThere, CimRecord? Record)> FindAsync(HostSession session, string path, Deadline deadline, CancellationToken cancellationToken)
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
    private static bool IsOnHost(string path) => path.Length > 2 && path[1] == ':';

    /// <summary>The name of a switch that the host has.</summary>
    private static string? AnySwitch(IReadOnlyList<CimRecord>? switches)
        => switches?.Select(record => record.Text("ElementName")).OfType<string>().Where(name => name.Length > 0).OrderBy(name => name, StringComparer.OrdinalIgnoreCase).FirstOrDefault();

    private static string MissingSwitch(IReadOnlyList<CimRecord> ports, IReadOnlyList<CimRecord> switches)
    {
        // A port that is connected names its switch by path; the switch's id stands in it.
        foreach (var port in ports)
        {
            var resource = port.Texts("HostResource").FirstOrDefault(text => text.IndexOf(CimNames.VirtualEthernetSwitch, StringComparison.OrdinalIgnoreCase) >= 0);
            if (resource is not null && !switches.Any(candidate => candidate.Text("Name") is { Length: > 0 } id && resource.IndexOf(id, StringComparison.OrdinalIgnoreCase) >= 0))
            {
                var id = SwitchIdOf(resource);
                return port.Text("LastKnownSwitchName") is { Length: > 0 } name ? $"'{name}' ({id})" : IsDefaultSwitch(id) ? $"'{CimNames.DefaultSwitchName}' ({id})" : id;
            }
        }

        return string.Empty;
    }

    private static bool IsDefaultSwitch(string text) => text.IndexOf(CimNames.DefaultSwitchId, StringComparison.OrdinalIgnoreCase) >= 0;

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

    /// <summary>What was found of an instance's files.</summary>
    private sealed record Files(IReadOnlyList<string>? Missing, IReadOnlyList<string>? Flawed)
    {
        public static readonly Files Unknown = new(null, null);
    }
}
