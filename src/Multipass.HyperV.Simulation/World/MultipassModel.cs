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

/// <summary>
/// Multipass on the simulated host: its daemon, what it believes, and what its client makes it do. A state that the scenario gives stays as it is, whatever the host does: that is
/// how beliefs go wrong. It goes away when Multipass looks again. Without one the belief follows the host.
/// </summary>
internal sealed class MultipassModel
{
    public const string ServiceName = "Multipass";

    private readonly HostWorld _world;
    private readonly Dictionary<Guid, string> _beliefs = new();
    private readonly IReadOnlyList<ScenarioInstance> _instances;

    public MultipassModel(HostWorld world)
    {
        _world = world;

        // Multipass knows each name once.
        _instances = world.Records
            .Where(instance => (instance.Managed || instance.MultipassState is not null) && instance is { Record: not RecordPresence.Missing, TwinOf: null })
            .GroupBy(instance => instance.Name, StringComparer.OrdinalIgnoreCase)
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

    public bool IsServiceRunning { get; private set; } = true;

    public IEnumerable<MultipassRow> Rows
        => _instances.Where(_world.HasAppeared).Select(instance => new MultipassRow(instance, StateOf(instance), DiskOf(instance)));

    public ScenarioInstance? Find(string name) => _instances.FirstOrDefault(instance => string.Equals(instance.Name, name, StringComparison.OrdinalIgnoreCase) && _world.HasAppeared(instance));

    /// <summary>What <c>multipass stop --force</c> does: powers off whatever is not off, a saved state with it, and looks again.</summary>
    public void StopByForce(ScenarioInstance instance)
    {
        if (_world.FindMachine(instance.Id) is { } machine && machine.Power != PowerState.Off && _world.Power.Find(machine, EnabledState.Disabled) is { } transition)
        {
            _world.Power.Begin(machine, transition, new PowerPlan { EndsAfter = _world.UsualDuration });
        }

        _beliefs.Remove(instance.Id);
    }

    public bool StopService()
    {
        var was = IsServiceRunning;
        IsServiceRunning = false;
        return was;
    }

    /// <summary>The daemon starts, and looks at the host.</summary>
    public bool StartService()
    {
        if (IsServiceRunning)
        {
            return false;
        }

        IsServiceRunning = true;
        _beliefs.Clear();
        return true;
    }

    private string StateOf(ScenarioInstance instance)
    {
        if (_beliefs.TryGetValue(instance.Id, out var word))
        {
            return word;
        }

        var machine = _world.FindMachine(instance.Id);
        return WordFor(machine is null ? instance.State : StateTable.Map(machine.EnabledState, machine.OtherEnabledState));
    }

    private string DiskOf(ScenarioInstance instance) => _world.FindMachine(instance.Id)?.Disks[0].Path ?? VirtualMachine.DiskPathOf(instance);

    /// <summary>Multipass has no word for a pause, and goes on saying Running while an instance stops.</summary>
    private static string WordFor(MpInstanceState state)
        => state switch
        {
            MpInstanceState.Paused => MultipassWords.Unknown,
            MpInstanceState.Stopping => "Running",
            _ => state.ToString(),
        };
}
