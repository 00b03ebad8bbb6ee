using System;
using System.ComponentModel;
using System.Globalization;
using System.Linq;
using System.Management.Automation;

namespace Multipass.HyperV.Views;

/// <summary>Texts of the views, called from the format file. Not meant for scripts.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class ViewText
{
    private const long Megabyte = 1024 * 1024;

    /// <summary>From here on megabytes have more digits than a column of the table holds, and gigabytes are what people count in.</summary>
    private const long Large = 100 * 1024 * Megabyte;

    /// <summary>Bytes in whole megabytes, from 100 GB on in gigabytes; empty when not known.</summary>
    /// <param name="bytes">The number of bytes.</param>
    public static string Megabytes(long? bytes)
        => bytes is not { } value ? string.Empty
            : value < Large ? (value / Megabyte).ToString(CultureInfo.InvariantCulture) + " MB"
            : (value / (1024 * Megabyte)).ToString(CultureInfo.InvariantCulture) + " GB";

    /// <summary>The memory that an instance holds; in brackets what it will ask for when it holds none.</summary>
    /// <param name="instance">The instance.</param>
    public static string Memory(MpInstance? instance)
        => instance is null ? string.Empty
            : instance.MemoryAssigned is > 0 ? Megabytes(instance.MemoryAssigned)
            : instance.MemoryStartup is { } startup ? "(" + Megabytes(startup) + ")" : string.Empty;

    /// <summary>A duration to the second, from ten days on to the hour; empty when it is zero or not known.</summary>
    /// <param name="uptime">The duration.</param>
    public static string Duration(TimeSpan? uptime)
        => uptime is not { } value || value == TimeSpan.Zero ? string.Empty
            : value.ToString(value.Days >= 10 ? @"d\d\ hh\h" : value.Days > 0 ? @"d\.hh\:mm\:ss" : @"hh\:mm\:ss", CultureInfo.InvariantCulture);

    /// <summary>The steps of a repair that were tried, a line for each with what became of it.</summary>
    /// <param name="repair">The repair.</param>
    public static string Steps(MpRepair? repair)
    {
        var tried = repair?.Steps.Where(step => step.Outcome != MpRepairStepOutcome.NotNeeded).Select(step => step.ToString()).ToArray() ?? Array.Empty<string>();
        return tried.Length == 0 ? "nothing" : string.Join(Environment.NewLine, tried);
    }

    /// <summary>How long an instance has been running; empty where it holds no time, or none is known.</summary>
    /// <param name="instance">The instance.</param>
    public static string Uptime(MpInstance? instance)
        => instance is { State: MpInstanceState.Running } && instance.Uptime is { } uptime && uptime < TimeSpan.FromSeconds(1) ? "00:00:00" : Duration(instance?.Uptime);

    /// <summary>A moment in local time to the second; says so when the host could not be read.</summary>
    /// <param name="observedAt">The moment.</param>
    public static string Moment(DateTimeOffset? observedAt)
        => observedAt is { } value ? value.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) : "not read";

    /// <summary>A failure that the host remembers: cause, time, what happened and what to do; empty when there is none.</summary>
    /// <param name="failure">The failure.</param>
    public static string Failure(MpFailure? failure)
        => failure is null ? string.Empty
            : $"{failure.Cause}{(failure.FailedAt is null ? string.Empty : " at " + Moment(failure.FailedAt))}. {failure.Message} {failure.RecommendedAction}";

    /// <summary>What a finding is about, in one line.</summary>
    /// <param name="finding">The finding.</param>
    public static string Heading(MpInstanceFinding? finding)
        => finding is null ? string.Empty
            : $"{(finding.Name.Length > 0 ? $"{finding.Name} on {finding.HostName}" : finding.HostName)}: {finding.Severity}, {finding.Check}";

    /// <summary>What a step of the check of a host found, and on a line of its own what to do about it.</summary>
    /// <param name="finding">The step.</param>
    public static string Finding(MpHostFinding? finding)
        => finding is null ? string.Empty
            : finding.Recommendation.Length == 0 ? finding.Detail
            : $"{finding.Detail}\n-> {finding.Recommendation}";

    /// <summary>The state in its colour; red when the host calls the instance's health bad. Without a style, as in Windows PowerShell, the bare word.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="style">PowerShell's <c>$PSStyle</c>, or null.</param>
    public static string State(MpInstance? instance, object? style)
        => instance is null ? string.Empty
            : Coloured(instance.State, instance.Health is MpHealth.MajorFailure or MpHealth.CriticalFailure, style);

    /// <summary>The state in its colour.</summary>
    /// <param name="state">The state.</param>
    /// <param name="style">PowerShell's <c>$PSStyle</c>, or null.</param>
    public static string State(MpInstanceState state, object? style) => Coloured(state, isIll: false, style);

    private static string Coloured(MpInstanceState state, bool isIll, object? style)
    {
        var colour = isIll ? "Red" : state switch
        {
            MpInstanceState.Running => "Green",
            MpInstanceState.Stopped => "BrightBlack",
            MpInstanceState.Suspended or MpInstanceState.Paused => "Cyan",
            MpInstanceState.Unknown => "Red",
            _ => "Yellow",
        };
        return Property(Property(style, "Foreground"), colour) is string begin && Property(style, "Reset") is string end ? begin + state + end : state.ToString();
    }

    // The type of $PSStyle is not known to Windows PowerShell: it is read by the names of its properties.
    private static object? Property(object? value, string name) => value is null ? null : PSObject.AsPSObject(value).Properties[name]?.Value;
}
