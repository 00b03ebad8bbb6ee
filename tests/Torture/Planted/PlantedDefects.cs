using System.Collections.Generic;

namespace Multipass.HyperV.Torture.Planted;

/// <summary>The defects. Each is a fault that an engine of this kind has had, or could easily have.</summary>
internal static class PlantedDefects
{
    public static readonly IReadOnlyList<PlantedDefect> All = new PlantedDefect[]
    {
    };
}
