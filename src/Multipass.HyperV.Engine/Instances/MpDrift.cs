namespace Multipass.HyperV;

/// <summary>How Multipass's belief differs from what the host shows.</summary>
public enum MpDrift
{
    /// <summary>Multipass's belief is not known.</summary>
    Unknown,

    /// <summary>They agree.</summary>
    None,

    /// <summary>Multipass says Starting or Restarting, and the host shows that nothing is starting.</summary>
    StuckStarting,

    /// <summary>Multipass says Running, the host does not.</summary>
    SaysRunning,

    /// <summary>Multipass says Stopped or Suspended, the host runs it.</summary>
    SaysStopped,

    /// <summary>Multipass has a record, the host has no such virtual machine.</summary>
    MissingOnHost,

    /// <summary>The host has the virtual machine, Multipass has no record of it.</summary>
    OrphanOnHost,

    /// <summary>Deleted in Multipass, but not yet purged.</summary>
    Deleted,

    /// <summary>Run by another backend of Multipass's, which Hyper-V's management service does not see.</summary>
    OtherBackend,

    /// <summary>Multipass itself does not touch it: it is moving it to its other backend, or cannot tell which has it.</summary>
    Blocked,

    /// <summary>A clone that Multipass is making; until it is done it has the name of its source.</summary>
    Cloning,
}
