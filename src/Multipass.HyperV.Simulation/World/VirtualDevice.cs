using Multipass.HyperV.Simulation.Scenarios;

namespace Multipass.HyperV.Simulation.World;

/// <summary>A device of the host in a virtual machine.</summary>
/// <param name="Machine">The virtual machine.</param>
/// <param name="Key">Its id, as Hyper-V writes it.</param>
/// <param name="Scenario">What the scenario says of it.</param>
internal sealed record VirtualDevice(VirtualMachine Machine, string Key, ScenarioDevice Scenario);
