using System;
using Multipass.HyperV.Instances;
namespace Multipass.HyperV;

/// <summary>One step of the check of a host.</summary>
public sealed class MpHostFinding
{
    private readonly bool _isReading;
    private string _hostName = string.Empty;
    private string _check = string.Empty;
    private MpCheckResult _result;
    private string _cause = string.Empty;
    private string _detail = string.Empty;
    private string _recommendation = string.Empty;

    /// <summary>Creates one for tests; what is not said is empty.</summary>
    public MpHostFinding()
    {
    }

    internal MpHostFinding(string hostName, string check, MpCheckResult result, string cause, string detail, string recommendation)
    {
        _isReading = true;
        _hostName = hostName;
        _check = check;
        _result = result;
        _cause = cause;
        _detail = detail;
        _recommendation = recommendation;
    }

    /// <summary>The host.</summary>
    public string HostName
    {
        get => _hostName;
        set => Reading.Set(_isReading, ref _hostName, value);
    }

    /// <summary>What was looked at, in one word: Reachable, Windows, HyperV, Hypervisor, Service, Permission, DefaultSwitch, Memory.</summary>
    public string Check
    {
        get => _check;
        set => Reading.Set(_isReading, ref _check, value);
    }

    /// <summary>How it ended.</summary>
    public MpCheckResult Result
    {
        get => _result;
        set => Reading.Set(_isReading, ref _result, value);
    }

    /// <summary>How much it matters, in the words of <see cref="MpInstanceFinding"/>.</summary>
    public MpFindingSeverity Severity
        => Result switch
        {
            MpCheckResult.Failed => MpFindingSeverity.Error,
            MpCheckResult.Warning => MpFindingSeverity.Warning,
            _ => MpFindingSeverity.Information,
        };

    /// <summary>The name of the cause in the table of errors; empty for what has not failed.</summary>
    public string Cause
    {
        get => _cause;
        set => Reading.Set(_isReading, ref _cause, value);
    }

    /// <summary>What was found.</summary>
    public string Detail
    {
        get => _detail;
        set => Reading.Set(_isReading, ref _detail, value);
    }

    /// <summary>What to do; empty for what has not failed.</summary>
    public string Recommendation
    {
        get => _recommendation;
        set => Reading.Set(_isReading, ref _recommendation, value);
    }

    /// <summary>Check, result and detail in one line.</summary>
    public override string ToString() => $"{Check}: {Result}: {Detail}";
}
