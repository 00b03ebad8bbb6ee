using System;
using System.Collections.Generic;
using System.Linq;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Instances;
using static Multipass.HyperV.Failures.FailureCategory;
using static Multipass.HyperV.Failures.FailureStages;

namespace Multipass.HyperV.Failures;

/// <summary>
/// The one table of causes, in parts by theme. A cause is added by adding its row, and its name to <see cref="Rows"/>; where two rows are proved equally well the earlier
/// one wins. Codes: RequestStateChange and Msvm_ConcreteJob class pages, winerror.h, wbemcli.h, and failures as users reported them.
/// </summary>
internal static partial class FailureCatalogue
{
    private const string TheEventLog =
        "the event log of {host} between {window}: `Get-WinEvent -LogName Microsoft-Windows-Hyper-V-VMMS-Admin, Microsoft-Windows-Hyper-V-Worker-Admin`";

    private const string EventLog = "Look into " + TheEventLog;

    public static readonly FailureCause InstanceNotFound = new(
        "InstanceNotFound",
        ObjectNotFound,
        "{detail}",
        "'{name}' is no longer on {host}.",
        "there is no such instance.")
    {
        Stages = Call,
        Sources = EvidenceSources.Call | EvidenceSources.Request,
        Proofs = new[] { Proof.HResult(0x80041002), Proof.Code(32789), Proof.Status(CimStatus.NotFound) },
        Against = new[] { new Observation("the host shows it", FactKinds.None, failure => failure.Facts.IsShown) },
        Advice = new Advice[] { "`Get-MpInstance` lists the instances there are; `Get-MpInstance -IncludeUnmanaged` adds virtual machines that are not Multipass's." },
    };

    public static readonly FailureCause Unknown = new(
        "Unknown",
        InvalidResult,
        "the host answered RequestStateChange({request}) with something that is not in the catalogue: {codes}.",
        "the host's answer is not in the catalogue: {codes}.",
        "the host gave no reason.")
    {
        Stages = Call | Request | Job,
        Advice = new Advice[]
        {
            EventLog + ".",
            "Look into the event log of {host}: `Get-WinEvent -LogName Microsoft-Windows-Hyper-V-VMMS-Admin, Microsoft-Windows-Hyper-V-Worker-Admin`.",
        },
    };

    // Terminated and Killed: Msvm_ConcreteJob class page.
    public static readonly FailureCause JobCancelled = new(
        "JobCancelled",
        OperationStopped,
        "somebody ended the host's job before it was done.")
    {
        Stages = Job,
        Proofs = new[] { Proof.JobState(8, "Terminated"), Proof.JobState(9, "Killed") },
        Advice = new Advice[] { "If that was not meant, run it again. Hyper-V Manager and scripts can end jobs; so does a restart of the host." },
    };

    // Found by waiting and re-reading.
    public static readonly FailureCause StartTimedOut = new(
        "StartTimedOut",
        OperationTimeout,
        "the host {unfinished} after {timeout} s.")
    {
        Stages = Job,
        Advice = new Advice[]
        {
            new(
                "Nothing has been started. What the host does ends by itself: wait until `Get-MpInstance {argument} | Format-List HostState` no longer shows it. Then start it again.",
                context => context.After?.HostState?.Activity is not null && context.StateAfter is MpInstanceState.Stopped or MpInstanceState.Suspended,
                "the host is busy with it, and it is off"),
            new(
                "The host does not let it be powered off while it is Starting. `Repair-MpInstance {argument}` ends what hangs: it asks before it ends the worker process of exactly this instance; then start it again. " + EventLog + ".",
                context => context.StateAfter == MpInstanceState.Starting && context.RefusesPowerOff,
                "the host refuses to power it off"),
            new(
                "It is not powered off, for that would throw away what it had in memory. Wait for it with `Wait-MpInstance {argument} -State Running`, or give that memory up with `Stop-MpInstance {argument} -TurnOff`. " + EventLog + ".",
                context => context.StateAfter == MpInstanceState.Starting && context.Before?.State is MpInstanceState.Suspended or MpInstanceState.Paused,
                "it was Suspended or Paused"),
            new(
                "It still hangs in Starting. Power it off with `Stop-MpInstance {argument} -TurnOff`, and if the host refuses that, restart the host. " + EventLog + ".",
                context => context.StateAfter == MpInstanceState.Starting,
                "it still hangs in Starting"),
            new(
                "It runs, although the host's job has not ended. Check the guest before you rely on it. " + EventLog + ".",
                context => context.StateAfter == MpInstanceState.Running,
                "it runs"),
            "Start it again with a longer -Timeout if the host is only slow. " + EventLog + ".",
        },
    };

    public static readonly FailureCause StopTimedOut = new(
        "StopTimedOut",
        OperationTimeout,
        "{detail}",
        "it had not stopped after {timeout} s.")
    {
        Stages = Job,
        Advice = new Advice[]
        {
            new(
                "It still hangs in {state}. `Repair-MpInstance {argument}` ends what hangs: it asks before it ends the worker process of exactly this instance.",
                context => context.Operation is MpOperation.TurnOff or MpOperation.DiscardSavedState,
                "it was to be powered off"),
            new(
                "First let its guest shut down by itself: `multipass exec {name} -- sudo poweroff`, or `multipass shell {name}` to see what keeps it up; `Wait-MpInstance {argument} -State Stopped` waits for it. If it does not answer there either, power it off with `Stop-MpInstance {argument} -TurnOff`; what the guest has not written to disk is lost then.",
                context => context.StateAfter is MpInstanceState.Running or MpInstanceState.Stopping && context.After?.Managed == true),
            "Power it off with `Stop-MpInstance {argument} -TurnOff`, or let `Stop-MpInstance {argument} -Force` do that after -Timeout. What the guest has not written to disk is lost then.",
        },
    };

    public static readonly FailureCause ResumeTimedOut = new(
        "ResumeTimedOut",
        OperationTimeout,
        "the host had not finished after {timeout} s.")
    {
        Stages = Job,
        Advice = new Advice[]
        {
            new(
                "It goes on by itself: `Wait-MpInstance {argument} -State Running` waits for it. " + EventLog + ".",
                context => context.StateAfter == MpInstanceState.Starting),
            "Resume it again with a longer -Timeout if the host is only slow; what it had in memory is kept. " + EventLog + ".",
        },
    };

    public static readonly FailureCause SaveTimedOut = new(
        "SaveTimedOut",
        OperationTimeout,
        "its state was not saved after {timeout} s.")
    {
        Stages = Job,
        Advice = new Advice[]
        {
            new(
                "It goes on by itself, as fast as the disk is: `Wait-MpInstance {argument} -State Suspended` waits for it. If it hangs, `Stop-MpInstance {argument} -TurnOff` ends it; what its guest has in memory is lost then.",
                context => context.StateAfter == MpInstanceState.Suspending),
            "Suspend it again with a longer -Timeout if the host is only slow. " + EventLog + ".",
        },
    };

    public static readonly FailureCause RestartTimedOut = new(
        "RestartTimedOut",
        OperationTimeout,
        "{detail}",
        "it had not restarted after {timeout} s.")
    {
        Stages = Job,
        Advice = new Advice[]
        {
            new(
                "Its guest may still do it. Reset it with `Restart-MpInstance {argument} -Force` if it does not; what the guest has not written to disk is lost then.",
                context => context.StateAfter == MpInstanceState.Running && context.Operation == MpOperation.Reboot),
            new(
                "It still hangs in {state}. Power it off with `Stop-MpInstance {argument} -TurnOff`, and start it again.",
                context => StateTable.IsTransitional(context.StateAfter)),
            "Look at it with `Get-MpInstance {argument}`. " + EventLog + ".",
        },
    };

    public static readonly FailureCause WaitTimedOut = new(
        "WaitTimedOut",
        OperationTimeout,
        "{detail}",
        "it was {state} after {timeout} s.")
    {
        Stages = Job,
        Advice = new Advice[]
        {
            new("Nothing was under way that would lead there: start it with `Start-MpInstance {argument}`.", context => context.StateAfter == MpInstanceState.Stopped),
            new("Nothing was under way that would lead there: continue it with `Resume-MpInstance {argument}`.", context => context.StateAfter is MpInstanceState.Suspended or MpInstanceState.Paused),
            "Wait longer with -Timeout, or look at it with `Get-MpInstance {argument}`.",
        },
    };

    public static readonly FailureCause GuestNotReady = new(
        "GuestNotReady",
        OperationTimeout,
        "{detail}",
        "its guest does not answer.")
    {
        Stages = Request | Job,
        Proofs = new[] { Proof.Code(Cim.ReturnValue.GuestNotReady), Proof.HResult(0x800710DF) },
        RetryFor = TimeSpan.FromSeconds(30),
        Advice = new Advice[]
        {
            new(
                "Its guest answers, but has no address that others can reach. Look into it at its console, `vmconnect.exe localhost {argument}` on {host}: whether its adapter is up and DHCP has answered. If the Default Switch gives none, restart {host}, which makes it anew.",
                context => context.Stage == MpFailureStage.TimedOut && context.After?.Heartbeat is MpHeartbeat.OK or MpHeartbeat.Degraded,
                "its heartbeat is there, and its address is not"),
            new(
                "It may still be booting: `Wait-MpInstance {argument} -For Heartbeat` waits for it. If it never answers, look at its console with `vmconnect.exe localhost {argument}` on {host}: its Secure Boot is on, and boots only what is signed for its template; `Set-VMFirmware -VMName {argument} -EnableSecureBoot Off` switches it off while it is Stopped.",
                context => context.Stage == MpFailureStage.TimedOut && context.Facts.SecureBoot == true,
                "Secure Boot is on"),
            new(
                "It may still be booting: `Wait-MpInstance {argument} -For Heartbeat` waits for it. If it never answers, look at its console with `vmconnect.exe localhost {argument}` on {host}: whether it boots at all (Secure Boot can keep an image that is not signed from it: `Get-VMFirmware -VMName {argument}` shows it), and whether it has Hyper-V's integration services, which Ubuntu's images have.",
                context => context.Stage == MpFailureStage.TimedOut),
            "Its guest may still be booting: `Wait-MpInstance {argument} -For Heartbeat` waits for it. Without its guest it can only be powered off (`Stop-MpInstance {argument} -TurnOff`) or reset (`Restart-MpInstance {argument} -Force`).",
        },
    };

    // 32781 of the guest's shutdown service: somebody is logged on, and has locked the screen (InitiateShutdown method page).
    public static readonly FailureCause GuestLocked = new(
        "GuestLocked",
        InvalidOperation,
        "its guest is locked by somebody who is logged on, and does not shut down for others.")
    {
        Stages = Request | Job,
        Proofs = new[] { Proof.Code(32781) },
        Advice = new Advice[]
        {
            "Log on at its console (`vmconnect.exe localhost {argument}` on {host}) and shut it down there, or from inside: `multipass exec {name} -- sudo poweroff`. `Stop-MpInstance {argument} -TurnOff` does without its guest; what that has not written to disk is lost then.",
        },
    };

    public static readonly FailureCause StateNotReached = new(
        "StateNotReached",
        InvalidResult,
        "{detail}",
        "the host reported success, but shows it {state}.")
    {
        Stages = AfterSuccess,
        Advice = new Advice[]
        {
            new(
                "Something ended it right afterwards: its guest, its worker process, or somebody. Watch its console while it boots, `vmconnect.exe localhost {argument}` on {host}, and take back what was last changed in its settings. " + EventLog + ": 18590 there is a crash of the guest, 14070 one of its worker.",
                context => context.StateAfter is MpInstanceState.Stopped or MpInstanceState.Suspended),
            EventLog + ".",
            "Look at it with `Get-MpInstance {argument}`.",
        },
    };

    public static readonly FailureCause JobLost = new(
        "JobLost",
        InvalidResult,
        "the host's job vanished before it ended, and the state that was asked for is not reached.")
    {
        Stages = Job,
        Advice = new Advice[] { "Hyper-V's management service may have restarted. Try again; if it happens twice, look into " + TheEventLog + "." },
    };

    public static readonly FailureCause OutcomeUnknown = new(
        "OutcomeUnknown",
        ConnectionError,
        "what became of it is not known: {detail}",
        "what became of it is not known.")
    {
        Stages = Call | Request | Job,
        Advice = new Advice[] { "When {host} answers again, `Get-MpInstance {argument}` shows what is true; starting or stopping it again does no harm." },
    };

    public static readonly FailureCause HostUnreachable = new(
        "HostUnreachable",
        ConnectionError,
        "{host} does not answer: {detail}",
        "{host} does not answer.")
    {
        Stages = Call,
        
        // WinRM cannot connect, not through the firewall; winhttp.h: timed out, no such name, no connection, broken off; WSAETIMEDOUT, WSAECONNREFUSED, ERROR_TIMEOUT.
        Proofs = Proof.HResults(0x800706BA, 0x800706BE, 0x80041069, 0x80338012, 0x80338126, 0x80072EE2, 0x80072EE7, 0x80072EFD, 0x80072EFE, 0x8007274C, 0x8007274D, 0x800705B4).ToArray(),
        Facts = FactKinds.Service,
        Advice = new Advice[] { "Check that {host} is on, that the network reaches it, and that the services Winmgmt and vmms run there; then try again." },
    };

    public static readonly FailureCause AuthenticationFailed = new(
        "AuthenticationFailed",
        AuthenticationError,
        "{host} does not accept who you are: {accountFlaw}.",
        "{host} does not accept who you are: {detail}",
        "{host} does not accept who you are.")
    {
        Stages = Call,

        // SSPI: unknown, no such session, no authority, logon denied, no such package; WinRM: the computer is neither in the domain nor trusted; and what an account can have against it (AccountFlaws).
        Proofs = Proof.HResults(0x80090322, 0x8009030E, 0x80090311, 0x8009030C, 0x80090305, 0x803380E4).Concat(Proof.HResults(AccountFlaws.Codes)).ToArray(),
        Advice = new Advice[]
        {
            new("Have whoever manages the account put that right: {accountAdvice}. Or give `-Credential` with another account of {host}.", context => AccountFlaws.AdviceFor(context.Evidence) is not null),
            "Give `-Credential` with an account of {host}. Outside a domain use `-UseSsl`, or trust the computer in an elevated prompt: `Set-Item WSMan:\\localhost\\Client\\TrustedHosts {host} -Concatenate`.",
        },
    };

    public static readonly FailureCause CertificateNotTrusted = new(
        "CertificateNotTrusted",
        AuthenticationError,
        "this computer does not trust the certificate of {host}: {detail}",
        "this computer does not trust the certificate of {host}.")
    {
        Stages = Call,

        // winerror.h: untrusted root, untrusted test root, chain, expired, other name; winhttp.h, as HRESULTs: authority, date, name, and all of these in one (12175).
        Proofs = new[]
        {
            Proof.HResult(0x800B0109), Proof.HResult(0x800B010D), Proof.HResult(0x800B010A), Proof.HResult(0x800B0101), Proof.HResult(0x800B010F),
            Proof.HResult(0x80072F0D), Proof.HResult(0x80072F05), Proof.HResult(0x80072F06), Proof.HResult(0x80072F8F),
        },
        Advice = new Advice[]
        {
            "Connect by the name that the certificate is for, or have whoever issued it trusted here. A certificate of the host's own making is accepted with `-SkipCertificateCheck`, on a network that you trust.",
        },
    };

    // Found before anything is asked of a host.
    public static readonly FailureCause AmbiguousName = new(
        "AmbiguousName",
        InvalidArgument,
        "there are several instances of the name '{name}' on {host}: {detail}.")
    {
        Advice = new Advice[] { "Say which one by its id: `-Id` with one of {detail}." },
    };

    public static readonly FailureCause ParametersConflict = new(
        "ParametersConflict",
        InvalidArgument,
        "{detail}",
        "these parameters exclude each other.")
    {
        Advice = new Advice[] { "Leave one of them out; `Get-Help` shows what goes together." },
    };

    public static readonly FailureCause InputObjectInvalid = new(
        "InputObjectInvalid",
        InvalidArgument,
        "{detail}",
        "the object that was given names no instance.")
    {
        Advice = new Advice[] { "Give instances from `Get-MpInstance`, or objects with a Name or an Id, and the HostName." },
    };

    public static readonly FailureCause InstanceDeleted = new(
        "InstanceDeleted",
        InvalidOperation,
        "it is deleted in Multipass, though not yet purged.")
    {
        Advice = new Advice[] { "Bring it back with `multipass recover {name}`, then start it." },
    };

    public static readonly FailureCause UnsupportedBackend = new(
        "UnsupportedBackend",
        NotImplemented,
        "{detail}",
        "it is run by Multipass's HCS backend, which Hyper-V's management service does not see.")
    {
        ShownBy = "Multipass's own record; codes of that backend are 0x80370100 to 0x8037011C",
        Advice = new Advice[]
        {
            new(
                "Start the one that Multipass knows: `multipass start {name}`; `multipass info {name}` shows it. `-AllowSharedDisk` starts this one all the same, when you know that the other never runs again.",
                context => (context.After ?? context.Before)?.Facts.RunsElsewhere is not null && context.Operation is MpOperation.Start or MpOperation.Resume,
                "another backend has its disk"),
            new(
                "Start the other one, or take the disk out of the one that is not needed. `-AllowSharedDisk` starts this one all the same, when you know that the saved state of the other is not wanted.",
                context => (context.After ?? context.Before)?.Facts is { RunsElsewhere: null, DiskMates.Count: > 0 } && context.Operation is MpOperation.Start or MpOperation.Resume,
                "another virtual machine has its disk"),
            "{next}",
            "Use Multipass itself: `multipass start {name}`, `multipass stop {name}`; `hcsdiag list` shows what runs.",
        },
    };

    public static readonly FailureCause NotManaged = new(
        "NotManaged",
        InvalidOperation,
        "it is not Multipass's.")
    {
        Advice = new Advice[] { "Nothing of Multipass can be wrong with it. `Get-MpInstance {argument} -IncludeUnmanaged | Stop-MpInstance -TurnOff` powers it off if it hangs." },
    };

    public static readonly FailureCause DriftNotRepairable = new(
        "DriftNotRepairable",
        InvalidOperation,
        "{detail}",
        "nothing that is safe would help.")
    {
        Advice = new Advice[]
        {
            "{next}",
            new(
                "Its saved state is kept. Continue it with `Start-MpInstance {argument}`, then Multipass is right again; or throw the saved state away with `Repair-MpInstance {argument} -DiscardSavedState`.",
                context => context.StateAfter == MpInstanceState.Suspended),
            "Continue it with `Start-MpInstance {argument}` or stop it with `Stop-MpInstance {argument}`, whichever Multipass is to believe.",
        },
    };

    public static readonly FailureCause CommandWithheld = new(
        "CommandWithheld",
        InvalidOperation,
        "no command was sent to Multipass, which acts by name: {detail}",
        "no command was sent to Multipass, for it might mean another instance.")
    {
        Advice = new Advice[]
        {
            "{next}",
            "What the host shows is true. Once that is out of the way, run `Repair-MpInstance {argument}` again, in an elevated prompt.",
        },
    };

    public static readonly FailureCause MultipassNotAuthenticated = new(
        "MultipassNotAuthenticated",
        FailureCategory.PermissionDenied,
        "Multipass's service does not know you, so that nothing could be asked of it or sent to it.")
    {
        ShownBy = "the exit code of Multipass's client, with the command that it names",
        Advice = new Advice[]
        {
            "Run `multipass authenticate` with the passphrase that somebody who is authenticated has set with `multipass set local.passphrase`, then try again.",
        },
    };

    public static readonly FailureCause MultipassRestartNeeded = new(
        "MultipassRestartNeeded",
        InvalidOperation,
        "only a restart of Multipass's service can help: {detail}",
        "only a restart of Multipass's service can help.")
    {
        Advice = new Advice[]
        {
            "Run `Repair-MpInstance {argument} -RestartService` in an elevated prompt. It restarts Multipass's service on {host}, which may suspend instances that run; what the host shows is true meanwhile.",
        },
    };

    public static readonly FailureCause StillInProgress = new(
        "StillInProgress",
        ResourceBusy,
        "{detail}",
        "a change of it is still in progress.")
    {
        Advice = new Advice[] { "Nothing was done to it. Wait until `Get-MpInstance {argument}` shows a state that lasts; if it does not, run `Repair-MpInstance {argument}` again with a longer -Timeout." },
    };

    public static readonly FailureCause NotConfirmed = new(
        "NotConfirmed",
        InvalidOperation,
        "{detail}",
        "the step that would help was not confirmed.")
    {
        Advice = new Advice[]
        {
            new(
                "Run `Repair-MpInstance {argument}` again and say yes, or with -Confirm:$false. Its worker process {process} belongs to this virtual machine alone; what its guest has not written to disk is lost.",
                context => StateTable.IsTransitional(context.StateAfter)),
            "Run `Repair-MpInstance {argument}` with the same switches again and say yes, or with -Confirm:$false.",
        },
    };

    public static readonly FailureCause RepairFailed = new(
        "RepairFailed",
        InvalidResult,
        "{detail}",
        "it is as it was.")
    {
        Advice = new Advice[]
        {
            new(
                "If its saved state may be lost, run `Repair-MpInstance {argument} -DiscardSavedState`. Else restart Hyper-V's management service on {host}, in an elevated prompt: `Restart-Service vmms`; running virtual machines go on. If that does not help, restart the host.",
                context => context.StateAfter == MpInstanceState.Starting && context.ProcessId is null),
            new(
                "Restart Hyper-V's management service on {host}, in an elevated prompt: `Restart-Service vmms`; running virtual machines go on. If that does not help, restart the host.",
                context => StateTable.IsTransitional(context.StateAfter)),
            "Look at Multipass itself on {host}: `multipass list`, and the log of its service in the event viewer under Applications, source Multipass. What the host shows is true meanwhile.",
        },
    };

    public static readonly FailureCause PlatformNotSupported = new(
        "PlatformNotSupported",
        NotImplemented,
        "Hyper-V is a part of Windows, and this is not Windows.")
    {
        Advice = new Advice[]
        {
            "Connect to a Hyper-V host with `Connect-MpHost -ComputerName NAME`, in PowerShell 7, or to a simulated one with `Connect-MpHost -Simulated`. A connection belongs to the session that made it; to another one it is handed over with `-MpHost`.",
        },
    };

    public static readonly FailureCause TransportNotAvailable = new(
        "TransportNotAvailable",
        NotImplemented,
        "{detail}",
        "this transport is not available here.")
    {
        Stages = Call,

        // The client of this side cannot be loaded; see WbemError.ClientNotLoadable.
        Proofs = new[] { Proof.HResult(0x80131524) },
        Advice = new Advice[]
        {
            "Use the other one: `Connect-MpHost -ComputerName NAME -Transport Mmi` on Windows, `-Transport Wsman` in PowerShell 7 on any system. To try things out there is `Connect-MpHost -Simulated`.",
        },
    };

    public static readonly FailureCause ConnectionInvalid = new(
        "ConnectionInvalid",
        InvalidArgument,
        "{detail}",
        "this is not something to connect to.")
    {
        Advice = new Advice[] { "`Connect-MpHost -ComputerName hv01, hv02` connects to computers, `Connect-MpHost -CimSession (New-CimSession hv01)` over a session that you have made." },
    };

    public static readonly FailureCause HostNotConnected = new(
        "HostNotConnected",
        InvalidOperation,
        "{detail}",
        "this session is not connected to a host.")
    {
        Stages = Call,

        // Of a connection that this side has ended, while it was in use. A request whose answer is lost with it is OutcomeUnknown.
        Proofs = new[] { Proof.HResult(0x80010108) },
        Advice = new Advice[] { "Connect with `Connect-MpHost`, or hand a connection over with `-MpHost`; `Get-MpHost` shows the connections of this session." },
    };

    public static readonly FailureCause HostNotSimulated = new(
        "HostNotSimulated",
        InvalidArgument,
        "{host} is not a simulated host.")
    {
        Advice = new Advice[] { "Faults and the list of calls exist on simulated hosts only: connect to one with `Connect-MpHost -Simulated`." },
    };

    public static readonly FailureCause ScenarioNotReadable = new(
        "ScenarioNotReadable",
        ReadError,
        "the scenario file cannot be read: {detail}")
    {
        Advice = new Advice[] { "Check the path and your rights to the file." },
    };

    public static readonly FailureCause ScenarioNotWritable = new(
        "ScenarioNotWritable",
        WriteError,
        "the scenario file cannot be written: {detail}")
    {
        Advice = new Advice[] { "Give another path, or `-Force` to write over a file that is there." },
    };

    public static readonly FailureCause ScenarioInvalid = new(
        "ScenarioInvalid",
        InvalidData,
        "the scenario is not valid: {detail}")
    {
        Advice = new Advice[] { "Correct the scenario at the place that is named; `Get-Help Connect-MpHost` and the README say what a scenario may hold." },
    };

    public static readonly FailureCause FaultInvalid = new(
        "FaultInvalid",
        InvalidArgument,
        "the fault is not valid: {detail}")
    {
        Advice = new Advice[] { "Correct what is named; the README lists operations, kinds and stages." },
    };

    /// <summary>All rows, in order of precedence: what can mean one thing only before what can mean several.</summary>
    public static IReadOnlyList<FailureCause> Rows => Table.Rows;

    /// <summary>What must be there for a start, in the order in which a host finds it missing: what is looked at before a start, and what explains a failed one for which the host gave no reason.</summary>
    public static IReadOnlyList<StartNeed> StartNeeds => Table.StartNeeds;

    /// <summary>The cause that the evidence proves best and no fact contradicts; <see cref="Unknown"/> when it proves none.</summary>
    public static FailureCause Judge(FailureEvidence evidence, HostFacts facts) => Judge(new FailureCase(evidence, facts));

    /// <summary>The same for a case.</summary>
    public static FailureCause Judge(FailureCase failure)
        => Rows
            .Select(row => (Cause: row, Weight: row.Weigh(failure)))
            .Concat(failure.Evidence.HasNoReason ? StartNeeds.Where(need => need.Fact.Holds(failure)).Select(need => (need.Cause, Weight: Proof.StartNeed)).Take(1) : Array.Empty<(FailureCause, int)>())
            .Where(candidate => candidate.Weight > 0)
            .OrderByDescending(candidate => candidate.Weight)
            .Select(candidate => candidate.Cause)
            .FirstOrDefault() ?? Unknown;

    /// <summary>The cause of a success that did not last: what the event log tells, if it tells one; else only that.</summary>
    public static FailureCause JudgeAfterSuccess(FailureEvidence evidence)
        => evidence.Events.Count == 0 ? StateNotReached
            : Rows.Where(row => (row.Stages & AfterSuccess) != 0).FirstOrDefault(row => row.Weigh(new FailureCase(evidence, HostFacts.None)) > 0) ?? StateNotReached;

    /// <summary>
    /// The facts that are worth looking up for this evidence: those that decide, and those that the advice of the likeliest causes speaks of. Where a code is proof by itself, nothing is
    /// looked up for what weighs less.
    /// </summary>
    public static FactKinds FactsFor(FailureEvidence evidence)
    {
        var failure = new FailureCase(evidence, HostFacts.None);
        var settled = Rows
            .Where(row => row.Against.Count == 0 && row.Proofs.Any(proof => proof.Needs == FactKinds.None && proof.Weigh(failure, row.Sources) > 0))
            .Select(row => row.Proofs.Where(proof => proof.Needs == FactKinds.None).Max(proof => proof.Weigh(failure, row.Sources)))
            .DefaultIfEmpty()
            .Max();
        return Rows
            .SelectMany(row => row.Proofs.Select(proof => (Row: row, Proof: proof, Most: proof.MostFor(evidence, row.Sources))))
            .Where(candidate => candidate.Most > 0 && candidate.Most >= settled && (candidate.Proof.For is null || candidate.Proof.For.Needs != FactKinds.None || candidate.Proof.For.Holds(failure)))
            .Aggregate(
                !evidence.HasNoReason ? FactKinds.None : evidence.Mentions.NamesStateFile ? FactKinds.Files | FactKinds.Volumes | FactKinds.MemorySettings : FactKinds.Start,
                (kinds, candidate) => kinds | candidate.Proof.NeedsFor(evidence) | (candidate.Proof.For is null ? candidate.Row.Facts : FactKinds.None));
    }

    // A class of its own: the order in which the parts of this one are initialised is not defined.
    private static class Table
    {
        public static readonly IReadOnlyList<FailureCause> Rows = new[]
        {
            NumaMismatch, OutOfMemory, DeviceAssignment, InsufficientSystemResources, HypervisorNotRunning, HyperVComponentNotRunning, SavedStateInvalid, SwitchNotFound, DiskFormatUnsupported, DiskCorrupt, DiskNotFound,
            DiskDriverMissing, DiskInUse, HypervisorResources, ProcessorLimit, FeatureUnavailable, PartitionExists, HostDiskFull, KeyProtector, LogonRightMissing, WorkerNotStarted,
            DiskAccessDenied, VmmsNotRunning, HyperVNotInstalled, HostBusy, PermissionDenied, ConfigInaccessible, WorkerCrashed, GuestCrashed, WorkerNotResponding, SwitchPortInvalid,
            DeviceFailure, FirmwareDataInvalid, MemoryConfigInvalid, AccessDenied, RebootRequired, NotSupported, HostTimedOut,
            InstanceNotFound, InstanceBusy, InvalidState, JobCancelled, HostUnreachable, AuthenticationFailed, CertificateNotTrusted,
            StartTimedOut, StopTimedOut, ResumeTimedOut, SaveTimedOut, RestartTimedOut, WaitTimedOut, GuestNotReady, GuestLocked, StateNotReached, JobLost, OutcomeUnknown, Unknown,
            AmbiguousName, ParametersConflict, InputObjectInvalid, InstanceDeleted, UnsupportedBackend, NotManaged, DriftNotRepairable, CommandWithheld, MultipassNotAuthenticated, MultipassRestartNeeded, StillInProgress, NotConfirmed, RepairFailed, PlatformNotSupported,
            TransportNotAvailable, ConnectionInvalid, HostNotConnected, HostNotSimulated,
            ScenarioNotReadable, ScenarioNotWritable, ScenarioInvalid, FaultInvalid,
        };

        public static readonly IReadOnlyList<StartNeed> StartNeeds = new[]
        {
            new StartNeed("Hypervisor", HypervisorNotRunning, new("Windows says that no hypervisor is there", FactKinds.Computer, failure => failure.Facts.IsHypervisorPresent == false)),
            new StartNeed("Components", HyperVComponentNotRunning, new("a driver or service that Hyper-V needs is stopped", FactKinds.Components, failure => failure.Facts.IsComponentStopped)),
            new StartNeed("Disk", DiskNotFound, new("its disk is missing", FactKinds.Files, failure => failure.Facts.IsDiskMissing)) { About = facts => facts with { MissingFiles = new[] { facts.Disk! } } },
            new StartNeed("Disk", DiskFormatUnsupported, new("its disk is compressed or encrypted", FactKinds.Files, failure => failure.Facts.FlawedFiles is { Count: > 0 })),
            new StartNeed("Dvd", DiskNotFound, new("the image in its DVD drive is missing", FactKinds.Files, failure => failure.Facts.IsDvdMissing)) { About = facts => facts with { MissingFiles = new[] { facts.Dvd! } } },
            new StartNeed("Switch", SwitchNotFound, new("the switch is missing", FactKinds.Switch, failure => failure.Facts.IsSwitchMissing)),
            new StartNeed("Volume", HostDiskFull, new("a volume has no room for its saved state", FactKinds.Volumes | FactKinds.MemorySettings, failure => !failure.Facts.WasSuspended && failure.Facts.StateVolume?.FreeMegabytes < failure.Facts.MemoryWanted)),
            new StartNeed("Processors", ProcessorLimit, new("it has more virtual processors than the host has logical ones", FactKinds.Devices | FactKinds.Computer, failure => failure.Facts.HasTooManyProcessors)),
            new StartNeed("Memory", OutOfMemory, new("it wants more memory than the host can give", FactKinds.Memory, failure => failure.Facts.LacksMemory)),
            new StartNeed("Numa", NumaMismatch, new("no NUMA node has so much memory, and it may not have that of several", FactKinds.Memory | FactKinds.Numa, failure => failure.Facts.LacksNumaMemory)),
            new StartNeed("MemorySettings", MemoryConfigInvalid, new("its memory is no multiple of 2 MB, or not between its limits", FactKinds.MemorySettings, failure => failure.Facts.IsMemoryUnaligned || failure.Facts.IsMemoryOutOfOrder)),
        };
    }
}
