namespace Multipass.HyperV;

/// <summary>Hyper-V's judgement of an instance (<c>HealthState</c>).</summary>
public enum MpHealth
{
    /// <summary>The host was not read, or gave a number without a meaning.</summary>
    Unknown = 0,

    /// <summary>Nothing wrong.</summary>
    OK = 5,

    /// <summary>The volume of its disk is short of space; Hyper-V has paused it.</summary>
    MajorFailure = 20,

    /// <summary>Its worker process does not answer, or the volume of its disk is short of space.</summary>
    CriticalFailure = 25,
}
