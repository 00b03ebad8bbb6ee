using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Torture.Worlds.Judging;
using Multipass.HyperV.Torture.Worlds.Plan;
using Multipass.HyperV.Torture.Worlds.Run;

namespace Multipass.HyperV.Torture.Worlds;

/// <summary>Tells a world: what was there, and line by line what happened in truth (=), what was called (&gt;), what was answered (&lt;), and what the engine said.</summary>
internal static class WorldTrace
{
    public static void Write(WorldPlan plan, History history, Verdict verdict, TextWriter output)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"World of seed {plan.Seed}"));
        foreach (var host in plan.Hosts)
        {
            output.WriteLine("  host " + Short(host.ToString()));
        }

        foreach (var machine in plan.Machines)
        {
            output.WriteLine("  machine " + Short(machine.ToString()) + string.Concat(machine.Jobs.Select(job => " " + Short(job.ToString()))));
        }

        foreach (var step in plan.Steps)
        {
            output.WriteLine($"  step {StepText(plan, step)}");
        }

        foreach (var one in plan.Events)
        {
            output.WriteLine("  event " + Short(one.ToString()));
        }

        foreach (var call in plan.Calls)
        {
            output.WriteLine("  calls " + Short(call.ToString()));
        }

        foreach (var row in plan.Rows)
        {
            output.WriteLine("  rows " + Short(row.ToString()));
        }

        output.WriteLine();
        foreach (var (at, _, text) in Lines(plan, history).OrderBy(line => line.At).ThenBy(line => line.Order))
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{at / (double)SubjectCase.Second,10:0.000}  {text}"));
        }

        output.WriteLine();
        if (verdict.Violations.Count == 0)
        {
            output.WriteLine("No rule is broken.");
        }

        foreach (var violation in verdict.Violations)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"BROKEN in step {violation.Step + 1}, '{violation.Name}': {violation.Rule}: {violation.Why}"));
            output.WriteLine($"  {Rules.All[violation.Rule].Promise}: {Rules.All[violation.Rule].Text}");
        }
    }

    private static string StepText(WorldPlan plan, StepPlan step)
    {
        var text = new StringBuilder(step.Kind.ToString());
        text.Append(' ').AppendJoin(',', step.Machines.Select(machine => plan.Machines[machine].Name)).Append(CultureInfo.InvariantCulture, $" -Timeout {step.TimeoutSeconds}");
        void Add(bool isSo, string word)
        {
            if (isSo)
            {
                text.Append(' ').Append(word);
            }
        }

        Add(step.NoWait, "-NoWait");
        Add(step.Force, "-Force");
        Add(step.Discards, "-DiscardSavedState");
        Add(step is { Kind: StepKind.Start, RollsBack: false }, "-OnTimeout Leave");
        Add(step.WaitFor != Wanted.Nothing, $"-WaitFor {step.WaitFor}");
        Add(step.States.Count > 0, $"-State {string.Join(",", step.States)}");
        Add(step.ReadsAll, "-PassThru");
        Add(step.PauseMilliseconds > 0, string.Create(CultureInfo.InvariantCulture, $"[pause {step.PauseMilliseconds} ms]"));
        Add(step.PromptMilliseconds > 0, string.Create(CultureInfo.InvariantCulture, $"[prompt {step.PromptMilliseconds} ms]"));
        Add(step.CancelMilliseconds is not null, string.Create(CultureInfo.InvariantCulture, $"[Ctrl+C at {step.CancelMilliseconds} ms]"));
        return text.ToString();
    }

    private static IEnumerable<(long At, int Order, string Text)> Lines(WorldPlan plan, History history)
    {
        string HostName(int host) => plan.Hosts.Count > 1 ? plan.Hosts[host].Name + " " : string.Empty;
        var order = 0;
        foreach (var step in history.Steps)
        {
            yield return (step.ListedAt, order++, $"--- step {step.Index + 1}: {StepText(plan, step.Plan)}; listing");
            if (step.BeganAt >= 0)
            {
                yield return (step.BeganAt, order++, string.Create(CultureInfo.InvariantCulture, $"--- begins, as listed: {string.Join(", ", step.Subjects.Select(subject => $"{subject.Name} {subject.Listed}"))}; its deadline is {step.DeadlineAt / (double)SubjectCase.Second:0.000}"));
            }
        }

        foreach (var machine in history.Machines)
        {
            foreach (var (at, state) in machine.States)
            {
                yield return (at, order++, $"  = {HostName(machine.Host)}{machine.Name} is {state}");
            }

            foreach (var boot in machine.Boots)
            {
                yield return (boot, order++, $"  = {HostName(machine.Host)}{machine.Name} boots");
            }

            foreach (var job in machine.Jobs)
            {
                yield return (job.BeganAt, order++, $"  = {HostName(machine.Host)}{machine.Name}: job {JobName(job.Id)} begins: request {job.Request} of {job.By}, to {job.Target}");
                if (job.EndedAt is { } ended)
                {
                    yield return (ended, order++, $"  = {HostName(machine.Host)}{machine.Name}: job {JobName(job.Id)} ends: state {job.EndState}, error {job.ErrorCode} {job.Reason}");
                }

                if (job.RemovedAt is { } removed)
                {
                    yield return (removed, order++, $"  = {HostName(machine.Host)}{machine.Name}: job {JobName(job.Id)} is no longer there");
                }
            }

            if (machine.RemovedAt is { } gone)
            {
                yield return (gone, order++, $"  = {HostName(machine.Host)}{machine.Name} is deleted");
            }
        }

        foreach (var happened in history.Events)
        {
            yield return (happened.At, order++, $"  ! somebody: {happened.Plan.Kind} {happened.Machine?.Name} {happened.Plan.Argument}: {happened.Result}");
        }

        var dull = DullCalls(history);
        foreach (var call in history.Calls)
        {
            if (dull.TryGetValue(call.Number, out var more))
            {
                if (more > 0)
                {
                    yield return (call.SentAt, order++, string.Create(CultureInfo.InvariantCulture, $"  ... {more} more such looks, with the same answers"));
                }

                continue;
            }

            yield return (call.SentAt, order++, $"> {call.Number} {HostName(call.Host)}{CallText(history, call)}{(call.ChangesState ? "   *** CHANGES ***" : string.Empty)}");
            if (call.ArrivedAt >= 0 && call.ChangesState)
            {
                yield return (call.ArrivedAt, order++, $"  . {call.Number} reaches the host");
            }

            if (call.AnsweredAt >= 0)
            {
                yield return (call.AnsweredAt, order++, string.Create(CultureInfo.InvariantCulture, $"< {call.Number} {AnswerText(history, call)}{(call.Struck is { } struck ? $"   [{struck.Fate}]" : string.Empty)}{(call.ChangesState ? string.Empty : string.Create(CultureInfo.InvariantCulture, $"   (as of {call.ArrivedAt / (double)SubjectCase.Second:0.000})"))}"));
            }
            else if (call.AbandonedAt >= 0)
            {
                yield return (call.AbandonedAt, order++, $"< {call.Number} was given up{(call.Struck is { } lost ? $"   [{lost.Fate}]" : string.Empty)}");
            }
        }

        foreach (var step in history.Steps)
        {
            foreach (var (at, text) in step.Said)
            {
                yield return (at, order++, $"      \"{text}\"");
            }

            if (step.CancelledAt >= 0)
            {
                yield return (step.CancelledAt, order++, "--- Ctrl+C");
            }

            foreach (var subject in step.Subjects)
            {
                foreach (var told in subject.Told)
                {
                    yield return (told.At, order++, $"=== {HostName(subject.Host)}{subject.Name} ends: {(told.HasFailed ? $"{told.Cause} ({told.Stage})" : "success " + told.Result)}, {told.State}, seen {(told.ObservedAt is { } seen ? string.Create(CultureInfo.InvariantCulture, $"{(seen.UtcTicks - WorldClock.Epoch.UtcTicks) / (double)SubjectCase.Second:0.000}") : "never")}{(told.JobId is { } job ? ", job " + JobName(job) : string.Empty)}");
                    if (told.HasFailed)
                    {
                        yield return (told.At, order++, $"      {told.Message} -> {told.Advice}");
                    }
                }
            }

            foreach (var raw in step.Raw)
            {
                yield return (step.EndedAt, order++, "=== raw: " + raw);
            }

            if (step.EndedAt >= 0)
            {
                yield return (step.EndedAt, order++, $"--- step {step.Index + 1} has ended");
            }
        }
    }

    /// <summary>Looks that show nothing that the looks before and after them do not: the first of a run is told how many there are, the others nothing.</summary>
    private static Dictionary<int, int> DullCalls(History history)
    {
        var dull = new Dictionary<int, int>();
        foreach (var host in history.Calls.GroupBy(call => call.Host))
        {
            var ends = new Dictionary<string, (string Answer, List<int> Run)>(StringComparer.Ordinal);
            void Close(List<int> run)
            {
                // The first and the last look of a run are told.
                if (run.Count > 4)
                {
                    dull[run[1]] = run.Count - 2;
                    run.Skip(2).Take(run.Count - 3).ToList().ForEach(number => dull[number] = 0);
                }
            }

            foreach (var call in host)
            {
                if (call.ChangesState)
                {
                    ends.Values.ToList().ForEach(end => Close(end.Run));
                    ends.Clear();
                    continue;
                }

                var key = CallText(history, call);
                var answer = call.WasAnswered && call.Struck is null ? Gist(call) : "?" + call.Number.ToString(CultureInfo.InvariantCulture);
                if (ends.TryGetValue(key, out var open) && open.Answer == answer)
                {
                    open.Run.Add(call.Number);
                    continue;
                }

                if (open.Run is not null)
                {
                    Close(open.Run);
                }

                ends[key] = (answer, new List<int> { call.Number });
            }

            ends.Values.ToList().ForEach(end => Close(end.Run));
        }

        return dull;
    }

    /// <summary>An answer without what always changes.</summary>
    private static string Gist(CallRecord call)
        => call.Rows is null ? string.Empty : string.Join(";", call.Rows.Select(row => string.Join(",", row.PropertyNames
            .Where(name => name is not ("PercentComplete" or "OnTimeInMilliseconds" or "ElapsedTime")).Select(name => row[name] is Array list ? string.Join("+", list.Cast<object>()) : row[name]))));

    private static string CallText(History history, CallRecord call)
    {
        var about = call.Path is { } path ? Keys(history, call, path) : call.Where is { } where ? Named(history, where.ToString()!) : "all";
        return $"{call.Kind} {call.Class}{(call.Method is { } method ? "." + method : string.Empty)}{(call.Requested >= 0 ? string.Create(CultureInfo.InvariantCulture, $"({call.Requested})") : string.Empty)} {about}";
    }

    private static string Keys(History history, CallRecord call, CimPath path)
        => call.Machine is { } machine ? machine.Name + (call.JobId is { } job ? " job " + JobName(job) : string.Empty)
            : Named(history, string.Join(",", path.Keys.Select(key => key.Key + "=" + key.Value)));

    /// <summary>Names instead of ids.</summary>
    private static string Named(History history, string text)
    {
        foreach (var machine in history.Machines)
        {
            text = text.Replace(WorldHost.Key(machine.Id), machine.Name, StringComparison.OrdinalIgnoreCase);
        }

        foreach (var (_, job) in history.Jobs.Keys)
        {
            text = text.Replace(job, JobName(job), StringComparison.OrdinalIgnoreCase);
        }

        return text;
    }

    private static string AnswerText(History history, CallRecord call)
    {
        if (call.Fault is { } fault)
        {
            return string.Create(CultureInfo.InvariantCulture, $"fault {fault.Status} 0x{fault.HResult:X8} {fault.Message}");
        }

        if (call.ReturnValue is { } value)
        {
            return string.Create(CultureInfo.InvariantCulture, $"returned {value}{(call.AnswerJob is { } job ? ", job " + JobName(job) : string.Empty)}");
        }

        return call.Rows is null ? "answered"
            : call.Rows.Count == 0 ? "no rows"
            : string.Join("; ", call.Rows.Take(6).Select(row => RowText(history, row))) + (call.Rows.Count > 6 ? $"; and {call.Rows.Count - 6} more" : string.Empty);
    }

    private static string RowText(History history, CimRecord row)
    {
        string Value(string name) => row[name] is { } value ? Convert.ToString(value is Array list ? string.Join("+", list.Cast<object>()) : value, CultureInfo.InvariantCulture)! : "null";
        return row.ClassName switch
        {
            "Msvm_ComputerSystem" => $"{Named(history, Value("Name"))}: {MachineStates.Of(row.UInt16("EnabledState"), row.Text("OtherEnabledState"))} ({Value("EnabledState")}), requested {Value("RequestedState")}, status {Value("OperationalStatus")}, up {Value("OnTimeInMilliseconds")}",
            "Msvm_ConcreteJob" => $"job {JobName(Value("InstanceID"))}: state {Value("JobState")}, {Value("PercentComplete")} %, error {Value("ErrorCode")}, cancellable {Value("Cancellable")}",
            "Msvm_SummaryInformation" => $"{Named(history, Value("Name"))}: heartbeat {Value("Heartbeat")}",
            _ => row.ClassName + " " + Named(history, string.Join(", ", row.PropertyNames.Where(name => name is not ("CreationClassName" or "SystemCreationClassName" or "DeviceID")).Take(4).Select(name => name + "=" + Value(name)))),
        };
    }

    private static string JobName(string id) => id.Length > 4 ? id[..4] : id;

    /// <summary>A record without what is as usual.</summary>
    private static string Short(string text)
    {
        foreach (var usual in new[]
        {
            ", Jobs = Multipass.HyperV.Torture.Worlds.Plan.JobPlan[]", "HostPlan", "MachinePlan", "EventPlan", "CallPlan", "RowPlan", "JobPlan", ", LagMilliseconds = 0", ", JitterMilliseconds = 0",
            ", ClockAheadSeconds = 0", ", IgnoresCancellation = False", ", ForMilliseconds = 0", ", DelayMilliseconds = 0", ", FromMilliseconds = 0", ", AfterMilliseconds = 0", ", Argument = 0", ", Times = 1 ", ", Host = 0",
        })
        {
            text = text.Replace(usual, usual.EndsWith(' ') ? " " : string.Empty, StringComparison.Ordinal);
        }

        return text.Trim();
    }
}
