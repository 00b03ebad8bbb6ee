namespace Multipass.HyperV;

/// <summary>What an instance is doing, in Multipass's words.</summary>
public enum MpInstanceState
{
    /// <summary>The host could not be read, or said something that has no word here; the host state has what it said.</summary>
    Unknown,

    /// <summary>Off.</summary>
    Stopped,

    /// <summary>On its way to Running, from off, from saved state or from a pause.</summary>
    Starting,

    /// <summary>Running.</summary>
    Running,

    /// <summary>Being reset.</summary>
    Restarting,

    /// <summary>Shutting down or being powered off.</summary>
    Stopping,

    /// <summary>Saving its state to disk, or being paused.</summary>
    Suspending,

    /// <summary>Its state is saved on disk; a start continues from there.</summary>
    Suspended,

    /// <summary>Halted in memory. Multipass has no word of its own for it.</summary>
    Paused,
}
