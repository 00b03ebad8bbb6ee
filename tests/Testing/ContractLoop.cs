using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Testing;

/// <summary>Runs the engine on one thread and in virtual time, over a transport that has threads and real time of its own. The clock moves only while no call is under way.</summary>
internal sealed class ContractLoop : ITestTime
{
    /// <summary>No call to a simulated host takes longer in real time, on however busy a machine.</summary>
    private static readonly TimeSpan LongestRealCall = TimeSpan.FromSeconds(60);

    /// <summary>Where only late answers are awaited, a call that was abandoned may still be counted as late: a moment for others to end first.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(5);

    private readonly object _lock = new();
    private readonly Queue<Action> _posted = new();
    private readonly List<Waiter> _waiters = new();
    private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private int _underWay;

    public ContractLoop() => HostClock = new ClockOfHost(this);

    public DateTimeOffset Now
    {
        get
        {
            lock (_lock)
            {
                return _now;
            }
        }
    }

    public TimeSpan Elapsed => Now - new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The clock that the simulated host must be given: who waits on it delays an answer.</summary>
    public IClock HostClock { get; }

    public Task Delay(TimeSpan duration, CancellationToken cancellationToken) => Delay(duration, isOfHost: false, cancellationToken);

    /// <summary>Calls whose answers the host delays; they are counted with their waiters, so that none is counted before it can be woken, or after.</summary>
    private int Late
    {
        get
        {
            lock (_lock)
            {
                return _waiters.Count(waiter => waiter.IsOfHost);
            }
        }
    }

    private Task Delay(TimeSpan duration, bool isOfHost, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled(cancellationToken);
        }

        if (duration <= TimeSpan.Zero)
        {
            return Task.CompletedTask;
        }

        var waiter = new Waiter { IsOfHost = isOfHost };
        lock (_lock)
        {
            waiter.Due = _now + duration;
            _waiters.Add(waiter);
        }

        waiter.Registration = cancellationToken.Register(() =>
        {
            bool isWaiting;
            lock (_lock)
            {
                isWaiting = _waiters.Remove(waiter);
            }

            if (isWaiting)
            {
                waiter.Ended.TrySetCanceled(cancellationToken);
            }
        });
        return waiter.Ended.Task;
    }

    /// <summary>The connection as the engine may use it here: what its calls end in is brought to the loop's thread.</summary>
    public ICimConnection Over(ICimConnection transport) => new LoopConnection(this, transport);

    /// <summary>Runs work to its end.</summary>
    public T Run<T>(Func<Task<T>> work)
    {
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            var task = work();
            while (!task.IsCompleted)
            {
                Step();
            }

            return task.GetAwaiter().GetResult();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    private void Step()
    {
        if (TryTake(TimeSpan.Zero) is { } action)
        {
            action();
            return;
        }

        var underWay = Volatile.Read(ref _underWay);
        if (underWay > Late)
        {
            (TryTake(LongestRealCall) ?? throw new TimeoutException($"A call has not ended within {LongestRealCall.TotalSeconds} s of real time.")).Invoke();
        }
        else if (underWay > 0 && TryTake(Grace) is { } late)
        {
            late();
        }
        else
        {
            WakeNext();
        }
    }

    private void Post(Action action)
    {
        lock (_posted)
        {
            _posted.Enqueue(action);
            Monitor.Pulse(_posted);
        }
    }

    private Action? TryTake(TimeSpan patience)
    {
        var waited = Stopwatch.StartNew();
        lock (_posted)
        {
            while (_posted.Count == 0)
            {
                if (patience <= waited.Elapsed || !Monitor.Wait(_posted, patience - waited.Elapsed))
                {
                    return null;
                }
            }

            return _posted.Dequeue();
        }
    }

    private void WakeNext()
    {
        Waiter next;
        lock (_lock)
        {
            next = _waiters.MinBy(waiter => waiter.Due) ?? throw new InvalidOperationException("The work has not ended, and nobody waits: a deadlock.");
            _waiters.Remove(next);
            _now = next.Due > _now ? next.Due : _now;
        }

        next.Registration.Dispose();
        next.Ended.TrySetResult();
    }

    private sealed class Waiter
    {
        public bool IsOfHost { get; init; }

        public DateTimeOffset Due { get; set; }

        public TaskCompletionSource Ended { get; } = new();

        public CancellationTokenRegistration Registration { get; set; }
    }

    private sealed class ClockOfHost : IClock
    {
        private readonly ContractLoop _loop;

        public ClockOfHost(ContractLoop loop) => _loop = loop;

        public DateTimeOffset Now => _loop.Now;

        public TimeSpan Elapsed => _loop.Elapsed;

        public Task Delay(TimeSpan duration, CancellationToken cancellationToken)
        {
            var delay = _loop.Delay(duration, isOfHost: true, cancellationToken);

            // The loop, which waits for this call's answer, is to look again.
            _loop.Post(() => { });
            return delay;
        }
    }

    private sealed class LoopConnection : ICimConnection
    {
        private readonly ContractLoop _loop;
        private readonly ICimConnection _transport;

        public LoopConnection(ContractLoop loop, ICimConnection transport)
        {
            _loop = loop;
            _transport = transport;
        }

        public CimHost Host => _transport.Host;

        public Task<IReadOnlyList<CimRecord>> QueryAsync(CimQuery query, CancellationToken cancellationToken)
            => CallAsync(() => _transport.QueryAsync(query, cancellationToken), cancellationToken);

        public Task<CimRecord> GetAsync(CimPath path, CancellationToken cancellationToken)
            => CallAsync(() => _transport.GetAsync(path, cancellationToken), cancellationToken);

        public Task<CimMethodResult> InvokeAsync(CimPath path, string method, IReadOnlyDictionary<string, object?> parameters, CancellationToken cancellationToken)
            => CallAsync(() => _transport.InvokeAsync(path, method, parameters, cancellationToken), cancellationToken);

        public void Dispose() => _transport.Dispose();

        private Task<T> CallAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _loop._underWay);
            var answer = call();
            if (answer.IsCompleted)
            {
                Interlocked.Decrement(ref _loop._underWay);
                return answer;
            }

            var ended = new TaskCompletionSource<T>();
            var isCounted = 1;
            void End(Action<TaskCompletionSource<T>> end)
            {
                if (Interlocked.Exchange(ref isCounted, 0) == 1)
                {
                    Interlocked.Decrement(ref _loop._underWay);
                }

                end(ended);
            }

            var registration = cancellationToken.Register(() => End(source => source.TrySetCanceled(cancellationToken)));
            _ = answer.ContinueWith(
                task => _loop.Post(
                    () =>
                    {
                        registration.Dispose();
                        End(source =>
                        {
                            _ = task.IsCanceled ? source.TrySetCanceled() : task.Exception is { } exception ? source.TrySetException(exception.InnerExceptions) : source.TrySetResult(task.Result);
                        });
                    }),
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
            return ended.Task;
        }
    }
}
