using System;
using Multipass.HyperV.Simulation.Scenarios;
using Multipass.HyperV.Cim;

namespace Multipass.HyperV.Simulation.World;

/// <summary>A virtual switch of the host.</summary>
internal sealed record VirtualSwitch(string Name, string Key)
{
    public static VirtualSwitch Of(string name) => new(name, KeyOf(name));

    /// <summary>The Default Switch has the same id everywhere; others have one of their own.</summary>
    public static string KeyOf(string name)
        => string.Equals(name, ScenarioInstance.SwitchName, StringComparison.OrdinalIgnoreCase)
            ? CimNames.DefaultSwitchId
            : StableId.Text(StableId.Of("switch", name.ToUpperInvariant(), 0));
}
