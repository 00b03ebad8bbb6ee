using System;
using System.ComponentModel;
using System.Globalization;
using System.Linq;

namespace Multipass.HyperV.Views;

/// <summary>Texts of the views, called from the format file. Not meant for scripts.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class ViewText
{
    private const long Megabyte = 1024 * 1024;

    /// <summary>Bytes in whole megabytes; empty when not known.</summary>
    /// <param name="bytes">The number of bytes.</param>
    public static string Megabytes(long? bytes)
        => bytes is { } value ? (value / Megabyte).ToString(CultureInfo.InvariantCulture) + " MB" : string.Empty;

    /// <summary>The memory that an instance holds; in brackets what it will ask for when it holds none.</summary>
    /// <param name="instance">The instance.</param>
    public static string Memory(MpInstance? instance)
        => instance is null ? string.Empty
            : instance.MemoryAssigned is > 0 ? Megabytes(instance.MemoryAssigned)
            : instance.MemoryStartup is { } startup ? "(" + Megabytes(startup) + ")" : string.Empty;

    /// <summary>A duration without fractions of a second; empty when it is zero or not known.</summary>
    /// <param name="uptime">The duration.</param>
    public static string Duration(TimeSpan? uptime)
        => uptime is not { } value || value == TimeSpan.Zero ? string.Empty
            : value.Days > 0 ? value.ToString(@"d\.hh\:mm\:ss", CultureInfo.InvariantCulture) : value.ToString(@"hh\:mm\:ss", CultureInfo.InvariantCulture);

    /// <summary>The steps of a repair that were tried, a line for each with what became of it.</summary>
    /// <param name="repair">The repair.</param>
    public static string Steps(MpRepair? repair)
    {
        var tried = repair?.Steps.Where(step => step.Outcome != MpRepairStepOutcome.NotNeeded).Select(step => step.ToString()).ToArray() ?? Array.Empty<string>();
        return tried.Length == 0 ? "nothing" : string.Join(Environment.NewLine, tried);
    }

    /// <summary>A moment in local time to the second; says so when the host could not be read.</summary>
    /// <param name="observedAt">The moment.</param>
    public static string Moment(DateTimeOffset? observedAt)
        => observedAt is { } value ? value.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) : "not read";
}
