using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Commands;
using Multipass.HyperV.Operations;
using Multipass.HyperV.Shell;

namespace Multipass.HyperV;

/// <summary>An operation in the background: one child for each instance. Failed when any instance has failed.</summary>
public sealed class MpJob : Job
{
    internal const string TypeName = "MpJob";

    /// <summary>A stop waits so long for the engine to let go; less than the 250 ms within which a stop must return.</summary>
    private static readonly TimeSpan LettingGo = TimeSpan.FromMilliseconds(150);

    private readonly CancellationTokenSource _stop = new();
    private readonly ManualResetEvent _hasEnded = new(false);
    private readonly object _lock = new();
    private readonly string _activity;
    private readonly Sink _sink;
    private readonly List<IDisposable> _connections = new();
    private int _open = 1;
    private bool _isOver;
    private volatile bool _hasFailed;

    private MpJob(string command, string activity, Func<MpInstance, object>? shown, Func<Failures.MpOperationFailure, ErrorRecord> toError)
        : base(command)
    {
        PSJobTypeName = TypeName;
        _activity = activity;
        _sink = new Sink(this, shown, toError);
    }

    /// <summary>How many instances have ended.</summary>
    public override string StatusMessage
        => ChildJobs.Count == 1 ? ChildJobs[0].StatusMessage : $"{ChildJobs.Count(child => child.JobStateInfo.State != JobState.Running)} of {ChildJobs.Count} have ended";

    /// <summary>True while something has not been received.</summary>
    public override bool HasMoreData => Verbose.Count + Warning.Count + Error.Count > 0 || ChildJobs.Any(child => child.HasMoreData);

    /// <summary>The hosts that the instances are on.</summary>
    public override string Location => string.Join(", ", ChildJobs.Select(child => child.Location).Distinct(StringComparer.OrdinalIgnoreCase));

    /// <summary>Stops waiting. What has been asked of the hosts is not undone.</summary>
    public override void StopJob()
    {
        lock (_lock)
        {
            if (_isOver)
            {
                return;
            }
        }

        _stop.Cancel();
        _hasEnded.WaitOne(LettingGo);
        Finish(JobState.Stopped);
    }

    /// <summary>A job of a cmdlet, without any instances yet; in the session's list.</summary>
    /// <param name="command">The cmdlet.</param>
    /// <param name="activity">The operation in one word.</param>
    /// <param name="passesThrough">Whether final instances are written.</param>
    internal static MpJob Of(MpInstanceCommand command, string activity, bool passesThrough)
    {
        // A job has no cmdlet that would complete the ids of its errors.
        var showsRecommendedAction = ErrorRecords.ShowsRecommendedAction(command);
        var type = command.GetType();
        var job = new MpJob(command.MyInvocation.Line.Trim(), activity, passesThrough ? command.Shown : null, failure => ErrorRecords.From(failure, showsRecommendedAction, type));
        job.SetJobState(JobState.Running);
        command.JobRepository.Add(job);
        return job;
    }

    /// <summary>Connections that end with the job.</summary>
    internal void OwnConnections(IReadOnlyList<IDisposable> connections)
    {
        lock (_lock)
        {
            if (!_isOver)
            {
                _connections.AddRange(connections);
                return;
            }
        }

        EndConnections(connections);
    }

    /// <summary>Begins an operation on instances in the background, before <see cref="Seal"/>.</summary>
    internal void Begin(IReadOnlyList<MpInstance> instances, Func<IOperationSink, CancellationToken, Task> operation)
    {
        foreach (var instance in instances)
        {
            var child = new MpInstanceJob(Command, instance, _activity, InstanceProgress.NextId(), StopJob);
            _sink.Add(instance, child);
            ChildJobs.Add(child);
        }

        Interlocked.Increment(ref _open);
        _ = Task.Run(() => RunAsync(operation));
    }

    /// <summary>No more instances come: the job ends with the last of them.</summary>
    /// <param name="hasFailed">Whether something went wrong before any of them was begun with; the cmdlet has told it.</param>
    internal void Seal(bool hasFailed)
    {
        _hasFailed = hasFailed;
        EndOne();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            StopJob();
            foreach (var child in ChildJobs)
            {
                child.Dispose();
            }

            _stop.Dispose();
            _hasEnded.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task RunAsync(Func<IOperationSink, CancellationToken, Task> operation)
    {
        try
        {
            await operation(_sink, _stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Stop-Job does the rest.
        }
        catch (Exception exception)
        {
            _hasFailed = true;
            Error.Add(new ErrorRecord(exception, exception.GetType().Name, ErrorCategory.NotSpecified, null));
        }

        EndOne();
    }

    private void EndOne()
    {
        if (Interlocked.Decrement(ref _open) > 0)
        {
            return;
        }

        if (!_stop.IsCancellationRequested)
        {
            Finish(!_hasFailed && ChildJobs.All(child => child.JobStateInfo.State == JobState.Completed) ? JobState.Completed : JobState.Failed);
            return;
        }

        try
        {
            _hasEnded.Set();
        }
        catch (ObjectDisposedException)
        {
            // Removed meanwhile.
        }
    }

    private void Finish(JobState state)
    {
        lock (_lock)
        {
            if (_isOver)
            {
                return;
            }

            _isOver = true;
        }

        foreach (var child in ChildJobs.OfType<MpInstanceJob>())
        {
            child.End(state == JobState.Stopped ? JobState.Stopped : JobState.Failed, state.ToString(), null, null);
        }

        EndConnections(_connections);
        SetJobState(state);
    }

    private static void EndConnections(IEnumerable<IDisposable> connections)
    {
        foreach (var connection in connections)
        {
            connection.Dispose();
        }
    }

    /// <summary>Brings what the engine tells into the streams of the children.</summary>
    private sealed class Sink : IOperationSink
    {
        private readonly MpJob _job;
        private readonly ConcurrentDictionary<(string, Guid, string), MpInstanceJob> _children = new();
        private readonly Func<MpInstance, object>? _shown;
        private readonly Func<Failures.MpOperationFailure, ErrorRecord> _toError;

        public Sink(MpJob job, Func<MpInstance, object>? shown, Func<Failures.MpOperationFailure, ErrorRecord> toError)
        {
            _job = job;
            _shown = shown;
            _toError = toError;
        }

        public void Add(MpInstance instance, MpInstanceJob child) => _children[InstanceProgress.KeyOf(instance)] = child;

        public void Verbose(string text) => _job.Verbose.Add(new VerboseRecord(text));

        public void Warning(string text) => _job.Warning.Add(new WarningRecord(text));

        public void Progress(MpInstance instance, string status, int? percent)
        {
            if (_children.TryGetValue(InstanceProgress.KeyOf(instance), out var child))
            {
                child.Show(status, percent);
            }
        }

        public void Ended(OperationOutcome outcome)
            => _children[InstanceProgress.KeyOf(outcome.Before)].End(
                outcome.Failure is null ? JobState.Completed : JobState.Failed,
                outcome.After.State.ToString(),
                outcome.Failure is { } failure ? _toError(failure) : null,
                _shown?.Invoke(outcome.After));
    }
}
