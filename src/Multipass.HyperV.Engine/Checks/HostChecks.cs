using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Failures;
using static Multipass.HyperV.Checks.HostVerdict;

namespace Multipass.HyperV.Checks;

/// <summary>
/// The one table of what a host must have, in the order of Multipass's own health check (canonical/multipass, hyperv_virtual_machine_factory.cpp), and then rights, switch and memory.
/// A check is added by adding its row.
/// </summary>
internal static class HostChecks
{
    /// <summary>The first build that Multipass takes: Windows 10, version 1803.</summary>
    private const int FirstBuild = 17134;

    /// <summary>Multipass gives an instance 1 GB when it is not told otherwise, and never less than 128 MB (Multipass reference, launch).</summary>
    private const long UsualMegabytes = 1024, LeastMegabytes = 128;

    /// <summary><c>Win32_OptionalFeature.InstallState</c> (class page).</summary>
    private const long Enabled = 1;

    public static readonly IReadOnlyList<HostCheck> Rows = new[]
    {
        new HostCheck("Reachable", Reachable),
        new HostCheck("Windows", Windows, "Reachable"),
        new HostCheck("HyperV", HyperV, "Reachable"),
        new HostCheck("Hypervisor", Hypervisor, "HyperV"),
        new HostCheck("Service", Service, "HyperV"),
        new HostCheck("Permission", Permission, "Service"),
        new HostCheck("DefaultSwitch", DefaultSwitch, "Service"),
        new HostCheck("Memory", Memory, "Reachable"),
    };

    /// <summary>All steps in order. One that needs another that has failed, or could not be judged for that reason, is not judged.</summary>
    public static IReadOnlyList<MpHostFinding> Judge(HostUnderTest host)
    {
        var findings = new List<MpHostFinding>();
        var obstacles = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var check in Rows)
        {
            var obstacle = check.Needs.Where(obstacles.ContainsKey).Select(name => obstacles[name]).FirstOrDefault();
            var finding = Finding(check.Name, obstacle is null ? check.Judge(host) : NotChecked($"It cannot be judged before {obstacle} has passed."), host);
            findings.Add(finding);
            if (obstacle is not null || finding.Result == MpCheckResult.Failed)
            {
                obstacles.Add(check.Name, obstacle ?? check.Name);
            }
        }

        return findings;
    }

    /// <summary>Whoever refuses to tell something is there.</summary>
    private static HostVerdict Reachable(HostUnderTest host)
        => host.System switch
        {
            { Fault: { Status: not CimStatus.AccessDenied } fault } => Failed(CauseOf(fault)),
            { First: { } system } => Passed($"{host.HostName} answers: {system.Text("Caption") ?? "Windows"}, {system.Text("Version")}."),
            _ => Passed($"{host.HostName} answers, but shows nothing of Windows to this account."),
        };

    private static HostVerdict Windows(HostUnderTest host)
    {
        var version = host.System.First?.Text("Version");
        if (!Version.TryParse(version, out var parsed))
        {
            return NotChecked("The host does not tell its version.");
        }

        return parsed.Major > 10 || (parsed.Major == 10 && parsed.Build >= FirstBuild)
            ? Passed($"Build {parsed.Build} is new enough.")
            : new HostVerdict(MpCheckResult.Failed, $"Multipass needs Windows 10, version 1803 (build {FirstBuild}), or newer; {host.HostName} has {version}.")
            {
                Recommendation = $"Update Windows on {host.HostName}; `winver` shows its version.",
            };
    }

    private static HostVerdict HyperV(HostUnderTest host)
    {
        var missing = host.Features.Rows?
            .Where(record => record.Number("InstallState") is { } state and not Enabled && record.Text("Name") is not null)
            .Select(record => record.Text("Name")!)
            .ToList();
        if (host.Management.Fault is { Status: CimStatus.InvalidNamespace or CimStatus.InvalidClass } fault)
        {
            return Failed(
                CauseOf(fault),
                missing is { Count: > 0 } ? $"Hyper-V is not installed on {host.HostName}, or not completely: {string.Join(" and ", missing)} {(missing.Count == 1 ? "is" : "are")} not enabled." : null);
        }

        return missing is { Count: > 0 }
            ? Failed(FailureCatalogue.HyperVNotInstalled, $"Not all of Hyper-V is enabled on {host.HostName}: {string.Join(" and ", missing)} {(missing.Count == 1 ? "is" : "are")} missing.")
            : IsHidden(host) ? NotChecked("The host does not show its Hyper-V to this account.")
            : Passed("Hyper-V is installed.");
    }

    private static HostVerdict Hypervisor(HostUnderTest host)
    {
        if (host.Computer.First?.Flag("HypervisorPresent") is not { } isPresent)
        {
            return NotChecked("The host does not tell whether a hypervisor is running.");
        }

        if (isPresent)
        {
            // Windows in a virtual machine says so too, be it only of the hypervisor of its own host: the drivers show whether it has one itself.
            return host.Facts.IsComponentStopped ? Failed(FailureCatalogue.HyperVComponentNotRunning) with { Facts = host.Facts } : Passed("The hypervisor is running.");
        }

        // Without a hypervisor Windows shows what the processor itself can do.
        var processor = host.Processor.First;
        return processor?.Flag("VirtualizationFirmwareEnabled") == false
                ? Failed(
                    FailureCatalogue.HypervisorNotRunning,
                    $"The hypervisor is not running on {host.HostName}: virtualisation is disabled in its firmware.",
                    $"Enable virtualisation (VT-x, AMD-V or SVM) in the firmware of {host.HostName}, and switch the computer off and on.")
            : processor?.Flag("SecondLevelAddressTranslationExtensions") == false
                ? Failed(
                    FailureCatalogue.HypervisorNotRunning,
                    $"The hypervisor is not running on {host.HostName}: its processor lacks second level address translation.",
                    "Hyper-V cannot run on this processor: use another computer.")
            : Failed(FailureCatalogue.HypervisorNotRunning);
    }

    private static HostVerdict Service(HostUnderTest host)
    {
        var service = host.ManagementService;
        var state = service?.Text("State");
        if (string.Equals(state, "Running", StringComparison.OrdinalIgnoreCase))
        {
            return Passed("Hyper-V's management service (vmms) is running.");
        }

        if (service is not null)
        {
            return string.Equals(service.Text("StartMode"), "Disabled", StringComparison.OrdinalIgnoreCase)
                ? Failed(
                    FailureCatalogue.VmmsNotRunning,
                    $"Hyper-V's management service (vmms) is disabled on {host.HostName}.",
                    $"Enable it on {host.HostName}, in an elevated prompt: `Set-Service vmms -StartupType Automatic; Start-Service vmms`.")
                : Failed(FailureCatalogue.VmmsNotRunning) with { Facts = HostFacts.None with { ServiceState = state } };
        }

        // Windows does not tell: does the service itself answer?
        return IsHidden(host) ? NotChecked("The host does not show its services to this account.")
            : host.Management.Fault is { } fault ? Failed(CauseOf(fault))
            : Passed("Hyper-V's management service (vmms) answers.");
    }

    private static HostVerdict Permission(HostUnderTest host)
        => host.Management.Fault is { } fault ? Failed(CauseOf(fault))
            : host.Management.Rows is { Count: 0 } ? Failed(FailureCatalogue.PermissionDenied)
            : host.MayChange == false ? Failed(FailureCatalogue.PermissionDenied, $"You may read Hyper-V on {host.HostName}, but not change anything there.")
            : Passed("You may manage Hyper-V.");

    private static HostVerdict DefaultSwitch(HostUnderTest host)
        => host.Management.Rows is not { Count: > 0 } ? NotChecked("It cannot be judged before Permission has passed.")
            : host.Switches.Rows is not { } switches ? NotChecked("The host does not tell its switches.")
            : switches.FirstOrDefault(record => string.Equals(record.Text("Name"), CimNames.DefaultSwitchId, StringComparison.OrdinalIgnoreCase)) is { } found
                ? Passed($"'{found.Text("ElementName") ?? CimNames.DefaultSwitchName}' is there.")
            : Failed(
                FailureCatalogue.SwitchNotFound,
                $"{host.HostName} has no Default Switch, to which Multipass connects its instances.",
                $"Restart {host.HostName}: Windows makes the Default Switch anew. Windows Server has none; there Multipass's instances need another switch: `Get-VM | Connect-VMNetworkAdapter -SwitchName NAME`.");

    private static HostVerdict Memory(HostUnderTest host)
    {
        var isOwnFigure = host.AvailableMegabytes is not null;
        if ((host.AvailableMegabytes ?? (host.System.First?.Number("FreePhysicalMemory") / 1024)) is not { } available)
        {
            return NotChecked("The host does not tell its memory.");
        }

        var total = host.System.First?.Number("TotalVisibleMemorySize") / 1024;
        var detail = $"{Number(available)} MB{(total is { } all ? $" of {Number(all)} MB" : string.Empty)} are free for instances"
            + (isOwnFigure ? "." : ", as Windows counts it, which is not the figure that Hyper-V goes by.");
        var holders = host.MemoryHolders is { Count: > 0 } list ? string.Join(", ", list.Take(5).Select(holder => $"'{holder.Name}' ({Number(holder.Megabytes)} MB)")) : null;
        var recommendation = holders is null ? $"Close programs on {host.HostName} that hold much memory." : $"Stop instances that are not needed: {holders}.";
        return available < LeastMegabytes ? Failed(FailureCatalogue.OutOfMemory, detail + $" No instance gets less than {LeastMegabytes} MB.", recommendation)
            : available < UsualMegabytes ? HostVerdict.Warning(detail + $" Multipass gives a new instance {UsualMegabytes} MB.", recommendation)
            : Passed(detail);
    }

    private static MpHostFinding Finding(string check, HostVerdict verdict, HostUnderTest host)
    {
        if (verdict.Cause is not { } cause)
        {
            return new MpHostFinding(host.HostName, check, verdict.Result, string.Empty, verdict.Detail ?? string.Empty, verdict.Recommendation ?? string.Empty);
        }

        MpOperationFailure Words() => MpOperationFailure.Of(cause, new FailureContext { HostName = host.HostName, Account = host.Account, Facts = verdict.Facts, Detail = host.System.Fault?.Message });
        return new MpHostFinding(host.HostName, check, verdict.Result, cause.Name, verdict.Detail ?? Words().Explanation, verdict.Recommendation ?? Words().RecommendedAction);
    }

    private static bool IsHidden(HostUnderTest host) => host.Management.Fault is { Status: CimStatus.AccessDenied };

    private static FailureCause CauseOf(CimFault fault) => FailureCatalogue.Judge(FailureEvidence.OfFault(fault), HostFacts.None);

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
