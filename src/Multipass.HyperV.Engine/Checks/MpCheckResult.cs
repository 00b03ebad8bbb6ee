namespace Multipass.HyperV;

/// <summary>How a check of a host ended.</summary>
public enum MpCheckResult
{
    /// <summary>All is well.</summary>
    Passed,

    /// <summary>It will do, but not for long or not for everything.</summary>
    Warning,

    /// <summary>Instances cannot be started, or not be managed.</summary>
    Failed,

    /// <summary>It cannot be judged: an earlier check has failed, or the host does not tell.</summary>
    NotChecked,
}
