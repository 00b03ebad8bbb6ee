using System;
using System.Linq;
using Multipass.HyperV.Simulation.Faults;
using Multipass.HyperV.Simulation.Scenarios;

namespace Multipass.HyperV.Simulation.World;

/// <summary>What a start needs, in the order in which a host finds it missing: memory comes last, when the devices have been powered on.</summary>
internal static class StartChecks
{
    /// <summary>The kind of failure and the file it is about; null when everything is there. To be asked before the memory is taken.</summary>
    public static (FaultKind Kind, string Path)? FirstFailure(HostWorld world, VirtualMachine machine, bool isRestore)
    {
        if (!world.Host.HypervisorRunning)
        {
            return (FaultKinds.HypervisorNotRunning, string.Empty);
        }

        if (machine.Disks.FirstOrDefault(disk => disk.Presence != FilePresence.Present) is { } disk)
        {
            var kind = disk.Presence switch
            {
                FilePresence.Missing => FaultKinds.DiskNotFound,
                FilePresence.AccessDenied => FaultKinds.DiskAccessDenied,
                _ => FaultKinds.DiskInUse,
            };
            return (kind, disk.Path);
        }

        if (!world.Host.Switches.Contains(ScenarioInstance.SwitchName, StringComparer.OrdinalIgnoreCase))
        {
            return (FaultKinds.SwitchMissing, string.Empty);
        }

        if (isRestore && machine.Scenario.SavedState != SavedStateFile.Present)
        {
            return (machine.Scenario.SavedState == SavedStateFile.Corrupt ? FaultKinds.SavedStateInvalid : FaultKinds.SavedStateMissing, string.Empty);
        }

        // A restore finds its file there already; a start makes one, as large as the memory.
        if (!isRestore && machine.Scenario.MemoryMB > world.FreeDiskMB)
        {
            return (FaultKinds.HostDiskFull, string.Empty);
        }

        return machine.Scenario.MemoryMB > world.AvailableMB ? (FaultKinds.OutOfMemory, string.Empty)
            : !FitsHyperV(machine.Scenario) ? (FaultKinds.MemoryConfigInvalid, string.Empty)
            : null;
    }

    /// <summary>Memory comes in steps of 2 MB, and dynamic memory has its startup memory between its limits.</summary>
    private static bool FitsHyperV(ScenarioInstance instance)
        => instance.MemoryMB % 2 == 0
            && (instance.DynamicMemory is not { } limits
                || (limits.MinimumMB % 2 == 0 && limits.MaximumMB % 2 == 0 && limits.MinimumMB <= instance.MemoryMB && instance.MemoryMB <= limits.MaximumMB));
}
