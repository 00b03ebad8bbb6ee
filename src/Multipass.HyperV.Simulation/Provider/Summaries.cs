using System;
using System.Collections.Generic;
using System.Linq;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Simulation.World;

namespace Multipass.HyperV.Simulation.Provider;

/// <summary><c>Msvm_VirtualSystemManagementService.GetSummaryInformation</c>: many virtual machines and of each what is asked for, in one call.</summary>
internal static class Summaries
{
    /// <summary>What the values of <c>RequestedInformation</c> stand for (GetSummaryInformation method page). The thumbnails (5 to 7) are asked for under three sizes.</summary>
    private static readonly Dictionary<uint, string> Properties = new()
    {
        [0] = "Name",
        [1] = "ElementName",
        [2] = "CreationTime",
        [3] = "Notes",
        [4] = "NumberOfProcessors",
        [5] = "ThumbnailImage",
        [6] = "ThumbnailImage",
        [7] = "ThumbnailImage",
        [8] = "AllocatedGPU",
        [9] = "VirtualSwitchNames",
        [10] = "Version",
        [11] = "Shielded",
        [100] = "EnabledState",
        [101] = "ProcessorLoad",
        [102] = "ProcessorLoadHistory",
        [103] = "MemoryUsage",
        [104] = "Heartbeat",
        [105] = "UpTime",
        [106] = "GuestOperatingSystem",
        [107] = "Snapshots",
        [108] = "AsynchronousTasks",
        [109] = "HealthState",
        [110] = "OperationalStatus",
        [111] = "StatusDescriptions",
        [112] = "MemoryAvailable",
        [113] = "AvailableMemoryBuffer",
        [114] = "ReplicationMode",
        [115] = "ReplicationState",
        [116] = "ReplicationHealth",
        [117] = "ApplicationHealth",
        [118] = "ReplicationStateEx",
        [119] = "ReplicationHealthEx",
        [120] = "SwapFilesInUse",
        [121] = "IntegrationServicesVersionState",
        [122] = "ReplicationProviderId",
        [123] = "MemorySpansPhysicalNumaNodes",
        [132] = "OtherEnabledState",
    };

    /// <summary>One summary for each setting, or for all virtual machines. The name is always there; of what does not exist it is empty.</summary>
    public static MethodReply Get(HostWorld world, HostWorld service, IReadOnlyDictionary<string, object?> values)
    {
        var asked = ((uint[]?)values["RequestedInformation"] ?? Array.Empty<uint>()).Select(code => Properties.TryGetValue(code, out var name) ? name : null).Append("Name").ToArray();
        var summary = ClassDeclarations.Namespace(CimNames.Virtualization)![CimNames.SummaryInformation];
        var machines = values["SettingData"] is CimPath[] settings
            ? settings.Select(path => path.Key("InstanceID") is { } id && Paths.Owner(world, id) is { } owner ? owner.FirstOrDefault() : null)
            : world.Machines;
        var rows = machines
            .Select(machine => new CimRecord(summary.Name, summary.Properties.Select(property => new KeyValuePair<string, object?>(
                property.Name,
                machine is null ? (property.Name == "Name" ? string.Empty : null) : asked.Contains(property.Name) ? property.Read(machine, world) : null))))
            .ToArray();
        return new MethodReply(ReturnValue.Completed, new KeyValuePair<string, object?>("SummaryInformation", rows));
    }

    /// <summary>The jobs that are under way for a virtual machine; null when there are none.</summary>
    public static CimRecord[]? TasksOf(VirtualMachine machine, HostWorld world)
    {
        if (machine.Change?.Job is not { HasEnded: false } job)
        {
            return null;
        }

        var jobs = ClassDeclarations.Namespace(CimNames.Virtualization)![CimNames.ConcreteJob];
        return new[] { jobs.Record(world, job, jobs.Properties) };
    }
}
