using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Checks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Simulation.Faults;
using Multipass.HyperV.Simulation.World;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Simulation.Scenarios;

/// <summary>Reads a host through its connection, whatever that is, as a scenario: what a simulated host needs in order to show the same.</summary>
internal static class HostRecorder
{
    private const long BytesPerMegabyte = 1024 * 1024;

    /// <summary>What a scenario may hold: the limits of its reader.</summary>
    private const int MostMegabytes = 12 * 1024 * 1024;

    private static readonly CimQuery MemoryQuery = new(
        CimNames.Virtualization, CimNames.MemorySettingData, new[] { "InstanceID", "VirtualQuantity", "Reservation", "Limit", "TargetMemoryBuffer", "DynamicMemoryEnabled" });

    private static readonly CimQuery SwitchQuery = new(CimNames.Virtualization, CimNames.VirtualEthernetSwitch, new[] { "Name", "ElementName" });
    private static readonly CimQuery ComputerQuery = new(CimNames.Cimv2, CimNames.Win32ComputerSystem, new[] { "HypervisorPresent", "NumberOfLogicalProcessors", "TotalPhysicalMemory" });
    private static readonly CimQuery SystemQuery = new(CimNames.Cimv2, CimNames.OperatingSystem, new[] { "MUILanguages" });
    private static readonly CimQuery BalancerQuery = new(CimNames.Cimv2, CimNames.MemoryBalancer, new[] { "AvailableMemory" });

    /// <summary>What an operation that failed was, by the type of its job (Msvm_ConcreteJob class page; 10 and 21 are seen on hosts).</summary>
    private static readonly Dictionary<ushort, FaultOperation> Operations = new()
    {
        [10] = FaultOperation.Start,
        [11] = FaultOperation.Start,
        [12] = FaultOperation.Start,
        [13] = FaultOperation.TurnOff,
        [14] = FaultOperation.Save,
        [15] = FaultOperation.Start,
        [16] = FaultOperation.Shutdown,
        [21] = FaultOperation.Resume,
        [27] = FaultOperation.Resume,
        [28] = FaultOperation.Restart,
        [29] = FaultOperation.Restart,
    };

    /// <exception cref="CimFaultException">The host cannot be read.</exception>
    public static async Task<(ScenarioHost Host, IReadOnlyList<ScenarioInstance> Instances)> ReadAsync(HostSession session, Deadline until, CancellationToken cancellationToken)
    {
        var reading = InstanceReader.ReadAsync(session, InstanceFilter.All, InstanceDetail.Full, until, cancellationToken);
        var memory = session.TryQueryAsync(MemoryQuery, until, cancellationToken);
        var switches = session.TryQueryAsync(SwitchQuery, until, cancellationToken);
        var computer = session.TryQueryAsync(ComputerQuery, until, cancellationToken);
        var system = session.TryQueryAsync(SystemQuery, until, cancellationToken);
        var balancer = session.TryQueryAsync(BalancerQuery, until, cancellationToken);
        var jobs = MachineJobs.ReadAsync(session, until, cancellationToken);
        var instances = await reading.ConfigureAwait(false);
        var flaws = await FlawsAsync(session, instances, until, cancellationToken).ConfigureAwait(false);
        var settings = SettingsOf(await memory.ConfigureAwait(false) ?? Array.Empty<CimRecord>());
        var known = await jobs.ConfigureAwait(false);
        var asksMultipass = instances.Any(instance => instance.MultipassSource.Length > 0);
        var written = new List<ScenarioInstance>();
        var byDisk = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var instance in instances)
        {
            settings.TryGetValue(instance.Id, out var setting);
            flaws.TryGetValue(instance.Id, out var causes);
            var one = Of(instance, setting, causes ?? new HashSet<string>(), asksMultipass);
            if (known?.FailedOf(instance.Id) is { } failed && Operations.TryGetValue(failed.JobType ?? 0, out var operation))
            {
                one = one with { RecentFailure = await FailureAsync(session, operation, failed.Reading, until, cancellationToken).ConfigureAwait(false) };
            }

            if (one is { Managed: true, Machine: MachinePresence.Present } && instance.Disk is { } disk)
            {
                if (byDisk.TryGetValue(disk, out var first))
                {
                    one = one with { TwinOf = first };
                }
                else
                {
                    byDisk.Add(disk, instance.Name);
                }
            }

            written.Add(one);
        }

        var record = (await computer.ConfigureAwait(false))?.FirstOrDefault();
        var standard = new ScenarioHost();
        var total = record?.Number("TotalPhysicalMemory") is { } bytes ? (int)Math.Max(1, bytes / BytesPerMegabyte) : standard.MemoryMB;
        var held = written.Where(instance => instance is { Backend: MpBackend.HyperV, Machine: MachinePresence.Present, State: not (MpInstanceState.Stopped or MpInstanceState.Suspended) })
            .Sum(instance => instance.MemoryAssignedMB ?? instance.MemoryMB);
        var available = (await balancer.ConfigureAwait(false))?.FirstOrDefault()?.Number("AvailableMemory");
        return (
            new ScenarioHost
            {
                Name = session.Host.Name,
                MemoryMB = total,
                ReserveMB = available is { } free ? (int)Math.Max(0, Math.Min(total, total - held - free)) : Math.Min(total, standard.ReserveMB),
                Processors = (int)Math.Max(1, record?.Number("NumberOfLogicalProcessors") ?? standard.Processors),
                Culture = (await system.ConfigureAwait(false))?.FirstOrDefault()?.Texts("MUILanguages").FirstOrDefault() is { Length: > 1 and <= 20 } culture ? culture : standard.Culture,
                HypervisorRunning = record?.Flag("HypervisorPresent") ?? true,
                Multipass = asksMultipass || instances.Count == 0 ? standard.Multipass : standard.Multipass with { Database = DatabaseAccess.Missing, Client = ClientBehaviour.Missing },
                Switches = (await switches.ConfigureAwait(false))?.Select(item => item.Text("ElementName") ?? item.Text("Name") ?? string.Empty).Where(name => name.Trim().Length > 0)
                    .Distinct(StringComparer.OrdinalIgnoreCase).ToArray() ?? standard.Switches,
            },
            written);
    }

    private static ScenarioInstance Of(MpInstance instance, ScenarioInstance? setting, HashSet<string> causes, bool asksMultipass)
    {
        var startup = Megabytes(instance.MemoryStartup) ?? setting?.MemoryMB ?? 1024;
        var assigned = Megabytes(instance.MemoryAssigned);
        var isMissing = instance.Id == Guid.Empty && instance.Backend == MpBackend.HyperV;
        var record = instance.Facts.Record;
        var one = new ScenarioInstance
        {
            Name = instance.Name,
            Id = instance.Id != Guid.Empty ? instance.Id : StableId.Of("instance", instance.Name, 0),
            State = instance.State == MpInstanceState.Unknown ? MpInstanceState.Stopped : instance.State,
            MemoryMB = startup,
            MemoryAssignedMB = assigned is > 0 && assigned != startup ? assigned : null,
            Processors = Math.Max(1, Math.Min(2048, instance.Processors ?? 1)),
            Health = instance.HostState?.HealthState is 20 or 25 ? instance.HostState.HealthState!.Value : (ushort)5,
            DynamicMemory = setting?.DynamicMemory,
            Disk = causes.Contains("Disk " + FailureCatalogue.DiskNotFound.Name) ? FilePresence.Missing
                : causes.Contains("Disk " + FailureCatalogue.DiskAccessDenied.Name) ? FilePresence.AccessDenied : FilePresence.Present,
            Guest = new ScenarioGuest { IPv4 = instance.IPv4.FirstOrDefault() },
        };
        return !instance.Managed ? one with { Managed = false }
            : one with
            {
                Dvd = causes.Contains("Dvd " + FailureCatalogue.DiskNotFound.Name) ? FilePresence.Missing : FilePresence.Present,
                Deleted = record?.IsDeleted == true,
                Backend = instance.Backend,
                Machine = isMissing ? MachinePresence.Missing : MachinePresence.Present,
                Record = asksMultipass && record is null ? RecordPresence.Missing : RecordPresence.Present,

                // A record that agrees with its host goes on following it.
                MultipassState = record is { IsDeleted: false, State.Length: > 0 } && !(instance.Drift == MpDrift.None && record.State == instance.State.ToString()) ? record.State : null,
            };
    }

    /// <summary>What would stand against a start of each, by the names of the causes.</summary>
    private static async Task<Dictionary<Guid, HashSet<string>>> FlawsAsync(HostSession session, IReadOnlyList<MpInstance> instances, Deadline until, CancellationToken cancellationToken)
    {
        var present = instances.Where(instance => instance.Id != Guid.Empty).ToList();
        var verdicts = await InstanceTester.RunAsync(session, present, until, cancellationToken).ConfigureAwait(false);
        return verdicts.SelectMany(verdict => verdict.Findings).GroupBy(finding => finding.Id).ToDictionary(group => group.Key, group => new HashSet<string>(group.Select(finding => $"{finding.Check} {finding.Cause}")));
    }

    /// <summary>The memory of each virtual machine; the first of its settings, which is that of the machine itself.</summary>
    private static Dictionary<Guid, ScenarioInstance> SettingsOf(IReadOnlyList<CimRecord> records)
    {
        var settings = new Dictionary<Guid, ScenarioInstance>();
        foreach (var record in records)
        {
            // Microsoft:GUID\GUID of the setting
            var parts = (record.Text("InstanceID") ?? string.Empty).Split(':', '\\');
            if (parts.Length < 2 || !Guid.TryParse(parts[1], out var id) || settings.ContainsKey(id))
            {
                continue;
            }

            settings.Add(id, new ScenarioInstance
            {
                MemoryMB = Clamp(record.Number("VirtualQuantity")) ?? 1024,
                DynamicMemory = record.Flag("DynamicMemoryEnabled") != true ? null : new DynamicMemory
                {
                    MinimumMB = Clamp(record.Number("Reservation")) ?? DynamicMemory.DefaultMinimumMB,
                    MaximumMB = Clamp(record.Number("Limit")) ?? DynamicMemory.DefaultMaximumMB,
                    BufferPercent = (int)Math.Max(5, Math.Min(2000, record.Number("TargetMemoryBuffer") ?? DynamicMemory.DefaultBufferPercent)),
                },
            });
        }

        return settings;
    }

    /// <summary>What the host's job said when it failed, as it said it.</summary>
    private static async Task<SimulatedFault?> FailureAsync(HostSession session, FaultOperation operation, JobReading job, Deadline until, CancellationToken cancellationToken)
    {
        IReadOnlyList<string>? errors = null;
        try
        {
            var result = await session.InvokeAsync(JobReading.PathOf(job.Id), CimNames.GetErrorEx, new Dictionary<string, object?>(), until, cancellationToken).ConfigureAwait(false);
            errors = result.Out.Texts("Errors");
        }
        catch (CimFaultException)
        {
            // The job has gone meanwhile, or does not tell.
        }

        return new FaultFields
        {
            Operation = operation.ToString(),
            JobState = job.State ?? JobState.Exception,
            JobErrorCode = job.ErrorCode is >= 0 and <= ushort.MaxValue ? job.ErrorCode : null,
            ErrorSummaryDescription = job.ErrorSummary,
            ErrorDescription = job.ErrorDescription,
            Errors = errors is { Count: > 0 } ? errors.ToArray() : null,
        }.Build((key, reason) => new FormatException($"{key}: {reason}"));
    }

    private static int? Megabytes(long? bytes) => bytes is { } value ? Clamp(value / BytesPerMegabyte) : null;

    private static int? Clamp(long? megabytes) => megabytes is > 0 and var value ? (int)Math.Min(MostMegabytes, value) : null;
}
