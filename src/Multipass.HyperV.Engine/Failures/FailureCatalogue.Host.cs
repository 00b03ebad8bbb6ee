using System;
using System.Linq;
using Multipass.HyperV.Cim;
using static Multipass.HyperV.Failures.FailureCategory;
using static Multipass.HyperV.Failures.FailureStages;

namespace Multipass.HyperV.Failures;

/// <content>The host: its hypervisor, its service, its rights.</content>
internal static partial class FailureCatalogue
{
    // ERROR_HV_NOT_PRESENT (winerror.h).
    public static readonly FailureCause HypervisorNotRunning = new(
        "HypervisorNotRunning",
        ResourceUnavailable,
        "the hypervisor is not running on {host}.")
    {
        Stages = Request | Job,
        Proofs = new[]
        {
            Proof.HResult(0xC0351000),
            Proof.Code(32777).When("Windows says that no hypervisor is there", FactKinds.Computer, failure => failure.Facts.IsHypervisorPresent == false),
            Proof.HResult(0x80370102).When("Windows says that no hypervisor is there", FactKinds.Computer, failure => failure.Facts.IsHypervisorPresent == false),
            Proof.HResult(0x80370114).When("Windows says that no hypervisor is there", FactKinds.Computer, failure => failure.Facts.IsHypervisorPresent == false),
        },
        Advice = new Advice[]
        {
            "On {host}, in an elevated prompt, run `bcdedit /set hypervisorlaunchtype auto` and restart the computer. If that does not help, enable virtualisation in its firmware; if it is a virtual machine itself, its own host must let it have nested virtualization.",
        },
    };

    // The cmdlets' text for it has no code (docker/for-win #4470, minikube #9279, #15378); 32777, System Not Available, is the class that fits. Services that are disabled, not there,
    // not started in time, not started: 0x80070422, 424, 41D, 426 (winerror.h); 0x80370102 and 114 are HCS_E_HYPERV_NOT_INSTALLED and HCS_E_SERVICE_NOT_AVAILABLE, of a service that cannot find what it needs.
    public static readonly FailureCause HyperVComponentNotRunning = new(
        "HyperVComponentNotRunning",
        ResourceUnavailable,
        "a part of Hyper-V is not running on {host}: {stoppedComponents}.",
        "a part of Hyper-V is not running on {host}.")
    {
        Stages = Request | Job,
        Proofs = new[] { Proof.Code(32777) }.Concat(Proof.HResults(0x80070422, 0x80070424, 0x8007041D, 0x80070426, 0x80370102, 0xC0370102, 0x80370114, 0xC0370114))
            .Append(Proof.HResult(0xC03A0014).When("a driver or service that Hyper-V needs is stopped", FactKinds.Components, failure => failure.Facts.IsComponentStopped))
            .ToArray(),
        Facts = FactKinds.Components | FactKinds.Computer,
        Advice = new Advice[]
        {
            new(
                "{host} is a virtual machine itself, and its own host does not let it have a hypervisor: with it switched off, run on the outer Hyper-V host `Set-VMProcessor -VMName OUTER -ExposeVirtualizationExtensions $true` (elsewhere the setting is called nested virtualization; in Azure it needs a size that has it).",
                context => context.Facts.LacksNestedVirtualization,
                "the host is a virtual machine itself, without nested virtualization"),
            "Let {stoppedComponents} start on {host}: in an elevated prompt `sc.exe qc NAME` shows whether it is disabled, `sc.exe config NAME start= demand` enables it; then restart the computer. If vid is among them, the hypervisor itself has not started: `bcdedit /set hypervisorlaunchtype auto`. If that does not help, enable Hyper-V anew: `Enable-WindowsOptionalFeature -Online -FeatureName Microsoft-Hyper-V -All`.",
            "Restart {host}. If that does not help, run there, in an elevated prompt, `bcdedit /set hypervisorlaunchtype auto` and `Enable-WindowsOptionalFeature -Online -FeatureName Microsoft-Hyper-V -All`, and restart it again. If it is a virtual machine itself, its own host must let it have nested virtualization.",
        },
    };

    public static readonly FailureCause RebootRequired = new(
        "RebootRequired",
        ResourceUnavailable,
        "{host} must be restarted first.")
    {
        Stages = Request | Job,
        Proofs = new[] { Proof.Code(32783) },
        Advice = new Advice[] { "Restart {host}, then start '{name}' again." },
    };

    // 0x80041013 provider load failure, 0x80041032 call cancelled, 0x80041033 shutting down (wbemcli.h).
    public static readonly FailureCause VmmsNotRunning = new(
        "VmmsNotRunning",
        ResourceUnavailable,
        "Hyper-V's management service (vmms) is not running on {host}.")
    {
        Stages = Call | Request,
        Proofs = new[]
        {
            Proof.HResult(0x800706BA).When("vmms is stopped", FactKinds.Service, failure => failure.Facts.IsServiceStopped),
            Proof.HResult(0x800706BE).When("vmms is stopped", FactKinds.Service, failure => failure.Facts.IsServiceStopped),
            Proof.HResult(0x80041013),
            Proof.HResult(0x80041032),
            Proof.HResult(0x80041033),
            Proof.Status(CimStatus.ServerIsShuttingDown),
        },
        Facts = FactKinds.Service,
        Advice = new Advice[]
        {
            new("It is {service} now: try again in a moment, and if it stays so, restart {host}.", context => context.Facts.IsServiceRestarting, "it is restarting"),
            "Start it on {host}, in an elevated prompt: `Start-Service vmms`. It is {service} now. Running virtual machines are not touched by that.",
            "Start it on {host}, in an elevated prompt: `Start-Service vmms`. Running virtual machines are not touched by that.",
        },
    };

    // 0x80370102 is HCS_E_HYPERV_NOT_INSTALLED (winerror.h).
    public static readonly FailureCause HyperVNotInstalled = new(
        "HyperVNotInstalled",
        NotInstalled,
        "{host} runs {foreign}, and Hyper-V is a part of that.",
        "Hyper-V is not installed on {host}, or not completely.")
    {
        Stages = Call | Request,
        Proofs = new[]
        {
            Proof.HResult(0x8004100E),
            Proof.HResult(0x80041010),
            Proof.HResult(0x80370102),
            Proof.Status(CimStatus.InvalidNamespace),
            Proof.Status(CimStatus.InvalidClass),
        },
        Advice = new Advice[]
        {
            new("Connect to the Windows computer that runs the instances: {host} is none.", context => context.Facts.IsWindows == false, "it is no Windows computer"),
            "On {host}, in an elevated prompt, run `Enable-WindowsOptionalFeature -Online -FeatureName Microsoft-Hyper-V -All` and restart the computer.",
        },
    };

    // Whoever has no rights gets no rows and no error: a host whose management service does not show is one without rights. A job is never refused for the account's sake: it was let in.
    public static readonly FailureCause PermissionDenied = new(
        "PermissionDenied",
        FailureCategory.PermissionDenied,
        "{account} does not have the right to manage Hyper-V on {host}.",
        "you do not have the right to manage Hyper-V on {host}.")
    {
        Stages = Call | Request,
        Proofs = new[]
        {
            Proof.HResult(0x80070005, CimStatus.AccessDenied),
            Proof.HResult(0x80070005).When("the host shows its management service to nobody of this account", FactKinds.Rights, failure => failure.Facts.HasNoRights),
            Proof.HResult(0x80041003),
            Proof.HResult(0x80070005),
            Proof.Code(32769),
            Proof.Status(CimStatus.AccessDenied),
        },
        Advice = new Advice[]
        {
            "Use an elevated prompt, or have an administrator of {host} add the account to the group Hyper-V Administrators, in an elevated prompt there: `Add-LocalGroupMember -SID S-1-5-32-578 -Member '{account}'`. Then log on anew.",
            "Use an elevated prompt, or have an administrator of {host} add your account to the group Hyper-V Administrators (S-1-5-32-578) and log on anew.",
        },
    };

    // 32769 in a job without anything else: the account was let in, so that something of Hyper-V's own was refused (minikube #9286, #6918, #12555: rights to files, and a log-on right of the workers).
    public static readonly FailureCause AccessDenied = new(
        "AccessDenied",
        FailureCategory.PermissionDenied,
        "Hyper-V itself was refused access to something that '{name}' needs, and does not say to what; your own rights were good enough for the request.",
        "Hyper-V itself was refused access to something, and does not say to what.")
    {
        Stages = Job,
        Proofs = new[] { Proof.Code(32769) },
        Facts = FactKinds.Files,
        Advice = new Advice[]
        {
            "First let its worker process log on again: `gpupdate /force` on {host}, in an elevated prompt. Then give it its disk: `icacls \"{disk}\" /grant \"NT VIRTUAL MACHINE\\{id}:(F)\"`. If it stays so, look into " + TheEventLog + ".",
            "First let its worker process log on again: `gpupdate /force` on {host}, in an elevated prompt. If it stays so, look into the event log of Hyper-V there: it names what was refused.",
        },
    };

    // 0x80070569, ERROR_LOGON_TYPE_NOT_GRANTED: Microsoft's support article 2779204.
    public static readonly FailureCause LogonRightMissing = new(
        "LogonRightMissing",
        FailureCategory.PermissionDenied,
        "the account NT VIRTUAL MACHINE\\Virtual Machines may not log on as a service on {host}, so that no worker process can start.")
    {
        Stages = Request | Job,
        Proofs = new[] { Proof.HResult(0x80070569) },
        Advice = new Advice[]
        {
            "On {host}, in an elevated prompt, run `gpupdate /force`. If that does not last, have the group policy grant 'Log on as a service' to NT VIRTUAL MACHINE\\Virtual Machines (S-1-5-83-0).",
        },
    };

    // 2150859173 and 2150859174 of WS-Management: the quotas for operations and for shells of one user. Nothing has been carried out.
    public static readonly FailureCause HostBusy = new(
        "HostBusy",
        ResourceBusy,
        "{host} takes no more calls from this account at the moment: its quota for remote management is used up.")
    {
        Stages = Call | Request,
        Proofs = Proof.HResults(0x803381A5, 0x803381A6).ToArray(),
        RetryFor = TimeSpan.FromSeconds(30),
        Advice = new Advice[]
        {
            "Ask less at once with a lower -ThrottleLimit, or raise the quota on {host}, in an elevated prompt: `Set-Item WSMan:\\localhost\\Service\\MaxConcurrentOperationsPerUser 4294967295`. Nothing was carried out.",
        },
    };

    public static readonly FailureCause HostTimedOut = new(
        "HostTimedOut",
        OperationTimeout,
        "the host itself gave up waiting.")
    {
        Stages = Request | Job,
        Proofs = new[] { Proof.Code(32772) },
        Advice = new Advice[]
        {
            "Try again when {host} is less busy. If it happens twice, look into " + TheEventLog + ".",
            "Try again when {host} is less busy.",
        },
    };

    public static readonly FailureCause NotSupported = new(
        "NotSupported",
        NotImplemented,
        "the host does not support this request (RequestStateChange {request}).",
        "the host does not support this request.")
    {
        Stages = Request | Job,
        Proofs = new[] { Proof.Code(32770), Proof.Code(32776), Proof.Status(CimStatus.NotSupported), Proof.Status(CimStatus.MethodNotAvailable), Proof.Status(CimStatus.MethodNotFound) },
        Advice = new Advice[] { "Update {host}: Windows 10, Windows Server 2016 or newer is needed. Then try again." },
    };
}
