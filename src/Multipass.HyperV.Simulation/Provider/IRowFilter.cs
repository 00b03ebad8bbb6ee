using System.Collections.Generic;
using Multipass.HyperV.Simulation.World;

namespace Multipass.HyperV.Simulation.Provider;

/// <summary>Chooses rows of one class.</summary>
internal interface IRowFilter
{
    /// <summary>True when it asks for exactly one instance, or several, by the property that identifies them.</summary>
    bool IsByKey { get; }

    /// <summary>The rows chosen, in the order of the scenario.</summary>
    IEnumerable<object> Rows(HostWorld world);
}
