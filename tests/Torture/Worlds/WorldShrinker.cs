using System;
using System.Collections.Generic;
using System.Linq;
using Multipass.HyperV.Torture.Worlds.Judging;
using Multipass.HyperV.Torture.Worlds.Plan;
using Multipass.HyperV.Torture.Worlds.Run;

namespace Multipass.HyperV.Torture.Worlds;

/// <summary>Takes away from a failing world whatever it does not need in order to fail in the same way.</summary>
internal static class WorldShrinker
{
    public static WorldPlan Shrink(WorldPlan plan, Rule rule)
    {
        var hasShrunk = true;
        while (hasShrunk)
        {
            hasShrunk = false;
            foreach (var candidate in Candidates(plan))
            {
                if (Breaks(candidate, rule))
                {
                    plan = candidate;
                    hasShrunk = true;
                    break;
                }
            }
        }

        return plan;
    }

    private static bool Breaks(WorldPlan plan, Rule rule)
    {
        try
        {
            return Judge.Of(plan, WorldRun.Run(plan)).Violations.Any(violation => violation.Rule == rule);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            // Not every smaller plan makes a world.
            return false;
        }
    }

    private static IEnumerable<WorldPlan> Candidates(WorldPlan plan)
    {
        for (var step = plan.Steps.Count - 1; step >= 0 && plan.Steps.Count > 1; step--)
        {
            yield return WithoutStep(plan, step);
        }

        foreach (var events in Without(plan.Events))
        {
            yield return plan with { Events = events };
        }

        foreach (var calls in Without(plan.Calls))
        {
            yield return plan with { Calls = calls };
        }

        foreach (var rows in Without(plan.Rows))
        {
            yield return plan with { Rows = rows };
        }

        for (var machine = 0; machine < plan.Machines.Count; machine++)
        {
            foreach (var jobs in Without(plan.Machines[machine].Jobs))
            {
                yield return plan with { Machines = Replace(plan.Machines, machine, plan.Machines[machine] with { Jobs = jobs }) };
            }
        }

        for (var step = 0; step < plan.Steps.Count; step++)
        {
            foreach (var simpler in Simpler(plan.Steps[step]))
            {
                yield return plan with { Steps = Replace(plan.Steps, step, simpler) };
            }
        }

        for (var machine = plan.Machines.Count - 1; machine >= 0 && plan.Machines.Count > 1; machine--)
        {
            if (WithoutMachine(plan, machine) is { } smaller)
            {
                yield return smaller;
            }
        }

        if (plan.Hosts.Count > 1 && plan.Machines.All(machine => machine.Host == 0))
        {
            yield return plan with { Hosts = plan.Hosts.Take(1).ToArray(), Calls = plan.Calls.Where(call => call.Host == 0).ToArray(), Events = plan.Events.Where(one => one.Host == 0).ToArray() };
        }

        for (var host = 0; host < plan.Hosts.Count; host++)
        {
            foreach (var simpler in Simpler(plan.Hosts[host]))
            {
                yield return plan with { Hosts = Replace(plan.Hosts, host, simpler) };
            }
        }
    }

    private static IEnumerable<StepPlan> Simpler(StepPlan step)
    {
        if (step.Machines.Count > 1)
        {
            foreach (var machines in Without(step.Machines))
            {
                yield return step with { Machines = machines };
            }
        }

        if (step.ReadsAll)
        {
            yield return step with { ReadsAll = false };
        }

        if (step.PromptMilliseconds > 0)
        {
            yield return step with { PromptMilliseconds = 0 };
        }

        if (step.CancelMilliseconds is not null)
        {
            yield return step with { CancelMilliseconds = null };
        }

        if (step.PauseMilliseconds > 0)
        {
            yield return step with { PauseMilliseconds = 0 };
        }

        if (step.WaitFor != Wanted.Nothing)
        {
            yield return step with { WaitFor = Wanted.Nothing };
        }

        if (step.NoWait)
        {
            yield return step with { NoWait = false };
        }

        if (step.Discards)
        {
            yield return step with { Discards = false };
        }
    }

    private static IEnumerable<HostPlan> Simpler(HostPlan host)
    {
        var plain = new HostPlan { Name = host.Name };
        if (host.JitterMilliseconds != 0)
        {
            yield return host with { JitterMilliseconds = 0 };
        }

        if (host.ClockAheadSeconds != 0)
        {
            yield return host with { ClockAheadSeconds = 0 };
        }

        if (host.CallMilliseconds != plain.CallMilliseconds)
        {
            yield return host with { CallMilliseconds = plain.CallMilliseconds };
        }

        if (host.LagMilliseconds != 0)
        {
            yield return host with { LagMilliseconds = 0 };
        }

        if (host.JobMilliseconds != plain.JobMilliseconds)
        {
            yield return host with { JobMilliseconds = plain.JobMilliseconds };
        }

        if (host.IgnoresCancellation)
        {
            yield return host with { IgnoresCancellation = false };
        }
    }

    private static WorldPlan WithoutStep(WorldPlan plan, int step)
        => plan with
        {
            Steps = WithoutAt(plan.Steps, step),
            Events = plan.Events.Where(one => one.Step != step).Select(one => one.Step > step ? one with { Step = one.Step - 1 } : one).ToArray(),
            Calls = plan.Calls.Where(one => one.Step != step).Select(one => one.Step > step ? one with { Step = one.Step - 1 } : one).ToArray(),
            Rows = plan.Rows.Where(one => one.Step != step).Select(one => one.Step > step ? one with { Step = one.Step - 1 } : one).ToArray(),
        };

    /// <summary>Null where a step would be left without any.</summary>
    private static WorldPlan? WithoutMachine(WorldPlan plan, int machine)
    {
        int Moved(int place) => place > machine ? place - 1 : place;
        var steps = plan.Steps.Select(step => step with { Machines = step.Machines.Where(place => place != machine).Select(Moved).ToArray() }).ToArray();
        return steps.Any(step => step.Machines.Count == 0) ? null : plan with
        {
            Machines = WithoutAt(plan.Machines, machine),
            Steps = steps,
            Events = plan.Events.Where(one => one.Machine != machine).Select(one => one with { Machine = Moved(one.Machine) }).ToArray(),
            Rows = plan.Rows.Where(one => one.Machine != machine).Select(one => one with { Machine = Moved(one.Machine) }).ToArray(),
        };
    }

    private static IEnumerable<T[]> Without<T>(IReadOnlyList<T> items)
    {
        for (var index = items.Count - 1; index >= 0; index--)
        {
            yield return WithoutAt(items, index);
        }
    }

    private static T[] WithoutAt<T>(IReadOnlyList<T> items, int place) => items.Where((_, index) => index != place).ToArray();

    private static T[] Replace<T>(IReadOnlyList<T> items, int place, T item) => items.Select((one, index) => index == place ? item : one).ToArray();
}
