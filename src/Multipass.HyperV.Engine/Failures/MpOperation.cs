namespace Multipass.HyperV.Failures;

/// <summary>What is asked of an instance.</summary>
internal enum MpOperation
{
    /// <summary>Nothing is changed; the instance is read.</summary>
    Read,
    Start,

    /// <summary>Continued from saved state or from a pause; one that is off is not started.</summary>
    Resume,

    /// <summary>The guest is asked to shut down.</summary>
    Shutdown,

    /// <summary>Powered off at once.</summary>
    TurnOff,

    /// <summary>Powered off, a saved state thrown away.</summary>
    DiscardSavedState,

    /// <summary>Its state is saved to disk.</summary>
    Save,

    /// <summary>The guest is asked to restart.</summary>
    Reboot,

    /// <summary>Restarted at once, without asking the guest.</summary>
    Reset,

    /// <summary>Nothing is changed; a state or an answer of the guest is waited for.</summary>
    Wait,

    /// <summary>What hangs is ended, what Multipass wrongly believes is put right.</summary>
    Repair,
}
