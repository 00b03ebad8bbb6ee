namespace Multipass.HyperV.Simulation.Scenarios;

/// <summary>How a file of an instance answers when its virtual machine is started.</summary>
internal enum FilePresence
{
    Present,
    Missing,
    AccessDenied,
    InUse,
}

/// <summary>The saved state of a suspended instance.</summary>
internal enum SavedStateFile
{
    Present,
    Corrupt,
    Missing,
}

/// <summary>What the caller's account may do on the host.</summary>
internal enum HostAccess
{
    Full,

    /// <summary>Everything can be read, every change is refused.</summary>
    ReadOnly,

    /// <summary>Hyper-V shows no rows at all, without an error, as WMI does to accounts without rights.</summary>
    None,
}

/// <summary>What a guest does when it is asked to shut down.</summary>
internal enum GuestShutdown
{
    Answers,

    /// <summary>It takes the request and stays up.</summary>
    Ignores,

    /// <summary>Its shutdown service is not in contact with the host.</summary>
    NotReady,
}

/// <summary>What a host answers to a power-off of a virtual machine that is starting. Not documented for real hosts, so a scenario says it.</summary>
internal enum PowerOffPolicy
{
    Accepted,
    Refused,
}
