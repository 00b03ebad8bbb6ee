namespace Multipass.HyperV.Cim;

/// <summary>The namespaces and classes that are asked. Property names stand as they are where they are read.</summary>
internal static class CimNames
{
    public const string Virtualization = "root/virtualization/v2";
    public const string Cimv2 = "root/cimv2";
    public const string StandardCimv2 = "root/StandardCimv2";

    public const string ComputerSystem = "Msvm_ComputerSystem";
    public const string ConcreteJob = "Msvm_ConcreteJob";
    public const string AffectedJobElement = "Msvm_AffectedJobElement";
    public const string VirtualSystemSettingData = "Msvm_VirtualSystemSettingData";
    public const string MemorySettingData = "Msvm_MemorySettingData";
    public const string ProcessorSettingData = "Msvm_ProcessorSettingData";
    public const string StorageAllocationSettingData = "Msvm_StorageAllocationSettingData";
    public const string EthernetPortAllocationSettingData = "Msvm_EthernetPortAllocationSettingData";
    public const string SyntheticEthernetPortSettingData = "Msvm_SyntheticEthernetPortSettingData";
    public const string GuestNetworkAdapterConfiguration = "Msvm_GuestNetworkAdapterConfiguration";
    public const string ResourceAllocationSettingData = "CIM_ResourceAllocationSettingData";
    public const string NumaNode = "Msvm_NumaNode";
    public const string ManagementServiceSettingData = "Msvm_VirtualSystemManagementServiceSettingData";
    public const string VirtualEthernetSwitch = "Msvm_VirtualEthernetSwitch";
    public const string SummaryInformation = "Msvm_SummaryInformation";
    public const string ShutdownComponent = "Msvm_ShutdownComponent";
    public const string HeartbeatComponent = "Msvm_HeartbeatComponent";
    public const string VirtualSystemManagementService = "Msvm_VirtualSystemManagementService";

    /// <summary>A system class of WMI that every namespace has.</summary>
    public const string SystemSecurity = "__SystemSecurity";

    public const string OperatingSystem = "Win32_OperatingSystem";
    public const string Win32ComputerSystem = "Win32_ComputerSystem";
    public const string Service = "Win32_Service";
    public const string Process = "Win32_Process";
    public const string DataFile = "CIM_DataFile";
    public const string LogicalDisk = "Win32_LogicalDisk";
    public const string SystemDriver = "Win32_SystemDriver";

    /// <summary>What services and drivers extend.</summary>
    public const string BaseService = "Win32_BaseService";

    /// <summary>The image of a virtual machine's worker process.</summary>
    public const string WorkerProcess = "vmwp.exe";

    /// <summary>Drivers without which no virtual machine starts: the infrastructure driver, and the parent's side of the bus to the guests.</summary>
    public static readonly string[] HyperVDrivers = { "vid", "vmbusr" };

    /// <summary>These, and what is started when it is needed: the hypervisor's own driver, that of virtual disks, the services for compute systems and for networks, and the firewall.</summary>
    public static readonly string[] HyperVComponents = { "vid", "vmbusr", "hvservice", "vhdmp", "vmcompute", "hns", "mpssvc" };
    public const string Processor = "Win32_Processor";
    public const string OptionalFeature = "Win32_OptionalFeature";

    /// <summary>The counters of <c>\Hyper-V Dynamic Memory Balancer(System Balancer)</c>: what vmms itself compares against (KB 2962295).</summary>
    public const string MemoryBalancer = "Win32_PerfFormattedData_BalancerStats_HyperVDynamicMemoryBalancer";

    public const string NetNeighbor = "MSFT_NetNeighbor";

    public const string RequestStateChange = "RequestStateChange";
    public const string GetErrorEx = "GetErrorEx";
    public const string GetCallerAccessRights = "GetCallerAccessRights";
    public const string InitiateReboot = "InitiateReboot";

    /// <summary><c>ResourceSubType</c> of a virtual hard disk.</summary>
    public const string VirtualHardDisk = "Microsoft:Hyper-V:Virtual Hard Disk";

    /// <summary><c>ResourceSubType</c> of an ISO image in a DVD drive.</summary>
    public const string VirtualDvd = "Microsoft:Hyper-V:Virtual CD/DVD Disk";

    /// <summary><c>VirtualSystemType</c> of a virtual machine, as opposed to a checkpoint or a planned one. Not localised.</summary>
    public const string RealizedSystem = "Microsoft:Hyper-V:System:Realized";

    /// <summary>The id of the Default Switch of every Windows 10 from 1709 on.</summary>
    public const string DefaultSwitchId = "C08CB7B8-9B3C-408E-8E30-5E16A3AEB444";

    /// <summary>Its name.</summary>
    public const string DefaultSwitchName = "Default Switch";

    /// <summary>The features of Windows that Multipass looks for: Hyper-V as a whole, and its hypervisor.</summary>
    public const string HyperVFeature = "Microsoft-Hyper-V";
    public const string HypervisorFeature = "Microsoft-Hyper-V-Hypervisor";

    /// <summary>The image that Multipass puts in the DVD drive of each of its instances.</summary>
    public const string CloudInitImage = "cloud-init-config.iso";

    /// <summary>Hyper-V's <c>InstanceID</c> of everything that belongs to a virtual machine begins so.</summary>
    public static string InstanceIdPrefix(System.Guid id) => "Microsoft:" + id.ToString("D").ToUpperInvariant();
}
