using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Simulation;
using Multipass.HyperV.Simulation.Faults;
using Multipass.HyperV.Simulation.Scenarios;
using Multipass.HyperV.Simulation.World;
using Multipass.HyperV.Torture.Worlds.Plan;

namespace Multipass.HyperV.Torture.Worlds.Run;

/// <summary>A host of a world: the simulated host, what truly happens on it, and somebody else who has a door of his own.</summary>
internal sealed class WorldHost : IHostWitness
{
    private readonly WorldClock _clock;
    private readonly History _history;
    private readonly Dictionary<Guid, MachineHistory> _machines = new();
    private readonly WorldPlan _world;
    private long _sleptAt;
    private readonly bool _isFirst = true;

    public WorldHost(WorldPlan world, int index, WorldClock clock, History history)
    {
        _world = world;
        _clock = clock;
        _history = history;
        Index = index;
        Plan = world.Hosts[index];
        Clock = new HostClock(clock) { Ahead = TimeSpan.FromSeconds(Plan.ClockAheadSeconds).Ticks };
        var instances = new List<ScenarioInstance>();
        for (var place = 0; place < world.Machines.Count; place++)
        {
            if (world.Machines[place].Host == index)
            {
                instances.Add(InstanceOf(world.Machines[place]));
            }
        }

        var host = new ScenarioHost
        {
            Name = Plan.Name,
            MemoryMB = Plan.MemoryMB,
            JobMilliseconds = Plan.JobMilliseconds,
            StateLagMilliseconds = Plan.LagMilliseconds,
            JobCancellable = Plan.JobCancellable,
            PowerOffWhileStarting = Plan.AcceptsPowerOffWhileStarting ? PowerOffPolicy.Accepted : PowerOffPolicy.Refused,
        };
        Simulated = new SimulatedHost(new Scenario(host, instances), Clock) { Witness = this };
        _isFirst = false;
        Door = Simulated.Connect();
    }

    public int Index { get; }

    public HostPlan Plan { get; }

    public HostClock Clock { get; }

    public SimulatedHost Simulated { get; }

    /// <summary>The connection behind the engine's, and that of everybody else.</summary>
    public ICimConnection Door { get; }

    /// <summary>Who is asking at this moment.</summary>
    public Asker Asker { get; set; }

    /// <summary>The last job that was made: of the request that is being carried out.</summary>
    public JobHistory? LastJob { get; private set; }

    /// <summary>What happens by itself happens; so that it is in the history.</summary>
    public void CatchUp() => Simulated.CatchUp();

    public MachineHistory? Find(Guid id) => _machines.TryGetValue(id, out var machine) ? machine : null;

    /// <summary>The machine whose worker process has this id now; null when none has.</summary>
    public MachineHistory? MachineOfWorker(string? handle)
    {
        var rows = Door.QueryAsync(new CimQuery("root/virtualization/v2", "Msvm_ComputerSystem", new[] { "Name", "ProcessID" }), CancellationToken.None);
        if (!rows.IsCompletedSuccessfully)
        {
            return null;
        }

        var row = rows.Result.FirstOrDefault(row => row.UInt32("ProcessID")?.ToString(System.Globalization.CultureInfo.InvariantCulture) == handle);
        return row is not null && Guid.TryParse(row.Text("Name"), out var id) ? Find(id) : null;
    }

    /// <summary>Has a request carried out, and tells which job came of it.</summary>
    public T As<T>(Asker asker, Func<T> ask)
    {
        CatchUp();
        LastJob = null;
        Asker = asker;
        try
        {
            return ask();
        }
        finally
        {
            Asker = Asker.Host;
        }
    }

    /// <summary>Somebody does something.</summary>
    public void Happen(EventPlan plan)
    {
        CatchUp();
        var machine = Current(plan.Machine);
        var result = As(Asker.Somebody, () => Do(plan, machine));
        CatchUp();
        _history.Events.Add(new EventRecord(_clock.Ticks, plan, machine, result));
    }

    /// <summary>The user's computer has slept: here time has passed.</summary>
    public void Sleep(int seconds)
    {
        CatchUp();
        _sleptAt = _clock.Ticks;
        Clock.Ahead += TimeSpan.FromSeconds(seconds).Ticks;
        Clock.Slept += TimeSpan.FromSeconds(seconds).Ticks;
        CatchUp();
    }

    private string Do(EventPlan plan, MachineHistory? machine)
    {
        if (plan.Kind == EventKind.ServiceRestart)
        {
            Simulated.RestartService(TimeSpan.FromMilliseconds(plan.Argument));
            return "done";
        }

        if (machine is null)
        {
            return "there is none";
        }

        try
        {
            switch (plan.Kind)
            {
                case EventKind.Request:
                    return Invoke(MachinePath(machine.Id), "RequestStateChange", ("RequestedState", (ushort)plan.Argument));

                case EventKind.EndJob:
                    return machine.Jobs.LastOrDefault(job => job.EndedAt is null && job.RemovedAt is null) is { } job
                        ? Invoke(new CimPath("root/virtualization/v2", "Msvm_ConcreteJob", new KeyValuePair<string, object>("InstanceID", job.Id)), "RequestStateChange", ("RequestedState", (ushort)plan.Argument))
                        : "there is no job";

                case EventKind.EndWorker:
                    return WorkerOf(machine.Id) is { } worker
                        ? Invoke(new CimPath("root/cimv2", "Win32_Process", new KeyValuePair<string, object>("Handle", worker.ToString(System.Globalization.CultureInfo.InvariantCulture))), "Terminate")
                        : "there is no worker";

                case EventKind.Delete:
                    return Simulated.Remove(machine.Id) ? "done" : "there is none";

                case EventKind.Rename:
                    return Simulated.Rename(machine.Id, machine.Name + "-2") ? "done" : "there is none";

                case EventKind.MakeAnew:
                    Simulated.Remove(machine.Id);
                    Simulated.Make(InstanceOf(_world.Machines[plan.Machine]) with { Id = AnotherId(machine.Id), State = ToScenario((MachineState)plan.Argument) });
                    return "done";

                default:
                    return "nothing";
            }
        }
        catch (CimFaultException exception)
        {
            return exception.Fault.Message;
        }
    }

    /// <summary>The machine of that place that is there now.</summary>
    private MachineHistory? Current(int place)
        => _machines.Values.LastOrDefault(machine => machine.RemovedAt is null && machine.Name == _world.Machines[place].Name && Index == _world.Machines[place].Host);

    private string Invoke(CimPath path, string method, params (string Name, object Value)[] parameters)
    {
        var task = Door.InvokeAsync(path, method, parameters.ToDictionary(pair => pair.Name, pair => (object?)pair.Value), CancellationToken.None);
        return task.IsCompletedSuccessfully ? "returned " + task.Result.ReturnValue.ToString(System.Globalization.CultureInfo.InvariantCulture)
            : task.IsFaulted ? task.Exception!.InnerException!.Message
            : "no answer yet";
    }

    private uint? WorkerOf(Guid id)
    {
        var rows = Door.QueryAsync(
            new CimQuery("root/virtualization/v2", "Msvm_ComputerSystem", new[] { "ProcessID" }, CimCondition.Equal("Name", Key(id))), CancellationToken.None);
        return rows.IsCompletedSuccessfully && rows.Result.Count == 1 ? rows.Result[0].UInt32("ProcessID") : null;
    }

    public static string Key(Guid id) => id.ToString("D").ToUpperInvariant();

    private static CimPath MachinePath(Guid id)
        => new(
            "root/virtualization/v2",
            "Msvm_ComputerSystem",
            new KeyValuePair<string, object>("CreationClassName", "Msvm_ComputerSystem"),
            new KeyValuePair<string, object>("Name", Key(id)));

    private static Guid AnotherId(Guid id)
    {
        var bytes = id.ToByteArray();
        bytes[0]++;
        return new Guid(bytes);
    }

    private static MpInstanceState ToScenario(MachineState state) => Enum.Parse<MpInstanceState>(state.ToString());

    private static ScenarioInstance InstanceOf(MachinePlan plan)
        => new()
        {
            Name = plan.Name,
            Id = plan.Id,
            State = ToScenario(plan.State),
            MemoryMB = plan.MemoryMB,
            Guest = new ScenarioGuest
            {
                BootMilliseconds = plan.BootMilliseconds,
                ShutdownMilliseconds = plan.ShutdownMilliseconds,
                Shutdown = Enum.Parse<GuestShutdown>(plan.Guest.ToString()),
                IPv4 = plan.HasAddress ? "172.20.48.5" : null,
            },
            Faults = plan.Jobs.Select(FaultOf).ToArray(),
        };

    private static SimulatedFault FaultOf(JobPlan plan)
    {
        var (kind, stage) = plan.Fate switch
        {
            JobFate.OutOfMemory => (FaultKinds.OutOfMemory, FaultStage.Job),
            JobFate.DiskInUse => (FaultKinds.DiskInUse, FaultStage.Job),
            JobFate.HostDiskFull => (FaultKinds.HostDiskFull, FaultStage.Job),
            JobFate.WithoutText => (FaultKinds.InsufficientResources, FaultStage.Job),
            JobFate.Unexplained => (FaultKinds.Unknown, FaultStage.Job),
            JobFate.RefusedInvalidState => (FaultKinds.InvalidState, FaultStage.Request),
            JobFate.RefusedAccess => (FaultKinds.PermissionDenied, FaultStage.Request),
            JobFate.RefusedNotSupported => (FaultKinds.NotSupported, FaultStage.Request),
            JobFate.NeverEnds => (FaultKinds.NeverEnds, FaultStage.Job),
            JobFate.JobLost => (FaultKinds.JobLost, FaultStage.Job),
            JobFate.CrashAfterSuccess => (FaultKinds.CrashAfterSuccess, FaultStage.AfterSuccess),
            JobFate.GuestNotReady => (FaultKinds.GuestNotReady, FaultStage.Job),
            JobFate.ConnectionDropped => (FaultKinds.ConnectionDropped, FaultStage.Request),
            JobFate.AnswerLate => (FaultKinds.AnswerLate, FaultStage.Request),
            _ => (FaultKinds.JobCancelled, FaultStage.Job),
        };
        return new SimulatedFault(
            Enum.Parse<FaultOperation>(plan.Of.ToString()),
            kind,
            stage,
            new FaultFields { Times = plan.Times, AfterMilliseconds = plan.Fate is JobFate.ConnectionDropped ? 0 : plan.AfterMilliseconds });
    }

    /// <summary>A moment of the host's in the world's time.</summary>
    private long TicksOf(DateTimeOffset at) => Math.Max(_sleptAt, Math.Max(0, at.Ticks - WorldClock.Epoch.Ticks - Clock.Ahead));

    void IHostWitness.Appeared(VirtualMachine machine, DateTimeOffset at)
    {
        var id = machine.Scenario.Id;
        var history = new MachineHistory(Index, id, machine.Name, _isFirst ? 0 : TicksOf(at)) { Planned = _isFirst ? PlaceOf(id) : -1 };
        _machines[id] = history;
        _history.Machines.Add(history);
        Show(history, machine, at);
        if (machine.Change?.Job is { } job)
        {
            Begin(job, at);
        }
    }

    void IHostWitness.Removed(VirtualMachine machine, DateTimeOffset at) => _machines[machine.Scenario.Id].RemovedAt = TicksOf(at);

    void IHostWitness.Shown(VirtualMachine machine, DateTimeOffset at) => Show(_machines[machine.Scenario.Id], machine, at);

    void IHostWitness.Booted(VirtualMachine machine, DateTimeOffset at) => _machines[machine.Scenario.Id].Boots.Add(TicksOf(at));

    void IHostWitness.JobBegan(Job job, DateTimeOffset at) => Begin(job, at);

    void IHostWitness.JobEnded(Job job, DateTimeOffset at)
    {
        if (_history.Job(Index, StableId.Text(job.Id)) is { } history)
        {
            history.EndedAt = TicksOf(at);
            history.EndState = job.Result!.State;
            history.ErrorCode = job.Result.ErrorCode;
            history.Reason = job.Result.Kind?.Name;
        }
    }

    void IHostWitness.JobRemoved(Job job, DateTimeOffset at)
    {
        if (_history.Job(Index, StableId.Text(job.Id)) is { } history)
        {
            history.RemovedAt ??= TicksOf(at);
        }
    }

    private void Begin(Job job, DateTimeOffset at)
    {
        var machine = _machines[job.Machine.Scenario.Id];
        var transition = job.Transition;
        var history = new JobHistory
        {
            Id = StableId.Text(job.Id),
            Machine = machine,
            By = Asker,
            Request = transition.Request,
            Target = Rest(transition.To),
            From = Rest(job.Machine.Power),
            BeganAt = TicksOf(at),
        };
        _history.Jobs[(Index, history.Id)] = history;
        machine.Jobs.Add(history);
        LastJob = history;
    }

    private int PlaceOf(Guid id)
    {
        for (var place = 0; place < _world.Machines.Count; place++)
        {
            if (_world.Machines[place].Host == Index && _world.Machines[place].Id == id)
            {
                return place;
            }
        }

        return -1;
    }

    private void Show(MachineHistory history, VirtualMachine machine, DateTimeOffset at)
        => history.States.Add((_isFirst ? 0 : TicksOf(at), MachineStates.Of(machine.EnabledState, machine.OtherEnabledState)));

    private static MachineState Rest(PowerState power)
        => power switch
        {
            PowerState.Running => MachineState.Running,
            PowerState.Saved => MachineState.Suspended,
            PowerState.Paused => MachineState.Paused,
            _ => MachineState.Stopped,
        };
}
