using System;
using System.Linq;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Instances;
using static Multipass.HyperV.Failures.FailureCategory;
using static Multipass.HyperV.Failures.FailureStages;

namespace Multipass.HyperV.Failures;

/// <content>The virtual machine itself: its network, its settings, its devices, its worker process.</content>
internal static partial class FailureCatalogue
{
    private const string SwitchAloneMissing = "the switch is missing, its files are there, and no other device is named";

    public static readonly FailureCause SwitchNotFound = new(
        "SwitchNotFound",
        ObjectNotFound,
        "the virtual switch {missingSwitch} that it is connected to does not exist on {host}.",
        "the virtual switch that it is connected to does not exist on {host}.")
    {
        Stages = Request | Job,
        Proofs = new[]
        {
            Proof.HResult(0xC0370200),
            Proof.HResult(0x80070005).When("the switch is missing", FactKinds.Switch, failure => failure.Facts.IsSwitchMissing).Unless("one of its files is named", FactKinds.None, failure => failure.NamesFile),
            Proof.HResult(0x80070002).When("the switch is missing, and a network adapter is named", FactKinds.Switch, failure => failure.Facts.IsSwitchMissing && failure.NamesAdapter),
            Proof.HResult(0x80070490).When("the switch is missing, and a network adapter is named", FactKinds.Switch, failure => failure.Facts.IsSwitchMissing && failure.NamesAdapter),
            Proof.HResult(0x80070002).When(SwitchAloneMissing, FactKinds.Switch | FactKinds.Files, IsSwitchAloneMissing),
            Proof.HResult(0x80070003).When(SwitchAloneMissing, FactKinds.Switch | FactKinds.Files, IsSwitchAloneMissing),
        },
        Facts = FactKinds.Switch,
        Advice = new Advice[]
        {
            "Connect '{name}' to a switch that exists: `Get-VMNetworkAdapter -VMName {argument} | Connect-VMNetworkAdapter -SwitchName {otherSwitch}`. If {missingSwitch} is the Default Switch, Windows makes it anew when {host} restarts.",
            "Restart {host}: Windows then makes the Default Switch anew. If {missingSwitch} is another one, connect '{name}' to the Default Switch: `Get-VMNetworkAdapter -VMName {argument} | Connect-VMNetworkAdapter -SwitchName 'Default Switch'`.",
            "Connect '{name}' to a switch that exists: `Get-VMNetworkAdapter -VMName {argument} | Connect-VMNetworkAdapter -SwitchName 'Default Switch'`. Windows makes a missing Default Switch anew when {host} restarts.",
        },
    };

    // 21502: Microsoft's support articles. The event stands for several failures of a start, so it weighs little.
    public static readonly FailureCause SwitchPortInvalid = new(
        "SwitchPortInvalid",
        InvalidData,
        "the connection of its network adapter to the virtual switch is not valid.")
    {
        Stages = Job,
        Proofs = new[]
        {
            Proof.GeneralEvent(21502),
            Proof.HResult(0x80070005).When("a network adapter is named, and its switch is there", FactKinds.Switch, failure => failure.NamesAdapter && failure.Facts.MissingSwitch is { Length: 0 }),
            Proof.HResult(0x80070002).When("a network adapter is named, and its switch is there", FactKinds.Switch, failure => failure.NamesAdapter && failure.Facts.MissingSwitch is { Length: 0 }),
            Proof.HResult(0x80070490).When("a network adapter is named, and its switch is there", FactKinds.Switch, failure => failure.NamesAdapter && failure.Facts.MissingSwitch is { Length: 0 }),
        },
        ShownBy = "event 21502 of " + HostEvent.ManagementChannel,
        Advice = new Advice[]
        {
            "Connect its adapter anew: `Get-VMNetworkAdapter -VMName {argument} | Disconnect-VMNetworkAdapter`, then `Get-VMNetworkAdapter -VMName {argument} | Connect-VMNetworkAdapter -SwitchName 'Default Switch'`.",
        },
    };

    // 32773 comes with values that do not fit; among Multipass's instances that was memory that is no multiple of 2 MB (minikube #16592, multipass #3053).
    public static readonly FailureCause MemoryConfigInvalid = new(
        "MemoryConfigInvalid",
        InvalidArgument,
        "Hyper-V does not accept its settings: its memory is {memorySettings}, and must be {memoryFlaw}.",
        "Hyper-V does not accept one of its settings; its memory is {memorySettings}.",
        "Hyper-V does not accept one of its settings, most likely of its memory.")
    {
        Stages = Request | Job,
        Proofs = new[] { Proof.Code(32773).Unless("its memory settings are as Hyper-V wants them", FactKinds.MemorySettings, failure => failure.Facts.IsMemorySound) },
        Facts = FactKinds.MemorySettings,
        Advice = new Advice[]
        {
            new(
                "Give '{name}' memory that is a multiple of 2 MB: `multipass set local.{name}.memory={alignedMemory}`.",
                context => context.Facts.MemoryWanted % 2 == 1,
                "its memory is no multiple of 2 MB"),
            new(
                "Put the limits of its dynamic memory on both sides of its startup memory: `Set-VMMemory -VMName {argument} -MinimumBytes {leastMemory} -MaximumBytes {mostMemory}`.",
                context => context.Facts.IsMemoryOutOfOrder && !context.Facts.IsMemoryUnaligned,
                "its startup memory is not between its limits"),
            "Set its memory anew, to a multiple of 2 MB: `multipass set local.{name}.memory=SIZE`. With dynamic memory, minimum, startup and maximum must be in that order: `Get-VMMemory -VMName {argument}` shows them.",
        },
    };

    public static readonly FailureCause FirmwareDataInvalid = new(
        "FirmwareDataInvalid",
        InvalidData,
        "the data of its firmware or of one of its devices is not valid.")
    {
        Stages = Request | Job,
        Proofs = new[] { Proof.HResult(0x8007000D).Unless(Seen.OtherDevice) },
        Advice = new Advice[]
        {
            "Restart {host} if Hyper-V has been enabled or updated since it was last restarted: users were helped by that. If it stays so, make a new instance with `multipass launch` and take over the disk '{disk}'.",
            "Restart {host} if Hyper-V has been enabled or updated since it was last restarted: users were helped by that.",
        },
    };

    // 0xC000A002 is STATUS_AUTH_TAG_MISMATCH (ntstatus.h), as users met it with a virtual TPM; for a key protector that cannot be unwrapped no source gives a code.
    public static readonly FailureCause KeyProtector = new(
        "KeyProtector",
        InvalidData,
        "the key protector of its virtual TPM cannot be opened on {host}.")
    {
        Stages = Request | Job,
        Proofs = new[] { Proof.HResult(0xC000A002) },
        ShownBy = "the log Microsoft-Windows-HostGuardianService-Client/Admin where no code is given",
        Advice = new Advice[]
        {
            "Multipass's instances need no virtual TPM: take it away on {host}, in an elevated prompt, with `Disable-VMTPM -VMName {argument}`. If its guest uses it, import the certificate of the host where it was made (Cert:\\LocalMachine\\Shielded VM Local Certificates) instead.",
        },
    };

    // ERROR_GEN_FAILURE, and codes of devices that are not ready, not connected, not there, or out of resources (winerror.h: 1F, 15, 142, 48F, 490, 651, 1450); the bus to the guest: docker/for-win #2173.
    public static readonly FailureCause DeviceFailure = new(
        "DeviceFailure",
        DeviceError,
        "one of its devices cannot be powered on, the one with the id {device}.",
        "one of its devices does not work.")
    {
        Stages = Request | Job,
        Proofs = Proof.HResults(0x8007001F, 0x80070015, 0x80070142, 0x8007048F, 0x80070490, 0x8007028B)
            .Concat(Proof.HResults(0x80070002, 0x80070003, 0x80070005, 0x8007000D, 0x8007000E, 0x80070020, 0x800700AA, 0x80070032, 0x80070057, 0x800705AA, 0x80004001)
                .Select(proof => proof.When(Seen.OtherDevice)))
            .Append(Proof.Fact(Seen.OtherDevice))
            .ToArray(),
        Facts = FactKinds.Devices,
        Advice = new Advice[]
        {
            "Restart {host}: drivers and services that the device needs then start anew, also after an update of them or of Hyper-V. Which device {device} is, is told in " + TheEventLog + ". If it is a GPU partition, take it away: `Remove-VMGpuPartitionAdapter -VMName {argument}`; add it anew when the driver of the GPU is the same in host and guest.",
            "Restart {host}: drivers and services that the device needs then start anew, also after an update of them or of Hyper-V. The device is named in " + TheEventLog + ".",
            "Look into the event log of {host} for the device's name; restart the host if its drivers or Hyper-V were updated.",
        },
    };

    // 0xC0350038 is ERROR_HV_INSUFFICIENT_DEVICE_DOMAINS (winerror.h).
    public static readonly FailureCause DeviceAssignment = new(
        "DeviceAssignment",
        ResourceUnavailable,
        "the hypervisor cannot assign the host's device to it.")
    {
        Stages = Request | Job,
        Proofs = new[] { Proof.HResult(0xC0350038) }
            .Concat(Proof.HResults(0x80070002, 0x80070003, 0x80070005, 0x8007000D, 0x8007000E, 0x8007001F, 0x80070032, 0x80070057, 0x80070142, 0x80070490, 0x800705AA)
                .Select(proof => proof.When("a device of the host that is assigned to it is named", FactKinds.Devices, failure => failure.NamesAssignedDevice)))
            .Append(Proof.HResult(0x800705AA).WhenItHas("it has a device of the host, and does not lack memory", FactKinds.Devices | FactKinds.Memory, failure => failure.HasAssignedDevice && failure.Facts.MemoryWanted <= failure.Facts.MemoryAvailable))
            .Append(Proof.HResult(0x80070032).WhenItHas("it has a device of the host, and no file is named", FactKinds.Devices, failure => failure.HasAssignedDevice && !failure.NamesFile))
            .Append(Proof.Fact("it has a device of the host, and no other device or file is named", FactKinds.Devices, failure => failure.HasAssignedDevice && !failure.NamesFile && (failure.NamesAssignedDevice || failure.NamedDevices.Count == 0)))
            .ToArray(),
        Advice = new Advice[]
        {
            "Multipass's instances need no device of the host: remove it with `Get-VMAssignableDevice -VMName {argument} | Remove-VMAssignableDevice` and `Remove-VMGpuPartitionAdapter -VMName {argument}`, then start '{name}' again.",
        },
    };

    // ERROR_HV_FEATURE_UNAVAILABLE, and ERROR_HV_NOT_ALLOWED_WITH_NESTED_VIRT_ACTIVE (winerror.h).
    public static readonly FailureCause FeatureUnavailable = new(
        "FeatureUnavailable",
        NotImplemented,
        "it asks for a feature that the hypervisor of {host} does not have, such as nested virtualisation.")
    {
        Stages = Request | Job,
        Proofs = new[] { Proof.HResult(0xC035001E), Proof.HResult(0xC0350072) },
        Advice = new Advice[]
        {
            "Switch nested virtualisation off: `Set-VMProcessor -VMName {argument} -ExposeVirtualizationExtensions $false`; if a device of the host is assigned to it, take that away: `Get-VMAssignableDevice -VMName {argument} | Remove-VMAssignableDevice`. Then start '{name}' again, or run it on a host whose processor has the feature.",
        },
    };

    // ERROR_VID_PARTITION_ALREADY_EXISTS, and HCS_E_SYSTEM_ALREADY_EXISTS in both its spellings (winerror.h; docker/for-win #1382).
    public static readonly FailureCause PartitionExists = new(
        "PartitionExists",
        ResourceBusy,
        "a partition of it is still there, from a worker process that has not ended (process {process}).",
        "a partition of it is still there, from a worker process that has not ended.")
    {
        Stages = Request | Job,
        Proofs = Proof.HResults(0xC0370008, 0xC037010F, 0x8037010F).ToArray(),
        Facts = FactKinds.Worker,
        Advice = new Advice[]
        {
            "End its worker process on {host}, in an elevated prompt: `Stop-Process -Id {process} -Force`; then start it again.",
            "Wait a moment and start it again. If it stays so, end its worker process on {host} (the vmwp.exe with {id} in its command line), or what `hcsdiag list` shows of that id, with `hcsdiag kill {id}`. If there is neither, restart the host.",
            "Wait a moment and start it again. If it stays so, restart {host}.",
        },
    };

    // NTSTATUS and HRESULTs of a process that cannot be started or ends at once: image hash, invalid handle, access violation, stack overrun, library or entry point missing, initialisation failed,
    // blocked by a policy (ntstatus.h, winerror.h), delay-loaded module missing (0xC06D007E), ERROR_PROCESS_ABORTED (0x8007042B). docker/for-win #724, #503, #3745, moby #25443, minikube #9242.
    public static readonly FailureCause WorkerNotStarted = new(
        "WorkerNotStarted",
        InvalidResult,
        "its worker process (vmwp.exe) could not be started on {host}: Windows or security software ended it, or a file of Windows that it needs is damaged or missing.")
    {
        Stages = Request | Job,
        Proofs = Proof.HResults(
                0xC0000428, 0xC0000008, 0xC0000005, 0xC0000409, 0xC0000135, 0xC0000138, 0xC0000139, 0xC0000142, 0xC000007B, 0xC0000022, 0xC0000604, 0xC000036B, 0xC06D007E, 0xC06D007F,
                0x8007042B, 0x80070241, 0x8007007E, 0x8007007F, 0x800700C1, 0x800704EC, 0x8007045A, 0x80040154, 0x80040155)
            .ToArray(),
        Advice = new Advice[]
        {
            "Something on {host} keeps vmwp.exe from running. Except %SystemRoot%\\System32\\vmwp.exe and vmms.exe in virus scanners and other security software, and take them out of exploit protection (Windows Security, App & browser control, program settings: no override for vmwp.exe, above all not for Control flow guard). Then mend files of Windows, in an elevated prompt: `DISM /Online /Cleanup-Image /RestoreHealth`, `sfc /scannow`, and restart the computer.",
        },
    };

    // 14070 of VMMS-Admin: the worker process quit unexpectedly. In a job's text, RPC codes are of the call to the worker; 0xC0370106 is HCS_E_UNEXPECTED_EXIT (winerror.h).
    public static readonly FailureCause WorkerCrashed = new(
        "WorkerCrashed",
        InvalidResult,
        "its worker process ended unexpectedly.")
    {
        Stages = Job | AfterSuccess,
        Proofs = new[] { Proof.Event(14070), Proof.HResult(0x800706BE), Proof.HResult(0x800706BA), Proof.HResult(0xC0370106), Proof.HResult(0x80370106) },
        ShownBy = "event 14070 of " + HostEvent.ManagementChannel + " where a start had succeeded",
        Advice = new Advice[]
        {
            "Start it again. If it happens twice, look into " + TheEventLog + ", and `Get-WinEvent -LogName Application` for the crash of vmwp.exe.",
            "Start it again. If it happens twice, look into the event log of {host} for the crash of vmwp.exe.",
        },
    };

    // Worker-Admin: 18590 the guest has reported its own crash, 18539, 18540, 18550, 18560 triple faults. The numbers in them are the guest's (ExHyperV #157).
    public static readonly FailureCause GuestCrashed = new(
        "GuestCrashed",
        InvalidResult,
        "its guest crashed while it booted, and was switched off.")
    {
        Stages = AfterSuccess,
        Proofs = new[] { Proof.Event(18590), Proof.Event(18539), Proof.Event(18540), Proof.Event(18550), Proof.Event(18560) },
        ShownBy = "events 18590, 18539, 18540, 18550 and 18560 of " + HostEvent.WorkerChannel,
        Advice = new Advice[]
        {
            "Watch its console while it boots: `vmconnect.exe localhost {argument}` on {host}, and start it again. Take back what was last changed in its settings (processor features, memory, nested virtualization). The guest's own error code stands in the event 18590 of " + HostEvent.WorkerChannel + " there.",
        },
    };

    // HealthState 25; OperationalStatus 32783, 32784: no communication with the worker (class page; clients of newer hosts).
    public static readonly FailureCause WorkerNotResponding = new(
        "WorkerNotResponding",
        ResourceUnavailable,
        "its worker process does not answer the host (process {process}).",
        "its worker process does not answer the host.")
    {
        Stages = Request | Job,
        Proofs = new[] { Proof.Fact("HealthState is 25, or OperationalStatus 32783 or 32784: its worker does not answer", FactKinds.None, failure => failure.Facts.IsWorkerSilent) },
        Facts = FactKinds.Worker,
        Advice = new Advice[]
        {
            "End its worker process on {host}, in an elevated prompt: `Stop-Process -Id {process} -Force`; then start it again.",
            "Power it off with `Stop-MpInstance {argument} -TurnOff` and start it again; if the host refuses that, restart its service there: `Restart-Service vmms`. Running virtual machines are not touched by that.",
        },
    };

    // OperationalStatus[1] (class page, and newer clients): what the host does to it by itself. A request that comes meanwhile is refused, and asked again as long as there is time.
    public static readonly FailureCause InstanceBusy = new(
        "InstanceBusy",
        ResourceBusy,
        "the host is still busy with it: {activity}. Nothing was asked of it meanwhile.",
        "the host is still busy with it: a checkpoint, a merge, a backup or an export.")
    {
        Stages = Request | Job,
        Proofs = new[] { Proof.Code(32775), Proof.Code(32774) }
            .Select(proof => proof.When("OperationalStatus shows what the host is doing to it", FactKinds.None, failure => failure.Facts.HostState?.Activity is not null))
            .ToArray(),
        RetryFor = TimeSpan.FromSeconds(30),
        Advice = new Advice[]
        {
            "It ends by itself: wait until `Get-MpInstance {argument} | Format-List HostState` no longer shows it. Then try again.",
        },
    };

    // 10 s: a change that somebody else has begun has mostly ended by then.
    public static readonly FailureCause InvalidState = new(
        "InvalidState",
        InvalidOperation,
        "the host refused it, although it is {restingState} and nothing is under way that can be seen.",
        "this is not possible while it is {stateBefore}.",
        "this is not possible in its state.")
    {
        Stages = Request | Job,
        Proofs = new[] { Proof.Code(32775), Proof.Code(32774) },
        RetryFor = TimeSpan.FromSeconds(10),
        Advice = new Advice[]
        {
            "{hint}",
            new(
                "The host does not let it be powered off while it is {state}. `Repair-MpInstance {argument}` ends what hangs: it asks before it ends the worker process of exactly this instance.",
                context => context.Operation is MpOperation.TurnOff or MpOperation.DiscardSavedState && StateTable.IsTransitional(context.StateAfter),
                "it was to be powered off"),
            new(
                "Try again in a minute: right after a stop, Hyper-V may still be merging a checkpoint or backing it up without showing it. If it stays so, restart Hyper-V's management service on {host}, in an elevated prompt: `Restart-Service vmms`; running virtual machines are not touched by that.",
                context => !StateTable.IsTransitional(context.StateAfter) && context.Evidence.Code is not null,
                "its state lasts"),
            "Wait until `Get-MpInstance {argument}` shows a state that lasts, and try again.",
        },
    };

    private static bool IsSwitchAloneMissing(FailureCase failure) => failure.Facts.IsSwitchMissing && failure.Facts.AreFilesThere && !failure.NamesStorage && !failure.NamesOtherDevice;
}
