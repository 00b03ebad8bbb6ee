using System;
using Multipass.HyperV.Instances;

namespace Multipass.HyperV;

/// <summary>A failed operation that the host remembers in one of its jobs.</summary>
public sealed class MpFailure
{
    private readonly bool _isReading;
    private string _cause = string.Empty;
    private string _message = string.Empty;
    private string _recommendedAction = string.Empty;
    private string _hostMessage = string.Empty;
    private int[] _hResults = Array.Empty<int>();
    private DateTimeOffset? _failedAt;
    private string _jobId = string.Empty;

    /// <summary>Creates one for tests; what is not said is empty.</summary>
    public MpFailure()
    {
    }

    internal MpFailure(string cause, string message, string recommendedAction, string hostMessage, int[] hresults, DateTimeOffset? failedAt, string jobId)
    {
        _isReading = true;
        _cause = cause;
        _message = message;
        _recommendedAction = recommendedAction;
        _hostMessage = hostMessage;
        _hResults = hresults;
        _failedAt = failedAt;
        _jobId = jobId;
    }

    /// <summary>The cause's name in the catalogue.</summary>
    public string Cause
    {
        get => _cause;
        set => Reading.Set(_isReading, ref _cause, value);
    }

    /// <summary>What happened, in one sentence.</summary>
    public string Message
    {
        get => _message;
        set => Reading.Set(_isReading, ref _message, value);
    }

    /// <summary>What to do about it.</summary>
    public string RecommendedAction
    {
        get => _recommendedAction;
        set => Reading.Set(_isReading, ref _recommendedAction, value);
    }

    /// <summary>The host's own text, in the host's language.</summary>
    public string HostMessage
    {
        get => _hostMessage;
        set => Reading.Set(_isReading, ref _hostMessage, value);
    }

    /// <summary>The HRESULTs found.</summary>
    public int[] HResults
    {
        get => _hResults;
        set => Reading.Set(_isReading, ref _hResults, value);
    }

    /// <summary>When the job ended; null when the host does not tell.</summary>
    public DateTimeOffset? FailedAt
    {
        get => _failedAt;
        set => Reading.Set(_isReading, ref _failedAt, value);
    }

    /// <summary>The job's id on the host.</summary>
    public string JobId
    {
        get => _jobId;
        set => Reading.Set(_isReading, ref _jobId, value);
    }

    /// <summary>The cause.</summary>
    public override string ToString() => Cause;
}
