using System;
using System.Collections.Generic;
using System.Linq;

namespace Multipass.HyperV.Multipass;

/// <summary>What lies in an instance's folder of the vault.</summary>
/// <param name="Outcome">Read where it was listed; Missing where there is no such folder; anything else where nobody knows.</param>
/// <param name="Files">The names of its files.</param>
internal sealed record VaultFolder(FileOutcome Outcome, IReadOnlyList<string> Files)
{
    /// <summary>Nobody looked.</summary>
    public static readonly VaultFolder NotRead = new(FileOutcome.Failed, Array.Empty<string>());

    /// <summary>What Multipass appends to each disk while it takes Hyper-V's machine away in a migration (hyperv_migrator.cpp).</summary>
    private const string HoldEnding = ".multipass-migration-hold";

    /// <summary>The disk of the machine on which a migration is tried (hyperv_migrator.cpp).</summary>
    private const string TrialEnding = ".trial.avhdx";

    private static readonly string[] DiskEndings = { ".vhdx", ".avhdx", ".vhd", ".avhd", ".vdi", ".qcow2", ".img", HoldEnding };

    /// <summary>True where it is known whether something is there.</summary>
    public bool IsKnown => Outcome is FileOutcome.Read or FileOutcome.Missing;

    /// <summary>Whether a virtual disk is there, under any of the names that one may have; null where that is not known.</summary>
    public bool? HasDisk => !IsKnown ? null : Files.Any(file => DiskEndings.Any(ending => EndsWith(file, ending)));

    /// <summary>The two files that the newer backend keeps beside a disk: Hyper-V's management service keeps its own elsewhere. One alone is a left-over.</summary>
    public bool HasHcsFiles => States.Any(file => EndsWith(file, ".vmgs")) && States.Any(file => EndsWith(file, ".vmrs") && !EndsWith(file, SavedStateEnding));

    /// <summary>Anything that only the newer backend would have put there.</summary>
    public bool HasHcsTraces => States.Any(file => EndsWith(file, ".vmgs") || EndsWith(file, ".vmrs"));

    /// <summary>The files of the machine on which a migration is tried are not the instance's.</summary>
    private IEnumerable<string> States => Files.Where(file => file.IndexOf(TrialEnding + ".", StringComparison.OrdinalIgnoreCase) < 0);

    /// <summary>Whether the newer backend has a saved state of it (hcs_virtual_machine.cpp).</summary>
    public bool HasHcsSavedState => Files.Any(file => EndsWith(file, SavedStateEnding));

    /// <summary>Whether a migration is being tried at this moment, or was interrupted.</summary>
    public bool IsMigrating => Files.Any(file => EndsWith(file, HoldEnding) || EndsWith(file, TrialEnding));

    /// <summary>The files of Multipass's snapshots (base_snapshot.cpp), in their order.</summary>
    public IReadOnlyList<string> SnapshotFiles => Files.Where(file => EndsWith(file, ".snapshot.json")).OrderBy(file => file, StringComparer.OrdinalIgnoreCase).ToList();

    private const string SavedStateEnding = ".SavedState.vmrs";

    private static bool EndsWith(string file, string ending) => file.EndsWith(ending, StringComparison.OrdinalIgnoreCase);
}
