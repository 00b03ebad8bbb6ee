using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace Multipass.HyperV.Transports.Mmi;

/// <summary>
/// One operation of MI as a task. MI calls back on threads of its own and holds a lock meanwhile: so nothing but copying is done there, and whoever awaits the task
/// goes on elsewhere. An operation that is abandoned ends for its caller at once; MI is told so on another thread, for that may block.
/// </summary>
/// <remarks>Generic, so that no type of this assembly names one of MI's in what it implements: PowerShell looks at all types when it imports a module.</remarks>
/// <typeparam name="TItem">What MI delivers.</typeparam>
/// <typeparam name="TResult">What is copied from an item.</typeparam>
internal sealed class MmiOperation<TItem, TResult> : IObserver<TItem>
    where TItem : class
{
    private readonly object _lock = new();
    private readonly TaskCompletionSource<IReadOnlyList<TResult>> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<TResult> _results = new();
    private readonly Func<TItem, TResult> _copy;
    private readonly Action _release;
    private IDisposable? _subscription;
    private bool _hasStarted;
    private bool _isOver;
    private bool _isReleased;

    private MmiOperation(Func<TItem, TResult> copy, Action release)
    {
        _copy = copy;
        _release = release;
    }

    /// <summary>Runs an operation.</summary>
    /// <param name="begin">Asks MI for the operation; called on the pool, for it may block.</param>
    /// <param name="copy">Copies an item; the item is disposed of afterwards.</param>
    /// <param name="release">Disposes of what the operation needed, when MI is done with it.</param>
    /// <param name="cancellationToken">Abandons the operation.</param>
    public static async Task<IReadOnlyList<TResult>> RunAsync(
        Func<IObservable<TItem>> begin, Func<TItem, TResult> copy, Action release, CancellationToken cancellationToken)
    {
        var operation = new MmiOperation<TItem, TResult>(copy, release);
        using (cancellationToken.Register(() => operation.Abandon(cancellationToken)))
        {
            _ = Task.Run(() => operation.Begin(begin), CancellationToken.None);
            return await operation._ended.Task.ConfigureAwait(false);
        }
    }

    void IObserver<TItem>.OnNext(TItem value)
    {
        // MI may report an operation's beginning as an item that is null.
        if (value is null)
        {
            return;
        }

        try
        {
            if (!IsOver())
            {
                _results.Add(_copy(value));
            }
        }
        catch (Exception exception)
        {
            End(() => _ended.TrySetException(MmiFaults.Of(exception)));
        }
        finally
        {
            (value as IDisposable)?.Dispose();
        }
    }

    void IObserver<TItem>.OnError(Exception error) => End(() => _ended.TrySetException(MmiFaults.Of(error)));

    void IObserver<TItem>.OnCompleted() => End(() => _ended.TrySetResult(_results));

    private void Begin(Func<IObservable<TItem>> begin)
    {
        try
        {
            if (!IsOver())
            {
                _subscription = begin().Subscribe(this);
            }
        }
        catch (Exception exception)
        {
            End(() => _ended.TrySetException(MmiFaults.Of(exception)));
        }

        lock (_lock)
        {
            _hasStarted = true;
        }

        ReleaseWhenDone();
    }

    private void Abandon(CancellationToken cancellationToken) => End(() => _ended.TrySetCanceled(cancellationToken));

    private bool IsOver()
    {
        lock (_lock)
        {
            return _isOver;
        }
    }

    private void End(Action end)
    {
        lock (_lock)
        {
            _isOver = true;
        }

        end();
        ReleaseWhenDone();
    }

    private void ReleaseWhenDone()
    {
        lock (_lock)
        {
            if (!_hasStarted || !_isOver || _isReleased)
            {
                return;
            }

            _isReleased = true;
        }

        ThreadPool.QueueUserWorkItem(_ => Release());
    }

    private void Release()
    {
        try
        {
            _subscription?.Dispose();
        }
        catch (Exception)
        {
            // What cannot be cancelled any more is over all the same.
        }

        _release();
    }
}
