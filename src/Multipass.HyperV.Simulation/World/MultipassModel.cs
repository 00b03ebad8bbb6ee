using System;
using System.Collections.Generic;
using System.Linq;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Multipass;
using Multipass.HyperV.Simulation.Scenarios;

namespace Multipass.HyperV.Simulation.World;

/// <summary>One instance as the simulated Multipass knows it.</summary>
/// <param name="Instance">The scenario's instance.</param>
/// <param name="State">Multipass's word.</param>
/// <param name="Disk">The path of its disk.</param>
internal sealed record MultipassRow(ScenarioInstance Instance, string State, string Disk);

/// <summary>Something that Multipass did.</summary>
/// <param name="Deed">What, in a word or two.</param>
/// <param name="Name">To what of that name.</param>
/// <param name="Id">Its id.</param>
internal sealed record MultipassDeed(string Deed, string Name, Guid Id);

/// <summary>
/// Multipass on the simulated host: its daemon, what it believes, and what its client makes it do. A state that the scenario gives stays as it is, whatever the host does: that is
/// how beliefs go wrong. It goes away when Multipass looks again. Without one the belief follows the host. It acts by name, under the driver that it uses, as the real one does.
/// </summary>
internal sealed class MultipassModel
{
    public const string ServiceName = "Multipass";

    private readonly HostWorld _world;
    private readonly Dictionary<Guid, string> _beliefs = new();
    private readonly Dictionary<Guid, MpInstanceState> _elsewhere = new();
    private readonly HashSet<Guid> _dropped = new();
    private readonly List<MultipassDeed> _deeds = new();
    private readonly IReadOnlyList<ScenarioInstance> _instances;

    public MultipassModel(HostWorld world)
    {
        _world = world;

        // Multipass knows each name once in each scope.
        _instances = world.Records
            .Where(instance => (instance.Managed || instance.MultipassState is not null) && instance is { Record: not RecordPresence.Missing, TwinOf: null, CloneOf: null })
            .GroupBy(instance => (ScopeOf(instance), instance.Name.ToUpperInvariant()))
            .Select(namesakes => namesakes.FirstOrDefault(instance => instance.Backend == MpBackend.Hcs) ?? namesakes.First())
            .ToArray();
        foreach (var instance in _instances)
        {
            if (instance.MultipassState is { } word)
            {
                _beliefs[instance.Id] = word;
            }
        }
    }

    public ScenarioMultipass Scenario => _world.Host.Multipass;

    /// <summary>The host that it is on.</summary>
    public HostWorld World => _world;

    /// <summary>What Multipass has done to machines and records because somebody sent it a command: what a judge looks at.</summary>
    public IReadOnlyList<MultipassDeed> Deeds => _deeds;

    public bool IsServiceRunning { get; private set; } = true;

    /// <summary>The driver in use: the one that is set, or else the default of the version.</summary>
    public MultipassDriver Driver => MultipassDriver.Of(Scenario.Driver ?? Scenario.DefaultDriver);

    /// <summary>The folder, below the data folder, of the driver in use.</summary>
    public string Scope => MultipassDriver.Rows.First(row => row.Kind == Driver.Kind).Scope;

    /// <summary>What the database of a scope has.</summary>
    public IEnumerable<MultipassRow> RowsOf(string scope)
        => _instances.Where(instance => ScopeOf(instance) == scope && _world.HasAppeared(instance) && !_dropped.Contains(instance.Id))
            .Select(instance => new MultipassRow(instance, StateOf(instance), DiskOf(instance)));

    /// <summary>Instances with their folders in the vault, whatever the database has of them.</summary>
    public IEnumerable<ScenarioInstance> InVault(string scope)
        => _world.Records.Where(instance => instance is { Managed: true, TwinOf: null } && ScopeOf(instance) == scope && _world.HasAppeared(instance));

    /// <summary>The scope that an instance belongs to. What Hyper-V has is never VirtualBox's.</summary>
    public string ScopeOf(ScenarioInstance instance)
        => instance.Backend == MpBackend.VirtualBox || (instance is { Machine: MachinePresence.Missing, Backend: MpBackend.HyperV } && Driver.Kind == DriverKind.VirtualBox)
            ? MultipassDriver.VirtualBoxScope
            : string.Empty;

    public ScenarioInstance? Find(string name) => RowsOf(Scope).Select(row => row.Instance).FirstOrDefault(instance => string.Equals(instance.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The state of an instance that another backend than Hyper-V runs.</summary>
    public MpInstanceState StateElsewhere(ScenarioInstance instance) => _elsewhere.TryGetValue(instance.Id, out var state) ? state : instance.State;

    /// <summary>Whether another backend than Hyper-V has it.</summary>
    public bool IsElsewhere(ScenarioInstance instance)
        => instance.Backend != MpBackend.HyperV || Driver.Kind == DriverKind.Hcs || ScopeOf(instance).Length > 0 || instance.Migration is MigrationFile.Hcs or MigrationFile.OnHold
            || (instance.HcsFiles == true && Scenario.HasHcs && !MachinesNamed(instance.Name).Any());

    /// <summary>What <c>multipass stop --force</c> does: powers off whatever is not off and has the name, a saved state with it, and looks again.</summary>
    public void StopByForce(ScenarioInstance instance)
    {
        if (IsElsewhere(instance))
        {
            _deeds.Add(new MultipassDeed("stopped elsewhere", instance.Name, instance.Id));
            _elsewhere[instance.Id] = MpInstanceState.Stopped;
        }
        else
        {
            foreach (var machine in MachinesNamed(instance.Name).Where(machine => machine.Power != PowerState.Off))
            {
                _deeds.Add(new MultipassDeed("powered off", machine.Name, machine.Scenario.Id));
                Change(machine, EnabledState.Disabled);
            }
        }

        _beliefs.Remove(instance.Id);
    }

    public bool StopService()
    {
        var was = IsServiceRunning;
        IsServiceRunning = false;
        return was;
    }

    /// <summary>
    /// The daemon starts, and looks at the host: an empty record makes it take the whole database for empty, one that it cannot read keeps it from starting; it makes a machine for an
    /// instance that has none, forgets one whose disk is gone, and starts what it believes to be running.
    /// </summary>
    public bool StartService()
    {
        if (IsServiceRunning)
        {
            return false;
        }

        var rows = Scenario.Database == DatabaseAccess.Readable || Scenario.Database == DatabaseAccess.Denied ? RowsOf(Scope).ToList() : new List<MultipassRow>();
        if (rows.Exists(row => row.Instance.Record == RecordPresence.Damaged))
        {
            return true;
        }

        IsServiceRunning = true;
        if (rows.Exists(row => row.Instance.Record == RecordPresence.Empty))
        {
            _dropped.UnionWith(rows.Select(row => row.Instance.Id));
            _deeds.AddRange(rows.Select(row => new MultipassDeed("dropped", row.Instance.Name, row.Instance.Id)));
            return true;
        }

        foreach (var row in rows.Where(row => row.Instance is { Record: RecordPresence.Present } && !IsElsewhere(row.Instance)))
        {
            if (row.Instance.Disk == FilePresence.Missing)
            {
                _dropped.Add(row.Instance.Id);
                _deeds.Add(new MultipassDeed("dropped", row.Instance.Name, row.Instance.Id));
                continue;
            }

            if (Scenario.HasHcs && row.Instance.Migration is MigrationFile.Damaged or MigrationFile.Newer or MigrationFile.Legacy or MigrationFile.Trial && !MachinesNamed(row.Instance.Name).Any())
            {
                // It cannot tell which backend has it, and leaves it alone.
                continue;
            }

            if (!MachinesNamed(row.Instance.Name).Any())
            {
                _deeds.Add(new MultipassDeed("made", row.Instance.Name, row.Instance.Id));
                _world.Make(row.Instance with { State = MpInstanceState.Stopped, Machine = MachinePresence.Present });
            }

            if (row.State is "Running" or "Delayed Shutdown" && !row.Instance.Deleted)
            {
                foreach (var machine in MachinesNamed(row.Instance.Name).Where(machine => machine.Power != PowerState.Running).ToList())
                {
                    _deeds.Add(new MultipassDeed("started", machine.Name, machine.Scenario.Id));
                    Change(machine, EnabledState.Enabled);
                }
            }
        }

        _beliefs.Clear();
        return true;
    }

    private void Change(VirtualMachine machine, ushort requestedState)
    {
        if (_world.Power.Find(machine, requestedState) is { } transition)
        {
            _world.Power.Begin(machine, transition, new PowerPlan { EndsAfter = _world.DurationOf(transition) });
        }
    }

    private IEnumerable<VirtualMachine> MachinesNamed(string name) => _world.Machines.Where(machine => string.Equals(machine.Name, name, StringComparison.OrdinalIgnoreCase));

    private string StateOf(ScenarioInstance instance)
    {
        if (_beliefs.TryGetValue(instance.Id, out var word))
        {
            return word;
        }

        if (IsElsewhere(instance))
        {
            return WordFor(StateElsewhere(instance));
        }

        var machine = _world.FindMachine(instance.Id);
        return WordFor(machine is null ? instance.State : StateTable.Map(machine.EnabledState, machine.OtherEnabledState));
    }

    private string DiskOf(ScenarioInstance instance)
        => instance.DiskPath is null && _world.FindMachine(instance.Id) is { } machine ? machine.BaseDisk : VirtualMachine.DiskPathOf(instance);

    /// <summary>Multipass has no word for a pause, and goes on saying Running while an instance stops.</summary>
    private static string WordFor(MpInstanceState state)
        => state switch
        {
            MpInstanceState.Paused => MultipassWords.Unknown,
            MpInstanceState.Stopping => "Running",
            _ => state.ToString(),
        };
}
