using System;
using System.Collections.Generic;
using Multipass.HyperV.Cim;

namespace Multipass.HyperV.Instances;

/// <summary>One reading of <c>Msvm_ConcreteJob</c>.</summary>
internal sealed class JobReading
{
    public static readonly CimQuery Query = new(CimNames.Virtualization, CimNames.ConcreteJob, new[]
    {
        "InstanceID", "JobState", "PercentComplete", "ErrorCode", "ErrorDescription", "ErrorSummaryDescription", "JobStatus", "Cancellable",
    });

    public JobReading(CimRecord record)
    {
        Id = record.Text("InstanceID") ?? string.Empty;
        State = record.UInt16("JobState");
        Percent = record.UInt16("PercentComplete");
        ErrorCode = record.Number("ErrorCode");
        ErrorDescription = record.Text("ErrorDescription");
        ErrorSummary = record.Text("ErrorSummaryDescription");
        IsCancellable = record.Flag("Cancellable") == true;
    }

    public string Id { get; }

    public ushort? State { get; }

    public ushort? Percent { get; }

    public long? ErrorCode { get; }

    public string? ErrorDescription { get; }

    public string? ErrorSummary { get; }

    public bool IsCancellable { get; }

    public bool HasEnded => JobState.HasEnded(State);

    /// <summary>Ended well: a job may show Completed and still carry an error.</summary>
    public bool HasSucceeded => JobState.HasSucceeded(State) && !ReturnValue.IsJobError(ErrorCode);

    public static CimPath PathOf(string id) => new(CimNames.Virtualization, CimNames.ConcreteJob, new KeyValuePair<string, object>("InstanceID", id));
}
