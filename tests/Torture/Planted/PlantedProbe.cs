using System.Linq;
using Multipass.HyperV.Torture.Worlds.Judging;
using Multipass.HyperV.Torture.Worlds.Plan;
using Multipass.HyperV.Torture.Worlds.Run;

namespace Multipass.HyperV.Torture.Planted;

/// <summary>Called in a load context of its own, where the engine is another: so it speaks in strings.</summary>
public static class PlantedProbe
{
    /// <summary>The rules that break in a world.</summary>
    /// <param name="seed">The world.</param>
    public static string[] Broken(int seed)
    {
        var plan = WorldMaker.Make(seed);
        return Judge.Of(plan, WorldRun.Run(plan)).Violations.Select(violation => violation.Rule.ToString()).Distinct().ToArray();
    }
}
