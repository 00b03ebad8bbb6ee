using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Multipass.HyperV.Torture.Worlds.Plan;

/// <summary>Makes a world from a seed. Small worlds: few machines, short waits, and little that goes wrong, but at the moments that matter.</summary>
internal static class WorldMaker
{
    private static readonly string[] Names = { "foo", "bar", "baz", "qux", "lab", "web" };

    private static readonly MachineState[] AtRest =
    {
        MachineState.Stopped, MachineState.Stopped, MachineState.Stopped, MachineState.Running, MachineState.Running, MachineState.Running,
        MachineState.Suspended, MachineState.Suspended, MachineState.Paused,
    };

    private static readonly JobFate[] Fates = Enum.GetValues<JobFate>();

    private static readonly RowFate[] RowFates = Enum.GetValues<RowFate>();

    private static readonly MachineState[] Hanging = { MachineState.Starting, MachineState.Stopping, MachineState.Suspending, MachineState.Restarting };

    public static WorldPlan Make(long seed)
    {
        var random = new WorldRandom(seed);
        var hosts = Enumerable.Range(0, random.Percent(12) ? 2 : 1).Select(index => Host(random, index)).ToArray();
        var count = random.Below(300) == 0 ? random.Between(20, 60) : random.Of(1, 1, 1, 1, 2, 2, 3, 4);
        var machines = Enumerable.Range(0, count).Select(index => Machine(random, index, hosts.Length)).ToArray();
        if (count > Names.Length)
        {
            hosts = hosts.Select(host => host with { MemoryMB = 131_072 }).ToArray();
        }

        if (hosts.Length == 2 && machines.Length > 1 && random.Percent(50))
        {
            // A copied machine has the same id on another host.
            machines[1] = machines[1] with { Host = 1 - machines[0].Host, Id = machines[0].Id, Name = machines[0].Name };
        }

        var steps = Enumerable.Range(0, random.Of(1, 1, 1, 2, 2, 3)).Select(index => Step(random, machines, index)).ToArray();
        var events = new List<EventPlan>();
        var calls = new List<CallPlan>();
        var rows = new List<RowPlan>();
        for (var index = 0; index < steps.Length; index++)
        {
            for (var left = random.Of(0, 0, 1, 1, 1, 2, 3); left > 0; left--)
            {
                events.Add(Event(random, hosts, machines, steps, index));
            }

            for (var left = random.Of(0, 0, 0, 1, 1, 2, 3); left > 0; left--)
            {
                calls.Add(Call(random, hosts, steps[index], index));
            }

            for (var left = random.Of(0, 0, 0, 0, 1, 1, 2); left > 0; left--)
            {
                rows.Add(Row(random, machines, steps[index], index));
            }
        }

        return new WorldPlan(seed) { Hosts = hosts, Machines = machines, Steps = steps, Events = events, Calls = calls, Rows = rows };
    }

    private static HostPlan Host(WorldRandom random, int index)
        => new()
        {
            Name = index == 0 ? "HV-1" : "HV-2",
            MemoryMB = random.Percent(15) ? 4096 : 16384,
            JobMilliseconds = random.Of(20, 100, 300, 300, 300, 700, 1000, 2000, 3000, 4900, 5100, 9000, 12_000, 30_000),
            LagMilliseconds = random.Of(0, 0, 0, 30, 100, 400, 1000, 1900, 2500),
            JobCancellable = random.Percent(70),
            AcceptsPowerOffWhileStarting = random.Percent(25),
            CallMilliseconds = random.Of(20, 20, 20, 20, 20, 2, 60, 150, 400, 1000),
            JitterMilliseconds = random.Of(0, 0, 0, 10, 50, 300),
            ClockAheadSeconds = random.Of(0, 0, 0, 3600, -3600, 7200, -30, 45, -86_400),
            IgnoresCancellation = random.Percent(10),
        };

    private static MachinePlan Machine(WorldRandom random, int index, int hosts)
        => new()
        {
            Host = random.Below(hosts),
            Name = index < Names.Length ? Names[index] : string.Create(CultureInfo.InvariantCulture, $"vm-{index}"),
            Id = random.NextGuid(),
            State = random.Percent(88) ? random.Of(AtRest) : random.Of(Hanging),
            MemoryMB = random.Percent(8) ? 8192 : 1024,
            BootMilliseconds = random.Of(0, 300, 1500, 1500, 4000, 9000),
            ShutdownMilliseconds = random.Of(100, 800, 800, 3000, 5000, 12_000),
            Guest = random.Of(GuestKind.Answers, GuestKind.Answers, GuestKind.Answers, GuestKind.Answers, GuestKind.Ignores, GuestKind.NotReady),
            HasAddress = random.Percent(80),
            Jobs = Enumerable.Range(0, random.Of(0, 0, 0, 1, 1, 2)).Select(_ => Job(random)).ToArray(),
        };

    private static JobPlan Job(WorldRandom random)
    {
        var of = random.Of(JobOf.Start, JobOf.Start, JobOf.Start, JobOf.Start, JobOf.Start, JobOf.Shutdown, JobOf.Shutdown, JobOf.TurnOff, JobOf.Save, JobOf.Save, JobOf.Resume, JobOf.Restart);
        var fate = random.Percent(25) ? JobFate.NeverEnds : random.Of(Fates);
        if ((fate == JobFate.CrashAfterSuccess && of is not (JobOf.Start or JobOf.Resume or JobOf.Restart)) || (fate == JobFate.GuestNotReady && of != JobOf.Shutdown))
        {
            fate = JobFate.NeverEnds;
        }

        return new JobPlan(of, fate) { AfterMilliseconds = random.Of(0, 30, 200, 900, 1990, 4950, 6000), Times = random.Of(1, 1, 1, 2) };
    }

    private static StepPlan Step(WorldRandom random, MachinePlan[] machines, int index)
    {
        var kind = random.Of(
            StepKind.Start, StepKind.Start, StepKind.Start, StepKind.Start, StepKind.Shutdown, StepKind.Shutdown, StepKind.Shutdown, StepKind.TurnOff, StepKind.TurnOff,
            StepKind.Save, StepKind.Resume, StepKind.Reboot, StepKind.Reset, StepKind.Wait, StepKind.Wait, StepKind.Repair);
        var meant = Enumerable.Range(0, machines.Length).Where(_ => random.Percent(75)).ToArray();
        var wanted = kind is StepKind.Start or StepKind.Wait && random.Percent(35)
            ? random.Of(Wanted.Heartbeat, Wanted.Heartbeat, Wanted.Address, Wanted.Heartbeat | Wanted.Address, Wanted.Running)
            : Wanted.Nothing;
        return new StepPlan(kind)
        {
            Machines = meant.Length > 0 ? meant : new[] { random.Below(machines.Length) },
            TimeoutSeconds = random.Of(1, 1, 2, 2, 3, 5, 5, 5, 10, 10, 15, 30, 120),
            NoWait = kind != StepKind.Wait && kind != StepKind.Repair && random.Percent(12),
            Force = kind == StepKind.Shutdown && random.Percent(50),
            Discards = kind is StepKind.Shutdown or StepKind.TurnOff && random.Percent(15),
            RollsBack = random.Percent(75),
            WaitFor = wanted,
            States = kind != StepKind.Wait || (wanted != Wanted.Nothing && random.Percent(70)) ? Array.Empty<MachineState>()
                : random.Percent(20) ? new[] { MachineState.Stopped, MachineState.Suspended }
                : new[] { random.Of(MachineState.Running, MachineState.Stopped, MachineState.Suspended, MachineState.Paused) },
            ReadsAll = random.Percent(25),
            PromptMilliseconds = random.Of(0, 0, 0, 0, 1500, 6000),
            CancelMilliseconds = random.Percent(8) ? random.Between(0, 6000) : null,
            PauseMilliseconds = index == 0 ? 0 : random.Of(0, 0, 200, 2000, 15_000, 400_000),
        };
    }

    private static EventPlan Event(WorldRandom random, HostPlan[] hosts, MachinePlan[] machines, StepPlan[] steps, int index)
    {
        var step = steps[index];
        var kind = random.Of(
            EventKind.Request, EventKind.Request, EventKind.Request, EventKind.Request, EventKind.Request, EventKind.EndJob, EventKind.EndJob, EventKind.EndWorker, EventKind.Delete,
            EventKind.Rename, EventKind.MakeAnew, EventKind.ServiceRestart, EventKind.WallClockSet, EventKind.Sleep);
        var machine = random.Percent(85) ? random.Of(step.Machines) : random.Below(machines.Length);
        return new EventPlan(kind, index, Moment(random, hosts[machines[machine].Host], step))
        {
            Machine = machine,
            Host = machines[machine].Host,
            Argument = kind switch
            {
                EventKind.Request => random.Of(2, 2, 2, 3, 3, 4, 6, 6, 6, 9, 11),
                EventKind.EndJob => random.Of(4, 5),
                EventKind.MakeAnew => (int)random.Of(MachineState.Stopped, MachineState.Running, MachineState.Suspended),
                EventKind.ServiceRestart => random.Of(100, 1000, 3000, 6000, 9000, 20_000),
                EventKind.WallClockSet => random.Of(-7200, -60, 60, 7200),
                EventKind.Sleep => random.Of(5, 600, 7200),
                _ => 0,
            },
        };
    }

    /// <summary>The moments that matter: the prompt, the first calls, the end of the job, the end of the time.</summary>
    private static int Moment(WorldRandom random, HostPlan host, StepPlan step)
    {
        var begins = step.PromptMilliseconds + (2 * host.CallMilliseconds);
        var deadline = begins + (step.TimeoutSeconds * 1000);
        var moment = random.Below(8) switch
        {
            0 => random.Between(0, begins),
            1 => begins + random.Between(0, 4 * host.CallMilliseconds),
            2 => begins + host.JobMilliseconds + random.Between(-100, 200),
            3 => begins + host.JobMilliseconds + host.LagMilliseconds + random.Between(-100, 300),
            4 => deadline + random.Between(-300, 100),
            5 => deadline + random.Between(0, 9000),
            _ => begins + random.Between(0, Math.Min(step.TimeoutSeconds * 1000, 15_000)),
        };
        return Math.Max(0, moment);
    }

    private static CallPlan Call(WorldRandom random, HostPlan[] hosts, StepPlan step, int index)
    {
        var of = random.Of(
            CallsOf.Readings, CallsOf.MachineReadings, CallsOf.MachineReadings, CallsOf.MachineReadings, CallsOf.JobReadings, CallsOf.JobReadings, CallsOf.GuestReadings,
            CallsOf.OtherReadings, CallsOf.Requests, CallsOf.Requests);
        var fate = of == CallsOf.Requests
            ? random.Of(CallFate.AnswerLost, CallFate.AnswerLost, CallFate.Unavailable, CallFate.Denied, CallFate.Late, CallFate.NoJob, CallFate.Silent, CallFate.Unexpected)
            : random.Of(
                CallFate.Unexpected, CallFate.Unexpected, CallFate.Failed, CallFate.Denied, CallFate.Unavailable, CallFate.Empty, CallFate.Empty, CallFate.Late, CallFate.Late,
                CallFate.Silent, CallFate.Exception);
        var isLong = of != CallsOf.Requests && fate is not (CallFate.Empty or CallFate.Exception) && random.Percent(20);
        return new CallPlan(of, fate, index)
        {
            Host = random.Below(hosts.Length),
            Skip = of == CallsOf.Requests ? random.Of(0, 0, 0, 1) : random.Of(0, 1, 2, 3, 4, 5, 8, 12, 20, 35, 50),
            Times = random.Of(1, 1, 1, 1, 2, 3),
            ForMilliseconds = isLong ? random.Of(500, 2000, 5000, 8000, 15_000, 40_000) : 0,
            DelayMilliseconds = fate == CallFate.Late ? random.Of(200, 1000, 3000, 6000, 20_000, 60_000) : 0,
        };
    }

    private static RowPlan Row(WorldRandom random, MachinePlan[] machines, StepPlan step, int index)
        => new(random.Of(RowFates), index)
        {
            Machine = random.Percent(70) ? random.Of(step.Machines) : random.Below(machines.Length),
            FromMilliseconds = random.Percent(40) ? 0 : random.Between(0, Math.Min(8000, (step.TimeoutSeconds * 1000) + 2000)),
            Times = random.Of(1, 1, 2, 5, 1000),
        };
}
