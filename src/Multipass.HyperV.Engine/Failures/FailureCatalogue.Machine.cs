using System;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Instances;
using static Multipass.HyperV.Failures.FailureCategory;
using static Multipass.HyperV.Failures.FailureStages;

namespace Multipass.HyperV.Failures;

/// <content>The virtual machine itself: its network, its settings, its devices, its worker process.</content>
internal static partial class FailureCatalogue
{
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
            Proof.HResult(0x80070005, "the switch is missing", FactKinds.Switch, facts => facts.IsSwitchMissing),
            Proof.Fact("the switch is missing", FactKinds.Switch, facts => facts.IsSwitchMissing),
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
        Proofs = new[] { Proof.GeneralEvent(21502) },
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
        Proofs = new[] { Proof.Code(32773) },
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
        Proofs = new[] { Proof.HResult(0x8007000D) },
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

    // ERROR_GEN_FAILURE (winerror.h): it says little, so codes beside it count first.
    public static readonly FailureCause DeviceFailure = new(
        "DeviceFailure",
        DeviceError,
        "one of its devices does not work.")
    {
        Stages = Request | Job,
        Proofs = new[] { Proof.HResult(0x8007001F) },
        Advice = new Advice[]
        {
            "The device is named in " + TheEventLog + ". Restart {host} if its drivers or Hyper-V were updated; else remove that device from '{name}' and add it anew.",
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
        Proofs = new[] { Proof.HResult(0xC0350038) },
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
            "Switch nested virtualisation off: `Set-VMProcessor -VMName {argument} -ExposeVirtualizationExtensions $false`, then start '{name}' again. Or run it on a host whose processor has it.",
        },
    };

    // ERROR_VID_PARTITION_ALREADY_EXISTS (winerror.h).
    public static readonly FailureCause PartitionExists = new(
        "PartitionExists",
        ResourceBusy,
        "a partition of it is still there, from a worker process that has not ended (process {process}).",
        "a partition of it is still there, from a worker process that has not ended.")
    {
        Stages = Request | Job,
        Proofs = new[] { Proof.HResult(0xC0370008) },
        Facts = FactKinds.Worker,
        Advice = new Advice[]
        {
            "End its worker process on {host}, in an elevated prompt: `Stop-Process -Id {process} -Force`; then start it again.",
            "Wait a moment and start it again. If it stays so, end its worker process on {host} (the vmwp.exe with {id} in its command line), or restart the host.",
            "Wait a moment and start it again. If it stays so, restart {host}.",
        },
    };

    // 14070 of VMMS-Admin: the worker process quit unexpectedly. In a job's text, RPC codes are of the call to the worker.
    public static readonly FailureCause WorkerCrashed = new(
        "WorkerCrashed",
        InvalidResult,
        "its worker process ended unexpectedly.")
    {
        Stages = Job | AfterSuccess,
        Proofs = new[] { Proof.Event(14070), Proof.HResult(0x800706BE), Proof.HResult(0x800706BA) },
        ShownBy = "event 14070 of " + HostEvent.ManagementChannel + " where a start had succeeded",
        Advice = new Advice[]
        {
            "Start it again. If it happens twice, look into " + TheEventLog + ", and `Get-WinEvent -LogName Application` for the crash of vmwp.exe.",
            "Start it again. If it happens twice, look into the event log of {host} for the crash of vmwp.exe.",
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
        Proofs = new[] { Proof.Fact("HealthState is 25, or OperationalStatus 32783 or 32784: its worker does not answer", FactKinds.None, facts => facts.IsWorkerSilent) },
        Facts = FactKinds.Worker,
        Advice = new Advice[]
        {
            "End its worker process on {host}, in an elevated prompt: `Stop-Process -Id {process} -Force`; then start it again.",
            "Power it off with `Stop-MpInstance {argument} -TurnOff` and start it again; if the host refuses that, restart its service there: `Restart-Service vmms`. Running virtual machines are not touched by that.",
        },
    };

    // 10 s: a change that somebody else has begun has mostly ended by then.
    public static readonly FailureCause InvalidState = new(
        "InvalidState",
        InvalidOperation,
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
                "The host does not let it be powered off while it is {state}. End its worker process on {host}, in an elevated prompt: `Stop-Process -Id {process} -Force`; then run `Stop-MpInstance {argument} -TurnOff` again.",
                context => context.Operation is MpOperation.TurnOff or MpOperation.DiscardSavedState && StateTable.IsTransitional(context.StateAfter),
                "it was to be powered off"),
            "Wait until `Get-MpInstance {argument}` shows a state that lasts, and try again.",
        },
    };
}
