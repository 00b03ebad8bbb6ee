using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Operations;
using static Multipass.HyperV.MpFindingSeverity;

namespace Multipass.HyperV.Checks;

/// <summary>
/// The one table of what is looked at before a start. A check is added by adding its row. Errors stand in the order in which a start would meet them;
/// each names the cause that the start would then fail by.
/// </summary>
internal static class InstanceChecks
{
    /// <summary>Hyper-V needs memory of its own for a virtual machine: about 32 MB, and 8 MB for each GB. A common rule of thumb, used for a warning only.</summary>
    private const long OverheadMegabytes = 32;
    private const long OverheadMegabytesPerGigabyte = 8;

    /// <summary><c>OperationalStatus</c>: degraded, that is the storage of its configuration cannot be reached; in service, that is processing a request (Msvm_ComputerSystem class page).</summary>
    private const ushort Degraded = 3, InService = 11;

    /// <summary>A start waits so long for a change that is under way, unless it is told otherwise.</summary>
    private static readonly TimeSpan UsualPatience = new OperationRequest(MpOperation.Start).Timeout;

    public static readonly IReadOnlyList<InstanceCheck> Rows = BeforeTheHost().Concat(FailureCatalogue.StartNeeds.Select(OfNeed)).Concat(AfterTheHost()).ToList();

    /// <summary>The checks that need something of the host, with the condition under which that is not known.</summary>
    public static readonly IReadOnlyList<(string Name, Func<InstanceUnderTest, bool> IsUnknown)> Unknowns = new (string, Func<InstanceUnderTest, bool>)[]
    {
        ("Rights", test => test.NeedsRequest && test.Facts.MayChange is null),
        ("Hypervisor", test => test.NeedsPower && test.Facts.IsHypervisorPresent is null),
        ("Files", test => test.NeedsPower && test.Facts.MissingFiles is null && (test.Instance.Disk ?? test.Instance.Facts.Dvd) is not null),
        ("Components", test => test.NeedsPower && test.Facts.StoppedComponents is null),
        ("Switch", test => test.NeedsPower && test.Facts.MissingSwitch is null),
        ("Processors", test => test.NeedsPower && (test.Facts.Processors ?? test.Facts.HostProcessors) is null),
        ("Memory", test => test.NeedsPower && (test.Facts.MemoryWanted is null || (test.Facts.MemoryAvailable ?? test.FreeMegabytes) is null)),
    };

    /// <summary>The findings, in the order of the table; where none of them is an error, the last one says that it would start.</summary>
    public static IReadOnlyList<MpInstanceFinding> Judge(InstanceUnderTest test)
    {
        var findings = new List<MpInstanceFinding>();
        foreach (var check in Rows)
        {
            if (!check.Holds(test))
            {
                continue;
            }

            findings.Add(Finding(check, test));
            if (check.IsFinal)
            {
                break;
            }
        }

        if (findings.All(finding => finding.Severity != Error))
        {
            findings.Add(Finding(WouldStart, test));
        }

        return findings;
    }

    /// <summary>What must be there for a start is a finding where it is not: the same table explains failed starts.</summary>
    private static InstanceCheck OfNeed(StartNeed need)
        => new(need.Check, Error, test => test.NeedsPower && need.Fact.Holds(test.Case)) { Cause = need.Cause, Facts = test => need.About(test.Facts) };

    /// <summary>What is refused, or waited for, before the host looks at anything.</summary>
    private static InstanceCheck[] BeforeTheHost() => new[]
    {
        new InstanceCheck("Backend", Error, test => IsRefused(test, FailureCatalogue.UnsupportedBackend)) 
        {
            Cause = FailureCatalogue.UnsupportedBackend,
            IsFinal = true,
            Detail = test => Refusals.Of(test.Instance.Facts, MpOperation.Start)?.Detail is { Length: > 0 } detail
                ? char.ToUpperInvariant(detail[0]) + detail.Substring(1)
                : "It is run by Multipass's HCS backend, which Hyper-V's management service does not see.",
        },
        new InstanceCheck("Multipass", Error, test => IsRefused(test, FailureCatalogue.InstanceDeleted)) { Cause = FailureCatalogue.InstanceDeleted, IsFinal = true },
        new InstanceCheck("State", Error, test => IsRefused(test, FailureCatalogue.InstanceNotFound))
        {
            Cause = FailureCatalogue.InstanceNotFound,
            IsFinal = true,
            Detail = test => test.Instance.DriftReason.Length > 0 ? test.Instance.DriftReason : $"{test.Instance.HostName} has no such virtual machine.",
        },
        new InstanceCheck("State", Error, test => test.State == MpInstanceState.Unknown)
        {
            Cause = FailureCatalogue.InvalidState,
            IsFinal = true,
            Detail = test => $"The host shows a state that has no name: {test.Instance.HostState}.",
        },
        new InstanceCheck("Host", Error, test => test.NeedsRequest && test.Lost is not null)
        {
            Cause = FailureCatalogue.HostUnreachable,
            IsFinal = true,
            Detail = test => $"{test.Instance.HostName} has stopped answering: {test.Lost!.Message}",
        },
        new InstanceCheck("Job", Error, test => StateTable.IsTransitional(test.State) && test.Job?.Elapsed > UsualPatience)
        {
            Cause = FailureCatalogue.StartTimedOut,
            Detail = test => $"It hangs in {test.State}: {Describe(test)}. A start waits {Seconds(UsualPatience)} for that to end.",
            Recommendation = test => $"Power it off with `Stop-MpInstance {Argument(test)} -TurnOff`, and start it then. If the host refuses that, restart its service there: `Restart-Service vmms`. Running virtual machines are not touched by that.",
        },
        new InstanceCheck("Job", Warning, test => StateTable.IsTransitional(test.State) && !(test.Job?.Elapsed > UsualPatience))
        {
            Detail = test => $"It is {test.State}: {Describe(test)}. A start waits until that has ended.",
            Recommendation = test => $"Wait until `Get-MpInstance {Argument(test)}` shows a state that lasts, or let `Start-MpInstance {Argument(test)}` wait.",
        },
        new InstanceCheck("Rights", Error, test => test.NeedsRequest && test.Facts.MayChange == false)
        {
            Cause = FailureCatalogue.PermissionDenied,
            Detail = test => $"You may read Hyper-V on {test.Instance.HostName}, but not change anything there.",
        },
    };

    /// <summary>What stands in no start's way, or not for certain.</summary>
    private static InstanceCheck[] AfterTheHost() => new[]
    {
        new InstanceCheck("Memory", Warning, test => test.NeedsPower && test.Facts.MemoryAvailable is null && test.Facts.MemoryWanted > test.FreeMegabytes)
        {
            Detail = test => $"It wants {test.Facts.MemoryWanted} MB, and Windows has {test.FreeMegabytes} MB free. What Hyper-V itself could give is not known: {test.Instance.HostName} has no figure of its memory balancer.",
            Recommendation = test => Advice(FailureCatalogue.OutOfMemory, test, test.Facts with { MemoryAvailable = test.FreeMegabytes }),
        },
        new InstanceCheck("Memory", Warning, test => test.NeedsPower && test.Facts.MemoryWanted <= test.Facts.MemoryAvailable && test.Facts.MemoryWanted + Overhead(test) > test.Facts.MemoryAvailable)
        {
            Detail = test => $"It wants {test.Facts.MemoryWanted} MB, and the host can give {test.Facts.MemoryAvailable} MB: that may not suffice, since Hyper-V needs about {Overhead(test)} MB of its own for it.",
            Recommendation = test => Advice(FailureCatalogue.OutOfMemory, test, test.Facts with { MemoryWanted = test.Facts.MemoryWanted + Overhead(test) }),
        },
        new InstanceCheck("Job", Warning, test => !StateTable.IsTransitional(test.State) && (test.Job is not null || Status(test) == InService))
        {
            Detail = test => $"The host is busy with it: {Describe(test)}. Until that has ended it may refuse other requests.",
            Recommendation = _ => "Wait until it has ended.",
        },
        new InstanceCheck("Health", Warning, test => test.IsOnHost && test.Instance.Health is not (MpHealth.OK or MpHealth.Unknown))
        {
            Detail = test => $"Hyper-V judges its health as {CodeNames.HealthState.Describe((long)test.Instance.Health)}: "
                + (test.Instance.Health == MpHealth.MajorFailure ? "the volume of its disk is short of space." : "its worker process does not answer, or the volume of its disk is short of space."),
            Recommendation = test => Advice(test.Instance.Health == MpHealth.MajorFailure ? FailureCatalogue.HostDiskFull : FailureCatalogue.WorkerNotResponding, test, test.Facts),
        },
        new InstanceCheck("Activity", Warning, test => test.IsOnHost && test.Instance.HostState?.Activity is not null)
        {
            Detail = test => $"The host is busy with it: {test.Instance.HostState!.Activity}. A start waits until that has ended.",
            Recommendation = test => $"Wait until it has ended: `Get-MpInstance {Argument(test)} | Format-List HostState` shows it while it goes on.",
        },
        new InstanceCheck("Configuration", Warning, test => test.IsOnHost && Status(test) == Degraded)
        {
            Detail = test => $"The storage that holds its configuration cannot be reached: it can only be powered off or deleted.",
            Recommendation = test => Advice(FailureCatalogue.ConfigInaccessible, test, test.Facts),
        },
        new InstanceCheck("SavedState", Information, test => test.IsOnHost && test.State == MpInstanceState.Suspended)
        {
            Detail = _ => "Its memory is saved on disk; a start continues from there. Whether the saved state can be read shows only then.",
            Recommendation = test => $"If it cannot be read, `Stop-MpInstance {Argument(test)} -DiscardSavedState` throws it away; a start is a fresh one then.",
        },
        new InstanceCheck("LastFailure", Information, test => test.LastFailure is not null && test.State != MpInstanceState.Running)
        {
            Detail = test => string.Format(CultureInfo.InvariantCulture, "{0:yyyy-MM-dd HH:mm:ss}Z: {1}", test.LastFailure!.FailedAt?.UtcDateTime, test.LastFailure.Message),
            Recommendation = test => test.LastFailure!.RecommendedAction,
        },
    };

    private static readonly InstanceCheck WouldStart = new("Start", Information, _ => true)
    {
        Detail = test => test.State switch
            {
                MpInstanceState.Running => "It is Running already: a start has nothing to do.",
                MpInstanceState.Paused => "A start continues it.",
                _ when !test.NeedsPower => "Nothing that can be seen stands against a start.",
                _ when test.Facts.MemoryWanted is { } wanted && test.Facts.MemoryAvailable is { } available => $"It would start: it wants {wanted} MB of memory, and the host can give {available} MB.",
                _ => "Nothing that can be seen stands against a start.",
            }
            + (Unknown(test) is { Length: > 0 } unknown ? $" Not checked, since the host does not tell: {unknown}." : string.Empty),
        Recommendation = test => test.State == MpInstanceState.Running ? "Nothing needs to be done." : $"Start it with `Start-MpInstance {Argument(test)}`.",
    };

    private static MpInstanceFinding Finding(InstanceCheck check, InstanceUnderTest test)
    {
        MpOperationFailure Words() => Failure(check.Cause!, test, check.Facts?.Invoke(test) ?? test.Facts);
        return new MpInstanceFinding(
            test.Instance.Name,
            test.Instance.Id,
            test.Instance.HostName,
            check.Severity,
            check.Name,
            check.Cause?.Name ?? string.Empty,
            check.Detail?.Invoke(test) ?? Words().Explanation,
            check.Recommendation?.Invoke(test) ?? Words().RecommendedAction);
    }

    /// <summary>The failure that a start would end in, in the catalogue's words.</summary>
    private static MpOperationFailure Failure(FailureCause cause, InstanceUnderTest test, HostFacts facts)
        => MpOperationFailure.Of(cause, new FailureContext
        {
            Operation = MpOperation.Start,
            Name = test.Instance.Name,
            HostName = test.Instance.HostName,
            Account = test.Account,
            Before = test.Instance,
            After = test.Instance,
            Facts = facts,
            Timeout = UsualPatience,
            From = test.Instance.ObservedAt,
            To = test.Instance.ObservedAt,
        });

    /// <summary>A start is refused whatever the state.</summary>
    private static bool IsRefused(InstanceUnderTest test, FailureCause cause) => Refusals.Of(test.Instance.Facts, MpOperation.Start)?.Cause == cause;

    private static string Advice(FailureCause cause, InstanceUnderTest test, HostFacts facts) => Failure(cause, test, facts).RecommendedAction;

    private static string Unknown(InstanceUnderTest test) => string.Join(", ", Unknowns.Where(row => row.IsUnknown(test)).Select(row => row.Name));

    private static string Argument(InstanceUnderTest test) => FailureSlots.Argument(test.Instance.Name);

    private static long Overhead(InstanceUnderTest test) => OverheadMegabytes + ((test.Facts.MemoryWanted ?? 0) * OverheadMegabytesPerGigabyte / 1024);

    private static ushort? Status(InstanceUnderTest test) => test.Instance.HostState?.OperationalStatus is { Length: > 0 } status ? status[0] : null;

    /// <summary>What is under way, how far it is and for how long.</summary>
    private static string Describe(InstanceUnderTest test)
    {
        if (test.Job is not { } job)
        {
            return test.Instance.HostState?.OperationalStatus is { Length: > 1 } status && CodeNames.OperationalStatus[status[1]] is { } operation ? operation : "the host shows no job for it";
        }

        var parts = new List<string> { $"job {job.Reading.Id}" };
        if (job.Reading.Percent is { } percent)
        {
            parts.Add($"at {percent} %");
        }

        if (job.Elapsed is { } elapsed)
        {
            parts.Add($"under way for {Seconds(elapsed)}");
        }

        return string.Join(", ", parts);
    }

    private static string Seconds(TimeSpan duration) => string.Format(CultureInfo.InvariantCulture, "{0:0} s", Math.Floor(duration.TotalSeconds));
}
