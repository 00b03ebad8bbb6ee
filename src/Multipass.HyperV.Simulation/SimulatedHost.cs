using System;
using System.Collections.Generic;
using System.Linq;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Multipass;
using Multipass.HyperV.Simulation.Connections;
using Multipass.HyperV.Simulation.Faults;
using Multipass.HyperV.Simulation.Provider;
using Multipass.HyperV.Simulation.Scenarios;
using Multipass.HyperV.Simulation.World;
using Multipass.HyperV.Simulation.Wql;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Simulation;

/// <summary>A Hyper-V host in this process: it answers CIM calls as Hyper-V's provider does, has memory, disks, switches and guests, and goes wrong where it is told to.</summary>
/// <remarks>
/// Nothing runs in the background. Each call first lets everything happen that is due by the clock, in order, and then answers; so the same scenario and the same calls
/// at the same moments give the same answers. All members are safe to use from several threads.
/// </remarks>
public sealed class SimulatedHost
{
    private readonly object _lock = new();
    private readonly IClock _clock;
    private readonly HostWorld _world;

    /// <summary>The host keeps its own time: this computer's clock may be set.</summary>
    private readonly DateTimeOffset _start;
    private readonly ObjectManager _manager;
    private readonly CallJournal _journal = new();
    private Func<int, CallInterference?>? _interference;
    private int _callsSinceInterference;

    /// <summary>Creates a host.</summary>
    /// <param name="scenario">What the host is like, and what is on it.</param>
    /// <param name="clock">The time that it lives in.</param>
    public SimulatedHost(Scenario scenario, IClock clock)
    {
        if (scenario is null)
        {
            throw new ArgumentNullException(nameof(scenario));
        }

        _clock = clock ?? throw new ArgumentNullException(nameof(clock));
        _start = clock.Now - clock.Elapsed;
        _world = new HostWorld(scenario, clock.Now);
        _manager = new ObjectManager(_world);
        var multipass = new SimulatedMultipass(this, clock);
        MultipassView = new MultipassView(multipass, multipass, SimulatedMultipass.Environment);
        Events = new SimulatedEvents(this);
    }

    /// <summary>The host's name.</summary>
    public string Name => _world.Host.Name;

    /// <summary>The calls that the host has received, the oldest first; of very many, the last 100,000.</summary>
    public IReadOnlyList<SimulatedCall> Calls
    {
        get
        {
            lock (_lock)
            {
                return _journal.ToList();
            }
        }
    }

    /// <summary>The time that it lives in.</summary>
    internal IClock Clock => _clock;

    /// <summary>The language of its texts.</summary>
    internal string Culture => _world.Host.Culture;

    /// <summary>What Multipass believes of its instances.</summary>
    internal IMultipassView MultipassView { get; }

    /// <summary>The host's event log.</summary>
    internal IHostEvents Events { get; }

    /// <summary>What befalls calls by their number, which counts from 1 when this is set; null for those that nothing befalls.</summary>
    internal Func<int, CallInterference?>? Interference
    {
        set
        {
            lock (_lock)
            {
                _interference = value;
                _callsSinceInterference = 0;
            }
        }
    }

    /// <summary>Is told what happens from now on, and first which virtual machines there are.</summary>
    internal IHostWitness? Witness
    {
        set
        {
            lock (_lock)
            {
                LetHappen();
                _world.Witness = value;
            }
        }
    }

    /// <summary>Opens a connection. Several may be open; each is closed for itself.</summary>
    public ICimConnection Connect() => new SimulatedConnection(this, _clock);

    /// <summary>Forgets the calls received so far.</summary>
    public void ClearCalls()
    {
        lock (_lock)
        {
            _journal.Clear();
        }
    }

    /// <summary>Makes something go wrong from now on.</summary>
    /// <param name="namePattern">The instances that it strikes: a name, in which * stands for any characters and ? for one.</param>
    /// <param name="fault">What goes wrong, how and how often; each instance counts for itself.</param>
    /// <returns>How many virtual machines have such a name.</returns>
    public int AddFault(string namePattern, SimulatedFault fault)
    {
        if (fault is null)
        {
            throw new ArgumentNullException(nameof(fault));
        }

        return ForEach(namePattern ?? throw new ArgumentNullException(nameof(namePattern)), machine => machine.Faults.Add(fault));
    }

    /// <summary>Takes back what was to go wrong and has not yet, and lets dropped connections live again. What has gone wrong stays so.</summary>
    /// <param name="namePattern">The instances, as in <see cref="AddFault"/>; all when null.</param>
    /// <returns>How many virtual machines have such a name.</returns>
    public int ClearFaults(string? namePattern = null)
        => ForEach(namePattern ?? "*", machine =>
        {
            machine.Faults.Clear();
            machine.PollsFailFrom = null;
        });

    internal Answer<IReadOnlyList<CimRecord>> Query(CimQuery query)
    {
        lock (_lock)
        {
            var now = LetHappen();
            var answer = Interfered(() => _manager.Query(query));
            _journal.Add(new SimulatedCall(now, "Query", query.ClassName, null, false, answer.Result, answer.Instance));
            return answer;
        }
    }

    /// <summary>A query in WMI's language, as it comes over WS-Management.</summary>
    internal Answer<IReadOnlyList<SelectedInstance>> Query(string cimNamespace, WqlQuery query, Polymorphism polymorphism)
    {
        lock (_lock)
        {
            var now = LetHappen();
            var (answer, className) = query switch
            {
                WqlSelect select => (Interfered(() => _manager.Query(cimNamespace, select, polymorphism)), select.ClassName),
                WqlAssociators associators => (Interfered(() => _manager.Query(associators)), associators.ResultClass ?? associators.AssociationClass ?? associators.Source.ClassName),
                _ => throw new ArgumentOutOfRangeException(nameof(query)),
            };
            _journal.Add(new SimulatedCall(now, "Query", className, null, false, answer.Result, answer.Instance));
            return answer;
        }
    }

    /// <summary>The path that some of an instance's keys name.</summary>
    internal Answer<CimPath> Resolve(string cimNamespace, string className, IReadOnlyDictionary<string, string> keys)
    {
        lock (_lock)
        {
            LetHappen();
            return _manager.Resolve(cimNamespace, className, keys);
        }
    }

    internal Answer<CimRecord> Get(CimPath path)
    {
        lock (_lock)
        {
            var now = LetHappen();
            var answer = Interfered(() => _manager.Get(path));
            _journal.Add(new SimulatedCall(now, "Get", path.ClassName, null, false, answer.Result, answer.Instance ?? _manager.InstanceAt(path)));
            return answer;
        }
    }

    internal Answer<CimMethodResult> Invoke(CimPath path, string method, IReadOnlyDictionary<string, object?> parameters)
    {
        lock (_lock)
        {
            var now = LetHappen();
            var changesState = ObjectManager.ChangesState(path, method);
            var answer = Interfered(() => _manager.Invoke(path, method, parameters));
            _journal.Add(new SimulatedCall(now, "Invoke", path.ClassName, method, changesState, answer.Result, answer.Instance ?? _manager.InstanceAt(path)));
            return answer;
        }
    }

    internal IReadOnlyList<LoggedEvent> LoggedEvents()
    {
        lock (_lock)
        {
            LetHappen();
            return new List<LoggedEvent>(_world.Events);
        }
    }

    /// <summary>Asks the host's Multipass, or has it do something.</summary>
    internal T OfMultipass<T>(Func<MultipassModel, T> ask)
    {
        lock (_lock)
        {
            LetHappen();
            return ask(_world.Multipass);
        }
    }

    /// <summary>Notes a call that did not come through CIM.</summary>
    internal void Journal(SimulatedCall call)
    {
        lock (_lock)
        {
            _journal.Add(call);
        }
    }

    private Answer<T> Interfered<T>(Func<Answer<T>> carryOut)
        where T : class
    {
        if (_interference?.Invoke(++_callsSinceInterference) is not { } interference)
        {
            return carryOut();
        }

        if (interference.Outage is { } outage)
        {
            _world.RestartService(outage);
        }

        return interference.Apply(carryOut);
    }

    /// <summary>What is true at this moment, without a call that could fail: for whoever checks what is said of it.</summary>
    internal IReadOnlyList<(string Name, MpInstanceState State)> StatesNow()
    {
        lock (_lock)
        {
            LetHappen();
            return _world.Machines.Select(machine => (machine.Name, StateTable.Map(machine.EnabledState, machine.OtherEnabledState))).ToArray();
        }
    }

    /// <summary>Lets everything happen that is due by now, although nobody asks.</summary>
    internal void CatchUp()
    {
        lock (_lock)
        {
            LetHappen();
        }
    }

    /// <summary>Somebody restarts vmms, which is away for so long.</summary>
    internal void RestartService(TimeSpan outage)
    {
        lock (_lock)
        {
            LetHappen();
            _world.RestartService(outage);
        }
    }

    /// <summary>Somebody deletes a virtual machine at the host itself. False when there is none of that id.</summary>
    internal bool Remove(Guid id) => Change(id, _world.Remove);

    /// <summary>Somebody renames a virtual machine at the host itself. False when there is none of that id.</summary>
    internal bool Rename(Guid id, string name) => Change(id, machine => machine.Name = name);

    /// <summary>Somebody makes a virtual machine at the host itself.</summary>
    internal void Make(ScenarioInstance instance)
    {
        lock (_lock)
        {
            LetHappen();
            _world.Make(instance);
        }
    }

    private bool Change(Guid id, Action<VirtualMachine> change)
    {
        lock (_lock)
        {
            LetHappen();
            if (_world.FindMachine(id) is not { } machine)
            {
                return false;
            }

            change(machine);
            return true;
        }
    }

    private int ForEach(string namePattern, Action<VirtualMachine> action)
    {
        lock (_lock)
        {
            LetHappen();
            var count = 0;
            foreach (var machine in _world.Machines)
            {
                if (NamePattern.Matches(namePattern, machine.Name))
                {
                    action(machine);
                    count++;
                }
            }

            return count;
        }
    }

    private DateTimeOffset LetHappen()
    {
        _world.Timeline.AdvanceTo(_start + _clock.Elapsed);
        return _world.Now;
    }
}
