using System;
using System.Linq;
using Multipass.HyperV.Simulation.Faults;
using Multipass.HyperV.Simulation.Scenarios;

namespace Multipass.HyperV.Simulation.World;

/// <summary>Why a start fails.</summary>
/// <param name="Kind">The kind of failure.</param>
/// <param name="Path">The file that it is about; empty for none.</param>
/// <param name="Device">The device that it is about, by its id; null for the controller of its disks.</param>
internal sealed record StartFailure(FaultKind Kind, string Path = "", string? Device = null);

/// <summary>What a start needs, in the order in which a host finds it missing: memory comes last, when the devices have been powered on.</summary>
internal static class StartChecks
{
    /// <summary>The first thing that is missing; null when everything is there. To be asked before the memory is taken.</summary>
    public static StartFailure? FirstFailure(HostWorld world, VirtualMachine machine, bool isRestore)
        => Host(world) ?? Disks(world, machine) ?? Devices(machine) ?? Network(world) ?? (isRestore ? SavedState(machine) : Volume(world, machine)) ?? Resources(world, machine);

    private static StartFailure? Host(HostWorld world)
    {
        if (!world.Host.HypervisorRunning)
        {
            return new(FaultKinds.HypervisorNotRunning);
        }

        // A driver that is not there has no code; a service that cannot be started has one.
        return world.StoppedServices.FirstOrDefault() is not { } stopped ? null
            : new(stopped.ToUpperInvariant() switch
            {
                "VHDMP" => FaultKinds.DiskDriverMissing,
                "VMCOMPUTE" or "HNS" or "MPSSVC" => FaultKinds.ServiceDisabled,
                _ => FaultKinds.ComponentStopped,
            });
    }

    private static StartFailure? Disks(HostWorld world, VirtualMachine machine)
    {
        foreach (var disk in machine.Disks)
        {
            var kind = disk.Presence switch
            {
                FilePresence.Missing => FaultKinds.DiskNotFound,
                FilePresence.AccessDenied => FaultKinds.DiskAccessDenied,
                FilePresence.InUse => FaultKinds.DiskInUse,
                _ when disk.Attribute != FileAttribute.Normal => FaultKinds.DiskFormatUnsupported,
                _ when IsHeldByAnother(world, disk) => FaultKinds.DiskInUse,
                _ => null,
            };
            if (kind is not null)
            {
                return new(kind, disk.Path);
            }
        }

        return machine.Parents.FirstOrDefault(parent => parent.Presence != FilePresence.Present) is { } lost ? new(FaultKinds.ParentDiskNotFound, lost.Path) : null;
    }

    /// <summary>Only one virtual machine at a time has a disk open.</summary>
    private static bool IsHeldByAnother(HostWorld world, VirtualDisk disk)
        => world.Machines.Any(other => other != disk.Machine && other.HeldMB > 0 && other.Disks.Any(held => !held.IsDvd && held.FileName == disk.FileName));

    private static StartFailure? Devices(VirtualMachine machine)
        => machine.Devices.FirstOrDefault(device => device.Scenario.Fault != DeviceFault.None) is not { } device ? null
            : new(
                device.Scenario.Fault switch
                {
                    DeviceFault.NoResources => FaultKinds.DeviceWithoutResources,
                    DeviceFault.AccessDenied => FaultKinds.DeviceDenied,
                    _ => FaultKinds.DeviceFailure,
                },
                string.Empty,
                device.Key);

    private static StartFailure? Network(HostWorld world)
        => world.Host.Switches.Contains(ScenarioInstance.SwitchName, StringComparer.OrdinalIgnoreCase) ? null : new(FaultKinds.SwitchMissing);

    /// <summary>A restore finds its file there already.</summary>
    private static StartFailure? SavedState(VirtualMachine machine)
        => machine.Scenario.SavedState switch
        {
            SavedStateFile.Present => null,
            SavedStateFile.Corrupt => new(FaultKinds.SavedStateInvalid),
            _ => new(FaultKinds.SavedStateMissing),
        };

    /// <summary>A start makes a file as large as the memory.</summary>
    private static StartFailure? Volume(HostWorld world, VirtualMachine machine)
        => machine.Scenario.MemoryMB > world.FreeOnMB(machine.Scenario.StateVolume) ? new(FaultKinds.HostDiskFull) : null;

    private static StartFailure? Resources(HostWorld world, VirtualMachine machine)
    {
        var shortage = world.Host.MemoryShortage == MemoryShortage.OutOfMemory ? FaultKinds.OutOfMemory : FaultKinds.InsufficientResources;
        return machine.Scenario.Processors > world.Host.Processors ? new(FaultKinds.TooManyProcessors)
            : machine.Scenario.MemoryMB > world.AvailableMB ? new(shortage)
            : !world.Host.NumaSpanning && machine.Scenario.MemoryMB > world.FreeOnNodesMB.Max() ? new(shortage)
            : !FitsHyperV(machine.Scenario) ? new(FaultKinds.MemoryConfigInvalid)
            : null;
    }

    /// <summary>Memory comes in steps of 2 MB, and dynamic memory has its startup memory between its limits.</summary>
    private static bool FitsHyperV(ScenarioInstance instance)
        => instance.MemoryMB % 2 == 0
            && (instance.DynamicMemory is not { } limits
                || (limits.MinimumMB % 2 == 0 && limits.MaximumMB % 2 == 0 && limits.MinimumMB <= instance.MemoryMB && instance.MemoryMB <= limits.MaximumMB));
}
