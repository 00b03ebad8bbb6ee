using System.Collections.Generic;

namespace Multipass.HyperV.Torture.Worlds.Judging;

/// <summary>The rules that every world is judged by. What each one says is in <see cref="Rules"/>.</summary>
internal enum Rule
{
    ComesToAnEnd,
    NothingRaw,
    EndsOnce,
    EndsInTime,
    TimedOutWhenTimeIsUp,
    CancelsAtOnce,
    QuietAfterCancel,
    QuietAfterEnd,
    ReadsFirst,
    LooksBeforeTaking,
    SparesSavedState,
    RightMachine,
    OnlyWhatWasAsked,
    OnlyFromAllowedStates,
    SentOnce,
    NothingLate,
    RollsBackItsOwn,
    RollbackIsMade,
    StateWasShown,
    StateIsTheLatest,
    UnknownOnlyIfUnread,
    ObservedWhenSaid,
    SuccessIsTarget,
    SuccessAfterItsJob,
    RestartIsTrue,
    TargetIsSuccess,
    SeesTheEnd,
    JobIsItsOwn,
    BlamesTheRightJob,
    JobFailureHasItsCause,
    UnknownOnlyIfSent,
    UnknownOnlyIfUnreadable,
    GoneOnlyIfGone,
    GoneIsTold,
    FailedReadingEndsNothing,
    SoundSucceeds,
    ForcePowersOff,
    NoWaitLeadsToTarget,
    GuestIsThere,
    PollIsBounded,
    RepairsWhatHangs,
    FailureSaysWhatToDo,
}

/// <summary>A rule broken.</summary>
/// <param name="Rule">Which one.</param>
/// <param name="Step">In which step; -1 for the world as a whole.</param>
/// <param name="Name">Of which machine; empty for none.</param>
/// <param name="Why">What happened, in words.</param>
internal sealed record Violation(Rule Rule, int Step, string Name, string Why);

/// <summary>How a world was judged.</summary>
internal sealed class Verdict
{
    public List<Violation> Violations { get; } = new();

    /// <summary>The rules that were put to the test, one bit each.</summary>
    public ulong Tried { get; private set; }

    public void Try(Rule rule) => Tried |= 1UL << (int)rule;
}

/// <summary>The rules in words, with the promise that each comes from.</summary>
internal static class Rules
{
    public static readonly IReadOnlyDictionary<Rule, (string Promise, string Text)> All = new Dictionary<Rule, (string Promise, string Text)>
    {
        [Rule.ComesToAnEnd] = ("Bounds", "Every command ends, on the thread that it was begun on."),
        [Rule.NothingRaw] = ("Apart", "Nothing escapes as a raw exception, whatever one row, one machine or one connection does."),
        [Rule.EndsOnce] = ("Failure", "Each instance ends once: in success, or in one error; after Ctrl+C in nothing."),
        [Rule.EndsInTime] = ("Bounds", "A command ends at most 10 seconds after its timeout, whatever the calls do."),
        [Rule.TimedOutWhenTimeIsUp] = ("Bounds", "\"Timed out\" is said only when the time is up."),
        [Rule.CancelsAtOnce] = ("Bounds", "Ctrl+C returns within 250 ms, though a call does not answer."),
        [Rule.QuietAfterCancel] = ("Bounds", "After Ctrl+C nothing more is sent, undone or told."),
        [Rule.QuietAfterEnd] = ("Sparing", "Once an instance has ended, nothing that changes it is sent."),
        [Rule.ReadsFirst] = ("Observed", "Before its first request an operation reads the instance itself; a listing from before a prompt is no basis."),
        [Rule.LooksBeforeTaking] = ("Unasked", "What takes power or ends a job or a worker is sent only right after a reading of that machine, made after whatever was sent before."),
        [Rule.SparesSavedState] = ("Unasked", "It is never sent to a machine that this reading shows Suspended, unless the saved state was to be thrown away."),
        [Rule.RightMachine] = ("Unasked", "Only machines that the command is about are asked for anything: not a namesake, not another one's job, not one with the same id elsewhere."),
        [Rule.OnlyWhatWasAsked] = ("Sparing", "A command sends its own request and what follows from it, and no other; a wait sends none."),
        [Rule.OnlyFromAllowedStates] = ("Observed", "A request is sent only where the last reading shows a state that it is meant for."),
        [Rule.SentOnce] = ("Sparing", "The same request is sent once, except after a refusal or a failure that may pass."),
        [Rule.NothingLate] = ("Sparing", "Nothing is sent at or after the deadline, but for a rollback and what -Force adds."),
        [Rule.RollsBackItsOwn] = ("Unasked", "A rollback undoes only this command's own start from Stopped, only while its job is not shown ended, and powers off only what is shown Starting."),
        [Rule.RollbackIsMade] = ("Unasked", "A start that has not ended in time is rolled back where that is possible, also when it was accepted at the last moment."),
        [Rule.StateWasShown] = ("Observed", "A state that is told was shown by the host after the last request that was sent for it."),
        [Rule.StateIsTheLatest] = ("Observed", "The state that is told is that of the last reading."),
        [Rule.UnknownOnlyIfUnread] = ("Observed", "Unknown is told only where the last reading did not show a state."),
        [Rule.ObservedWhenSaid] = ("Observed", "ObservedAt is the wall clock's time of a reading that showed this state."),
        [Rule.SuccessIsTarget] = ("Success", "Success means that the state that was wanted was shown."),
        [Rule.SuccessAfterItsJob] = ("Success", "Success is told on a reading made after the command's own job had ended."),
        [Rule.RestartIsTrue] = ("Success", "A restart is told only where the machine has restarted; a missing uptime is not one that fell."),
        [Rule.TargetIsSuccess] = ("Success", "Where the last reading shows the target and the command's own job has ended, that is a success, whatever fails afterwards."),
        [Rule.SeesTheEnd] = ("Observed", "What is reached at the deadline is seen: after a timeout the host is read again."),
        [Rule.JobIsItsOwn] = ("Apart", "The job in an error is one of the same machine on the same host."),
        [Rule.BlamesTheRightJob] = ("Failure", "A job is blamed only if it leads to the target, is newer than the call, and is the machine's latest or the command's own."),
        [Rule.JobFailureHasItsCause] = ("Failure", "A job of the command's that failed before the deadline is told by its own cause, not as a timeout and not as anything else."),
        [Rule.UnknownOnlyIfSent] = ("Failure", "OutcomeUnknown is said only where something was sent."),
        [Rule.UnknownOnlyIfUnreadable] = ("Failure", "OutcomeUnknown is said only where the end cannot be read: not while it is still to come, not where the job tells it."),
        [Rule.GoneOnlyIfGone] = ("Failure", "\"No longer on the host\" is said only of a machine that is not."),
        [Rule.GoneIsTold] = ("Failure", "A machine that has been deleted is told as such, not as a timeout much later."),
        [Rule.FailedReadingEndsNothing] = ("Bounds", "A reading that fails ends nothing: a host has 10 seconds to become readable again."),
        [Rule.SoundSucceeds] = ("Success", "A machine with which nothing is wrong, and time enough, succeeds, whatever befalls single readings and its neighbours."),
        [Rule.ForcePowersOff] = ("Success", "-Force powers off whenever the shutdown did not lead to Stopped: late, refused, failed or impossible."),
        [Rule.NoWaitLeadsToTarget] = ("Success", "-NoWait succeeds only with a request that was accepted, or a state that is the target or leads there."),
        [Rule.GuestIsThere] = ("Success", "A heartbeat or an address that was waited for was shown; an unreachable neighbour is no address."),
        [Rule.PollIsBounded] = ("Sparing", "Waiting costs a bounded number of calls a second."),
        [Rule.RepairsWhatHangs] = ("Unasked", "A repair takes power only from what the reading right before shows hanging."),
        [Rule.FailureSaysWhatToDo] = ("Failure", "Every error has a cause by name, a message and advice."),
    };
}
