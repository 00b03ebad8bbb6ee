using System;
using System.Collections.Generic;
using System.Linq;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Failures;

namespace Multipass.HyperV.Checks;

/// <summary>What was asked of a host: the rows, or the fault that the call ended in.</summary>
internal sealed record HostAnswer(IReadOnlyList<CimRecord>? Rows, CimFault? Fault)
{
    /// <summary>The first row; null when there is none.</summary>
    public CimRecord? First => Rows is { Count: > 0 } rows ? rows[0] : null;
}

/// <summary>Everything that was read about a host.</summary>
internal sealed record HostUnderTest(string HostName)
{
    /// <summary>The account that the host sees; null when it is not known.</summary>
    public string? Account { get; init; }

    /// <summary><c>Win32_OperatingSystem</c>: whoever answers that is there.</summary>
    public HostAnswer System { get; init; } = new(null, null);

    /// <summary><c>Win32_ComputerSystem</c>.</summary>
    public HostAnswer Computer { get; init; } = new(null, null);

    /// <summary><c>Win32_Processor</c>; read only where the hypervisor is not running.</summary>
    public HostAnswer Processor { get; init; } = new(null, null);

    /// <summary><c>Win32_OptionalFeature</c>; read only where something of Hyper-V is missing.</summary>
    public HostAnswer Features { get; init; } = new(null, null);

    /// <summary><c>Win32_BaseService</c> of vmms, and of the services and drivers that Hyper-V needs.</summary>
    public HostAnswer Service { get; init; } = new(null, null);

    /// <summary>The row of vmms; null when there is none.</summary>
    public CimRecord? ManagementService => Service.Rows?.FirstOrDefault(IsManagement);

    /// <summary>The facts that failures are judged by too.</summary>
    public HostFacts Facts => HostFacts.None with
    {
        StoppedComponents = Service.Rows is null ? null : HostFactsReader.StoppedOf(Service.Rows.Where(record => !IsManagement(record)).ToList()),
        IsHostVirtual = Computer.First is null ? null : HostFactsReader.IsVirtual(Computer.First),
    };

    /// <summary><c>Msvm_VirtualSystemManagementService</c>: no row without a fault is no rights.</summary>
    public HostAnswer Management { get; init; } = new(null, null);

    public HostAnswer Switches { get; init; } = new(null, null);

    /// <summary>Whether methods may be called; null when the host does not tell.</summary>
    public bool? MayChange { get; init; }

    /// <summary>Memory that Hyper-V could give, in MB, by its balancer's own figure.</summary>
    public long? AvailableMegabytes { get; init; }

    /// <summary>The virtual machines that hold memory, the largest first.</summary>
    public IReadOnlyList<MemoryHolder>? MemoryHolders { get; init; }

    private static bool IsManagement(CimRecord record) => string.Equals(record.Text("Name") ?? "vmms", "vmms", StringComparison.OrdinalIgnoreCase);
}
