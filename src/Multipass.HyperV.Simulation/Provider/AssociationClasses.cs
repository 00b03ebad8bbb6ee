using System;
using System.Collections.Generic;
using System.Linq;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Simulation.World;

namespace Multipass.HyperV.Simulation.Provider;

/// <summary>What belongs to what in <c>root/virtualization/v2</c>: each association names the two classes and the rows of theirs that it connects.</summary>
internal static class AssociationClasses
{
    public static readonly IReadOnlyList<ClassDeclaration> All = new[]
    {
        Association("Msvm_SettingsDefineState", "ManagedElement", "SettingData", Settings),
        Association("Msvm_VirtualSystemSettingDataComponent", "GroupComponent", "PartComponent", Resources),
        Association("Msvm_SystemDevice", "GroupComponent", "PartComponent", Devices),
        Association(
            "Msvm_SettingDataComponent",
            "GroupComponent",
            "PartComponent",
            machine => Pair(CimNames.SyntheticEthernetPortSettingData, machine, CimNames.GuestNetworkAdapterConfiguration, machine)),
        Association("Msvm_ComputerSystemSummaryInformation", "Antecedent", "Dependent", machine => Pair(CimNames.ComputerSystem, machine, CimNames.SummaryInformation, machine)),
        Association(
            "Msvm_ElementAllocatedFromPool",
            "Antecedent",
            "Dependent",
            machine => DevicesOf(machine).Select(device => new Link(device.Kind.PoolClass, device.Kind, device.Kind.Device!, device))),
        HostedDependency(),
        Links(
            CimNames.Cimv2,
            "Win32_ComputerSystemProcessor",
            "GroupComponent",
            "PartComponent",
            world => WindowsClasses.RowsOf(CimNames.Processor, world).Select(processor => new Link(CimNames.Win32ComputerSystem, world, CimNames.Processor, processor))),
    };

    private static IEnumerable<Device> DevicesOf(VirtualMachine machine) => DeviceKinds.IsOn(machine) ? DeviceKinds.Of(machine) : Array.Empty<Device>();

    /// <summary>The settings of the virtual machine, and while it is on those of its devices.</summary>
    private static IEnumerable<Link> Settings(VirtualMachine machine)
        => Pair(CimNames.ComputerSystem, machine, CimNames.VirtualSystemSettingData, machine)
            .Concat(DevicesOf(machine).Select(device => new Link(device.Kind.Device!, device, device.Kind.Setting, device.SettingRow ?? device)));

    private static IEnumerable<Link> Resources(VirtualMachine machine)
        => new[]
            {
                CimNames.MemorySettingData, CimNames.ProcessorSettingData, CimNames.SyntheticEthernetPortSettingData, CimNames.EthernetPortAllocationSettingData,
            }
            .SelectMany(part => Pair(CimNames.VirtualSystemSettingData, machine, part, machine))
            .Concat(machine.Disks.SelectMany(disk => Pair(CimNames.VirtualSystemSettingData, machine, CimNames.StorageAllocationSettingData, disk)))
            .Concat(DeviceKinds.Of(machine)
                .Where(device => device.Kind.Setting == DeviceKinds.ResourceSetting)
                .Select(device => new Link(CimNames.VirtualSystemSettingData, machine, DeviceKinds.ResourceSetting, device)));

    private static IEnumerable<Link> Devices(VirtualMachine machine)
        => (machine.IsGuestUp ? new[] { CimNames.ShutdownComponent, CimNames.HeartbeatComponent } : Array.Empty<string>())
            .SelectMany(component => Pair(CimNames.ComputerSystem, machine, component, machine))
            .Concat(DevicesOf(machine).Select(device => new Link(CimNames.ComputerSystem, machine, device.Kind.Device!, device)));

    /// <summary>The host hosts its virtual machines.</summary>
    private static ClassDeclaration HostedDependency()
        => Links(CimNames.Virtualization, "Msvm_HostedDependency", "Antecedent", "Dependent", world => world.Machines.Select(machine => new Link(CimNames.ComputerSystem, world, CimNames.ComputerSystem, machine)));

    private static ClassDeclaration Association(string name, string first, string second, Func<VirtualMachine, IEnumerable<Link>> links)
        => Links(CimNames.Virtualization, name, first, second, world => world.Machines.SelectMany(links));

    private static ClassDeclaration Links(string cimNamespace, string name, string first, string second, Func<HostWorld, IEnumerable<Link>> links)
        => new ClassBuilder<Link>(cimNamespace, name, links, link => OwnerOf(link.Second))
            .ReferenceKey(first, (link, world) => Class(cimNamespace, link.FirstClass).Path(world, link.First))
            .ReferenceKey(second, (link, world) => Class(cimNamespace, link.SecondClass).Path(world, link.Second))
            .Build();

    private static Link[] Pair(string firstClass, object first, string secondClass, object second) => new[] { new Link(firstClass, first, secondClass, second) };

    private static VirtualMachine? OwnerOf(object row) => row as VirtualMachine ?? (row as VirtualDisk)?.Machine ?? (row as Device)?.Machine;

    private static ClassDeclaration Class(string cimNamespace, string name) => ClassDeclarations.Namespace(cimNamespace)![name];

    /// <summary>Two connected rows.</summary>
    private sealed record Link(string FirstClass, object First, string SecondClass, object Second);
}
