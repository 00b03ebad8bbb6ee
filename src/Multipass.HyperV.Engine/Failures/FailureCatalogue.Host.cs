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
            Proof.Code(32777, "Windows says that no hypervisor is there", FactKinds.Hypervisor, facts => facts.IsHypervisorPresent == false),
            Proof.Fact("Windows says that no hypervisor is there", FactKinds.Hypervisor, facts => facts.IsHypervisorPresent == false),
        },
        Advice = new Advice[]
        {
            "On {host}, in an elevated prompt, run `bcdedit /set hypervisorlaunchtype auto` and restart the computer. If that does not help, enable virtualisation in its firmware.",
        },
    };

    // The cmdlets' text for it has no code (docker/for-win #4470, minikube #9279); 32777, System Not Available, is the class that fits.
    public static readonly FailureCause HyperVComponentNotRunning = new(
        "HyperVComponentNotRunning",
        ResourceUnavailable,
        "a part of Hyper-V is not running on {host}: {stoppedComponents}.",
        "a part of Hyper-V is not running on {host}.")
    {
        Stages = Request | Job,
        Proofs = new[] { Proof.Code(32777) },
        Facts = FactKinds.Components,
        Advice = new Advice[]
        {
            "Restart {host}: {stoppedComponents} then start by themselves. If they do not, enable Hyper-V anew, in an elevated prompt: `Enable-WindowsOptionalFeature -Online -FeatureName Microsoft-Hyper-V -All`.",
            "Restart {host}. If that does not help, run there, in an elevated prompt, `bcdedit /set hypervisorlaunchtype auto` and `Enable-WindowsOptionalFeature -Online -FeatureName Microsoft-Hyper-V -All`, and restart it again.",
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
            Proof.HResult(0x800706BA, "vmms is stopped", FactKinds.Service, facts => facts.IsServiceStopped),
            Proof.HResult(0x800706BE, "vmms is stopped", FactKinds.Service, facts => facts.IsServiceStopped),
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
            "On {host}, in an elevated prompt, run `Enable-WindowsOptionalFeature -Online -FeatureName Microsoft-Hyper-V -All` and restart the computer.",
        },
    };

    // Whoever has no rights gets no rows and no error: a host whose management service does not show is one without rights.
    public static readonly FailureCause PermissionDenied = new(
        "PermissionDenied",
        FailureCategory.PermissionDenied,
        "{account} does not have the right to manage Hyper-V on {host}.",
        "you do not have the right to manage Hyper-V on {host}.")
    {
        Stages = Call | Request | Job,
        Proofs = new[]
        {
            Proof.HResult(0x80070005, CimStatus.AccessDenied),
            Proof.HResult(0x80070005, "the host shows its management service to nobody of this account", FactKinds.Rights, facts => facts.HasNoRights),
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
