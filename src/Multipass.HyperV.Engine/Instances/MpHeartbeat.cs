namespace Multipass.HyperV;

/// <summary>Whether the guest's integration service answers.</summary>
public enum MpHeartbeat
{
    /// <summary>Not read, or not applicable in this state.</summary>
    Unknown = 0,

    /// <summary>The guest answers.</summary>
    OK = 2,

    /// <summary>The guest answers with another version of the protocol.</summary>
    Degraded = 3,

    /// <summary>The service reports an error.</summary>
    Error = 6,

    /// <summary>The guest's protocol does not fit.</summary>
    NonRecoverable = 7,

    /// <summary>The guest has not answered yet.</summary>
    NoContact = 12,

    /// <summary>The guest no longer answers.</summary>
    LostCommunication = 13,

    /// <summary>The instance is paused.</summary>
    Paused = 15,
}
