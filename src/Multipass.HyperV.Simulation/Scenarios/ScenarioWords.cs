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

/// <summary>Whether Hyper-V has the virtual machine of an instance.</summary>
internal enum MachinePresence
{
    Present,

    /// <summary>Only Multipass knows it: removed in Hyper-V Manager, for example.</summary>
    Missing,
}

/// <summary>What Multipass's database has of an instance.</summary>
internal enum RecordPresence
{
    Present,

    /// <summary>Multipass does not know it.</summary>
    Missing,

    /// <summary>Its record has a value of the wrong type.</summary>
    Damaged,

    /// <summary>Its record is an object without anything in it.</summary>
    Empty,

    /// <summary>Its record is one of nothing, which Multipass itself ignores.</summary>
    Ghost,
}

/// <summary>What happens to whoever reads Multipass's database.</summary>
internal enum DatabaseAccess
{
    Readable,
    Denied,
    Locked,

    /// <summary>It is cut off in the middle.</summary>
    Damaged,
    Missing,
}

/// <summary>How Multipass's client behaves.</summary>
internal enum ClientBehaviour
{
    Answers,

    /// <summary>It never ends.</summary>
    Hangs,

    /// <summary>It lists, but <c>stop</c> never ends.</summary>
    StopHangs,

    /// <summary>It cannot reach its daemon.</summary>
    Fails,

    /// <summary>It prints what nobody can read.</summary>
    Garbage,

    /// <summary>It is not installed.</summary>
    Missing,
}
