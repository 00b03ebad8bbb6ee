using System;
using System.Linq;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Instances;

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
/// <remarks>One that a test makes can be given every property; those of a real failure never change.</remarks>
public sealed class MpOperationException : Exception
{
    private readonly bool _isReading;
    private string _cause = string.Empty;
    private MpFailureStage _stage;
    private string _recommendedAction = string.Empty;
    private MpInstanceState _stateBefore = MpInstanceState.Unknown;
    private MpInstanceState _stateAfter = MpInstanceState.Unknown;
    private uint? _returnValue;
    private string? _jobId;
    private ushort? _jobState;
    private long? _jobErrorCode;
    private int[] _hresults = Array.Empty<int>();
    private int[] _eventIds = Array.Empty<int>();
    private string _hostMessage = string.Empty;

    /// <summary>Creates one for tests.</summary>
    public MpOperationException()
        : this("An operation failed.")
    {
    }

    /// <summary>Creates one for tests.</summary>
    /// <param name="message">What failed, and why.</param>
    public MpOperationException(string message)
        : base(message)
    {
    }

    /// <summary>Creates one for tests.</summary>
    /// <param name="message">What failed, and why.</param>
    /// <param name="innerException">What it came from.</param>
    public MpOperationException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal MpOperationException(string message, MpOperationFailure failure, Exception? innerException = null)
        : base(message, innerException)
    {
        _isReading = true;
        _cause = failure.Cause.Name;
        _stage = failure.Stage;
        _recommendedAction = failure.RecommendedAction;
        _stateBefore = failure.Before?.State ?? MpInstanceState.Unknown;
        _stateAfter = failure.After?.State ?? MpInstanceState.Unknown;
        _returnValue = failure.Evidence.ReturnValue;
        _jobId = failure.Evidence.JobId;
        _jobState = failure.Evidence.JobState;
        _jobErrorCode = failure.Evidence.JobErrorCode;
        _hresults = failure.Evidence.HResults.ToArray();
        _eventIds = failure.Evidence.Events.Select(logged => logged.Id).Distinct().ToArray();
        _hostMessage = failure.Evidence.HostMessage;
    }

    /// <summary>The cause's name in the catalogue; the first part of the error id.</summary>
    public string Cause
    {
        get => _cause;
        set => Reading.Set(_isReading, ref _cause, value);
    }

    /// <summary>At which point it failed.</summary>
    public MpFailureStage Stage
    {
        get => _stage;
        set => Reading.Set(_isReading, ref _stage, value);
    }

    /// <summary>What to do about it.</summary>
    public string RecommendedAction
    {
        get => _recommendedAction;
        set => Reading.Set(_isReading, ref _recommendedAction, value);
    }

    /// <summary>The state before the operation; Unknown where no instance was found.</summary>
    public MpInstanceState StateBefore
    {
        get => _stateBefore;
        set => Reading.Set(_isReading, ref _stateBefore, value);
    }

    /// <summary>The state that the host showed after the failure; Unknown when it could not be read.</summary>
    public MpInstanceState StateAfter
    {
        get => _stateAfter;
        set => Reading.Set(_isReading, ref _stateAfter, value);
    }

    /// <summary>What the request returned; null when none was sent or answered.</summary>
    public uint? ReturnValue
    {
        get => _returnValue;
        set => Reading.Set(_isReading, ref _returnValue, value);
    }

    /// <summary>The id of the host's job; null when there was none.</summary>
    public string? JobId
    {
        get => _jobId;
        set => Reading.Set(_isReading, ref _jobId, value);
    }

    /// <summary>The job's last known <c>JobState</c>; null when there was none.</summary>
    public ushort? JobState
    {
        get => _jobState;
        set => Reading.Set(_isReading, ref _jobState, value);
    }

    /// <summary>The job's <c>ErrorCode</c>; null when there was none.</summary>
    public long? JobErrorCode
    {
        get => _jobErrorCode;
        set => Reading.Set(_isReading, ref _jobErrorCode, value);
    }

    /// <summary>All HRESULTs that were found in the job's texts, its error list and the call's own fault.</summary>
    public int[] HResults
    {
        get => _hresults;
        set => Reading.Set(_isReading, ref _hresults, value);
    }

    /// <summary>The ids of the events that the host's log has for the instance in the time of the operation; empty where the log cannot be read.</summary>
    public int[] EventIds
    {
        get => _eventIds;
        set => Reading.Set(_isReading, ref _eventIds, value);
    }

    /// <summary>The host's own text, in the host's language; empty when it gave none.</summary>
    public string HostMessage
    {
        get => _hostMessage;
        set => Reading.Set(_isReading, ref _hostMessage, value);
    }
}
