using System;
using System.Collections.Generic;
using System.Linq;
using Multipass.HyperV.Simulation.World;
using Multipass.HyperV.Cim;

namespace Multipass.HyperV.Simulation.Provider;

/// <summary>The devices of virtual machines that are on, the settings of those that have no class of their own for them, and the pools they come from: all from <see cref="DeviceKinds"/>.</summary>
internal static class DeviceClasses
{
    private const ushort StatusOk = 2;

    public static readonly IReadOnlyList<ClassDeclaration> All = DeviceKinds.All
        .Where(kind => kind.Device is not null)
        .GroupBy(kind => kind.Device!)
        .Select(kinds => DevicesOf(kinds.Key))
        .Concat(DeviceKinds.All.Select(kind => kind.PoolClass).Distinct().Select(PoolsOf))
        .Append(ResourceSettings())
        .ToArray();

    private static ClassDeclaration DevicesOf(string className)
    {
        IEnumerable<Device> On(VirtualMachine machine) => DeviceKinds.IsOn(machine) ? DeviceKinds.Of(machine).Where(device => device.Kind.Device == className) : Array.Empty<Device>();
        var builder = new ClassBuilder<Device>(CimNames.Virtualization, className, world => world.Machines.SelectMany(On), device => device.Machine)
            .FoundBy("SystemName", (world, value, _) => Paths.Owner(world, value)?.SelectMany(On))
            .Key("SystemCreationClassName", (_, _) => CimNames.ComputerSystem)
            .Key("SystemName", (device, _) => device.Machine.Key)
            .Key("CreationClassName", (_, _) => className)
            .Key("DeviceID", (device, _) => "Microsoft:" + device.Id)
            .Text("Caption", (device, _) => device.Kind.Name)
            .Text("ElementName", (device, _) => device.Kind.Name)
            .Text("Name", (device, _) => device.Kind.Name)
            .UInt16("EnabledState", (_, _) => EnabledState.Enabled)
            .UInt16("EnabledDefault", (_, _) => EnabledState.Enabled)
            .UInt16("RequestedState", (_, _) => EnabledState.NoChangeRequested)
            .UInt16("HealthState", (_, _) => 5)
            .Text("Status", (_, _) => "OK")
            .UInt16s("OperationalStatus", (_, _) => new[] { StatusOk })
            .Texts("StatusDescriptions", (_, world) => new[] { world.Texts.Word("OK") });
        return (className switch
        {
            // In blocks of 1 MB.
            "Msvm_Memory" => builder.UInt64("BlockSize", (_, _) => 1024 * 1024).UInt64("NumberOfBlocks", (device, _) => (ulong)device.Machine.HeldMB),
            "Msvm_Processor" => builder.UInt16("LoadPercentage", (device, world) => (ushort)(device.Machine.Guest.Answers(world.Now) ? 1 : 40)),
            "Msvm_SyntheticEthernetPort" => builder.Text("PermanentAddress", (device, _) => device.Machine.MacAddress),
            _ => builder,
        }).Build();
    }

    private static ClassDeclaration ResourceSettings()
    {
        static IEnumerable<Device> Settings(VirtualMachine machine) => DeviceKinds.Of(machine).Where(device => device.Kind.Setting == DeviceKinds.ResourceSetting);
        return new ClassBuilder<Device>(CimNames.Virtualization, DeviceKinds.ResourceSetting, world => world.Machines.SelectMany(Settings), device => device.Machine)
            .FoundBy("InstanceID", (world, value, _) => Paths.Owner(world, value)?.SelectMany(Settings))
            .Key("InstanceID", (device, _) => device.SettingId)
            .Resource(device => device.Kind, DeviceKinds.Controller, DeviceKinds.DiskDrive, DeviceKinds.DvdDrive)
            .Text("Parent", (device, world) => device.Parent is { } parent ? Paths.Text(world, Paths.Of(DeviceKinds.ResourceSetting, ("InstanceID", parent.SettingId))) : null)
            .Text("AddressOnParent", (device, _) => device.AddressOnParent)
            .Texts("VirtualSystemIdentifiers", (device, _) => device.Kind == DeviceKinds.Controller ? new[] { "{" + device.Machine.ControllerId + "}" } : null)
            .Build();
    }

    private static ClassDeclaration PoolsOf(string className)
        => new ClassBuilder<DeviceKind>(CimNames.Virtualization, className, _ => DeviceKinds.All.Where(kind => kind.PoolClass == className), _ => null)
            .Key("InstanceID", (kind, _) => "Microsoft:" + kind.Pool)
            .Text("Caption", (kind, _) => kind.Name)
            .Text("ElementName", (kind, _) => kind.Name)
            .Text("PoolID", (_, _) => string.Empty)
            .Flag("Primordial", (_, _) => true)
            .UInt16("ResourceType", (kind, _) => kind.ResourceType)
            .Text("ResourceSubType", (kind, _) => kind.ResourceSubType)
            .Text("AllocationUnits", (kind, _) => kind.Units)
            .UInt16("HealthState", (_, _) => 5)
            .Text("Status", (_, _) => "OK")
            .UInt16s("OperationalStatus", (_, _) => new[] { StatusOk })
            .Texts("StatusDescriptions", (_, world) => new[] { world.Texts.Word("OK") })
            .Build();
}
