using System.IO;

namespace Multipass.HyperV.Torture;

/// <summary>As in tests/Torture, without the members that have a body there: .NET Framework's interfaces have none.</summary>
internal interface ITortureSuite
{
    /// <summary>The word on the command line.</summary>
    string Name { get; }

    string Description { get; }

    /// <summary>How many runs when none are asked for.</summary>
    int DefaultCount { get; }

    /// <summary>Runs; run number n has the seed <paramref name="seed"/> + n, so that a failure can be had again alone.</summary>
    /// <returns>True when nothing has failed.</returns>
    bool Run(int count, int seed, TextWriter output);
}
