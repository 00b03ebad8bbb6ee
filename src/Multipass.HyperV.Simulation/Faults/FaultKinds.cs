using System;
using System.Collections.Generic;
using System.Linq;
using Multipass.HyperV.Cim;
using static Multipass.HyperV.Simulation.Faults.FaultEffect;
using static Multipass.HyperV.Simulation.Faults.FaultStage;

namespace Multipass.HyperV.Simulation.Faults;

/// <summary>The one table of what can go wrong. A kind is added by adding its row here and its texts to <see cref="JobTexts"/>.</summary>
/// <remarks>Return values and error codes are those of RequestStateChange (Msvm_ComputerSystem class page); HRESULTs are of winerror.h and wbemcli.h.</remarks>
internal static class FaultKinds
{
    public static readonly FaultKind OutOfMemory = new("OutOfMemory", Fail, Job, Request) { ReturnValue = 32778, JobErrorCode = 32778, HResult = 0x8007000E, EventId = 19544 };

    public static readonly FaultKind InsufficientSystemResources = new("InsufficientSystemResources", Fail, Job, Request) { HResult = 0x800705AA };

    /// <summary>Microsoft's own InsufficientResources, which comes without any text. The name is that of earlier versions of the table of errors.</summary>
    public static readonly FaultKind InsufficientResources = new("HyperVGenericFailure", Fail, Job, Request) { ReturnValue = 32788, JobErrorCode = 32788, HasText = false };

    public static readonly FaultKind HypervisorNotRunning = new("HypervisorNotRunning", Fail, Job, Request) { HResult = 0xC0351000 };

    public static readonly FaultKind DiskNotFound = new("DiskNotFound", Fail, Job, Request) { HResult = 0x80070002 };

    /// <summary>"Parent of a virtual hard disk not found" (winerror.h): the beginning of a chain of checkpoints.</summary>
    public static readonly FaultKind ParentDiskNotFound = DiskNotFound with { Name = "ParentDiskNotFound", HResult = 0xC03A000D };

    /// <summary>"Virtual disk support provider not found" (winerror.h).</summary>
    public static readonly FaultKind DiskDriverMissing = new("DiskDriverMissing", Fail, Job, Request) { HResult = 0xC03A0014 };

    public static readonly FaultKind DiskAccessDenied = new("DiskAccessDenied", Fail, Job, Request) { HResult = 0x80070005 };

    public static readonly FaultKind DiskInUse = new("DiskInUse", Fail, Job, Request) { HResult = 0x80070020 };

    /// <summary>A virtual switch by its own code; a switch that the scenario's host lacks is told as an access that was denied, as hosts do.</summary>
    public static readonly FaultKind SwitchNotFound = new("SwitchNotFound", Fail, Job, Request) { HResult = 0xC0370200, Device = machine => machine.AdapterId };

    /// <summary>The switch is missing in fact, so that whoever looks finds it missing.</summary>
    public static readonly FaultKind SwitchMissing = SwitchNotFound with { HResult = 0x80070005 };

    public static readonly FaultKind SavedStateInvalid = new("SavedStateInvalid", Fail, Job, Request) { HResult = 0xC0370027, Operations = new[] { FaultOperation.Start } };

    /// <summary>The saved state's files are gone: a suspended instance whose scenario says so.</summary>
    public static readonly FaultKind SavedStateMissing = SavedStateInvalid with { HResult = 0x80070002 };

    public static readonly FaultKind InvalidState = new("InvalidState", Fail, Request, Job) { ReturnValue = ReturnValue.InvalidState, JobErrorCode = 32775 };

    public static readonly FaultKind InstanceNotFound = new("InstanceNotFound", Fail, Request)
    {
        CallStatus = CimStatus.NotFound, HResult = unchecked((uint)WbemError.NotFound), AppliesToReading = true,
    };

    public static readonly FaultKind PermissionDenied = new("PermissionDenied", Fail, Request, Job)
    {
        ReturnValue = ReturnValue.AccessDenied, JobErrorCode = 32769, CallStatus = CimStatus.AccessDenied, HResult = unchecked((uint)WbemError.AccessDenied), AppliesToReading = true,
    };

    public static readonly FaultKind VmmsNotRunning = new("VmmsNotRunning", Fail, Request)
    {
        HResult = unchecked((uint)WbemError.ProviderLoadFailure), AppliesToReading = true,
    };

    public static readonly FaultKind HyperVNotInstalled = new("HyperVNotInstalled", Fail, Request)
    {
        CallStatus = CimStatus.InvalidNamespace, HResult = unchecked((uint)WbemError.InvalidNamespace), AppliesToReading = true,
    };

    /// <summary>The guest's shutdown component is not in contact. "The device is not ready for use" (winerror.h).</summary>
    public static readonly FaultKind GuestNotReady = new("GuestNotReady", Fail, Job, Request) { ReturnValue = 32780, HResult = 0x800710DF, Device = _ => "9F8233AC-BE49-4C79-8EE3-E7E1985B2077", Operations = new[] { FaultOperation.Shutdown } };

    /// <summary>The worker process has gone: "The remote procedure call failed" (winerror.h).</summary>
    public static readonly FaultKind WorkerCrashed = new("WorkerCrashed", Fail, Job, AfterSuccess) { HResult = 0x800706BE, EventId = 14070, DefaultAfterMilliseconds = 0 };

    public static readonly FaultKind HostDiskFull = new("HostDiskFull", Fail, Job, Request) { HResult = 0x80070070 };

    public static readonly FaultKind DiskFormatUnsupported = new("DiskFormatUnsupported", Fail, Job, Request) { HResult = 0xC03A001A };

    public static readonly FaultKind DiskCorrupt = new("DiskCorrupt", Fail, Job, Request) { HResult = 0xC03A000E };

    public static readonly FaultKind ConfigInaccessible = new("ConfigInaccessible", Fail, Job, Request) { ReturnValue = ReturnValue.Failed, OperationalStatus = new ushort[] { 3 } };

    public static readonly FaultKind HypervisorResources = new("HypervisorResources", Fail, Job, Request) { HResult = 0xC035000B };

    public static readonly FaultKind ProcessorLimit = new("ProcessorLimit", Fail, Job, Request) { HResult = 0xC037001B };

    /// <summary>What a host says of itself: nothing (multipass #3352).</summary>
    public static readonly FaultKind TooManyProcessors = ProcessorLimit with { HResult = 0x80004005 };

    public static readonly FaultKind NumaMismatch = new("NumaMismatch", Fail, Job, Request) { HResult = 0xC037000F };

    public static readonly FaultKind FeatureUnavailable = new("FeatureUnavailable", Fail, Job, Request) { HResult = 0xC035001E };

    public static readonly FaultKind DeviceAssignment = new("DeviceAssignment", Fail, Job, Request) { HResult = 0xC0350038, Device = _ => "2FCC454E-A36A-4C77-BB5E-A2D75A51F02C" };

    public static readonly FaultKind PartitionExists = new("PartitionExists", Fail, Job, Request) { HResult = 0xC0370008 };

    public static readonly FaultKind DeviceFailure = new("DeviceFailure", Fail, Job, Request) { HResult = 0x8007001F, Device = _ => "D41A1872-3740-41CE-A1EE-4522AB82F991" };

    /// <summary>A device of the host for which there are no resources, or that is refused (Easy-GPU-PV #316, #217).</summary>
    public static readonly FaultKind DeviceWithoutResources = DeviceFailure with { HResult = 0x800705AA };

    public static readonly FaultKind DeviceDenied = DeviceFailure with { JobErrorCode = 32769, HResult = 0x80070005 };

    public static readonly FaultKind FirmwareDataInvalid = new("FirmwareDataInvalid", Fail, Job, Request) { HResult = 0x8007000D, Device = _ => "AC6B8DC1-3257-4A70-B1B2-A9C9215659AD" };

    public static readonly FaultKind KeyProtector = new("KeyProtector", Fail, Job, Request) { HResult = 0xC000A002 };

    public static readonly FaultKind LogonRightMissing = new("LogonRightMissing", Fail, Job, Request) { HResult = 0x80070569 };

    /// <summary>The text has no code; only the event log tells.</summary>
    public static readonly FaultKind SwitchPortInvalid = new("SwitchPortInvalid", Fail, Job) { EventId = 21502 };

    public static readonly FaultKind MemoryConfigInvalid = new("MemoryConfigInvalid", Fail, Job, Request) { ReturnValue = ReturnValue.InvalidParameter, JobErrorCode = 32773 };

    public static readonly FaultKind HyperVComponentNotRunning = new("HyperVComponentNotRunning", Fail, Job, Request) { ReturnValue = 32777, JobErrorCode = 32777 };

    /// <summary>As users met it: without any code (docker/for-win #4470, minikube #15378).</summary>
    public static readonly FaultKind ComponentStopped = HyperVComponentNotRunning with { JobErrorCode = (ushort)Cim.ReturnValue.Failed };

    /// <summary>"The service cannot be started, either because it is disabled" (winerror.h).</summary>
    public static readonly FaultKind ServiceDisabled = new("ServiceDisabled", Fail, Job) { HResult = 0x80070422 };

    /// <summary>The worker process cannot be started: "invalid image hash" (ntstatus.h).</summary>
    public static readonly FaultKind WorkerNotStarted = new("WorkerNotStarted", Fail, Job, Request) { HResult = 0xC0000428 };

    /// <summary>The guest reports its own crash, and the virtual machine is off.</summary>
    public static readonly FaultKind GuestCrashed = new("GuestCrashed", Fail, AfterSuccess)
    {
        EventId = 18590, DefaultAfterMilliseconds = 0, Operations = new[] { FaultOperation.Start, FaultOperation.Resume, FaultOperation.Restart },
    };

    /// <summary>The guest's shutdown service: the machine is locked (InitiateShutdown method page).</summary>
    public static readonly FaultKind GuestLocked = new("GuestLocked", Fail, Job, Request) { ReturnValue = 32781, JobErrorCode = 32781, Operations = new[] { FaultOperation.Shutdown, FaultOperation.Restart } };

    /// <summary>The host merges its disks meanwhile.</summary>
    public static readonly FaultKind InstanceBusy = new("InstanceBusy", Fail, Request, Job)
    {
        ReturnValue = ReturnValue.InvalidState, JobErrorCode = 32775, OperationalStatus = new ushort[] { 2, 32772 },
    };

    public static readonly FaultKind RebootRequired = new("RebootRequired", Fail, Job, Request) { ReturnValue = 32783, JobErrorCode = 32783 };

    public static readonly FaultKind NotSupported = new("NotSupported", Fail, Request, Job) { ReturnValue = ReturnValue.NotSupported, JobErrorCode = 32770 };

    public static readonly FaultKind HostTimedOut = new("HostTimedOut", Fail, Job, Request) { ReturnValue = 32772, JobErrorCode = 32772 };

    /// <summary>A worker that does not answer (Msvm_ComputerSystem class page, HealthState).</summary>
    public static readonly FaultKind WorkerNotResponding = new("WorkerNotResponding", Fail, Job, Request)
    {
        ReturnValue = ReturnValue.Failed, HealthState = 25, OperationalStatus = new ushort[] { 2, 32784 },
    };

    /// <summary>Somebody ends the job.</summary>
    public static readonly FaultKind JobCancelled = new("JobCancelled", Fail, Job) { JobState = Cim.JobState.Terminated, JobErrorCode = 0, HasText = false };

    /// <summary>A reason that no catalogue has: "Catastrophic failure" (winerror.h).</summary>
    public static readonly FaultKind Unknown = new("Unknown", Fail, Job, Request) { HResult = 0x8000FFFF, AppliesToReading = true };

    public static readonly FaultKind HostUnreachable = new("HostUnreachable", Fail, Request)
    {
        HResult = unchecked((uint)WbemError.RpcServerUnavailable), AppliesToReading = true, Operations = new[] { FaultOperation.Query, FaultOperation.Get, FaultOperation.Poll },
    };

    /// <summary>A quota of WS-Management for one user.</summary>
    public static readonly FaultKind HostBusy = new("HostBusy", Fail, Request) { HResult = 0x803381A5, AppliesToReading = true };

    /// <summary>"Logon failure" (winerror.h).</summary>
    public static readonly FaultKind AuthenticationFailed = HostUnreachable with { Name = "AuthenticationFailed", HResult = 0x8007052E };

    /// <summary>"A certificate chain processed, but terminated in a root certificate which is not trusted" (winerror.h).</summary>
    public static readonly FaultKind CertificateNotTrusted = HostUnreachable with { Name = "CertificateNotTrusted", HResult = 0x800B0109 };

    /// <summary>"The object invoked has disconnected from its clients" (winerror.h): a connection that was ended while it was used.</summary>
    public static readonly FaultKind HostNotConnected = HostUnreachable with { Name = "HostNotConnected", HResult = unchecked((uint)WbemError.Disconnected) };

    public static readonly FaultKind Raw = new("Raw", FaultEffect.Raw, Job, Request) { HasText = false };

    public static readonly FaultKind NeverEnds = new("NeverEnds", FaultEffect.NeverEnds, Job);

    public static readonly FaultKind JobLost = new("JobLost", FaultEffect.JobLost, Job) { DefaultAfterMilliseconds = 100 };

    public static readonly FaultKind ConnectionDropped = new("ConnectionDropped", FaultEffect.ConnectionDropped, Request, Job)
    {
        HResult = unchecked((uint)WbemError.RpcCallFailed), AppliesToReading = true, DefaultAfterMilliseconds = 0,
    };

    public static readonly FaultKind AnswerLate = new("AnswerLate", FaultEffect.AnswerLate, Request) { AppliesToReading = true, DefaultAfterMilliseconds = 5000 };

    public static readonly FaultKind AccessDenied = PermissionDenied with { Name = "AccessDenied" };

    public static readonly FaultKind VmmsRestart = new("VmmsRestart", FaultEffect.VmmsRestart, Job) { DefaultAfterMilliseconds = 2000 };

    public static readonly FaultKind CrashAfterSuccess = new("CrashAfterSuccess", FaultEffect.CrashAfterSuccess, AfterSuccess)
    {
        DefaultAfterMilliseconds = 0, Operations = new[] { FaultOperation.Start, FaultOperation.Resume, FaultOperation.Restart },
    };

    /// <summary>The kinds that scenarios and commands may name.</summary>
    public static readonly IReadOnlyList<FaultKind> Rows = new[]
    {
        OutOfMemory, InsufficientSystemResources, InsufficientResources, HypervisorNotRunning, DiskNotFound, DiskAccessDenied, DiskInUse, SwitchNotFound,
        SwitchPortInvalid, SavedStateInvalid, DiskFormatUnsupported, DiskCorrupt, HostDiskFull, ConfigInaccessible, MemoryConfigInvalid, ProcessorLimit, NumaMismatch,
        HypervisorResources, HyperVComponentNotRunning, FeatureUnavailable, DeviceAssignment, DeviceFailure, FirmwareDataInvalid, KeyProtector, PartitionExists,
        DiskDriverMissing, WorkerNotStarted, GuestCrashed, GuestLocked, InstanceBusy, HostBusy, WorkerCrashed, WorkerNotResponding, LogonRightMissing, RebootRequired, HostTimedOut, NotSupported, JobCancelled, Unknown,
        InvalidState, InstanceNotFound, PermissionDenied, VmmsNotRunning, HyperVNotInstalled, HostUnreachable, AuthenticationFailed, CertificateNotTrusted, HostNotConnected, GuestNotReady,
        NeverEnds, JobLost, ConnectionDropped, AnswerLate, AccessDenied, VmmsRestart, CrashAfterSuccess,
    };

    public static readonly IReadOnlyList<string> Names = Rows.Select(row => row.Name).ToArray();

    public static readonly IReadOnlyList<string> OperationNames = Enum.GetNames(typeof(FaultOperation));

    public static readonly IReadOnlyList<string> StageNames = Enum.GetNames(typeof(FaultStage));

    public static FaultKind? Find(string name) => Rows.FirstOrDefault(row => string.Equals(row.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>True for what reads and changes nothing.</summary>
    public static bool IsReading(FaultOperation operation) => operation is FaultOperation.Query or FaultOperation.Get or FaultOperation.Poll;
}
