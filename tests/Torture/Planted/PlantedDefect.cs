using System.Collections.Generic;

namespace Multipass.HyperV.Torture.Planted;

/// <summary>A fault that is put into the engine on purpose, to see whether the rules find it.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Story">What is wrong then, in one sentence.</param>
/// <param name="Edits">Where the sources are changed.</param>
internal sealed record PlantedDefect(string Name, string Story, params PlantedEdit[] Edits)
{
    public override string ToString() => Name;
}

/// <summary>One change of a source file.</summary>
/// <param name="File">The file, from the folder of the engine.</param>
/// <param name="Find">The text that is replaced: there exactly once.</param>
/// <param name="Replace">What stands there instead.</param>
internal sealed record PlantedEdit(string File, string Find, string Replace);

/// <summary>How the rules took a defect.</summary>
/// <param name="Defect">The defect.</param>
/// <param name="Worlds">In how many worlds it was tried.</param>
internal sealed record PlantedResult(PlantedDefect Defect, int Worlds)
{
    /// <summary>The rule that broke, with its world; null when none did.</summary>
    public string? Caught { get; init; }

    /// <summary>Why it could not be tried; null when it was.</summary>
    public string? Problem { get; init; }
}
