using System.Collections.Generic;
using System.Globalization;

namespace Multipass.HyperV.Cim;

/// <summary>Numbers with their documented names, for people to read. Behaviour never hangs on a name.</summary>
internal sealed class CodeNames
{
    private readonly Dictionary<long, string> _names = new();

    private CodeNames(params (long Code, string Name)[] rows)
    {
        Rows = rows;
        foreach (var (code, name) in rows)
        {
            _names.Add(code, name);
        }
    }

    /// <summary><c>HealthState</c> of a virtual machine.</summary>
    public static CodeNames HealthState { get; } = new((5, "OK"), (20, "Major Failure"), (25, "Critical Failure"));

    /// <summary><c>OperationalStatus</c> of a virtual machine: the first value is the status, the second an operation in progress.</summary>
    /// <remarks>Values from 32776 on are not on the class page; they are known from clients of newer hosts.</remarks>
    public static CodeNames OperationalStatus { get; } = new(
        (2, "OK"),
        (3, "Degraded"),
        (5, "Predictive Failure"),
        (10, "Stopped"),
        (11, "In Service"),
        (15, "Dormant"),
        (16, "Supporting Entity in Error"),
        (32768, "Creating Snapshot"),
        (32769, "Applying Snapshot"),
        (32770, "Deleting Snapshot"),
        (32771, "Waiting to Start"),
        (32772, "Merging Disks"),
        (32773, "Exporting Virtual Machine"),
        (32774, "Migrating Virtual Machine"),
        (32776, "Backing Up"),
        (32777, "Modifying"),
        (32778, "Storage Migration Phase One"),
        (32779, "Storage Migration Phase Two"),
        (32780, "Migrating Planned Virtual Machine"),
        (32781, "Checking Compatibility"),
        (32782, "Application Critical"),
        (32783, "Communication Timed Out"),
        (32784, "Communication Failed"),
        (32795, "Critical IO Error"));

    /// <summary><c>Msvm_ConcreteJob.JobState</c>. 32768 is Hyper-V's own; it stands for success with warnings.</summary>
    public static CodeNames JobState { get; } = new(
        (2, "New"),
        (3, "Starting"),
        (4, "Running"),
        (5, "Suspended"),
        (6, "Shutting Down"),
        (7, "Completed"),
        (8, "Terminated"),
        (9, "Killed"),
        (10, "Exception"),
        (11, "Service"),
        (12, "Query Pending"),
        (32768, "Completed with Warnings"));

    /// <summary>Return values of <c>RequestStateChange</c>; jobs carry the same numbers in <c>ErrorCode</c>. 32780 to 32782 come from the guest's shutdown service only; 32788 and 32790 are Microsoft's own names (WmiErrorCode).</summary>
    public static CodeNames ReturnValue { get; } = new(
        (0, "Completed"),
        (4096, "Job Started"),
        (32768, "Failed"),
        (32769, "Access Denied"),
        (32770, "Not Supported"),
        (32771, "Status Unknown"),
        (32772, "Timeout"),
        (32773, "Invalid Parameter"),
        (32774, "System in Use"),
        (32775, "Invalid State for this Operation"),
        (32776, "Incorrect Data Type"),
        (32777, "System Not Available"),
        (32778, "Out of Memory"),
        (32779, "File Not Found"),
        (32780, "Guest Not Ready"),
        (32781, "Guest Locked"),
        (32782, "Shutdown in Progress"),
        (32783, "Reboot Required"),
        (32788, "Insufficient Resources"),
        (32789, "Object Not Found"),
        (32790, "Object Exists"));

    /// <summary>Heartbeat as <c>Msvm_SummaryInformation</c> gives it.</summary>
    public static CodeNames Heartbeat { get; } = new(
        (2, "OK"),
        (3, "Degraded"),
        (6, "Error"),
        (7, "Non-Recoverable Error"),
        (12, "No Contact"),
        (13, "Lost Communication"),
        (15, "Paused"));

    /// <summary>All rows.</summary>
    public IReadOnlyList<(long Code, string Name)> Rows { get; }

    /// <summary>The name, or null when the number has none.</summary>
    public string? this[long code] => _names.TryGetValue(code, out var name) ? name : null;

    /// <summary>"Name (number)", or the bare number.</summary>
    public string Describe(long code)
        => this[code] is { } name ? $"{name} ({code.ToString(CultureInfo.InvariantCulture)})" : code.ToString(CultureInfo.InvariantCulture);
}
