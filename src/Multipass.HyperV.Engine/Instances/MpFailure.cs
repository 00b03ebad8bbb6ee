using System;

namespace Multipass.HyperV;

/// <summary>A failed operation that the host remembers in one of its jobs.</summary>
public sealed class MpFailure
{
    internal MpFailure(string cause, string message, string recommendedAction, string hostMessage, int[] hresults, DateTimeOffset? failedAt, string jobId)
    {
        Cause = cause;
        Message = message;
        RecommendedAction = recommendedAction;
        HostMessage = hostMessage;
        HResults = hresults;
        FailedAt = failedAt;
        JobId = jobId;
    }

    /// <summary>The cause's name in the catalogue.</summary>
    public string Cause { get; }

    /// <summary>What happened, in one sentence.</summary>
    public string Message { get; }

    /// <summary>What to do about it.</summary>
    public string RecommendedAction { get; }

    /// <summary>The host's own text, in the host's language.</summary>
    public string HostMessage { get; }

    /// <summary>The HRESULTs found.</summary>
    public int[] HResults { get; }

    /// <summary>When the job ended; null when the host does not tell.</summary>
    public DateTimeOffset? FailedAt { get; }

    /// <summary>The job's id on the host.</summary>
    public string JobId { get; }

    /// <summary>The cause.</summary>
    public override string ToString() => Cause;
}
