using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Multipass.HyperV.Torture.Worlds.Judging;
using Multipass.HyperV.Torture.Worlds.Plan;
using Multipass.HyperV.Torture.Worlds.Run;

namespace Multipass.HyperV.Torture.Worlds;

/// <summary>In how many worlds each rule was put to the test, and each kind of event happened: what was never tried shows.</summary>
internal sealed class WorldTally
{
    private readonly int[] _rules = new int[Enum.GetValues<Rule>().Length];
    private readonly SortedDictionary<string, int> _kinds = new(StringComparer.Ordinal);
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    public WorldTally()
    {
        foreach (var kind in Enum.GetNames<EventKind>())
        {
            _kinds["event " + kind] = 0;
        }

        foreach (var kind in Enum.GetNames<CallFate>())
        {
            _kinds["call " + kind] = 0;
        }

        foreach (var kind in Enum.GetNames<RowFate>())
        {
            _kinds["row " + kind] = 0;
        }

        foreach (var kind in Enum.GetNames<JobFate>())
        {
            _kinds["job " + kind] = 0;
        }

        foreach (var kind in Enum.GetNames<StepKind>())
        {
            _kinds["step " + kind] = 0;
        }

        foreach (var kind in Circumstances)
        {
            _kinds[kind] = 0;
        }
    }

    private static string[] Circumstances { get; } =
    {
        "with Ctrl+C", "with a prompt", "with -Force", "with -NoWait", "with -DiscardSavedState", "with -OnTimeout Leave", "with -WaitFor", "with several machines", "with several hosts",
        "host with late states", "host with slow calls", "host with another clock", "host that ignores cancellation", "host that refuses power-off while starting",
        "ended in success", "ended in failure", "timed out",
    };

    /// <summary>What was broken, by seed.</summary>
    public List<(long Seed, Violation Violation)> Broken { get; } = new();

    public int Worlds { get; private set; }

    public IReadOnlyDictionary<Rule, int> Rules => Enum.GetValues<Rule>().ToDictionary(rule => rule, rule => _rules[(int)rule]);

    public IReadOnlyDictionary<string, int> Kinds => _kinds;

    public void Add(WorldPlan plan, History history, Verdict verdict)
    {
        Worlds++;
        for (var rule = 0; rule < _rules.Length; rule++)
        {
            _rules[rule] += (int)((verdict.Tried >> rule) & 1);
        }

        foreach (var violation in verdict.Violations)
        {
            Broken.Add((plan.Seed, violation));
        }

        _seen.Clear();
        Notice(plan, history);
        foreach (var kind in _seen)
        {
            _kinds[kind]++;
        }
    }

    public void Add(WorldTally other)
    {
        Worlds += other.Worlds;
        for (var rule = 0; rule < _rules.Length; rule++)
        {
            _rules[rule] += other._rules[rule];
        }

        foreach (var (kind, count) in other._kinds)
        {
            _kinds[kind] += count;
        }

        // Those of one world stay in their order.
        var all = Broken.Concat(other.Broken).OrderBy(pair => pair.Seed).ToList();
        Broken.Clear();
        Broken.AddRange(all);
    }

    public void Write(TextWriter output)
    {
        output.WriteLine();
        output.WriteLine("Worlds in which each rule was put to the test, and those in which it was broken:");
        foreach (var rule in Enum.GetValues<Rule>())
        {
            var broken = Broken.Where(pair => pair.Violation.Rule == rule).Select(pair => pair.Seed).Distinct().Count();
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {rule,-26}{_rules[(int)rule],9}{(broken > 0 ? string.Create(CultureInfo.InvariantCulture, $"   {broken} broken") : string.Empty)}"));
        }

        output.WriteLine("Worlds in which each kind of thing happened:");
        foreach (var (kind, count) in _kinds)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {kind,-44}{count,9}"));
        }

        var never = Enum.GetValues<Rule>().Where(rule => _rules[(int)rule] == 0).Select(rule => rule.ToString()).Concat(_kinds.Where(pair => pair.Value == 0).Select(pair => pair.Key)).ToList();
        output.WriteLine(never.Count == 0 ? "Nothing was never tried." : "Never tried: " + string.Join(", ", never));
    }

    private void Notice(WorldPlan plan, History history)
    {
        foreach (var happened in history.Events)
        {
            _seen.Add("event " + happened.Plan.Kind);
        }

        foreach (var call in history.Calls)
        {
            if (call.Struck is { } struck)
            {
                _seen.Add("call " + struck.Fate);
            }
        }

        foreach (var row in history.TwistedRows)
        {
            _seen.Add("row " + row);
        }

        foreach (var machine in plan.Machines)
        {
            foreach (var job in machine.Jobs)
            {
                if (history.Calls.Any(call => call.ChangesState && call.Machine?.Id == machine.Id && Strikes(job.Of, call)))
                {
                    _seen.Add("job " + job.Fate);
                }
            }
        }

        foreach (var step in history.Steps)
        {
            if (step.BeganAt < 0)
            {
                continue;
            }

            _seen.Add("step " + step.Plan.Kind);
            Notice(step.CancelledAt >= 0, "with Ctrl+C");
            Notice(step.Plan.PromptMilliseconds > 0, "with a prompt");
            Notice(step.Plan.Force, "with -Force");
            Notice(step.Plan.NoWait, "with -NoWait");
            Notice(step.Plan.Discards, "with -DiscardSavedState");
            Notice(step.Plan is { Kind: StepKind.Start, RollsBack: false }, "with -OnTimeout Leave");
            Notice(step.Plan.WaitFor != Wanted.Nothing, "with -WaitFor");
            Notice(step.Subjects.Count > 1, "with several machines");
            Notice(step.Subjects.Select(subject => subject.Host).Distinct().Count() > 1, "with several hosts");
            foreach (var subject in step.Subjects)
            {
                foreach (var told in subject.Told)
                {
                    Notice(!told.HasFailed, "ended in success");
                    Notice(told.HasFailed, "ended in failure");
                    Notice(told.Stage == "TimedOut", "timed out");
                }
            }
        }

        foreach (var host in plan.Hosts)
        {
            Notice(host.LagMilliseconds > 0, "host with late states");
            Notice(host.CallMilliseconds > 100, "host with slow calls");
            Notice(host.ClockAheadSeconds != 0, "host with another clock");
            Notice(host.IgnoresCancellation, "host that ignores cancellation");
            Notice(!host.AcceptsPowerOffWhileStarting, "host that refuses power-off while starting");
        }
    }

    private void Notice(bool isSo, string kind)
    {
        if (isSo)
        {
            _seen.Add(kind);
        }
    }

    private static bool Strikes(JobOf of, CallRecord call)
        => of switch
        {
            JobOf.Start or JobOf.Resume => call.Requested == 2,
            JobOf.Shutdown => call.Requested == 4,
            JobOf.TurnOff => call.Requested == 3,
            JobOf.Save => call.Requested == 6,
            _ => call.Requested == 11 || call.Method == "InitiateReboot",
        };
}
