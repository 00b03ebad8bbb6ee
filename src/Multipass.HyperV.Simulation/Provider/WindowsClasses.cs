using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Simulation.Scenarios;
using Multipass.HyperV.Simulation.World;

namespace Multipass.HyperV.Simulation.Provider;

/// <summary>What Windows itself tells: memory, services, worker processes and files in <c>root/cimv2</c>, neighbours in <c>root/StandardCimv2</c>.</summary>
internal static class WindowsClasses
{

    /// <summary>The size of the volume, and what is free on it when the scenario does not care: 1 TB.</summary>
    private const int PlentyMB = 1024 * 1024;

    private const string Running = "Running";

    /// <summary>The drivers of Hyper-V's that a scenario may stop; the other components are services.</summary>
    private static readonly string[] Drivers = { "vid", "vmbusr", "hvservice", "vhdmp" };

    private static readonly string[] Features = { CimNames.HyperVFeature, CimNames.HypervisorFeature };

    /// <summary>Return values of Win32_Service's and Win32_Process's methods (class pages).</summary>
    private const uint Success = 0, AccessDenied = 2, ServiceCannotAcceptControl = 5, AlreadyRunning = 10;

    /// <summary>A vmwp.exe for each virtual machine that has one; a file that a virtual machine's disk or DVD drive holds.</summary>
    public static readonly IReadOnlyList<ClassDeclaration> All = new[]
    {
        OperatingSystem(), ComputerSystem(), ComputerSystemProduct(), Service(), SystemDriver(), Process(), DataFile(), LogicalDisk(), MemoryBalancer(), NetNeighbor(), Processor(), OptionalFeature(),
    };

    private static ClassDeclaration OperatingSystem()
        => HostClass(CimNames.OperatingSystem)
            .Key("Name", (_, _) => @"Microsoft Windows 11 Pro|C:\WINDOWS|\Device\Harddisk0\Partition3")
            .Text("Caption", (_, _) => "Microsoft Windows 11 Pro")
            .Text("Version", (_, _) => "10.0.26100")
            .Text("BuildNumber", (_, _) => "26100")
            .Text("CreationClassName", (_, _) => CimNames.OperatingSystem)
            .Text("CSCreationClassName", (_, _) => CimNames.Win32ComputerSystem)
            .Text("CSName", (_, world) => world.Host.Name)
            .Text("Manufacturer", (_, _) => "Microsoft Corporation")
            .Text("Status", (_, _) => "OK")
            .Text("WindowsDirectory", (_, _) => @"C:\WINDOWS")
            .Text("SystemDirectory", (_, _) => @"C:\WINDOWS\system32")
            .Text("SystemDrive", (_, _) => "C:")

            // 18 Windows NT; 1 work station; 48 Professional (Win32_OperatingSystem class page).
            .UInt16("OSType", (_, _) => 18)
            .UInt32("ProductType", (_, _) => 1)
            .UInt32("OperatingSystemSKU", (_, _) => 48)
            .UInt32("NumberOfProcesses", (_, world) => (uint)world.Machines.Count(machine => machine.WorkerId is not null))
            .Text("OSArchitecture", (_, _) => "64-bit")
            .UInt64("TotalVisibleMemorySize", (_, world) => Kilobytes(world.Host.MemoryMB))

            // Not what vmms compares with: of what Windows keeps for itself, half is free.
            .UInt64("FreePhysicalMemory", (_, world) => Kilobytes(Math.Max(0, world.Host.MemoryMB - (world.Host.ReserveMB / 2) - world.HeldMB)))
            .Moment("LastBootUpTime", (_, world) => world.BootTime)
            .Moment("LocalDateTime", (_, world) => world.Now)
            .Texts("MUILanguages", (_, world) => new[] { world.Host.Culture })
            .Build();

    private static ClassDeclaration ComputerSystem()
        => HostClass(CimNames.Win32ComputerSystem)
            .Key("Name", (_, world) => world.Host.Name)
            .Text("CreationClassName", (_, _) => CimNames.Win32ComputerSystem)
            .Text("Caption", (_, world) => world.Host.Name)
            .Text("DNSHostName", (_, world) => world.Host.Name)
            .Text("Domain", (_, _) => "WORKGROUP")
            .Text("Workgroup", (_, _) => "WORKGROUP")
            .Flag("PartOfDomain", (_, _) => false)
            .Text("Status", (_, _) => "OK")
            .Text("SystemType", (_, _) => "x64-based PC")
            .Text("Manufacturer", (_, world) => world.Host.VirtualMachine ? "Microsoft Corporation" : "Simulated")
            .Text("Model", (_, world) => world.Host.VirtualMachine ? "Virtual Machine" : "Simulated host")
            .Flag("HypervisorPresent", (_, world) => world.Host.HypervisorRunning)
            .UInt64("TotalPhysicalMemory", (_, world) => Kilobytes(world.Host.MemoryMB) * 1024)
            .UInt32("NumberOfProcessors", (_, _) => 1)
            .UInt32("NumberOfLogicalProcessors", (_, world) => (uint)world.Host.Processors)
            .Build();

    private static ClassDeclaration ComputerSystemProduct()
        => HostClass("Win32_ComputerSystemProduct")
            .Key("IdentifyingNumber", (_, world) => StableId.Text(StableId.Of("product", world.Host.Name, 0)))
            .Key("Name", (_, _) => "Simulated host")
            .Key("Version", (_, _) => "1.0")
            .Text("Caption", (_, _) => "Computer System Product")
            .Text("Description", (_, _) => "Computer System Product")
            .Text("Vendor", (_, _) => "Simulated")
            .Text("UUID", (_, world) => StableId.Text(StableId.Of("product", world.Host.Name, 0)))
            .Build();

    private static ClassDeclaration Processor()
        => HostClass(CimNames.Processor)
            .Key("DeviceID", (_, _) => "CPU0")
            .Text("Name", (_, _) => "Simulated processor @ 2.40GHz")
            .Text("Caption", (_, _) => "Simulated processor")
            .Text("Description", (_, _) => "Simulated processor")
            .Text("Manufacturer", (_, _) => "Simulated")
            .Text("CreationClassName", (_, _) => CimNames.Processor)
            .Text("SystemCreationClassName", (_, _) => CimNames.Win32ComputerSystem)
            .Text("SystemName", (_, world) => world.Host.Name)
            .Text("Role", (_, _) => "CPU")
            .Text("SocketDesignation", (_, _) => "CPU 0")
            .Text("Status", (_, _) => "OK")
            .Text("Version", (_, _) => string.Empty)
            .Text("ProcessorId", (_, world) => StableId.Text(StableId.Of("processor", world.Host.Name, 0)).Replace("-", string.Empty).Substring(0, 16))

            // 64 bits, x64; running at full power, enabled; a central processor, of another family (class page).
            .UInt16("AddressWidth", (_, _) => 64)
            .UInt16("DataWidth", (_, _) => 64)
            .UInt16("Architecture", (_, _) => 9)
            .UInt16("Availability", (_, _) => 3)
            .UInt16("CpuStatus", (_, _) => 1)
            .UInt16("StatusInfo", (_, _) => 3)
            .UInt16("ProcessorType", (_, _) => 3)
            .UInt16("Family", (_, _) => 1)
            .UInt16("UpgradeMethod", (_, _) => 1)
            .UInt16("LoadPercentage", (_, _) => 3)
            .UInt32("CurrentClockSpeed", (_, _) => 2400)
            .UInt32("MaxClockSpeed", (_, _) => 2400)
            .UInt32("ExtClock", (_, _) => 100)
            .UInt32("L2CacheSize", (_, world) => (uint)(1024 * world.Host.Processors))
            .UInt32("L3CacheSize", (_, _) => 16384)
            .Flag("PowerManagementSupported", (_, _) => false)
            .UInt32("NumberOfCores", (_, world) => (uint)world.Host.Processors)
            .UInt32("NumberOfEnabledCore", (_, world) => (uint)world.Host.Processors)
            .UInt32("ThreadCount", (_, world) => (uint)world.Host.Processors)
            .UInt32("NumberOfLogicalProcessors", (_, world) => (uint)world.Host.Processors)

            // Under a hypervisor the processor's features are not to be seen, and Windows says no to all of them.
            .Flag("SecondLevelAddressTranslationExtensions", (_, world) => !world.Host.HypervisorRunning)
            .Flag("VirtualizationFirmwareEnabled", (_, world) => !world.Host.HypervisorRunning)
            .Flag("VMMonitorModeExtensions", (_, world) => !world.Host.HypervisorRunning)
            .Build();

    private static ClassDeclaration OptionalFeature()
        => new ClassBuilder<string>(CimNames.Cimv2, CimNames.OptionalFeature, _ => Features, _ => null)
            .Key("Name", (name, _) => name)

            .Text("Caption", (name, _) => name)
            .Text("Description", (name, _) => name)

            // 1 Enabled, 2 Disabled (class page).
            .UInt32("InstallState", (_, world) => world.Host.HyperVInstalled ? 1u : 2u)
            .Build();

    private static ClassDeclaration Service()
        => new ClassBuilder<WindowsService>(CimNames.Cimv2, CimNames.Service, WindowsService.On, _ => null)
            .FoundBy("Name", (world, value, comparison) => comparison != CimOperator.Equal ? null : WindowsService.On(world).Where(service => string.Equals(service.Name, value, StringComparison.OrdinalIgnoreCase)))
            .Key("Name", (service, _) => service.Name)
            .Text("Caption", (service, _) => service.DisplayName)
            .Text("CreationClassName", (_, _) => CimNames.Service)
            .Text("SystemCreationClassName", (_, _) => CimNames.Win32ComputerSystem)
            .Text("SystemName", (_, world) => world.Host.Name)
            .Text("DisplayName", (service, _) => service.DisplayName)
            .Text("State", (service, world) => service.State(world))
            .Flag("Started", (service, world) => service.State(world) == "Running")
            .Text("StartMode", (service, world) => IsDisabled(service.Name, world) ? "Disabled" : "Auto")
            .Text("Status", (_, _) => "OK")
            .Text("PathName", (service, _) => service.Path)
            .Method("StartService", true, (world, service, _) => new MethodReply(!MayChange(world) ? AccessDenied : service.Start(world) ? Success : AlreadyRunning))
            .Method("StopService", true, (world, service, _) => new MethodReply(!MayChange(world) ? AccessDenied : service.Stop(world) ? Success : ServiceCannotAcceptControl))
            .Build();

    private static ClassDeclaration SystemDriver()
        => new ClassBuilder<string>(CimNames.Cimv2, CimNames.SystemDriver, world => world.Host.HyperVInstalled ? Drivers : Array.Empty<string>(), _ => null)
            .Key("Name", (name, _) => name)
            .Text("DisplayName", (name, _) => name)

            // Without a hypervisor they are there, and do not start.
            .Text("State", StateOf)
            .Flag("Started", (name, world) => StateOf(name, world) == Running)
            .Text("StartMode", (name, world) => IsDisabled(name, world) ? "Disabled" : CimNames.HyperVDrivers.Contains(name) ? "System" : "Manual")
            .Text("Status", (_, _) => "OK")
            .Build();

    private static ClassDeclaration LogicalDisk()
        => new ClassBuilder<ScenarioVolume>(CimNames.Cimv2, CimNames.LogicalDisk, world => world.Host.Volumes, _ => null)
            .Key("DeviceID", (volume, _) => volume.Name)
            .Text("FileSystem", (volume, _) => volume.FileSystem)
            .UInt32("DriveType", (_, _) => 3)
            .UInt64("FreeSpace", (volume, world) => Kilobytes(world.FreeOnMB(volume.Name) ?? PlentyMB) * 1024)
            .UInt64("Size", (volume, _) => Kilobytes(Math.Max(PlentyMB, volume.FreeMB ?? 0)) * 1024)
            .Build();

    private static ClassDeclaration Process()
        => new ClassBuilder<VirtualMachine>(CimNames.Cimv2, CimNames.Process, world => world.Machines.Where(machine => machine.WorkerId is not null), machine => machine)
            .FoundBy("Handle", (world, value, comparison) => comparison != CimOperator.Equal ? null : world.FindWorker(value) is { } machine ? new[] { machine } : Array.Empty<VirtualMachine>())
            .Key("Handle", (machine, _) => machine.WorkerId!.Value.ToString(CultureInfo.InvariantCulture))
            .Text("CreationClassName", (_, _) => CimNames.Process)
            .Text("CSCreationClassName", (_, _) => CimNames.Win32ComputerSystem)
            .Text("OSCreationClassName", (_, _) => CimNames.OperatingSystem)
            .Text("Caption", (_, _) => "vmwp.exe")
            .Text("Name", (_, _) => "vmwp.exe")
            .UInt32("ProcessId", (machine, _) => machine.WorkerId)
            .Text("CommandLine", (machine, _) => $@"C:\WINDOWS\System32\vmwp.exe {machine.Key}")
            .Text("ExecutablePath", (_, _) => @"C:\WINDOWS\System32\vmwp.exe")
            .Moment("CreationDate", (machine, _) => machine.WorkerSince)
            .Text("CSName", (_, world) => world.Host.Name)
            .Method("Terminate", true, Terminate, new ParameterDeclaration("Reason", CimType.UInt32, false))
            .Build();

    private static ClassDeclaration DataFile()
        => new ClassBuilder<DataFileRow>(CimNames.Cimv2, CimNames.DataFile, DataFileRow.On, file => file.Disk?.Machine)
            .FoundBy("Name", (world, value, comparison) => comparison == CimOperator.Equal ? DataFileRow.Find(world, value) : null)
            .Key("Name", (file, _) => file.Name)
            .Text("Caption", (file, _) => file.Name)
            .Text("Description", (file, _) => file.Name)
            .Text("CreationClassName", (_, _) => CimNames.DataFile)
            .Text("CSCreationClassName", (_, _) => CimNames.Win32ComputerSystem)
            .Text("CSName", (_, world) => world.Host.Name)
            .Text("FSCreationClassName", (_, _) => "Win32_FileSystem")
            .Text("FSName", (_, _) => "NTFS")
            .Text("Status", (_, _) => "OK")
            .Text("Drive", (file, _) => file.Name.Substring(0, 2))

            // From the drive's root to the last backslash, both in it.
            .Text("Path", (file, _) => file.Name.Substring(2, file.Name.LastIndexOf('\\') - 1))
            .Text("FileName", (file, _) => System.IO.Path.GetFileNameWithoutExtension(file.Name.Replace('\\', '/')))
            .Text("Extension", (file, _) => System.IO.Path.GetExtension(file.Name).TrimStart('.'))
            .Text("Version", (file, _) => file.Version)
            .Text("Manufacturer", (file, _) => file.Version is null ? null : "Microsoft Corporation")
            .UInt64("FileSize", (file, _) => file.Size)
            .Flag("Compressed", (file, _) => file.Disk?.Attribute == FileAttribute.Compressed)
            .Flag("Encrypted", (file, _) => file.Disk?.Attribute == FileAttribute.Encrypted)
            .Flag("Archive", (_, _) => true)
            .Flag("Hidden", (_, _) => false)
            .Flag("System", (_, _) => false)
            .Flag("Readable", (_, _) => true)
            .Flag("Writeable", (_, _) => true)
            .Build();

    /// <summary>A file: one that belongs to a virtual machine, or one of Windows whose version tells Hyper-V's.</summary>
    private sealed record DataFileRow(string Name, ulong Size, string? Version, VirtualDisk? Disk)
    {
        private const string System32 = @"c:\windows\system32\";

        private static readonly DataFileRow[] OfHyperV =
        {
            new(System32 + "vmms.exe", 14_188_544, "10.0.26100.1", null),
            new(System32 + CimNames.WorkerProcess, 4_874_240, "10.0.26100.1", null),
        };

        public static IEnumerable<DataFileRow> On(HostWorld world) => (world.Host.HyperVInstalled ? OfHyperV : Array.Empty<DataFileRow>()).Concat(world.Files.Select(Of));

        public static IEnumerable<DataFileRow> Find(HostWorld world, string name)
            => On(world).Take(world.Host.HyperVInstalled ? OfHyperV.Length : 0).Where(file => string.Equals(file.Name, name, StringComparison.OrdinalIgnoreCase))
                .Concat(world.FindFile(name) is { } disk ? new[] { Of(disk) } : Array.Empty<DataFileRow>());

        private static DataFileRow Of(VirtualDisk disk) => new(disk.FileName, disk.IsDvd ? 374_784u : 2_147_483_648u, null, disk);
    }

    private static ClassDeclaration MemoryBalancer()
        => HostClass(CimNames.MemoryBalancer)
            .Key("Name", (_, _) => "System Balancer")
            .UInt32("AvailableMemory", (_, world) => (uint)world.AvailableMB)
            .Build();

    private static ClassDeclaration NetNeighbor()
        => new ClassBuilder<VirtualMachine>(CimNames.StandardCimv2, CimNames.NetNeighbor, world => world.Machines.Where(machine => SettingClasses.Address(machine, world) is not null), machine => machine)
            .Key("InstanceID", (machine, world) => "neighbor:" + SettingClasses.Address(machine, world))
            .Text("IPAddress", SettingClasses.Address)
            .Text("LinkLayerAddress", (machine, _) => string.Join("-", Enumerable.Range(0, 6).Select(index => machine.MacAddress.Substring(index * 2, 2))))

            // 5 Reachable, 2 IPv4 (MSFT_NetNeighbor class page).
            .UInt8("State", (_, _) => 5)
            .UInt16("AddressFamily", (_, _) => 2)
            .UInt32("InterfaceIndex", (_, _) => 42)
            .Text("InterfaceAlias", (_, _) => $"vEthernet ({ScenarioInstance.SwitchName})")
            .Build();

    /// <summary>The rows of a class of <c>root/cimv2</c>.</summary>
    public static IEnumerable<object> RowsOf(string className, HostWorld world) => All.Single(declaration => declaration.Name == className).Rows(world);

    private static ClassBuilder<HostWorld> HostClass(string name) => new(CimNames.Cimv2, name, world => new[] { world }, _ => null);

    private static MethodReply Terminate(HostWorld world, VirtualMachine machine, IReadOnlyDictionary<string, object?> values)
    {
        if (!MayChange(world))
        {
            return new MethodReply(AccessDenied);
        }

        world.Power.KillWorker(machine);
        return new MethodReply(Success);
    }

    private static bool IsDisabled(string name, HostWorld world) => world.Host.StoppedServices.Contains(name, StringComparer.OrdinalIgnoreCase);

    private static string StateOf(string name, HostWorld world) => world.StoppedServices.Contains(name, StringComparer.OrdinalIgnoreCase) ? "Stopped" : Running;

    private static bool MayChange(HostWorld world) => world.Host.Access == HostAccess.Full;

    /// <summary>A service of Windows that matters here.</summary>
    private sealed record WindowsService(string Name, string DisplayName, string Path, Func<HostWorld, string> State, Func<HostWorld, bool> Start, Func<HostWorld, bool> Stop)
    {
        private static readonly IReadOnlyList<WindowsService> All = new[]
        {
            new WindowsService(
                "vmms",
                "Hyper-V Virtual Machine Management",
                @"C:\WINDOWS\system32\vmms.exe",
                world => !world.IsServiceRunning ? "Stopped" : !world.IsRestarting ? "Running" : world.IsEnding ? "Stop Pending" : "Start Pending",
                world => world.StartService(),
                world => world.StopService()),
            Plain("vmcompute", "Hyper-V Host Compute Service"),
            Plain("hns", "Host Network Service"),
            Plain("mpssvc", "Windows Defender Firewall"),
            new WindowsService(
                MultipassModel.ServiceName,
                "Multipass Service",
                @"C:\Program Files\Multipass\bin\multipassd.exe",
                world => world.Multipass.IsServiceRunning ? "Running" : "Stopped",
                world => world.Multipass.StartService(),
                world => world.Multipass.StopService()),
        };

        /// <summary>The services of a host: vmms comes with Hyper-V.</summary>
        public static IEnumerable<WindowsService> On(HostWorld world) => All.Where(service => world.Host.HyperVInstalled || service.Name is not ("vmms" or "vmcompute" or "hns"));

        /// <summary>A service that runs or is disabled, and that nobody starts or stops here.</summary>
        private static WindowsService Plain(string name, string displayName) => new(name, displayName, $@"C:\WINDOWS\system32\{name}.exe", world => StateOf(name, world), _ => false, _ => false);
    }

    private static ulong Kilobytes(int megabytes) => (ulong)megabytes * 1024;
}
