namespace Multipass.HyperV.Lifecycle;

/// <summary>What is asked of an instance.</summary>
internal enum MpOperation
{
    /// <summary>Nothing is changed; the instance is read.</summary>
    Read,
    Start,

    /// <summary>The guest is asked to shut down.</summary>
    Shutdown,

    /// <summary>Powered off at once.</summary>
    TurnOff,

    /// <summary>Powered off, a saved state thrown away.</summary>
    DiscardSavedState,

    /// <summary>What hangs is ended, what Multipass wrongly believes is put right.</summary>
    Repair,
}
