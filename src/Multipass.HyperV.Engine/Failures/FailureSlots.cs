using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Multipass.HyperV.Lifecycle;
using Multipass.HyperV.Vocabulary;

namespace Multipass.HyperV.Failures;

/// <summary>The slots of messages and advice, each with the figure that fills it. A slot that cannot be filled makes its sentence unusable.</summary>
internal static class FailureSlots
{
    /// <summary>Hyper-V needs memory of its own for a virtual machine: about 32 MB, and 8 MB for each GB. A common rule of thumb, used for advice only.</summary>
    private const long OverheadMegabytes = 32;
    private const long OverheadMegabytesPerGigabyte = 8;

    /// <summary>Multipass gives no instance less (its own lower bound for memory).</summary>
    private const long LeastMegabytes = 128;

    private static readonly Dictionary<string, Func<FailureContext, string?>> Slots = new(StringComparer.Ordinal)
    {
        ["name"] = context => NullIfEmpty(context.Name),
        ["argument"] = context => NullIfEmpty(context.Name) is { } name ? Argument(name) : null,
        ["host"] = context => NullIfEmpty(context.HostName),
        ["operation"] = context => OperationWords.Verb(context.Operation),
        ["state"] = context => context.StateAfter.ToString(),
        ["stateBefore"] = context => context.Before?.State.ToString(),
        ["codes"] = context => NullIfEmpty(Codes(context.Evidence)),
        ["timeout"] = context => context.Timeout is { } timeout ? Number((long)timeout.TotalSeconds) : null,
        ["wanted"] = context => Megabytes(context.Facts.MemoryWanted),
        ["available"] = context => Megabytes(context.Facts.MemoryAvailable),
        ["lower"] = context => Lower(context.Facts),
        ["holders"] = context => Holders(context.Facts.MemoryHolders),
        ["toFree"] = context => Holders(ToFree(context.Facts)),
        ["missingFiles"] = context => context.Facts.IsFileMissing ? string.Join(", ", context.Facts.MissingFiles!.Select(path => $"'{path}'")) : null,
        ["disk"] = context => context.After?.Disk ?? context.Before?.Disk,
        ["missingSwitch"] = context => context.Facts.IsSwitchMissing ? context.Facts.MissingSwitch : null,
        ["id"] = context => (context.After ?? context.Before) is { } instance && instance.Id != Guid.Empty ? instance.Id.ToString("D").ToUpperInvariant() : null,
        ["process"] = context => context.ProcessId is { } process ? Number(process) : null,
        ["service"] = context => context.Facts.ServiceState,
        ["window"] = Window,
        ["detail"] = context => context.Detail,
        ["hint"] = context => TransitionTable.RefusalHint(context.Operation, context.Before?.State ?? context.StateAfter)?.Replace("{0}", Argument(context.Name)),
    };

    /// <summary>The names of all slots.</summary>
    public static IReadOnlyCollection<string> Names => Slots.Keys;

    /// <summary>The sentence with its slots filled; null when one of them cannot be.</summary>
    public static string? Fill(string template, FailureContext context)
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
            var value = Slots[template.Substring(open + 1, close - open - 1)](context);
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

        parts.AddRange(evidence.HResults.Select(code => "0x" + code.ToString("X8", CultureInfo.InvariantCulture)));
        return string.Join(", ", parts);
    }

    /// <summary>A name as an argument of a command: quoted when it must be.</summary>
    public static string Argument(string name)
        => name.Length > 0 && name.All(character => char.IsLetterOrDigit(character) || character is '-' or '_') ? name : "'" + name.Replace("'", "''") + "'";

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
