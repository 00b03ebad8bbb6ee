using System;

namespace Multipass.HyperV;

/// <summary>Something that was found when an instance was tested, without changing anything. An instance that would start has one finding that says so, and none of severity Error.</summary>
public sealed class MpInstanceFinding
{
    internal MpInstanceFinding(string name, Guid id, string hostName, MpFindingSeverity severity, string check, string cause, string detail, string recommendation)
    {
        Name = name;
        Id = id;
        HostName = hostName;
        Severity = severity;
        Check = check;
        Cause = cause;
        Detail = detail;
        Recommendation = recommendation;
    }

    /// <summary>The instance's name; empty where the host itself could not be read and no instance was named.</summary>
    public string Name { get; }

    /// <summary>The virtual machine's id; empty where there is none or it could not be read.</summary>
    public Guid Id { get; }

    /// <summary>The host.</summary>
    public string HostName { get; }

    /// <summary>How much it matters: Error is what a start would fail by.</summary>
    public MpFindingSeverity Severity { get; }

    /// <summary>What was looked at, in one word, such as <c>Memory</c> or <c>Switch</c>.</summary>
    public string Check { get; }

    /// <summary>The name of the cause that a start would fail by, which is the first part of its error id; empty for findings that are no failures.</summary>
    public string Cause { get; }

    /// <summary>What was found, with figures.</summary>
    public string Detail { get; }

    /// <summary>What to do.</summary>
    public string Recommendation { get; }

    /// <summary>Severity, check and detail in one line.</summary>
    public override string ToString() => $"{Severity}: {Check}: {Detail}";
}
