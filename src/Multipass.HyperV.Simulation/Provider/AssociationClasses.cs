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
        Association("Msvm_SettingsDefineState", "ManagedElement", "SettingData", machine => Pair(CimNames.ComputerSystem, machine, CimNames.VirtualSystemSettingData, machine)),
        Association("Msvm_VirtualSystemSettingDataComponent", "GroupComponent", "PartComponent", Resources),
        Association("Msvm_SystemDevice", "GroupComponent", "PartComponent", Devices),
        Association(
            "Msvm_SettingDataComponent",
            "GroupComponent",
            "PartComponent",
            machine => Pair(CimNames.SyntheticEthernetPortSettingData, machine, CimNames.GuestNetworkAdapterConfiguration, machine)),
        Association("Msvm_ComputerSystemSummaryInformation", "Antecedent", "Dependent", machine => Pair(CimNames.ComputerSystem, machine, CimNames.SummaryInformation, machine)),
        HostedDependency(),
    };

    private static IEnumerable<Link> Resources(VirtualMachine machine)
        => new[]
            {
                CimNames.MemorySettingData, CimNames.ProcessorSettingData, CimNames.SyntheticEthernetPortSettingData, CimNames.EthernetPortAllocationSettingData,
            }
            .SelectMany(part => Pair(CimNames.VirtualSystemSettingData, machine, part, machine))
            .Concat(machine.Disks.SelectMany(disk => Pair(CimNames.VirtualSystemSettingData, machine, CimNames.StorageAllocationSettingData, disk)));

    private static IEnumerable<Link> Devices(VirtualMachine machine)
        => machine.IsGuestUp
            ? new[] { CimNames.ShutdownComponent, CimNames.HeartbeatComponent }.SelectMany(component => Pair(CimNames.ComputerSystem, machine, component, machine))
            : Array.Empty<Link>();

    /// <summary>The host hosts its virtual machines.</summary>
    private static ClassDeclaration HostedDependency()
        => Links("Msvm_HostedDependency", "Antecedent", "Dependent", world => world.Machines.Select(machine => new Link(CimNames.ComputerSystem, world, CimNames.ComputerSystem, machine)));

    private static ClassDeclaration Association(string name, string first, string second, Func<VirtualMachine, IEnumerable<Link>> links)
        => Links(name, first, second, world => world.Machines.SelectMany(links));

    private static ClassDeclaration Links(string name, string first, string second, Func<HostWorld, IEnumerable<Link>> links)
        => new ClassBuilder<Link>(CimNames.Virtualization, name, links, link => OwnerOf(link.Second))
            .ReferenceKey(first, (link, world) => Class(link.FirstClass).Path(world, link.First))
            .ReferenceKey(second, (link, world) => Class(link.SecondClass).Path(world, link.Second))
            .Build();

    private static Link[] Pair(string firstClass, object first, string secondClass, object second) => new[] { new Link(firstClass, first, secondClass, second) };

    private static VirtualMachine? OwnerOf(object row) => row as VirtualMachine ?? (row as VirtualDisk)?.Machine;

    private static ClassDeclaration Class(string name) => ClassDeclarations.Namespace(CimNames.Virtualization)![name];

    /// <summary>Two connected rows.</summary>
    private sealed record Link(string FirstClass, object First, string SecondClass, object Second);
}
