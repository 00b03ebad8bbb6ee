using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Checks;

/// <summary>Looks whether a host is fit for instances, by the table in <see cref="HostChecks"/>, and changes nothing. At most ten calls.</summary>
internal static class HostTester
{
    private static readonly CimQuery SystemQuery = new(
        CimNames.Cimv2, CimNames.OperatingSystem, new[] { "Caption", "Version", "TotalVisibleMemorySize", "FreePhysicalMemory" });

    private static readonly CimQuery ComputerQuery = new(CimNames.Cimv2, CimNames.Win32ComputerSystem, new[] { "HypervisorPresent", "Manufacturer", "Model" });

    private static readonly CimQuery ProcessorQuery = new(
        CimNames.Cimv2, CimNames.Processor, new[] { "DeviceID", "VirtualizationFirmwareEnabled", "SecondLevelAddressTranslationExtensions" });

    private static readonly CimQuery FeatureQuery = new(
        CimNames.Cimv2,
        CimNames.OptionalFeature,
        new[] { "Name", "InstallState" },
        CimCondition.EqualsAny("Name", new[] { CimNames.HyperVFeature, CimNames.HypervisorFeature }));

    /// <summary>Hyper-V's management service, and the other services and the drivers that it needs.</summary>
    private static readonly CimQuery ServiceQuery = new(
        CimNames.Cimv2, CimNames.BaseService, new[] { "Name", "State", "StartMode" }, CimCondition.EqualsAny("Name", CimNames.HyperVComponents.Prepend("vmms")));

    private static readonly CimQuery ManagementQuery = new(CimNames.Virtualization, CimNames.VirtualSystemManagementService, new[] { "Name" });

    private static readonly CimQuery SwitchQuery = new(CimNames.Virtualization, CimNames.VirtualEthernetSwitch, new[] { "Name", "ElementName" });

    private static readonly CimQuery SummaryQuery = new(CimNames.Virtualization, CimNames.SummaryInformation, new[] { "Name", "ElementName", "MemoryUsage" });

    private static readonly CimQuery BalancerQuery = new(CimNames.Cimv2, CimNames.MemoryBalancer, new[] { "AvailableMemory" });

    /// <summary>The steps, in order.</summary>
    public static async Task<IReadOnlyList<MpHostFinding>> RunAsync(HostSession session, Deadline deadline, CancellationToken cancellationToken)
        => HostChecks.Judge(await ReadAsync(session, deadline, cancellationToken).ConfigureAwait(false));

    private static async Task<HostUnderTest> ReadAsync(HostSession session, Deadline deadline, CancellationToken cancellationToken)
    {
        Task<HostAnswer> Ask(CimQuery query) => AskAsync(session, query, deadline, cancellationToken);
        var host = new HostUnderTest(session.Host.Name) { Account = session.Host.Account, System = await Ask(SystemQuery).ConfigureAwait(false) };
        if (host.System.Fault is { Status: not CimStatus.AccessDenied })
        {
            // Whoever does not answer once is not asked nine times more.
            return host;
        }

        var computer = Ask(ComputerQuery);
        var service = Ask(ServiceQuery);
        var management = Ask(ManagementQuery);
        var switches = Ask(SwitchQuery);
        var summaries = Ask(SummaryQuery);
        var balancer = Ask(BalancerQuery);
        var rights = CallerRights.MayChangeAsync(session, deadline, cancellationToken);
        host = host with
        {
            Computer = await computer.ConfigureAwait(false),
            Service = await service.ConfigureAwait(false),
            Management = await management.ConfigureAwait(false),
            Switches = await switches.ConfigureAwait(false),
            MayChange = await rights.ConfigureAwait(false),
            AvailableMegabytes = (await balancer.ConfigureAwait(false)).First?.Number("AvailableMemory"),
            MemoryHolders = HostFactsReader.HoldersOf((await summaries.ConfigureAwait(false)).Rows, exceptFor: Guid.Empty),
        };

        // What explains a failure is looked at only where there is one: the features take Windows a second to list.
        var hasHypervisor = host.Computer.First?.Flag("HypervisorPresent") != false;
        var features = hasHypervisor && host.Management.Fault is null ? null : Ask(FeatureQuery);
        var processor = hasHypervisor ? null : Ask(ProcessorQuery);
        return host with
        {
            Features = features is null ? host.Features : await features.ConfigureAwait(false),
            Processor = processor is null ? host.Processor : await processor.ConfigureAwait(false),
        };
    }

    private static async Task<HostAnswer> AskAsync(HostSession session, CimQuery query, Deadline deadline, CancellationToken cancellationToken)
    {
        try
        {
            return new HostAnswer(await session.QueryAsync(query, deadline, cancellationToken).ConfigureAwait(false), null);
        }
        catch (CimFaultException exception)
        {
            return new HostAnswer(null, exception.Fault);
        }
    }
}
