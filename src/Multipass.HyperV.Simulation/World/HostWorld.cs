using System;
using System.Collections.Generic;
using System.Linq;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Simulation.Faults;
using Multipass.HyperV.Simulation.Scenarios;

namespace Multipass.HyperV.Simulation.World;

/// <summary>The host and everything on it at this moment. Not safe for several threads: whoever uses it holds the host's lock.</summary>
internal sealed class HostWorld
{
    /// <summary>How long an ended job can still be read (Msvm_ConcreteJob class page, TimeBeforeRemoval).</summary>
    public static readonly TimeSpan JobRetention = TimeSpan.FromMinutes(5);

    /// <summary>What runs when the host is first looked at has been running so long.</summary>
    private static readonly TimeSpan EarlierUptime = TimeSpan.FromHours(1);

    /// <summary>What hangs when the host is first looked at has been hanging so long.</summary>
    private static readonly TimeSpan EarlierHang = TimeSpan.FromMinutes(10);

    /// <summary>More events than this a log does not hold.</summary>
    private const int MostEvents = 1000;

    /// <summary>Process ids are multiples of four on Windows.</summary>
    private const uint ProcessIdStep = 4;

    private readonly Dictionary<Guid, VirtualMachine> _machines = new();
    private readonly List<VirtualMachine> _machinesInOrder = new();
    private readonly Dictionary<Guid, Job> _jobs = new();
    private readonly SortedDictionary<long, Job> _jobsInOrder = new();
    private readonly Dictionary<string, VirtualDisk> _files = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<Guid> _toAppear = new();
    private readonly HashSet<string> _addresses = new(StringComparer.Ordinal);
    private long _jobSequence;
    private uint _lastProcessId = 4000;
    private readonly List<LoggedEvent> _events = new();
    private int _heldMB;
    private readonly Dictionary<string, long> _stateFilesMB = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, long> _earlierStateFilesMB = new(StringComparer.OrdinalIgnoreCase);
    private IHostWitness? _witness;
    private int _lastOrdinal;
    private DateTimeOffset _outageFrom;
    private DateTimeOffset _outageUntil;

    public HostWorld(Scenario scenario, DateTimeOffset now)
    {
        Host = scenario.Host;
        Texts = JobTexts.For(scenario.Host.Culture);
        Timeline = new Timeline(now);
        BootTime = now - TimeSpan.FromDays(1);
        IsServiceRunning = scenario.Host.VmmsRunning;
        Switches = scenario.Host.Switches.Select(VirtualSwitch.Of).ToArray();
        Power = new PowerControl(this);
        Requests = new PowerRequests(this);
        foreach (var instance in scenario.Instances.Where(instance => instance.Backend == MpBackend.HyperV && instance.Machine == MachinePresence.Present))
        {
            var appearsAfter = TimeSpan.FromMilliseconds(instance.AppearsAfterMilliseconds);
            var created = appearsAfter > TimeSpan.Zero ? now + appearsAfter : now - TimeSpan.FromDays(30);
            var machine = new VirtualMachine(instance, _lastOrdinal++, UniqueAddress(instance.Id), created);
            if (appearsAfter > TimeSpan.Zero)
            {
                _toAppear.Add(instance.Id);
                Timeline.In(appearsAfter, () => Appear(machine));
            }
            else
            {
                Appear(machine);
            }
        }

        Records = scenario.Instances;
        Multipass = new MultipassModel(this);
    }

    public ScenarioHost Host { get; }

    /// <summary>The account of whoever asks.</summary>
    public string Account => AccountOn(Host.Name);

    public JobTexts Texts { get; }

    public Timeline Timeline { get; }

    public DateTimeOffset Now => Timeline.Now;

    public DateTimeOffset BootTime { get; }

    public PowerControl Power { get; }

    public PowerRequests Requests { get; }

    public MultipassModel Multipass { get; }

    public IReadOnlyList<VirtualMachine> Machines => _machinesInOrder;

    public IReadOnlyList<VirtualSwitch> Switches { get; }

    /// <summary>All instances of the scenario, those that Hyper-V does not know among them.</summary>
    public IReadOnlyList<ScenarioInstance> Records { get; }

    /// <summary>False for an instance that is made only later in the scenario: it is just being launched.</summary>
    public bool HasAppeared(ScenarioInstance instance) => !_toAppear.Contains(instance.Id);

    /// <summary>Whether vmms is meant to run.</summary>
    public bool IsServiceRunning { get; private set; }

    /// <summary>What no virtual machine holds, in MB. Less than nothing is shown as nothing: what runs at the beginning may be more than fits.</summary>
    public int AvailableMB => Math.Max(0, Host.MemoryMB - Host.ReserveMB - _heldMB);

    public int HeldMB => _heldMB;

    /// <summary>What is free on each NUMA node, in MB: what may span nodes fills them one after the other, what may not gets all of its memory from the emptiest.</summary>
    public IReadOnlyList<int> FreeOnNodesMB
    {
        get
        {
            var free = Enumerable.Repeat((Host.MemoryMB - Host.ReserveMB) / Host.NumaNodes, Host.NumaNodes).ToArray();
            foreach (var machine in _machinesInOrder.Where(machine => machine.HeldMB > 0))
            {
                var left = machine.HeldMB;
                while (left > 0)
                {
                    var emptiest = Array.IndexOf(free, free.Max());
                    var taken = Host.NumaSpanning ? Math.Min(left, Math.Max(free[emptiest], 0)) : left;
                    free[emptiest] -= taken;
                    left = taken == 0 ? 0 : left - taken;
                }
            }

            return free.Select(megabytes => Math.Max(0, megabytes)).ToArray();
        }
    }

    /// <summary>Drivers and services that do not run.</summary>
    public IEnumerable<string> StoppedServices
        => !Host.HypervisorRunning || (Host.VirtualMachine && !Host.NestedVirtualization)
            ? Host.StoppedServices.Concat(CimNames.HyperVDrivers).Append("hvservice").Distinct(StringComparer.OrdinalIgnoreCase)
            : Host.StoppedServices;

    /// <summary>What is free on a volume, in MB; null when that is never short. The scenario's figure is that of the beginning.</summary>
    public int? FreeOnMB(string volume)
        => Host.Volumes.First(known => known.Name == volume).FreeMB is { } free ? (int)Math.Max(0, Math.Min(int.MaxValue, free - (Of(_stateFilesMB, volume) - Of(_earlierStateFilesMB, volume)))) : null;

    /// <summary>The event log, the oldest first.</summary>
    public IReadOnlyList<LoggedEvent> Events => _events;

    /// <summary>How long after its job has ended a virtual machine shows what has become of it.</summary>
    public TimeSpan StateLag => TimeSpan.FromMilliseconds(Host.StateLagMilliseconds);

    /// <summary>How long a job takes when nothing disturbs it.</summary>
    public TimeSpan DurationOf(PowerTransition transition)
        => TimeSpan.FromMilliseconds(Host.JobDurations == JobDurations.Recorded ? transition.RecordedMilliseconds : Host.JobMilliseconds);

    public IEnumerable<Job> Jobs => _jobsInOrder.Values;

    public IEnumerable<VirtualDisk> Files => _files.Values.Where(IsThere);

    /// <summary>vmms is restarting at this moment.</summary>
    public bool IsRestarting => Now < _outageUntil;

    /// <summary>While vmms restarts: it is ending, and not yet beginning again.</summary>
    public bool IsEnding => IsRestarting && Now < _outageFrom + TimeSpan.FromTicks((_outageUntil - _outageFrom).Ticks / 2);

    /// <summary>The account of whoever asks a host of this name.</summary>
    public static string AccountOn(string host) => host + "\\operator";

    /// <summary>Is told what happens from now on, and first which virtual machines there are.</summary>
    public IHostWitness? Witness
    {
        get => _witness;
        set
        {
            _witness = value;
            foreach (var machine in _machinesInOrder)
            {
                machine.Witness = value;
                value?.Appeared(machine, Now);
            }
        }
    }

    public VirtualMachine? FindMachine(Guid id) => _machines.TryGetValue(id, out var machine) ? machine : null;

    public VirtualMachine? FindWorker(string processId) => Machines.FirstOrDefault(machine => machine.WorkerId is { } id && id.ToString(System.Globalization.CultureInfo.InvariantCulture) == processId);

    public Job? FindJob(Guid id) => _jobs.TryGetValue(id, out var job) ? job : null;

    public VirtualDisk? FindFile(string name) => _files.TryGetValue(name, out var disk) && IsThere(disk) ? disk : null;

    /// <summary>Why Hyper-V's provider does not answer; null when it does.</summary>
    public CimFault? ProviderFault()
        => !Host.HyperVInstalled ? new CimFault(CimStatus.InvalidNamespace, WbemError.InvalidNamespace, $"There is no namespace '{CimNames.Virtualization}'.")
            : !IsServiceRunning ? new CimFault(CimStatus.Failed, WbemError.ProviderLoadFailure, "The provider could not be loaded: the Hyper-V Virtual Machine Management service is not running.")
            : !IsRestarting ? null
            : IsEnding ? new CimFault(CimStatus.ServerIsShuttingDown, WbemError.ShuttingDown, "The provider is shutting down.")
            : new CimFault(CimStatus.Failed, WbemError.RpcServerUnavailable, "The RPC server is unavailable.");

    /// <summary>Somebody makes a virtual machine.</summary>
    public void Make(ScenarioInstance instance) => Appear(new VirtualMachine(instance, _lastOrdinal++, UniqueAddress(instance.Id), Now));

    /// <summary>Somebody deletes a virtual machine, whatever it was doing. What could still be read of its jobs is gone with it; its disks stay.</summary>
    public void Remove(VirtualMachine machine)
    {
        Power.Forget(machine);
        foreach (var job in _jobsInOrder.Values.Where(job => job.Machine == machine).ToList())
        {
            RemoveJob(job);
        }

        Hold(machine, 0);
        HoldDisk(machine, 0);
        machine.WorkerId = null;
        _machines.Remove(machine.Scenario.Id);
        _machinesInOrder.Remove(machine);
        _witness?.Removed(machine, Now);
        machine.Witness = null;
    }

    public void Hold(VirtualMachine machine, int megabytes)
    {
        _heldMB += megabytes - machine.HeldMB;
        machine.HeldMB = megabytes;
    }

    public void HoldDisk(VirtualMachine machine, int megabytes)
    {
        _stateFilesMB[machine.Scenario.StateVolume] = Of(_stateFilesMB, machine.Scenario.StateVolume) + megabytes - machine.StateFileMB;
        machine.StateFileMB = megabytes;
    }

    /// <summary>Something has gone wrong with a virtual machine: it may show, and it may be logged.</summary>
    public void Strike(VirtualMachine machine, FaultKind kind)
    {
        if (kind.HealthState is not null || kind.OperationalStatus is not null)
        {
            machine.Trouble = kind;
        }

        if (kind.EventId != 0)
        {
            if (_events.Count == MostEvents)
            {
                _events.RemoveAt(0);
            }

            _events.Add(new LoggedEvent(Now, machine.Scenario.Id, kind.EventId, kind.HResult));
        }
    }

    public void StartWorker(VirtualMachine machine)
    {
        machine.WorkerId = _lastProcessId += ProcessIdStep;
        machine.WorkerSince = Now;
    }

    public Job AddJob(VirtualMachine machine, PowerTransition transition, TimeSpan? duration, DateTimeOffset submitted)
    {
        var sequence = _jobSequence++;
        var isCancellable = Host.JobCancellable && transition.IsCancellable;
        var job = new Job(StableId.Of("job", machine.Key, sequence), sequence, machine, transition, submitted, duration, DurationOf(transition), isCancellable);
        _jobs.Add(job.Id, job);
        _jobsInOrder.Add(sequence, job);
        _witness?.JobBegan(job, Now);
        return job;
    }

    public void EndJob(Job job, JobResult result)
    {
        job.End(result, Now);
        _witness?.JobEnded(job, Now);
        if (result.Kind is { } kind)
        {
            Strike(job.Machine, kind);
        }

        Timeline.In(JobRetention, () => RemoveJob(job));
    }

    public void RemoveJob(Job job)
    {
        if (_jobs.Remove(job.Id))
        {
            _jobsInOrder.Remove(job.Sequence);
            _witness?.JobRemoved(job, Now);
        }
    }

    /// <summary>vmms goes down and comes back: workers live on, jobs do not.</summary>
    public void RestartService(TimeSpan outage)
    {
        ForgetJobs();
        _outageFrom = Now;
        _outageUntil = Now + outage;
    }

    public bool StopService()
    {
        if (!IsServiceRunning)
        {
            return false;
        }

        ForgetJobs();
        IsServiceRunning = false;
        _outageUntil = Now;
        return true;
    }

    public bool StartService()
    {
        if (IsServiceRunning)
        {
            return false;
        }

        IsServiceRunning = true;
        return true;
    }

    private string UniqueAddress(Guid instance)
    {
        for (var attempt = 0; ; attempt++)
        {
            var address = StableId.MacAddress(instance, attempt);
            if (_addresses.Add(address))
            {
                return address;
            }
        }
    }

    private static long Of(Dictionary<string, long> megabytes, string volume) => megabytes.TryGetValue(volume, out var value) ? value : 0;

    /// <summary>A disk that a fault has made vanish is away until the next start.</summary>
    private static bool IsThere(VirtualDisk disk) => disk.IsDvd || disk.Machine.Struck?.Name != FaultKinds.DiskNotFound.Name;

    private void ForgetJobs()
    {
        foreach (var job in _jobsInOrder.Values)
        {
            _witness?.JobRemoved(job, Now);
        }

        _jobs.Clear();
        _jobsInOrder.Clear();
    }

    private void Appear(VirtualMachine machine)
    {
        _toAppear.Remove(machine.Scenario.Id);
        _machinesInOrder.Add(machine);
        _machines.Add(machine.Scenario.Id, machine);
        foreach (var disk in machine.Parents.Concat(machine.Disks).Where(disk => disk.Presence != FilePresence.Missing && !_files.ContainsKey(disk.FileName)))
        {
            _files.Add(disk.FileName, disk);
        }

        Load(machine);
        machine.Witness = _witness;
        _witness?.Appeared(machine, Now);
        machine.Activity = machine.Scenario.Activity;
        if (machine.Activity != HostActivity.None && machine.Scenario.ActivityMilliseconds is { } lasts)
        {
            Timeline.In(TimeSpan.FromMilliseconds(lasts), () => machine.Activity = HostActivity.None);
        }

        if (machine.Scenario.StartsAfterMilliseconds is { } delay)
        {
            machine.IsWaitingToStart = true;
            Timeline.In(TimeSpan.FromMilliseconds(delay), () => Requests.StartByItself(machine));
        }
    }

    /// <summary>Puts a virtual machine into the state that the scenario begins with.</summary>
    private void Load(VirtualMachine machine)
    {
        var state = machine.Scenario.State;
        machine.IsSaved = state == MpInstanceState.Suspended;
        machine.Power = state switch
        {
            MpInstanceState.Stopped or MpInstanceState.Starting => PowerState.Off,
            MpInstanceState.Suspended => PowerState.Saved,
            MpInstanceState.Paused => PowerState.Paused,
            _ => PowerState.Running,
        };
        machine.Show(PowerTransitions.ShownAtRest(machine.Power), null, Now - EarlierUptime);
        machine.TimeOfLastStateChange = machine.Power == PowerState.Off ? null : Now - EarlierUptime;
        machine.LastStart = machine.TimeOfLastStateChange;
        if (machine.Power is PowerState.Running or PowerState.Paused or PowerState.Saved)
        {
            machine.Guest.AssumeUp(Now - EarlierUptime);
        }

        if (machine.Power == PowerState.Paused)
        {
            machine.Guest.Halt(Now);
        }
        else if (machine.Power == PowerState.Saved)
        {
            machine.Guest.Save(Now);
        }

        if (state != MpInstanceState.Stopped)
        {
            HoldDisk(machine, machine.Scenario.MemoryMB);
            _earlierStateFilesMB[machine.Scenario.StateVolume] = Of(_earlierStateFilesMB, machine.Scenario.StateVolume) + machine.Scenario.MemoryMB;
        }

        if (state is not (MpInstanceState.Stopped or MpInstanceState.Suspended))
        {
            Hold(machine, machine.Scenario.MemoryAssignedMB ?? machine.Scenario.MemoryMB);
            StartWorker(machine);
            machine.WorkerSince = Now - EarlierUptime;
        }

        if (machine.Scenario.RecentFailure is { } failure && PowerTransitions.Of(failure.OnOperation) is { } failed)
        {
            var job = AddJob(machine, failed, TimeSpan.Zero, Now);
            EndJob(job, new JobResult(failure.JobState ?? JobState.Exception, failure.JobErrorCode ?? (ushort)ReturnValue.Failed, failure.ErrorSummaryDescription, failure.ErrorDescription, failure.Errors));
        }

        var hangsIn = state switch
        {
            MpInstanceState.Starting => PowerTransitions.Start,
            MpInstanceState.Stopping => PowerTransitions.Shutdown,
            MpInstanceState.Suspending => PowerTransitions.Save,
            MpInstanceState.Restarting => PowerTransitions.Reset,
            _ => null,
        };
        if (hangsIn is not null)
        {
            machine.WorkerSince = hangsIn.TakesMemory ? Now - EarlierHang : machine.WorkerSince;
            Power.BeginHanging(machine, hangsIn, Now - EarlierHang);
        }
    }
}
