using System;
using System.Collections.Generic;
using System.Linq;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Torture.Worlds.Plan;
using Multipass.HyperV.Torture.Worlds.Run;

namespace Multipass.HyperV.Torture.Worlds.Judging;

/// <summary>What one answer showed of one machine.</summary>
internal sealed record Reading(CallRecord Call, bool HasRow, MachineState State, int? Requested, int? Status)
{
    public long SentAt => Call.SentAt;

    public long ArrivedAt => Call.ArrivedAt;

    public long AnsweredAt => Call.AnsweredAt;
}

/// <summary>What one answer showed of one job; null state for a row without one.</summary>
internal sealed record JobLook(CallRecord Call, string JobId, int? State);

/// <summary>One machine in one step: what was sent for it, what was shown of it, and what is true.</summary>
internal sealed class SubjectCase
{
    public static readonly long Millisecond = TimeSpan.TicksPerMillisecond;

    public static readonly long Second = TimeSpan.TicksPerSecond;

    public SubjectCase(WorldPlan world, History history, StepRecord step, SubjectRecord subject)
    {
        World = world;
        History = history;
        Step = step;
        Subject = subject;
        Machine = subject.Machine;
        Host = world.Hosts[subject.Host];
        var key = WorldHost.Key(subject.Id);
        for (var number = step.FirstCall; number < history.Calls.Count && number < step.FirstCallOfNext; number++)
        {
            var call = history.Calls[number];
            if (call.Host != subject.Host)
            {
                continue;
            }

            Calls.Add(call);
            if (call.ChangesState)
            {
                if (call.Machine == Machine)
                {
                    Requests.Add(call);
                }
            }
            else if (call.Class is "Msvm_ComputerSystem" or "Msvm_SummaryInformation" && IsAbout(call, key, subject.Name))
            {
                if (call.Class == "Msvm_ComputerSystem")
                {
                    Attempts.Add(call);
                }

                if (call.WasAnswered && ReadingOf(call, key) is { } reading)
                {
                    Readings.Add(reading);
                }
            }
        }

        Readings.Sort((first, second) => first.Call.AnsweredOrder.CompareTo(second.Call.AnsweredOrder));
        Told = subject.Told.Count > 0 ? subject.Told[0] : null;
    }

    public WorldPlan World { get; }

    public History History { get; }

    public StepRecord Step { get; }

    public StepPlan Plan => Step.Plan;

    public SubjectRecord Subject { get; }

    public MachineHistory Machine { get; }

    public HostPlan Host { get; }

    /// <summary>All calls to its host from the operation's beginning to the next step's.</summary>
    public List<CallRecord> Calls { get; } = new();

    /// <summary>What was sent that changes it.</summary>
    public List<CallRecord> Requests { get; } = new();

    /// <summary>The answers that showed its state, in the order in which they came.</summary>
    public List<Reading> Readings { get; } = new();

    /// <summary>The calls that were to show its state.</summary>
    public List<CallRecord> Attempts { get; } = new();

    public Told? Told { get; }

    public long Deadline => Step.DeadlineAt;

    /// <summary>The states that success means.</summary>
    public IReadOnlyList<MachineState> Targets
        => Plan.Kind switch
        {
            StepKind.Start or StepKind.Resume or StepKind.Reboot or StepKind.Reset => new[] { MachineState.Running },
            StepKind.Shutdown or StepKind.TurnOff => new[] { MachineState.Stopped },
            StepKind.Save => new[] { MachineState.Suspended },
            StepKind.Wait => Plan.States.Count > 0 ? Plan.States : new[] { MachineState.Running },
            _ => Array.Empty<MachineState>(),
        };

    public bool IsRestart => Plan.Kind is StepKind.Reboot or StepKind.Reset;

    public bool WaitsForGuest => (Plan.WaitFor & (Wanted.Heartbeat | Wanted.Address)) != 0;

    /// <summary>Twice the way of a call, and some air: what can have been seen by a moment.</summary>
    public long Blink => ((Host.CallMilliseconds + Host.JitterMilliseconds) * 2 * Millisecond) + (100 * Millisecond);

    /// <summary>So many that they are all read with each look: a reading that shows it may be another's.</summary>
    public bool IsCrowd => Step.Subjects.Count > 8;

    public bool WasCancelled => Step.CancelledAt >= 0;

    /// <summary>What takes power or data: power-off, reset, ending a job or a worker.</summary>
    public static bool Takes(CallRecord call)
        => call.Class switch
        {
            "Msvm_ComputerSystem" => call.Requested is 3 or 11,
            "Msvm_ConcreteJob" => true,
            "Win32_Process" => true,
            _ => false,
        };

    public static bool IsPowerOff(CallRecord call) => call.Class == "Msvm_ComputerSystem" && call.Requested == 3;

    /// <summary>The last answer before something that has this place in the order of things.</summary>
    public Reading? LastBefore(long order)
    {
        for (var index = Readings.Count - 1; index >= 0; index--)
        {
            if (Readings[index].Call.AnsweredOrder < order)
            {
                return Readings[index];
            }
        }

        return null;
    }

    /// <summary>The last reading that showed it at all.</summary>
    public Reading? LastRowBefore(long order) => Readings.LastOrDefault(reading => reading.HasRow && reading.Call.AnsweredOrder < order);

    /// <summary>The jobs that this step's requests have made, in truth.</summary>
    public IEnumerable<JobHistory> OwnJobs => Requests.Where(request => request.Class == "Msvm_ComputerSystem" && request.MadeJob is not null).Select(request => request.MadeJob!);

    /// <summary>What the last answer before a moment showed of a job; null when none has shown it.</summary>
    public JobLook? LastLook(string jobId, long moment)
    {
        JobLook? last = null;
        foreach (var call in Calls)
        {
            if (call.Class != "Msvm_ConcreteJob" || call.ChangesState || !call.WasAnswered || call.AnsweredAt > moment || call.Rows is null)
            {
                continue;
            }

            foreach (var row in call.Rows)
            {
                if (string.Equals(row.Text("InstanceID"), jobId, StringComparison.OrdinalIgnoreCase) && (last is null || call.AnsweredAt >= last.Call.AnsweredAt))
                {
                    last = new JobLook(call, jobId, row.UInt16("JobState"));
                }
            }
        }

        return last;
    }

    public static bool IsEnd(int? jobState) => jobState is (>= 7 and <= 10) or >= 32768;

    /// <summary>True when the connection has thrown what no connection should: what nobody has thought of may end a command.</summary>
    public bool WasThrownAt => Calls.Any(call => call.Struck?.Fate == CallFate.Exception);

    /// <summary>True when something has befallen readings of these kinds that were under way in that time.</summary>
    public bool WereStruck(long from, long to, Func<CallRecord, bool>? which = null)
        => Calls.Any(call => !call.ChangesState && call.SentAt <= to && (call.AnsweredAt < 0 || call.AnsweredAt >= from)
            && (call.Struck is not null || call.Fault is not null || call.AbandonedAt >= 0) && (which is null || which(call)));

    /// <summary>True when rows of this machine or its jobs were changed in this step in a way that hides the state or the end of a job.</summary>
    public bool IsTwisted
        => World.Rows.Any(row => row.Step == Step.Index && World.Machines[row.Machine].Id == Subject.Id && World.Machines[row.Machine].Host == Subject.Host
            && row.Fate is RowFate.StateMissing or RowFate.StateText or RowFate.StateUnheardOf or RowFate.JobStateMissing or RowFate.JobErrorMissing or RowFate.JobTimesMissing);

    /// <summary>True when vmms was away, or the computer slept, at some time in this step.</summary>
    public bool WasUpset(params EventKind[] kinds)
        => History.Events.Any(happened => kinds.Contains(happened.Plan.Kind) && happened.At >= Step.BeganAt - (40 * Second) && (Told is null || happened.At <= Told.At)
            && (happened.Plan.Kind is EventKind.Sleep or EventKind.WallClockSet || happened.Plan.Host == Subject.Host));

    private static bool IsAbout(CallRecord call, string key, string name)
    {
        if (call.Kind == CallKind.Get)
        {
            return string.Equals(call.Path!.Key("Name"), key, StringComparison.OrdinalIgnoreCase);
        }

        return call.Where is null || Names(call.Where, key, name);
    }

    private static bool Names(CimCondition where, string key, string name)
        => where switch
        {
            CimComparison comparison => comparison.Value is string value
                && ((comparison.Property == "Name" && string.Equals(value, key, StringComparison.OrdinalIgnoreCase))
                    || (comparison.Property == "ElementName" && string.Equals(value, name, StringComparison.OrdinalIgnoreCase))),
            CimAnyOf any => any.Conditions.Any(condition => Names(condition, key, name)),
            _ => false,
        };

    private static Reading? ReadingOf(CallRecord call, string key)
    {
        foreach (var row in call.Rows!)
        {
            if (string.Equals(row.Text("Name"), key, StringComparison.OrdinalIgnoreCase))
            {
                return call.Class == "Msvm_SummaryInformation" && !row.PropertyNames.Contains("EnabledState")
                    ? null
                    : new Reading(
                        call,
                        true,
                        MachineStates.Of(row.UInt16("EnabledState"), row.Text("OtherEnabledState")),
                        row.UInt16("RequestedState"),
                        row.UInt16s("OperationalStatus") is { Count: > 0 } status ? status[0] : null);
            }
        }

        return call.Class == "Msvm_ComputerSystem" ? new Reading(call, false, MachineState.Unknown, null, null) : null;
    }
}
