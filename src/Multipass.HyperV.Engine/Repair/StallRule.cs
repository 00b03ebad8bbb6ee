using System;

namespace Multipass.HyperV.Repair;

/// <summary>
/// Tells a change that hangs from one that is only slow. A job that has come to p percent in t seconds takes about t/p for each; it is watched for twice as long before it is
/// called stalled. So a job that makes progress is not taken for one that hangs, however slow it is, if only the wait is long enough to see it move; where it is not, the job is
/// left alone. The one exception is a start from off that is older than Multipass itself would wait, and that does not move for as long as the user wants to wait.
/// </summary>
internal static class StallRule
{
    /// <summary>Multipass itself waits no longer for any change (constants.h): a job that is older is suspect.</summary>
    public static readonly TimeSpan OldAge = TimeSpan.FromSeconds(300);

    /// <summary>A job that is younger is given so long at least, if the wait lasts: percentages come in leaps.</summary>
    private static readonly TimeSpan LeastForYoung = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan LeastForOld = TimeSpan.FromSeconds(2);
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
    /// <param name="isStartFromOff">Whether it starts what was off: nothing is lost when that is undone.</param>
    /// <param name="isTimeUp">Whether the wait ends now.</param>
    public static bool IsStalled(TimeSpan? elapsed, int? percent, TimeSpan quiet, bool hasMoved, bool isStartFromOff, bool isTimeUp)
    {
        var needed = Needed(elapsed, percent);
        var isOld = elapsed >= OldAge;
        return isTimeUp
            ? !hasMoved && (quiet >= needed || (isOld && isStartFromOff))
            : quiet >= Between(needed, isOld ? LeastForOld : LeastForYoung, Most);
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
