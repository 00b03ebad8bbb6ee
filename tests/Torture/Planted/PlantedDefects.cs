using System.Collections.Generic;

namespace Multipass.HyperV.Torture.Planted;

/// <summary>The defects. Each is a fault that an engine of this kind has had, or could easily have.</summary>
internal static class PlantedDefects
{
    public static readonly IReadOnlyList<PlantedDefect> All = new PlantedDefect[]
    {
        new(
            "refusal-is-success",
            "A request that is refused because of the state (32775) counts as done.",
            new PlantedEdit(
                "Operations/RequestSubmitter.cs",
                "if (reading is not null && _run.IsReached(reading))",
                "if (reading is not null && (_run.IsReached(reading) || evidence.ReturnValue == 32775))")),
    };
}
