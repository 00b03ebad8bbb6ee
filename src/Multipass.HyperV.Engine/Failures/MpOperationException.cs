using System;
using System.Collections.Generic;
using System.Linq;
using Multipass.HyperV.Failures;

namespace Multipass.HyperV;

/// <summary>At which point an operation failed.</summary>
public enum MpFailureStage
{
    /// <summary>It was refused: by this module before anything was asked of the host, or by the host at once.</summary>
    Refused,

    /// <summary>The host took the request, and its job failed.</summary>
    JobFailed,

    /// <summary>The wait ended before the host had.</summary>
    TimedOut,

    /// <summary>The host said that it was done, and does not show the state that was asked for.</summary>
    NotVerified,

    /// <summary>What became of the request is not known: the connection or the job was lost.</summary>
    OutcomeUnknown,
}

/// <summary>An operation on an instance that failed: why, by which codes, what is true now, and what to do.</summary>
public sealed class MpOperationException : Exception
{
    internal MpOperationException(string message, MpOperationFailure failure, Exception? innerException = null)
        : base(message, innerException)
    {
        Failure = failure;
    }

    /// <summary>The cause's name in the catalogue; the first part of the error id.</summary>
    public string Cause => Failure.Cause.Name;

    /// <summary>At which point it failed.</summary>
    public MpFailureStage Stage => Failure.Stage;

    /// <summary>What to do about it.</summary>
    public string RecommendedAction => Failure.RecommendedAction;

    /// <summary>The state before the operation; Unknown where no instance was found.</summary>
    public MpInstanceState StateBefore => Failure.Before?.State ?? MpInstanceState.Unknown;

    /// <summary>The state that the host showed after the failure; Unknown when it could not be read.</summary>
    public MpInstanceState StateAfter => Failure.After?.State ?? MpInstanceState.Unknown;

    /// <summary>What the request returned; null when none was sent or answered.</summary>
    public uint? ReturnValue => Failure.Evidence.ReturnValue;

    /// <summary>The id of the host's job; null when there was none.</summary>
    public string? JobId => Failure.Evidence.JobId;

    /// <summary>The job's last known <c>JobState</c>; null when there was none.</summary>
    public ushort? JobState => Failure.Evidence.JobState;

    /// <summary>The job's <c>ErrorCode</c>; null when there was none.</summary>
    public long? JobErrorCode => Failure.Evidence.JobErrorCode;

    /// <summary>All HRESULTs that were found in the job's texts, its error list and the call's own fault.</summary>
    public int[] HResults => Failure.Evidence.HResults.ToArray();

    /// <summary>The ids of the events that the host's log has for the instance in the time of the operation; empty where the log cannot be read.</summary>
    public int[] EventIds => Failure.Evidence.Events.Select(logged => logged.Id).Distinct().ToArray();

    /// <summary>The host's own text, in the host's language; empty when it gave none.</summary>
    public string HostMessage => Failure.Evidence.HostMessage;

    internal MpOperationFailure Failure { get; }
}
