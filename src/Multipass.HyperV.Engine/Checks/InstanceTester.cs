using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Checks;

/// <summary>
/// Looks whether instances would start, and changes nothing. Each is judged by itself, by the table in <see cref="InstanceChecks"/>.
/// Costs at most twelve calls for any number of instances, and one more for each disk and DVD image of those that are off or saved: the host's files can be asked for by name only.
/// </summary>
internal static class InstanceTester
{
    /// <summary>Up to this many virtual machines have their settings asked for by prefix; beyond that the whole classes are read.</summary>
    private const int MostPrefixes = 8;

    private const long KilobytesPerMegabyte = 1024;

    private const long BytesPerMegabyte = 1024 * 1024;

    /// <summary><c>AutomaticShutdownAction</c>: save. For that Hyper-V keeps a file of the size of the memory ready from the start on (Msvm_VirtualSystemSettingData class page).</summary>
    private const ushort SaveState = 3;

    private static readonly CimQuery MemoryQuery = new(CimNames.Virtualization, CimNames.MemorySettingData, new[] { "InstanceID", "VirtualQuantity", "Reservation", "Limit", "DynamicMemoryEnabled" });

    private static readonly CimQuery SettingsQuery = new(
        CimNames.Virtualization, CimNames.VirtualSystemSettingData, new[] { "InstanceID", "SuspendDataRoot", "AutomaticShutdownAction" });

    /// <summary>Fixed disks (<c>Win32_LogicalDisk.DriveType</c> 3): those of the network can take their time.</summary>
    private static readonly CimQuery VolumeQuery = new(CimNames.Cimv2, CimNames.LogicalDisk, new[] { "DeviceID", "FreeSpace" }, CimCondition.Equal("DriveType", 3));

    private static readonly CimQuery PortQuery = new(
        CimNames.Virtualization, CimNames.EthernetPortAllocationSettingData, new[] { "InstanceID", "HostResource", "LastKnownSwitchName" });

    private static readonly CimQuery SwitchQuery = new(CimNames.Virtualization, CimNames.VirtualEthernetSwitch, new[] { "Name", "ElementName" });

    private static readonly CimQuery SummaryQuery = new(CimNames.Virtualization, CimNames.SummaryInformation, new[] { "Name", "ElementName", "MemoryUsage" });

    private static readonly CimQuery BalancerQuery = new(CimNames.Cimv2, CimNames.MemoryBalancer, new[] { "AvailableMemory" });

    private static readonly CimQuery SystemQuery = new(CimNames.Cimv2, CimNames.OperatingSystem, new[] { "FreePhysicalMemory" });

    private static readonly CimQuery HypervisorQuery = new(CimNames.Cimv2, CimNames.Win32ComputerSystem, new[] { "HypervisorPresent" });

    /// <summary>The names under which a host that cannot be read is found, by cause.</summary>
    private static readonly IReadOnlyList<(FailureCause Cause, string Check)> HostChecks = new[]
    {
        (FailureCatalogue.PermissionDenied, "Rights"),
        (FailureCatalogue.VmmsNotRunning, "Service"),
        (FailureCatalogue.HyperVNotInstalled, "HyperV"),
    };

    /// <summary>The findings of each instance, in the order given.</summary>
    public static async Task<IReadOnlyList<(MpInstance Instance, IReadOnlyList<MpInstanceFinding> Findings)>> RunAsync(
        HostSession session, IReadOnlyList<MpInstance> instances, Deadline deadline, CancellationToken cancellationToken)
        => (await ReadAsync(session, instances, deadline, cancellationToken).ConfigureAwait(false)).Select(test => (test.Instance, InstanceChecks.Judge(test))).ToList();

    /// <summary>A host that could not be read is a finding too: for each name that was asked for, or one without a name.</summary>
    public static async Task<IReadOnlyList<MpInstanceFinding>> OfUnreadHostAsync(
        HostSession session, CimFault fault, IReadOnlyList<string> names, Deadline deadline, CancellationToken cancellationToken)
    {
        var evidence = FailureEvidence.OfFault(fault);
        var facts = await HostFactsReader.ReadAsync(session, FailureCatalogue.FactsFor(evidence), new InstanceFacts(), deadline, cancellationToken).ConfigureAwait(false);
        var cause = FailureCatalogue.Judge(evidence, facts);
        return names.DefaultIfEmpty(string.Empty).Select(name =>
        {
            var failure = MpOperationFailure.Of(cause, new FailureContext { Name = name, HostName = session.Host.Name, Account = session.Host.Account, Evidence = evidence, Facts = facts, Detail = fault.Message });
            var check = HostChecks.Where(row => row.Cause == cause).Select(row => row.Check).FirstOrDefault() ?? "Host";
            return new MpInstanceFinding(name, Guid.Empty, session.Host.Name, MpFindingSeverity.Error, check, cause.Name, failure.Explanation, failure.RecommendedAction);
        }).ToList();
    }

    private static async Task<IReadOnlyList<InstanceUnderTest>> ReadAsync(
        HostSession session, IReadOnlyList<MpInstance> instances, Deadline deadline, CancellationToken cancellationToken)
    {
        var tests = instances.Select(instance => new InstanceUnderTest(instance) { Account = session.Host.Account }).ToList();
        var onHost = tests.Where(test => test.IsOnHost).Select(test => test.Instance.Id).ToList();
        if (onHost.Count == 0)
        {
            return tests;
        }

        // All at once; a host that does not answer one of them leaves that check open.
        var ofThese = onHost.Count <= MostPrefixes ? CimCondition.AnyOf(onHost.Select(id => CimCondition.StartsWith("InstanceID", CimNames.InstanceIdPrefix(id))).ToArray()) : null;
        var needsPower = tests.Any(test => test.NeedsPower);
        CimFault? lost = null;
        async Task<IReadOnlyList<CimRecord>?> Query(CimQuery query)
        {
            try
            {
                return needsPower ? await session.QueryAsync(query, deadline, cancellationToken).ConfigureAwait(false) : null;
            }
            catch (CimFaultException exception)
            {
                lost = exception.Fault.IsConnectionLost ? exception.Fault : lost;
                return null;
            }
        }

        var jobs = MachineJobs.ReadAsync(session, deadline, cancellationToken);
        var rights = tests.Any(test => test.NeedsRequest) ? CallerRights.MayChangeAsync(session, deadline, cancellationToken) : Task.FromResult<bool?>(null);
        var hypervisor = Query(HypervisorQuery);
        var memory = Query(MemoryQuery.With(ofThese));
        var balancer = Query(BalancerQuery);
        var system = Query(SystemQuery);
        var summaries = Query(SummaryQuery);
        var settings = Query(SettingsQuery.With(ofThese));
        var volumes = Query(VolumeQuery);
        var ports = Query(PortQuery.With(ofThese));
        var switches = Query(SwitchQuery);
        var files = tests.Select(test => test.NeedsPower ? FilesAsync(session, test.Instance, deadline, cancellationToken) : Task.FromResult(Files.Unknown)).ToList();

        var known = await jobs.ConfigureAwait(false);
        var failures = known is null ? new Dictionary<Guid, MpFailure>() : await LastFailures.OfAsync(session, known, instances, deadline, cancellationToken).ConfigureAwait(false);
        var wanted = (await memory.ConfigureAwait(false))?.ToLookup(record => InstanceReader.MachineIdOf(record.Text("InstanceID")), record => record);
        var available = (await balancer.ConfigureAwait(false))?.Select(record => record.Number("AvailableMemory")).FirstOrDefault();
        var free = (await system.ConfigureAwait(false))?.Select(record => record.Number("FreePhysicalMemory") / KilobytesPerMegabyte).FirstOrDefault();
        // What is off or saved holds none, so that one list serves all of them.
        var holders = HostFactsReader.HoldersOf(await summaries.ConfigureAwait(false), exceptFor: Guid.Empty);
        var settingsOf = (await settings.ConfigureAwait(false))?.ToLookup(record => InstanceReader.MachineIdOf(record.Text("InstanceID")));
        var freeOn = (await volumes.ConfigureAwait(false))?.ToLookup(record => record.Text("DeviceID") ?? string.Empty, record => record.Number("FreeSpace") / BytesPerMegabyte, StringComparer.OrdinalIgnoreCase);
        var portsOf = (await ports.ConfigureAwait(false))?.ToLookup(record => InstanceReader.MachineIdOf(record.Text("InstanceID")));
        var allSwitches = await switches.ConfigureAwait(false);
        var hasHypervisor = (await hypervisor.ConfigureAwait(false))?.Select(record => record.Flag("HypervisorPresent")).FirstOrDefault();
        var mayChange = await rights.ConfigureAwait(false);

        var read = new List<InstanceUnderTest>();
        foreach (var (test, file) in tests.Zip(files, (test, file) => (test, file)))
        {
            var id = test.Instance.Id;
            var found = await file.ConfigureAwait(false);
            var quantities = wanted?[id].FirstOrDefault();
            var isDynamic = quantities?.Flag("DynamicMemoryEnabled") == true;
            var volume = VolumeOf(settingsOf?[id].FirstOrDefault());
            read.Add(!test.IsOnHost ? test : test with
            {
                Facts = HostFacts.None with
                {
                    MemoryWanted = quantities?.Number("VirtualQuantity"),
                    MemoryMinimum = quantities?.Number(isDynamic ? "Reservation" : "VirtualQuantity"),
                    MemoryMaximum = quantities?.Number(isDynamic ? "Limit" : "VirtualQuantity"),
                    MemoryAvailable = available,
                    MemoryHolders = holders,
                    Volume = volume,
                    VolumeFree = volume is null ? null : freeOn?[volume].FirstOrDefault(),
                    FlawedFiles = found.Flaws,
                    MissingSwitch = portsOf is null ? null : HostFactsReader.MissingSwitch(portsOf[id].ToList(), allSwitches),
                    OtherSwitch = HostFactsReader.AnySwitch(allSwitches),
                },
                Lost = lost,
                FreeMegabytes = free,
                HasDisk = found.Disk,
                HasDvd = found.Dvd,
                HasHypervisor = hasHypervisor,
                MayChange = mayChange,
                Job = known?.RunningOf(id),
                LastFailure = failures.TryGetValue(id, out var failure) ? failure : null,
            });
        }

        return read;
    }

    /// <summary>The volume on which a start takes space for a saved state; null when it takes none, or that is not known.</summary>
    private static string? VolumeOf(CimRecord? settings)
        => settings?.UInt16("AutomaticShutdownAction") == SaveState && settings.Text("SuspendDataRoot") is { } root && HostFactsReader.IsOnHost(root)
            ? root.Substring(0, 2).ToUpperInvariant()
            : null;

    private static async Task<Files> FilesAsync(HostSession session, MpInstance instance, Deadline deadline, CancellationToken cancellationToken)
    {
        Task<(bool? IsThere, CimRecord? Record)> Look(string? path)
            => path is not null && HostFactsReader.IsOnHost(path) ? HostFactsReader.FindAsync(session, path, deadline, cancellationToken) : Task.FromResult(((bool?)null, (CimRecord?)null));
        var lookForDisk = Look(instance.Disk);
        var lookForDvd = Look(instance.Facts.Dvd);
        var disk = await lookForDisk.ConfigureAwait(false);
        var dvd = await lookForDvd.ConfigureAwait(false);
        var flaw = instance.Disk is { } path ? HostFactsReader.FlawOf(path, disk.Record) : null;
        return new Files(disk.IsThere, dvd.IsThere, flaw is null ? Array.Empty<string>() : new[] { flaw });
    }

    /// <summary>What was found of an instance's files.</summary>
    private sealed record Files(bool? Disk, bool? Dvd, IReadOnlyList<string> Flaws)
    {
        public static readonly Files Unknown = new(null, null, Array.Empty<string>());
    }
}
