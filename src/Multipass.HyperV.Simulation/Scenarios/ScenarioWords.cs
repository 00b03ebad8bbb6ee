namespace Multipass.HyperV.Simulation.Scenarios;

/// <summary>How long jobs take.</summary>
internal enum JobDurations
{
    /// <summary>All as long as the scenario says.</summary>
    Uniform,

    /// <summary>Each kind as long as it was recorded to take.</summary>
    Recorded,
}

/// <summary>How a file of an instance answers when its virtual machine is started.</summary>
internal enum FilePresence
{
    Present,
    Missing,
    AccessDenied,
    InUse,
}

/// <summary>How Windows keeps the file of a virtual disk.</summary>
internal enum FileAttribute
{
    Normal,
    Compressed,
    Encrypted,
    Sparse,

    /// <summary>ReFS checks its content.</summary>
    IntegrityStreams,
}

/// <summary>What the host does to an instance by itself, by <c>OperationalStatus[1]</c> (Msvm_ComputerSystem class page; BackingUp of newer hosts).</summary>
internal enum HostActivity
{
    None = 0,
    CreatingCheckpoint = 32768,
    ApplyingCheckpoint = 32769,
    DeletingCheckpoint = 32770,
    MergingDisks = 32772,
    Exporting = 32773,
    Migrating = 32774,
    BackingUp = 32776,
}

/// <summary>A device of the host in an instance.</summary>
internal enum DeviceType
{
    GpuPartition,
    PciExpress,
}

/// <summary>What happens when a device is powered on.</summary>
internal enum DeviceFault
{
    None,
    NoResources,
    AccessDenied,
    NotFunctioning,
}

/// <summary>What a host answers to a start for which there is no memory.</summary>
internal enum MemoryShortage
{
    /// <summary>32778, with texts and a code.</summary>
    OutOfMemory,

    /// <summary>32788, without any text.</summary>
    InsufficientResources,
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

/// <summary>What a host answers to a power-off of a virtual machine that is starting. Real hosts were met refusing it.</summary>
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

/// <summary>Multipass's settings file.</summary>
internal enum SettingsFile
{
    /// <summary>The driver is written in it.</summary>
    Written,

    /// <summary>It has settings, and the driver is not among them: whoever wants to know it must ask.</summary>
    Incomplete,

    Missing,
    Denied,
}

/// <summary>What an instance's move from Hyper-V to Multipass's newer backend has come to.</summary>
internal enum MigrationFile
{
    /// <summary>There is no <c>migration.json</c>.</summary>
    None,

    /// <summary>It says that the instance still is Hyper-V's.</summary>
    Legacy,

    /// <summary>It says that the newer backend has it.</summary>
    Hcs,

    /// <summary>It is cut off in the middle.</summary>
    Damaged,

    /// <summary>It is of a version that nobody knows.</summary>
    Newer,

    /// <summary>It is being tried whether the newer backend can start it.</summary>
    Trial,

    /// <summary>Its disks are on hold while Hyper-V's virtual machine is taken away.</summary>
    OnHold,
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

    /// <summary>Its service does not know this user.</summary>
    NotAuthenticated,

    /// <summary>It is not installed.</summary>
    Missing,
}
