using System;

namespace Multipass.HyperV.Repair;

/// <summary>
/// Tells a change that hangs from one that is only slow. A job that has come to p percent in t seconds takes about t/p for each; it is watched for twice as long before it is
/// called stalled. So a job that makes progress is never taken for one that hangs, however slow it is.
/// </summary>
internal static class StallRule
{
    /// <summary>Multipass itself waits no longer for any change (constants.h): a job that is older is suspect.</summary>
    public static readonly TimeSpan OldAge = TimeSpan.FromSeconds(300);

    /// <summary>A job that is younger is given so long at least, if the wait lasts: percentages come in leaps.</summary>
    private static readonly TimeSpan LeastForYoung = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan LeastForOld = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan MostForOld = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(120);

    /// <summary>For a job whose age the host does not tell.</summary>
    private static readonly TimeSpan Unknown = TimeSpan.FromSeconds(30);

    /// <summary>For a change without a job: a guest that shuts down by itself has none, and may take its time.</summary>
    private static readonly TimeSpan WithoutJob = TimeSpan.FromSeconds(60);

    /// <summary>Whether a job is stalled.</summary>
    /// <param name="elapsed">How long it has been going; null when the host does not tell.</param>
    /// <param name="percent">How far it has come; null when the host does not tell.</param>
    /// <param name="quiet">How long it has been watched without a sign of progress.</param>
    /// <param name="hasMoved">Whether it has shown progress at all while it was watched.</param>
    /// <param name="isTimeUp">Whether the wait ends now.</param>
    public static bool IsStalled(TimeSpan? elapsed, int? percent, TimeSpan quiet, bool hasMoved, bool isTimeUp)
    {
        var isOld = elapsed >= OldAge;
        if (isTimeUp)
        {
            return !hasMoved && (isOld || quiet >= Needed(elapsed, percent));
        }

        var needed = Needed(elapsed, percent);
        return quiet >= (isOld ? Between(needed, LeastForOld, MostForOld) : Between(needed, LeastForYoung, Most));
    }

    /// <summary>Whether a change without a job is stalled.</summary>
    /// <param name="inState">How long the state has been shown when the wait began; null when the host does not tell.</param>
    /// <param name="watched">How long it has been watched.</param>
    /// <param name="isTimeUp">Whether the wait ends now.</param>
    public static bool IsStalledWithoutJob(TimeSpan? inState, TimeSpan watched, bool isTimeUp)
        => (inState ?? TimeSpan.Zero) + watched >= WithoutJob && (isTimeUp || watched >= LeastForOld);

    private static TimeSpan Needed(TimeSpan? elapsed, int? percent)
        => elapsed is not { } time ? Unknown : Between(TimeSpan.FromMilliseconds(2 * time.TotalMilliseconds / Math.Max(0.5, percent ?? 0.5)), TimeSpan.Zero, Most);

    private static TimeSpan Between(TimeSpan time, TimeSpan least, TimeSpan most) => time < least ? least : time > most ? most : time;
}
