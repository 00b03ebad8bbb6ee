using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Multipass.HyperV.Operations;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Instances;

namespace Multipass.HyperV.Failures;

/// <summary>The slots of messages and advice, each with the figure that fills it. A slot that cannot be filled makes its sentence unusable.</summary>
internal static class FailureSlots
{
    /// <summary>Hyper-V needs memory of its own for a virtual machine: about 32 MB, and 8 MB for each GB. A common rule of thumb, used for advice only.</summary>
    private const long OverheadMegabytes = 32;
    private const long OverheadMegabytesPerGigabyte = 8;

    /// <summary>More events than this are not told.</summary>
    private const int MostEvents = 8;

    /// <summary>Multipass gives no instance less (its own lower bound for memory).</summary>
    private const long LeastMegabytes = 128;

    /// <summary>Each slot with the word that stands for it in documents, and with what fills it.</summary>
    private static readonly Dictionary<string, (string Word, Func<FailureContext, string?> Fill)> Slots = new(StringComparer.Ordinal)
    {
        ["name"] = ("NAME", context => NullIfEmpty(context.Name)),
        ["argument"] = ("NAME", context => NullIfEmpty(context.Name) is { } name ? Argument(name) : null),
        ["host"] = ("HOST", context => NullIfEmpty(context.HostName)),
        ["operation"] = ("start", context => OperationWords.Verb(context.Operation)),
        ["request"] = ("VALUE", context => context.Request is { } request ? Number(request) : null),
        ["foreign"] = ("no Windows", context => context.Facts.IsWindows == false ? "no Windows" : null),
        ["account"] = ("ACCOUNT", context => context.Account),
        ["state"] = ("STATE", context => context.StateAfter.ToString()),
        ["stateBefore"] = ("STATE", context => context.Before?.State.ToString()),
        ["codes"] = ("CODES", context => NullIfEmpty(Codes(context.Evidence))),
        ["timeout"] = ("N", context => context.Timeout is { } timeout ? Number((long)timeout.TotalSeconds) : null),
        ["wanted"] = ("N MB", context => Megabytes(context.Facts.MemoryWanted)),
        ["lacking"] = ("N MB", context => context.Facts.LacksMemory ? Megabytes(context.Facts.MemoryWanted) : null),
        ["numaLacking"] = ("N MB", context => context.Facts.LacksNumaMemory ? Megabytes(context.Facts.MemoryWanted) : null),
        ["numaMost"] = ("M MB", context => context.Facts.LacksNumaMemory ? Megabytes(context.Facts.NumaNodes!.Max()) : null),
        ["memoryThere"] = ("N MB of memory are free, of which it wants M MB", context => context.Evidence.Code == 32788 && context.Facts.MemoryWanted <= context.Facts.MemoryAvailable
            ? $"{Megabytes(context.Facts.MemoryAvailable)} of memory are free, of which it wants {Megabytes(context.Facts.MemoryWanted)}"
            : null),
        ["available"] = ("M MB", context => Megabytes(context.Facts.MemoryAvailable)),
        ["lower"] = ("SIZE", context => Lower(context.Facts)),
        ["holders"] = ("'OTHER' (N MB)", context => Holders(context.Facts.MemoryHolders)),
        ["toFree"] = ("'OTHER' (N MB)", context => Holders(ToFree(context.Facts))),
        ["memorySettings"] = ("N MB", context => MemorySettings(context.Facts)),
        ["memoryFlaw"] = ("a multiple of 2 MB", context => context.Facts.IsMemoryUnaligned ? "a multiple of 2 MB" : context.Facts.IsMemoryOutOfOrder ? "between the two" : null),
        ["leastMemory"] = ("MINIMUM", context => context.Facts is { MemoryMinimum: { } least, MemoryWanted: { } startup } ? Number(Math.Min(least, startup)) + "MB" : null),
        ["mostMemory"] = ("MAXIMUM", context => context.Facts is { MemoryMaximum: { } most, MemoryWanted: { } startup } ? Number(Math.Max(most, startup)) + "MB" : null),
        ["alignedMemory"] = ("SIZE", context => context.Facts.MemoryWanted is { } memory ? Number(Math.Max(2, memory / 2 * 2)) + "M" : null),
        ["processors"] = ("N", context => context.Facts.Processors is { } processors ? Number(processors) : null),
        ["tooManyProcessors"] = ("N", context => context.Facts.Processors > context.Facts.HostProcessors ? Number(context.Facts.Processors.Value) : null),
        ["hostProcessors"] = ("M", context => context.Facts.HostProcessors is { } processors ? Number(processors) : null),
        ["fewerProcessors"] = ("COUNT", context => FewerProcessors(context.Facts)),
        ["volume"] = ("VOLUME", context => context.Facts.FullVolume?.Name),
        ["free"] = ("N MB", context => Megabytes(context.Facts.FullVolume?.FreeMegabytes)),
        ["roomy"] = ("VOLUME (N MB free)", context => context.Facts.FullVolume is null ? NullIfEmpty(string.Join(", ", context.Facts.Volumes.Select(volume => $"{volume.Name} ({Megabytes(volume.FreeMegabytes)} free)"))) : null),
        ["missingFiles"] = ("'PATH'", context => context.Facts.IsFileMissing ? string.Join(", ", context.Facts.MissingFiles!.Select(path => $"'{path}'")) : null),
        ["flawedFiles"] = ("'PATH' (compressed)", context => context.Facts.FlawedFiles is { Count: > 0 } files ? string.Join(", ", files) : null),
        ["disk"] = ("PATH", Disk),
        ["namedFile"] = ("PATH", context => context.Case.NamedFile),
        ["meantFile"] = ("PATH", context => context.Case.NamedFile ?? Disk(context)),
        ["damaged"] = (
            "virtual disk is damaged, or the chain of its differencing disks is broken",
            context => context.Case.NamesDvd ? "DVD image is damaged and cannot be read" : "virtual disk is damaged, or the chain of its differencing disks is broken"),
        ["unfinished"] = ("had not finished", context => context.After?.HostState?.Activity is { } activity ? $"was still busy with it ({activity})" : "had not finished"),
        ["namedDvd"] = ("PATH", context => context.Case.NamesDvd ? context.Case.NamedFile : null),
        ["meantVolume"] = ("C:", context => (context.Case.NamedFile ?? Disk(context)) is { Length: > 2 } file && file[1] == ':' ? file.Substring(0, 2) : null),
        ["share"] = ("PATH", context => context.Case.MeansShare ? context.Case.MeantFile : null),
        ["device"] = ("DEVICE", context => context.Case.OtherDevice?.ToString("D").ToUpperInvariant()),
        ["accountFlaw"] = ("what is wrong with the account", context => AccountFlaws.FlawIn(context.Evidence)),
        ["accountAdvice"] = ("what to change about it", context => AccountFlaws.AdviceFor(context.Evidence)),
        ["activity"] = ("what it does", context => context.Facts.HostState?.Activity ?? context.After?.HostState?.Activity),
        ["restingState"] = ("STATE", context => context.Evidence.Code is not null && context.StateAfter != MpInstanceState.Unknown && !StateTable.IsTransitional(context.StateAfter) ? context.StateAfter.ToString() : null),
        ["missingSwitch"] = ("SWITCH", context => context.Facts.IsSwitchMissing ? context.Facts.MissingSwitch : null),
        ["otherSwitch"] = ("'OTHER'", context => context.Facts.OtherSwitch is { } other ? "'" + other.Replace("'", "''") + "'" : null),
        ["stoppedComponents"] = ("DRIVER", context => context.Facts.StoppedComponents is { Count: > 0 } drivers ? string.Join(", ", drivers) : null),
        ["id"] = ("ID", context => (context.After ?? context.Before) is { } instance && instance.Id != Guid.Empty ? instance.Id.ToString("D").ToUpperInvariant() : null),
        ["process"] = ("PID", context => (context.ProcessId ?? context.Facts.WorkerProcess) is { } process ? Number(process) : null),
        ["service"] = ("STATE", context => context.Facts.ServiceState),
        ["window"] = ("FROM and TO", Window),
        ["detail"] = ("DETAILS", context => context.Detail),
        ["next"] = ("What helps, by the kind of drift: see drift.md.", context => NullIfEmpty((context.After ?? context.Before)?.Facts.DriftAdvice ?? string.Empty)),
        ["hint"] = ("HINT", context => RefusalHints.Of(context.Operation, context.Before?.State ?? context.StateAfter)?.Replace("{0}", Argument(context.Name))),
    };

    /// <summary>The names of all slots.</summary>
    public static IReadOnlyCollection<string> Names => Slots.Keys;

    /// <summary>The sentence as documents show it: with a word in place of each figure.</summary>
    public static string Describe(string template) => Replace(template, slot => slot.Word)!;

    /// <summary>The sentence with its slots filled; null when one of them cannot be.</summary>
    public static string? Fill(string template, FailureContext context) => Replace(template, slot => slot.Fill(context));

    private static string? Replace(string template, Func<(string Word, Func<FailureContext, string?> Fill), string?> read)
    {
        var text = new StringBuilder(template.Length + 32);
        var at = 0;
        while (at < template.Length)
        {
            var open = template.IndexOf('{', at);
            if (open < 0)
            {
                break;
            }

            var close = template.IndexOf('}', open);
            var value = read(Slots[template.Substring(open + 1, close - open - 1)]);
            if (value is null)
            {
                return null;
            }

            text.Append(template, at, open - at).Append(value);
            at = close + 1;
        }

        return text.Append(template, at, template.Length - at).ToString();
    }

    /// <summary>What the host answered, in numbers with their names; empty when it answered none.</summary>
    public static string Codes(FailureEvidence evidence)
    {
        var parts = new List<string>();
        if (evidence.ReturnValue is { } returnValue && ReturnValue.IsJobError(returnValue))
        {
            parts.Add("return value " + CodeNames.ReturnValue.Describe(returnValue));
        }

        if (evidence.JobState is { } jobState)
        {
            parts.Add("job state " + CodeNames.JobState.Describe(jobState));
        }

        if (ReturnValue.IsJobError(evidence.JobErrorCode))
        {
            parts.Add("error code " + CodeNames.ReturnValue.Describe(evidence.JobErrorCode!.Value));
        }

        if (evidence.Fault is { HResult: 0 } fault)
        {
            parts.Add(string.Format(CultureInfo.InvariantCulture, "CIM status {0} ({1})", fault.Status, (int)fault.Status));
        }

        parts.AddRange(evidence.HResults.Select(HResultText.Format));
        if (evidence.HResults.Count == 0)
        {
            // Where the answer itself says little.
            parts.AddRange(evidence.Events.Take(MostEvents).Select(logged => logged.HResults.Count > 0 ? $"{logged}: {string.Join(" ", logged.HResults.Select(HResultText.Format))}" : logged.ToString()));
        }

        return string.Join(", ", parts);
    }

    /// <summary>A name as an argument of a command: quoted when it must be.</summary>
    public static string Argument(string name)
        => name.Length > 0 && name.All(character => char.IsLetterOrDigit(character) || character is '-' or '_') ? name : "'" + name.Replace("'", "''") + "'";

    private static string? Disk(FailureContext context) => context.After?.Disk ?? context.Before?.Disk ?? context.Facts.Disk;

    private static string? Lower(HostFacts facts)
    {
        if (facts.MemoryAvailable is not { } available)
        {
            return null;
        }

        // Whole gigabytes read best; below two the next hundred will do, which is a multiple of the 2 MB that Hyper-V wants.
        var usable = available - OverheadMegabytes - (available * OverheadMegabytesPerGigabyte / 1024);
        return usable >= 2048 ? Number(usable / 1024) + "G" : usable >= LeastMegabytes ? Number(Math.Max(LeastMegabytes, usable / 100 * 100)) + "M" : null;
    }

    private static string? MemorySettings(HostFacts facts)
        => facts.MemoryWanted is not { } startup ? null
            : facts.MemoryMinimum is { } least && facts.MemoryMaximum is { } most && (least != startup || most != startup)
                ? $"{Megabytes(startup)} at the start, {Megabytes(least)} to {Megabytes(most)} afterwards"
                : Megabytes(startup);

    private static string? FewerProcessors(HostFacts facts)
        => facts.Processors is not { } processors || facts.HostProcessors is not { } most ? null
            : Number(Math.Max(1, Math.Min(most, processors - 1)));

    /// <summary>The fewest virtual machines whose end frees enough: the smallest that does alone, else the largest first.</summary>
    private static List<MemoryHolder>? ToFree(HostFacts facts)
    {
        if (facts.MemoryWanted - facts.MemoryAvailable is not { } lacking || facts.MemoryHolders is not { Count: > 0 } holders)
        {
            return null;
        }

        if (holders.Where(holder => holder.Megabytes >= lacking).OrderBy(holder => holder.Megabytes).FirstOrDefault() is { } one)
        {
            return new List<MemoryHolder> { one };
        }

        var chosen = new List<MemoryHolder>();
        foreach (var holder in holders)
        {
            chosen.Add(holder);
            lacking -= holder.Megabytes;
            if (lacking <= 0)
            {
                return chosen;
            }
        }

        return null;
    }

    private static string? Holders(IReadOnlyList<MemoryHolder>? holders)
    {
        const int Most = 5;
        if (holders is not { Count: > 0 })
        {
            return null;
        }

        var text = string.Join(", ", holders.Take(Most).Select(holder => $"'{holder.Name}' ({Megabytes(holder.Megabytes)})"));
        return holders.Count > Most ? $"{text} and {Number(holders.Count - Most)} more" : text;
    }

    private static string? Window(FailureContext context)
        => context.From is { } from && context.To is { } to
            ? string.Format(CultureInfo.InvariantCulture, "{0:yyyy-MM-dd HH:mm:ss}Z and {1:HH:mm:ss}Z", from.UtcDateTime.AddSeconds(-1), to.UtcDateTime.AddSeconds(1))
            : null;

    private static string? Megabytes(long? megabytes) => megabytes is { } value ? Number(value) + " MB" : null;

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
