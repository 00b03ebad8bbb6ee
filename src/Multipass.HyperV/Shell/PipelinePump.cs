using System;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;

namespace Multipass.HyperV.Shell;

/// <summary>Runs the engine on the thread pool while the pipeline's own thread does what only it may do: write.</summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "An engine that was let go may still post; a collection without an owner is safer than one that is disposed.")]
internal sealed class PipelinePump
{
    /// <summary>A pipeline that ends early waits so long for the engine to let go. Less than the 250 ms within which a stop must return.</summary>
    private static readonly TimeSpan LettingGo = TimeSpan.FromMilliseconds(150);

    private readonly BlockingCollection<Action> _queue = new();

    /// <summary>Has an action run on the pipeline's thread. What comes after the end is dropped.</summary>
    public void Post(Action action) => TryPost(action);

    /// <summary>Has something done on the pipeline's thread, and ends when it has been. What comes after the end is cancelled.</summary>
    public Task<T> InvokeAsync<T>(Func<T> action)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var isTaken = TryPost(() =>
        {
            try
            {
                result.TrySetResult(action());
            }
            catch
            {
                // What ends the pipeline is the pipeline's; whoever waits has nothing more to do.
                result.TrySetCanceled();
                throw;
            }
        });
        if (!isTaken)
        {
            result.TrySetCanceled();
        }

        return result.Task;
    }

    /// <summary>The same for what has no result.</summary>
    public Task InvokeAsync(Action action)
        => InvokeAsync(() =>
        {
            action();
            return true;
        });

    /// <summary>Runs an operation to its end, or until the pipeline is stopped.</summary>
    /// <param name="operation">The engine's part.</param>
    /// <param name="stop">Cancelled by the user's stop.</param>
    public void Run(Func<CancellationToken, Task> operation, CancellationToken stop)
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var token = cancel.Token;
        var task = Task.Run(() => operation(token), CancellationToken.None);
        _ = task.ContinueWith(_ => _queue.CompleteAdding(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        try
        {
            foreach (var action in _queue.GetConsumingEnumerable(stop))
            {
                action();
            }
        }
        catch (Exception exception)
        {
            // The pipeline ended first: Ctrl+C, -ErrorAction Stop, or a command behind this one that has enough.
            cancel.Cancel();
            _queue.CompleteAdding();
            LetGo(task);
            if (exception is OperationCanceledException && stop.IsCancellationRequested)
            {
                throw new PipelineStoppedException();
            }

            throw;
        }

        task.GetAwaiter().GetResult();
    }

    private bool TryPost(Action action)
    {
        try
        {
            _queue.Add(action);
            return true;
        }
        catch (InvalidOperationException)
        {
            // The pipeline has ended.
            return false;
        }
    }

    private static void LetGo(Task task)
    {
        try
        {
            task.Wait(LettingGo);
        }
        catch (AggregateException)
        {
            // Cancelled, or failed when nobody cares any more.
        }
    }
}
