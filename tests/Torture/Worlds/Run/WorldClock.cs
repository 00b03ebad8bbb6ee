using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Torture.Worlds.Run;

/// <summary>
/// The time of a world: the monotonic clock of the user's computer, on one thread. What is due at the same moment happens in the order in which it was asked for.
/// </summary>
internal sealed class WorldClock : IClock
{
    /// <summary>The wall clock at the beginning.</summary>
    public static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>More than this does no world in which everything ends.</summary>
    private const int MostWakes = 400_000;

    private readonly PriorityQueue<Waiter, Due> _waiters = new(DueOrder.Instance);
    private long _sequence;
    private int _wakes;

    /// <summary>How long the world has existed, in ticks.</summary>
    public long Ticks { get; private set; }

    /// <summary>How far the wall clock has been set ahead, or has gone on during sleep, in ticks.</summary>
    public long WallAhead { get; set; }

    /// <summary>The wall clock: it may be set, and goes on while the computer sleeps.</summary>
    public DateTimeOffset Now => new(Epoch.Ticks + Ticks, TimeSpan.Zero);

    public TimeSpan Elapsed => new(Ticks);

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

        var waiter = new Waiter(null, new TaskCompletionSource());
        Add(waiter, duration.Ticks);
        if (cancellationToken.CanBeCanceled)
        {
            waiter.Cancellation = cancellationToken;
            waiter.Registration = cancellationToken.UnsafeRegister(static state => ((Waiter)state!).Cancel(), waiter);
        }

        return waiter.Completion!.Task;
    }

    /// <summary>Has something done later. It is given back, and may be called off.</summary>
    public Waiter In(long ticks, Action action)
    {
        var waiter = new Waiter(action, null);
        Add(waiter, ticks);
        return waiter;
    }

    /// <summary>Lets time pass until the task has ended; false when it never will, or not by then.</summary>
    public bool Run(Task task, long limitTicks)
    {
        while (!task.IsCompleted)
        {
            if (!WakeNext(limitTicks))
            {
                return task.IsCompleted;
            }
        }

        return true;
    }

    /// <summary>Lets so much time pass.</summary>
    public void Pass(long ticks)
    {
        var until = Ticks + ticks;
        while (WakeNext(until))
        {
        }

        Ticks = Math.Max(Ticks, until);
    }

    private void Add(Waiter waiter, long ticks)
        => _waiters.Enqueue(waiter, new Due(ticks >= long.MaxValue / 4 ? long.MaxValue / 2 : Ticks + Math.Max(0, ticks), _sequence++));

    private bool WakeNext(long until)
    {
        while (_waiters.TryPeek(out var waiter, out var due))
        {
            if (waiter.IsOver)
            {
                _waiters.Dequeue();
                continue;
            }

            if (due.At > until || ++_wakes > MostWakes)
            {
                return false;
            }

            _waiters.Dequeue();
            Ticks = Math.Max(Ticks, due.At);
            waiter.Wake();
            return true;
        }

        return false;
    }

    internal sealed class Waiter
    {
        private readonly Action? _action;

        public Waiter(Action? action, TaskCompletionSource? completion)
        {
            _action = action;
            Completion = completion;
        }

        public TaskCompletionSource? Completion { get; }

        public bool IsOver { get; private set; }

        public CancellationToken Cancellation { get; set; }

        public CancellationTokenRegistration Registration { get; set; }

        public void CallOff() => IsOver = true;

        public void Wake()
        {
            IsOver = true;
            if (_action is not null)
            {
                _action();
                return;
            }

            Registration.Dispose();
            Completion!.TrySetResult();
        }

        public void Cancel()
        {
            if (!IsOver)
            {
                IsOver = true;
                Completion!.TrySetCanceled(Cancellation);
            }
        }
    }

    private readonly record struct Due(long At, long Sequence);

    private sealed class DueOrder : IComparer<Due>
    {
        public static readonly DueOrder Instance = new();

        public int Compare(Due x, Due y) => x.At != y.At ? x.At.CompareTo(y.At) : x.Sequence.CompareTo(y.Sequence);
    }
}

/// <summary>A host's own clock: ahead of or behind ours, and going on while our computer sleeps.</summary>
internal sealed class HostClock : IClock
{
    private readonly WorldClock _clock;

    public HostClock(WorldClock clock) => _clock = clock;

    /// <summary>How far it is ahead, in ticks.</summary>
    public long Ahead { get; set; }

    /// <summary>How long our computer has slept, in ticks.</summary>
    public long Slept { get; set; }

    public TimeSpan Elapsed => new(_clock.Ticks + Slept);

    public DateTimeOffset Now => new(WorldClock.Epoch.Ticks + _clock.Ticks + Ahead, TimeSpan.Zero);

    public Task Delay(TimeSpan duration, CancellationToken cancellationToken) => _clock.Delay(duration, cancellationToken);
}
