using System;
using Multipass.HyperV.Instances;

namespace Multipass.HyperV;

/// <summary>Something that was found when an instance was tested, without changing anything. An instance that would start has one finding that says so, and none of severity Error.</summary>
public sealed class MpInstanceFinding
{
    private readonly bool _isReading;
    private string _name = string.Empty;
    private Guid _id;
    private string _hostName = string.Empty;
    private MpFindingSeverity _severity;
    private string _check = string.Empty;
    private string _cause = string.Empty;
    private string _detail = string.Empty;
    private string _recommendation = string.Empty;

    /// <summary>Creates one for tests; what is not said is empty.</summary>
    public MpInstanceFinding()
    {
    }

    internal MpInstanceFinding(string name, Guid id, string hostName, MpFindingSeverity severity, string check, string cause, string detail, string recommendation)
    {
        _isReading = true;
        _name = name;
        _id = id;
        _hostName = hostName;
        _severity = severity;
        _check = check;
        _cause = cause;
        _detail = detail;
        _recommendation = recommendation;
    }

    /// <summary>The instance's name; empty where the host itself could not be read and no instance was named.</summary>
    public string Name
    {
        get => _name;
        set => Reading.Set(_isReading, ref _name, value);
    }

    /// <summary>The virtual machine's id; empty where there is none or it could not be read.</summary>
    public Guid Id
    {
        get => _id;
        set => Reading.Set(_isReading, ref _id, value);
    }

    /// <summary>The host.</summary>
    public string HostName
    {
        get => _hostName;
        set => Reading.Set(_isReading, ref _hostName, value);
    }

    /// <summary>How much it matters: Error is what a start would fail by.</summary>
    public MpFindingSeverity Severity
    {
        get => _severity;
        set => Reading.Set(_isReading, ref _severity, value);
    }

    /// <summary>What was looked at, in one word, such as <c>Memory</c> or <c>Switch</c>.</summary>
    public string Check
    {
        get => _check;
        set => Reading.Set(_isReading, ref _check, value);
    }

    /// <summary>The name of the cause that a start would fail by, which is the first part of its error id; empty for findings that are no failures.</summary>
    public string Cause
    {
        get => _cause;
        set => Reading.Set(_isReading, ref _cause, value);
    }

    /// <summary>What was found, with figures.</summary>
    public string Detail
    {
        get => _detail;
        set => Reading.Set(_isReading, ref _detail, value);
    }

    /// <summary>What to do.</summary>
    public string Recommendation
    {
        get => _recommendation;
        set => Reading.Set(_isReading, ref _recommendation, value);
    }

    /// <summary>Severity, check and detail in one line.</summary>
    public override string ToString() => $"{Severity}: {Check}: {Detail}";
}
