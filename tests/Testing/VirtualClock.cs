using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Testing;

/// <summary>A clock that moves only when it is told to. Hours pass in microseconds, and a run repeats to the last call.</summary>
/// <remarks>Whoever waits is woken one at a time, the earliest first, and continues on the thread that advances the clock.</remarks>
internal sealed class VirtualClock : ITestTime
{
    /// <summary>How much virtual time <see cref="Run(Task, TimeSpan?)"/> allows when it is not told otherwise: 24 hours.</summary>
    public static readonly TimeSpan DefaultLimit = TimeSpan.FromHours(24);

    private readonly object _lock = new();
    private readonly SortedSet<Waiter> _waiters = new(Waiter.ByDueTime);
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private DateTimeOffset _now = Start;
    private TimeSpan _set;
    private long _sequence;

    /// <summary>The present virtual moment. A new clock shows 2026-01-01T00:00:00Z.</summary>
    public DateTimeOffset Now
    {
        get
        {
            lock (_lock)
            {
                return _now + _set;
            }
        }
    }

    /// <summary>The virtual time that has passed since the clock was made.</summary>
    public TimeSpan Elapsed
    {
        get
        {
            lock (_lock)
            {
                return _now - Start;
            }
        }
    }

    /// <summary>Sets the clock forward or back, as a person or a time service would, or as it looks after the computer has slept. <see cref="Elapsed"/> and all waits stay as they are.</summary>
    /// <param name="by">How far; negative to set it back.</param>
    public void Set(TimeSpan by)
    {
        lock (_lock)
        {
            _set += by;
        }
    }

    /// <summary>How many waits have not ended yet.</summary>
    public int WaiterCount
    {
        get
        {
            lock (_lock)
            {
                return _waiters.Count;
            }
        }
    }

    /// <summary>Ends when the clock has been advanced by <paramref name="duration"/>, or is cancelled.</summary>
    /// <param name="duration">How long to wait; zero or less ends at once.</param>
    /// <param name="cancellationToken">Ends the wait early with <see cref="OperationCanceledException"/>.</param>
    public Task Delay(TimeSpan duration, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled(cancellationToken);
        }

        if (duration <= TimeSpan.Zero)
        {
            return Task.CompletedTask;
        }

        Waiter waiter;
        lock (_lock)
        {
            var due = DateTimeOffset.MaxValue - _now <= duration ? DateTimeOffset.MaxValue : _now + duration;
            waiter = new Waiter(due, _sequence++);
            _waiters.Add(waiter);
        }

        if (cancellationToken.CanBeCanceled)
        {
            // Registered outside the lock: a token that is cancelled by now calls back at once.
            waiter.Registration = cancellationToken.Register(() => Cancel(waiter, cancellationToken));
        }

        return waiter.Completion.Task;
    }

    /// <summary>Moves the clock forward. Waits that fall due on the way end at their own moment, with what follows from them done before the next one.</summary>
    /// <param name="duration">How far; not negative.</param>
    public void Advance(TimeSpan duration)
    {
        if (duration < TimeSpan.Zero)
        {
            throw new ArgumentOutOfRangeException(nameof(duration), duration, "A clock does not run backwards.");
        }

        var target = Now + duration;
        WithoutContext(() =>
        {
            while (WakeNext(target))
            {
            }
        });
        lock (_lock)
        {
            _now = target > _now ? target : _now;
        }
    }

    /// <summary>Moves the clock from wait to wait until the task has ended, and throws what the task threw.</summary>
    /// <param name="task">The task.</param>
    /// <param name="limit">How much virtual time it may take; <see cref="DefaultLimit"/> when omitted.</param>
    /// <exception cref="InvalidOperationException">The task has not ended although nobody waits (a deadlock), or the limit has passed.</exception>
    public void Run(Task task, TimeSpan? limit = null)
    {
        ArgumentNullException.ThrowIfNull(task);

        RunToEnd(task, limit ?? DefaultLimit);
        task.GetAwaiter().GetResult();
    }

    /// <summary>Moves the clock from wait to wait until the task has ended, and returns its result or throws what it threw.</summary>
    /// <param name="task">The task.</param>
    /// <param name="limit">How much virtual time it may take; <see cref="DefaultLimit"/> when omitted.</param>
    /// <exception cref="InvalidOperationException">The task has not ended although nobody waits (a deadlock), or the limit has passed.</exception>
    public T Run<T>(Task<T> task, TimeSpan? limit = null)
    {
        ArgumentNullException.ThrowIfNull(task);

        RunToEnd(task, limit ?? DefaultLimit);
        return task.GetAwaiter().GetResult();
    }

    /// <summary>Begins the work and moves the clock until it has ended. Work that is begun here continues inline wherever it awaits.</summary>
    /// <param name="work">Begins the work.</param>
    /// <param name="limit">How much virtual time it may take; <see cref="DefaultLimit"/> when omitted.</param>
    /// <exception cref="InvalidOperationException">The work has not ended although nobody waits (a deadlock), or the limit has passed.</exception>
    public void Run(Func<Task> work, TimeSpan? limit = null) => Run(Begin(work), limit);

    /// <summary>Begins the work, moves the clock until it has ended, and returns its result. Work that is begun here continues inline wherever it awaits.</summary>
    /// <param name="work">Begins the work.</param>
    /// <param name="limit">How much virtual time it may take; <see cref="DefaultLimit"/> when omitted.</param>
    /// <exception cref="InvalidOperationException">The work has not ended although nobody waits (a deadlock), or the limit has passed.</exception>
    public T Run<T>(Func<Task<T>> work, TimeSpan? limit = null) => Run(Begin(work), limit);

    T ITestTime.Run<T>(Func<Task<T>> work) => Run(work);

    private static T Begin<T>(Func<T> work)
        where T : Task
    {
        ArgumentNullException.ThrowIfNull(work);

        T? task = null;
        WithoutContext(() => task = work());
        return task!;
    }

    private void RunToEnd(Task task, TimeSpan limit)
    {
        var start = Now;
        var end = DateTimeOffset.MaxValue - start <= limit ? DateTimeOffset.MaxValue : start + limit;
        WithoutContext(() =>
        {
            while (!task.IsCompleted)
            {
                if (!WakeNext(end) && !task.IsCompleted)
                {
                    throw new InvalidOperationException(WaiterCount == 0
                        ? "The task has not ended, and nobody waits for the clock: a deadlock."
                        : $"The task has not ended within {limit} of virtual time.");
                }
            }
        });
    }

    /// <summary>Wakes the next waiter that is due by then; false when there is none.</summary>
    private bool WakeNext(DateTimeOffset until)
    {
        Waiter? next;
        lock (_lock)
        {
            next = _waiters.Min;
            if (next is null || next.Due > until)
            {
                return false;
            }

            _waiters.Remove(next);
            _now = next.Due > _now ? next.Due : _now;
        }

        next.Registration.Dispose();
        next.Completion.TrySetResult(true);
        return true;
    }

    private void Cancel(Waiter waiter, CancellationToken cancellationToken)
    {
        bool isWaiting;
        lock (_lock)
        {
            isWaiting = _waiters.Remove(waiter);
        }

        if (isWaiting)
        {
            waiter.Completion.TrySetCanceled(cancellationToken);
        }
    }

    /// <summary>Continuations run inline only where no synchronization context asks for them; test runners and user interfaces bring one.</summary>
    private static void WithoutContext(Action action)
    {
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            action();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    private sealed class Waiter
    {
        public static readonly IComparer<Waiter> ByDueTime = Comparer<Waiter>.Create((first, second)
            => first.Due != second.Due ? first.Due.CompareTo(second.Due) : first._sequence.CompareTo(second._sequence));

        private readonly long _sequence;

        public Waiter(DateTimeOffset due, long sequence)
        {
            Due = due;
            _sequence = sequence;
        }

        public DateTimeOffset Due { get; }

        public TaskCompletionSource<bool> Completion { get; } = new();

        public CancellationTokenRegistration Registration { get; set; }
    }
}
