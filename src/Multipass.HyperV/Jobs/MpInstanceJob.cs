using System;
using System.Management.Automation;

namespace Multipass.HyperV;

/// <summary>One instance of a job: its final instance, its error, its progress. A part of an <see cref="MpJob"/>.</summary>
public sealed class MpInstanceJob : Job
{
    private readonly object _lock = new();
    private readonly Action _stop;
    private readonly ProgressRecord _progress;
    private bool _hasEnded;
    private Exception? _reason;
    private string _status = string.Empty;

    internal MpInstanceJob(string command, MpInstance instance, string activity, int activityId, Action stop)
        : base(command, instance.Name)
    {
        _stop = stop;
        _progress = new ProgressRecord(activityId, $"{activity} instance '{instance.Name}' on {instance.HostName}", activity);
        Location = instance.HostName;
        PSJobTypeName = MpJob.TypeName;
        SetJobState(JobState.Running);
    }

    /// <summary>The state, and why it failed.</summary>
    /// <remarks>PowerShell's own property of that name has no reason: Receive-Job would write the error a second time, under another id.</remarks>
    public new JobStateInfo JobStateInfo => _reason is { } reason ? new JobStateInfo(base.JobStateInfo.State, reason) : base.JobStateInfo;

    /// <summary>What the host is doing, in a few words.</summary>
    public override string StatusMessage => _status;

    /// <summary>True while something has not been received.</summary>
    public override bool HasMoreData => Output.Count + Error.Count + Warning.Count + Verbose.Count + Progress.Count > 0;

    /// <summary>The host that the instance is on.</summary>
    public override string Location { get; }

    /// <summary>Stops the whole job: its instances are waited for together. What has been asked of the host is not undone.</summary>
    public override void StopJob() => _stop();

    internal void Show(string status, int? percent)
    {
        lock (_lock)
        {
            if (_hasEnded || (status == _status && percent is null))
            {
                return;
            }

            _status = status;
            _progress.StatusDescription = status;
            _progress.PercentComplete = percent is { } value ? Math.Min(100, value) : -1;
            Progress.Add(Copy());
        }
    }

    internal void End(JobState state, string status, ErrorRecord? error, object? instance)
    {
        lock (_lock)
        {
            if (_hasEnded)
            {
                return;
            }

            _hasEnded = true;
            _status = status;
            _progress.RecordType = ProgressRecordType.Completed;
            _progress.PercentComplete = -1;
            Progress.Add(Copy());
            if (error is not null)
            {
                Error.Add(error);
            }

            if (instance is not null)
            {
                Output.Add(PSObject.AsPSObject(instance));
            }
        }

        _reason = error?.Exception;
        SetJobState(state);
    }

    // What was added must not change under the hands of whoever receives it.
    private ProgressRecord Copy()
        => new(_progress.ActivityId, _progress.Activity, _progress.StatusDescription) { PercentComplete = _progress.PercentComplete, RecordType = _progress.RecordType };
}
