using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Multipass.HyperV.Torture.Worlds.Plan;
using Multipass.HyperV.Torture.Worlds.Run;

namespace Multipass.HyperV.Torture.Worlds.Judging;

/// <summary>
/// Judges a world by the calls that its hosts received, by what they were shown to answer, and by what truly happened. It shares nothing with the engine:
/// not its tables, not its words. What an engine could not know is not held against it.
/// </summary>
internal sealed partial class Judge
{
    private static readonly long FollowUp = 10 * SubjectCase.Second;

    /// <summary>A reading that was answered longer ago was not made right before.</summary>
    private static readonly long RightBefore = 500 * SubjectCase.Millisecond;

    private readonly Verdict _verdict = new();
    private SubjectCase _case = null!;

    private Judge()
    {
    }

    public static Verdict Of(WorldPlan world, History history)
    {
        var judge = new Judge();
        judge._verdict.Try(Rule.ComesToAnEnd);
        if (history.Stuck is { } stuck)
        {
            judge._verdict.Violations.Add(new Violation(Rule.ComesToAnEnd, history.Steps.Count - 1, string.Empty, stuck));
            return judge._verdict;
        }

        foreach (var step in history.Steps)
        {
            if (step.BeganAt >= 0)
            {
                judge.JudgeStep(world, history, step);
            }
        }

        return judge._verdict;
    }

    private void JudgeStep(WorldPlan world, History history, StepRecord step)
    {
        _verdict.Try(Rule.NothingRaw);
        foreach (var raw in step.Raw)
        {
            _verdict.Violations.Add(new Violation(Rule.NothingRaw, step.Index, string.Empty, raw));
        }

        var cases = step.Subjects.Select(subject => new SubjectCase(world, history, step, subject)).ToList();
        Whole(history, step, cases);
        foreach (var subject in cases)
        {
            _case = subject;
            Endings();
            Requests();
            if (subject.Told is { } told && !(subject.WasCancelled && told.At > step.CancelledAt))
            {
                Observed(told);
                if (step.Plan.Kind != StepKind.Repair)
                {
                    Successes(told);
                    Failures(told);
                }
            }
        }
    }

    /// <summary>What is to be said of a step as a whole.</summary>
    private void Whole(History history, StepRecord step, List<SubjectCase> cases)
    {
        for (var number = step.FirstCall; number < history.Calls.Count && number < step.FirstCallOfNext; number++)
        {
            var call = history.Calls[number];
            if (call.ChangesState && call.Class is not "Win32_Service")
            {
                _verdict.Try(Rule.RightMachine);
                if (!cases.Any(subject => subject.Machine == call.Machine && subject.Subject.Host == call.Host))
                {
                    _verdict.Violations.Add(new Violation(Rule.RightMachine, step.Index, call.Machine?.Name ?? string.Empty, $"call {call.Number} is about a machine that the command is not about."));
                }
            }

            if (step.CancelledAt >= 0 && call.SentAt > step.CancelledAt)
            {
                _verdict.Violations.Add(new Violation(Rule.QuietAfterCancel, step.Index, call.Machine?.Name ?? string.Empty, $"call {call.Number} was sent after Ctrl+C."));
            }
        }

        if (step.CancelledAt >= 0)
        {
            _verdict.Try(Rule.CancelsAtOnce);
            _verdict.Try(Rule.QuietAfterCancel);
            if (step.EndedAt > step.CancelledAt + (250 * SubjectCase.Millisecond))
            {
                _verdict.Violations.Add(new Violation(Rule.CancelsAtOnce, step.Index, string.Empty, $"it returned {Milliseconds(step.EndedAt - step.CancelledAt)} ms after Ctrl+C."));
            }
        }

        if (step.EndedAt >= 0 && cases.Count > 0)
        {
            _verdict.Try(Rule.PollIsBounded);
            foreach (var host in cases.Select(subject => subject.Subject.Host).Distinct())
            {
                var mine = cases.First(subject => subject.Subject.Host == host);
                var readings = mine.Calls.Count(call => !call.ChangesState && call.SentAt <= step.EndedAt);
                var seconds = (step.EndedAt - step.BeganAt) / (double)SubjectCase.Second;
                var most = 150 + (cases.Count * 30) + (int)(seconds * (seconds < 10 ? 60 : 45));
                if (readings > most)
                {
                    _verdict.Violations.Add(new Violation(Rule.PollIsBounded, step.Index, string.Empty, $"{readings} readings in {seconds:0.0} s."));
                }
            }
        }
    }

    private void Endings()
    {
        var step = _case.Step;
        var told = _case.Subject.Told;
        Try(Rule.EndsOnce);
        if (_case.WasCancelled)
        {
            if (told.Any(one => one.At > step.CancelledAt))
            {
                Break(Rule.QuietAfterCancel, "it was told how it ended, after Ctrl+C.");
            }
        }
        else if (told.Count != 1)
        {
            Break(Rule.EndsOnce, $"it ended {told.Count} times.");
        }

        if (_case.Told is not { } ending)
        {
            return;
        }

        Try(Rule.QuietAfterEnd);
        foreach (var request in _case.Requests.Where(request => request.SentAt > ending.At))
        {
            Break(Rule.QuietAfterEnd, $"call {request.Number} was sent after its end was told.");
        }

        if (ending.HasFailed)
        {
            Try(Rule.FailureSaysWhatToDo);
            if (ending.Cause.Length == 0 || ending.Message.Length == 0 || ending.Advice.Length == 0)
            {
                Break(Rule.FailureSaysWhatToDo, "the error lacks its cause, its message or its advice.");
            }
        }

        if (_case.Plan.Kind == StepKind.Repair)
        {
            return;
        }

        Try(Rule.EndsInTime);
        if (ending.At > _case.Deadline + FollowUp + SubjectCase.Millisecond)
        {
            Break(Rule.EndsInTime, $"it ended {Milliseconds(ending.At - _case.Deadline)} ms after its deadline.");
        }

        if (ending.Stage == "TimedOut")
        {
            Try(Rule.TimedOutWhenTimeIsUp);
            if (ending.At < _case.Deadline)
            {
                Break(Rule.TimedOutWhenTimeIsUp, $"{ending.Cause} was told {Milliseconds(_case.Deadline - ending.At)} ms before the deadline.");
            }
        }
    }

    private void Try(Rule rule) => _verdict.Try(rule);

    private void Break(Rule rule, string why) => _verdict.Violations.Add(new Violation(rule, _case.Step.Index, _case.Subject.Name, why));

    private static string Milliseconds(long ticks) => (ticks / SubjectCase.Millisecond).ToString(CultureInfo.InvariantCulture);
}
