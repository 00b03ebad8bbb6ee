namespace Multipass.HyperV;

/// <summary>One step of the check of a host.</summary>
public sealed class MpHostFinding
{
    internal MpHostFinding(string hostName, string check, MpCheckResult result, string cause, string detail, string recommendation)
    {
        HostName = hostName;
        Check = check;
        Result = result;
        Cause = cause;
        Detail = detail;
        Recommendation = recommendation;
    }

    /// <summary>The host.</summary>
    public string HostName { get; }

    /// <summary>What was looked at, in one word: Reachable, Windows, HyperV, Hypervisor, Service, Permission, DefaultSwitch, Memory.</summary>
    public string Check { get; }

    /// <summary>How it ended.</summary>
    public MpCheckResult Result { get; }

    /// <summary>How much it matters, in the words of <see cref="MpInstanceFinding"/>.</summary>
    public MpFindingSeverity Severity
        => Result switch
        {
            MpCheckResult.Failed => MpFindingSeverity.Error,
            MpCheckResult.Warning => MpFindingSeverity.Warning,
            _ => MpFindingSeverity.Information,
        };

    /// <summary>The name of the cause in the table of errors; empty for what has not failed.</summary>
    public string Cause { get; }

    /// <summary>What was found.</summary>
    public string Detail { get; }

    /// <summary>What to do; empty for what has not failed.</summary>
    public string Recommendation { get; }

    /// <summary>Check, result and detail in one line.</summary>
    public override string ToString() => $"{Check}: {Result}: {Detail}";
}
