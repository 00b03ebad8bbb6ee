using System;
using System.Collections.Generic;
using System.Linq;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Instances;

namespace Multipass.HyperV.Failures;

/// <summary>Everything that speaks for one cause or another: numbers first; texts are kept for people and searched for numbers only.</summary>
internal sealed record FailureEvidence
{
    /// <summary>More strings than this in an error list are left out.</summary>
    public const int MostErrors = 64;

    /// <summary>Codes that say only that something failed: E_FAIL, E_UNEXPECTED (winerror.h) and WBEM_E_FAILED (wbemcli.h).</summary>
    private static readonly int[] SayNothing = { unchecked((int)0x80004005), unchecked((int)0x8000FFFF), Cim.WbemError.Failed };

    public static readonly FailureEvidence None = new();

    /// <summary>Where it was gathered; None when nothing was.</summary>
    public FailureStages Stage { get; private init; }

    public uint? ReturnValue { get; private init; }

    public string? JobId { get; private init; }

    public ushort? JobState { get; private init; }

    public long? JobErrorCode { get; private init; }

    /// <summary>The fault that a call itself ended in.</summary>
    public CimFault? Fault { get; private init; }

    /// <summary>The codes in the job's texts, in its error list and of the call's fault, in order of appearance.</summary>
    public IReadOnlyList<int> HResults => JobCodes.Concat(ErrorCodes).Concat(CallCodes).Distinct().ToArray();

    /// <summary>What stands in the job's texts and in its error list and is no word.</summary>
    public TextMentions Mentions { get; private init; } = TextMentions.None;

    /// <summary>The job's error list, as far as it could be understood.</summary>
    public IReadOnlyList<MsvmError> Errors { get; private init; } = Array.Empty<MsvmError>();

    /// <summary>What the host's event log says of the instance; empty where it cannot be read.</summary>
    public IReadOnlyList<HostEvent> Events { get; private init; } = Array.Empty<HostEvent>();

    /// <summary>The host's own words, verbatim.</summary>
    public string HostMessage { get; private init; } = string.Empty;

    /// <summary>The method's return value or the job's error code, whichever speaks of an error.</summary>
    public long? Code => Cim.ReturnValue.IsJobError(JobErrorCode) ? JobErrorCode : Cim.ReturnValue.IsJobError(ReturnValue) ? ReturnValue : null;

    /// <summary>Where <see cref="Code"/> comes from.</summary>
    public EvidenceSources CodeSource => Cim.ReturnValue.IsJobError(JobErrorCode) ? EvidenceSources.Job : EvidenceSources.Request;

    /// <summary>Where <see cref="Fault"/> comes from: the fault of a request is also that of a call.</summary>
    public EvidenceSources FaultSources => Stage == FailureStages.Request ? EvidenceSources.Call | EvidenceSources.Request : EvidenceSources.Call;

    /// <summary>A request or its job failed, and nothing says why.</summary>
    public bool HasNoReason
        => Stage is FailureStages.Request or FailureStages.Job
            && JobState is not (Cim.JobState.Terminated or Cim.JobState.Killed)
            && Code is null or Cim.ReturnValue.Failed or Cim.ReturnValue.StatusUnknown
            && HResults.All(code => SayNothing.Contains(code))
            && Fault?.Status is null or CimStatus.Failed;

    /// <summary>Codes by where they were found.</summary>
    private IReadOnlyList<int> JobCodes { get; init; } = Array.Empty<int>();

    private IReadOnlyList<int> ErrorCodes { get; init; } = Array.Empty<int>();

    private IReadOnlyList<int> CallCodes { get; init; } = Array.Empty<int>();

    /// <summary>Whether a code came from one of these sources.</summary>
    public bool Has(int code, EvidenceSources sources)
        => ((sources & EvidenceSources.Job) != 0 && JobCodes.Contains(code))
            || ((sources & EvidenceSources.ErrorList) != 0 && ErrorCodes.Contains(code))
            || ((sources & FaultSources) != 0 && CallCodes.Contains(code));

    public static FailureEvidence OfReturnValue(uint returnValue) => new() { Stage = FailureStages.Request, ReturnValue = returnValue };

    /// <summary>Of a call that failed.</summary>
    /// <param name="fault">Its fault.</param>
    /// <param name="stage">What the call was: a reading, or a request.</param>
    /// <param name="instanceName">The instance's own name, which may stand in the fault's text.</param>
    public static FailureEvidence OfFault(CimFault fault, FailureStages stage = FailureStages.Call, string instanceName = "")
        => new() { Stage = stage, Fault = fault, HostMessage = fault.Message, CallCodes = CodesOf(fault, instanceName) };

    /// <summary>The same evidence and a call's fault.</summary>
    public FailureEvidence With(CimFault fault)
        => this with
        {
            Fault = fault,
            CallCodes = CallCodes.Union(CodesOf(fault, string.Empty)).ToArray(),
            HostMessage = HostMessage.Length > 0 ? HostMessage : fault.Message,
        };

    /// <summary>The same evidence and what the host's event log says.</summary>
    public FailureEvidence With(IReadOnlyList<HostEvent> events) => events.Count == 0 ? this : this with { Events = events };

    /// <summary>Of a job that was seen: its numbers, both its texts and the strings of its error list.</summary>
    public static FailureEvidence OfJob(string jobId, JobReading? job, IReadOnlyList<string> errors, string instanceName)
    {
        var summary = job?.ErrorSummary ?? string.Empty;
        var description = job?.ErrorDescription ?? string.Empty;
        var codes = new List<int>();
        HResultText.Find(summary, instanceName, codes);
        HResultText.Find(description, instanceName, codes);
        var listed = new List<int>();
        var understood = errors.Take(MostErrors).Select(error => MsvmError.Read(error, instanceName, listed)).ToArray();
        return new FailureEvidence
        {
            Stage = FailureStages.Job,
            ReturnValue = Cim.ReturnValue.JobStarted,
            JobId = jobId,
            JobState = job?.State,
            JobErrorCode = job?.ErrorCode,
            JobCodes = codes,
            ErrorCodes = listed,
            Mentions = TextMentions.Find(new[] { summary, description }.Concat(understood.Select(error => error.Message))),
            Errors = understood,
            HostMessage = summary.Length > 0 ? summary
                : description.Length > 0 ? description
                : string.Join(Environment.NewLine, understood.Select(error => error.Message).Where(message => message.Length > 0)),
        };
    }

    private static int[] CodesOf(CimFault fault, string instanceName)
    {
        var codes = new List<int>();
        if (fault.HResult != 0)
        {
            codes.Add(fault.HResult);
        }

        HResultText.Find(fault.Message ?? string.Empty, instanceName, codes);
        return codes.ToArray();
    }
}
