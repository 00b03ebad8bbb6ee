using static Multipass.HyperV.Simulation.Faults.JobTexts;

namespace Multipass.HyperV.Simulation.Faults.Texts;

/// <summary>What a Chinese host says, in simplified characters; a code may stand right beside a character.</summary>
internal static class ChineseTexts
{
    public static JobTexts Create() => new(
        "(虚拟机 ID {0})",
        "实例 ID {0}",
        new()
        {
            ["Start"] = "无法启动“{name}”。",
            ["Shutdown"] = "无法关闭“{name}”。",
            ["TurnOff"] = "无法断开“{name}”的电源。",
            ["Save"] = "无法保存“{name}”。",
            ["Resume"] = "无法恢复“{name}”。",
            ["Restart"] = "无法重置“{name}”。",
            ["Pause"] = "无法暂停“{name}”。",
        },
        new()
        {
            ["OutOfMemory"] = new[]
            {
                ("系统中的内存不够虚拟机 {name} 使用。", "系统中的内存不够虚拟机 {name} 使用，它的内存为 {memory} MB。"),
                ("无法初始化内存：没有此操作所需的内存 ({code})。", "“{name}”无法初始化内存：没有此操作所需的内存 ({code})。"),
            },
            ["InsufficientSystemResources"] = Same("无法保留 {memory} MB 内存：系统资源不足以提供该服务 ({code})。"),
            ["HypervisorNotRunning"] = Same("虚拟机监控程序没有运行，因此虚拟机不能运行 ({code})。"),
            ["DiskNotFound"] = Device("合成 SCSI 控制器", "不能接通电源：“没有这个文件。” ({code})。", "没有找到附件“{path}”：错误{code}。"),
            ["ParentDiskNotFound"] = Device("合成 SCSI 控制器", "不能接通电源：“没有这个文件。” ({code})。", "没有找到附件“{path}”：错误{code}。"),
            ["DiskAccessDenied"] = Device("合成 SCSI 控制器", "不能接通电源：“不许访问。” ({code})。", "该帐户无权打开附件“{path}”：错误{code}。"),
            ["DiskInUse"] = Device("合成 SCSI 控制器", "不能接通电源：“文件已被别的进程打开。” ({code})。", "无法打开附件“{path}”：错误{code}。"),
            ["SwitchNotFound"] = Device("合成以太网端口", "错误“不许访问。” ({code})。", "无法为连接虚拟网络分配资源。以太网交换机可能不在 ({code})。"),
            ["SavedStateInvalid"] = Same("保存的状态不能读取，因此无法还原虚拟机。请先删除它，再启动虚拟机 ({code})。"),
            ["InvalidState"] = Same("对象现在的状态不容许此操作。"),
            ["PermissionDenied"] = Same("缺少此任务所需的权限。请找此计算机授权策略的管理员。"),
            ["AccessDenied"] = Same("缺少此任务所需的权限。请找此计算机授权策略的管理员。"),
            ["GuestNotReady"] = Device("关闭集成服务", "“设备尚不能使用。” ({code})。", "来宾不接受请求 ({code})。"),
            ["WorkerCrashed"] = Same("虚拟机的工作进程意外结束：“远程过程调用没有成功。” ({code})。"),
            ["HostDiskFull"] = Same("文件“{path}”不能增大到需要的大小：磁盘空间太少 ({code})。"),
            ["DiskFormatUnsupported"] = Device("合成 SCSI 控制器", "不能接通电源：“虚拟磁盘系统有此限制。” ({code})。", "附件“{path}”不能是压缩、加密或稀疏的 ({code})。"),
            ["DiskCorrupt"] = Device("合成 SCSI 控制器", "不能接通电源：“链中的虚拟硬盘互不相符。” ({code})。", "附件“{path}”：父盘与子盘的标识不同 ({code})。"),
            ["ConfigInaccessible"] = Same("存放虚拟机配置的存储无法访问。"),
            ["HypervisorResources"] = Same("虚拟机监控程序池中没有足够的内存 ({code})。"),
            ["ProcessorLimit"] = Same("不能再向分区加入虚拟处理器：已到上限 ({code})。"),
            ["NumaMismatch"] = Same("NUMA 设置与系统的 NUMA 结构不同，请先更改再启动 ({code})。"),
            ["FeatureUnavailable"] = Same("用户不能使用虚拟机监控程序的这项功能 ({code})。"),
            ["DeviceAssignment"] = Device("虚拟 PCI Express 端口", "不能接通电源：“设备域不够。” ({code})。", "无法分配主机的设备 ({code})。"),
            ["PartitionExists"] = Same("无法建立分区：已有同名的分区 ({code})。"),
            ["DeviceFailure"] = Device("合成设备", "不能接通电源：“系统的一个设备不工作。” ({code})。", "设备没有回应 ({code})。"),
            ["FirmwareDataInvalid"] = Device("虚拟固件", "不能接通电源：“数据不对。” ({code})。", "固件的数据不能使用 ({code})。"),
            ["KeyProtector"] = Same("无法打开密钥保护程序：身份验证标记不同 ({code})。"),
            ["WorkerNotStarted"] = Same("无法启动工作进程：无法核实某个文件的签名 ({code})。"),
            ["DiskDriverMissing"] = Same("打不开附件“{path}”：这里没有能处理该文件虚拟磁盘的组件 ({code})。"),
            ["GuestLocked"] = Same("来宾已锁定，不会关机。"),
            ["InstanceBusy"] = Same("正在合并虚拟机的磁盘；此操作必须等待。"),
            ["ServiceDisabled"] = Same("虚拟机需要的某个服务已被禁用，不能启动 ({code})。"),
            ["LogonRightMissing"] = Same("无法启动工作进程：用户没有在此计算机上以这种方式登录的权利 ({code})。"),
            ["SwitchPortInvalid"] = Same("“网络适配器”与交换机端口的连接不正确。"),
            ["MemoryConfigInvalid"] = Same("虚拟机的内存不能是 {memory} MB。"),
            ["HyperVComponentNotRunning"] = Same("Hyper-V 的一个部件没有运行。"),
            ["RebootRequired"] = Same("必须先重新启动计算机。"),
            ["NotSupported"] = Same("不支持此操作。"),
            ["HostTimedOut"] = Same("操作时间太长，已放弃。"),
            ["WorkerNotResponding"] = Same("虚拟机的工作进程没有回应。"),
            ["Unknown"] = Same("发生了没有人料到的事 ({code})。"),
        },
        new()
        {
            [10] = ("正在初始化", "正在初始化虚拟机"),
            [12] = ("正在启动", "正在初始化并启动虚拟机"),
            [13] = ("正在断电", "正在断开虚拟机的电源"),
            [14] = ("正在保存", "正在保存虚拟机"),
            [15] = ("正在还原", "正在初始化并还原虚拟机"),
            [16] = ("正在关闭", "正在关闭虚拟机"),
            [20] = ("正在暂停", "正在暂停虚拟机"),
            [21] = ("正在恢复", "正在恢复虚拟机"),
            [28] = ("正在重置", "正在重置虚拟机"),
        },
        new()
        {
            ["Virtual Machine"] = "虚拟机",
            ["Hosting Computer System"] = "主机计算机系统",
            ["Microsoft Virtual Machine"] = "Microsoft 虚拟机",
            ["Microsoft Hosting Computer System"] = "Microsoft 主机计算机系统",
            ["Job is running"] = "任务正在运行",
            ["Job is completed"] = "任务已完成",
            ["Job is completed successfully"] = "任务已成功完成",
            ["Job is completed with error"] = "任务已完成，但有错误",
            ["Job is terminated"] = "任务已终止",
            ["Operating normally"] = "正常运行",
            ["In service"] = "正在处理",
            ["Predictive failure"] = "磁盘空间不多",
            ["Communication failed"] = "与虚拟机没有通信",
            ["Waiting to start"] = "正在等待启动",
            ["Merging disks"] = "正在合并磁盘",
            ["Busy"] = "正忙",
            ["Degraded"] = "已降级",
            ["OK"] = "正常",
            ["No contact"] = "没有联系",
        });
}
