using System;
using System.Collections.Generic;
using System.Linq;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Hosts;

namespace Multipass.HyperV.Failures;

/// <summary>Everything that speaks for one cause or another: numbers first; texts are kept for people and searched for numbers only.</summary>
internal sealed class FailureEvidence
{
    public static readonly FailureEvidence None = new();

    public uint? ReturnValue { get; private init; }

    public string? JobId { get; private init; }

    public ushort? JobState { get; private init; }

    public long? JobErrorCode { get; private init; }

    /// <summary>The fault that a call itself ended in.</summary>
    public CimFault? Fault { get; private init; }

    public IReadOnlyList<int> HResults { get; private init; } = Array.Empty<int>();

    public string HostMessage { get; private init; } = string.Empty;

    /// <summary>The method's return value or the job's error code, whichever speaks of an error.</summary>
    public long? Code => Vocabulary.ReturnValue.IsJobError(JobErrorCode) ? JobErrorCode : Vocabulary.ReturnValue.IsJobError(ReturnValue) ? ReturnValue : null;

    public static FailureEvidence OfReturnValue(uint returnValue) => new() { ReturnValue = returnValue };

    public static FailureEvidence OfFault(CimFault fault)
        => new() { Fault = fault, HostMessage = fault.Message, HResults = fault.HResult == 0 ? Array.Empty<int>() : new[] { fault.HResult } };

    /// <summary>The same evidence and a call's fault.</summary>
    public FailureEvidence With(CimFault fault)
        => new()
        {
            ReturnValue = ReturnValue,
            JobId = JobId,
            JobState = JobState,
            JobErrorCode = JobErrorCode,
            Fault = fault,
            HResults = fault.HResult == 0 || HResults.Contains(fault.HResult) ? HResults : HResults.Append(fault.HResult).ToArray(),
            HostMessage = HostMessage.Length > 0 ? HostMessage : fault.Message,
        };

    /// <summary>Of a job that was seen: its numbers, both its texts and the strings of its error list.</summary>
    public static FailureEvidence OfJob(string jobId, JobReading? job, IReadOnlyList<string> errors, string instanceName)
    {
        var summary = job?.ErrorSummary ?? string.Empty;
        var description = job?.ErrorDescription ?? string.Empty;
        var codes = new List<int>();
        foreach (var text in new[] { summary, description }.Concat(errors))
        {
            HResultText.Find(text, instanceName, codes);
        }

        return new FailureEvidence
        {
            ReturnValue = Vocabulary.ReturnValue.JobStarted,
            JobId = jobId,
            JobState = job?.State,
            JobErrorCode = job?.ErrorCode,
            HResults = codes,
            HostMessage = summary.Length > 0 ? summary : description,
        };
    }
}
