using System;
using System.Collections.Generic;

namespace Multipass.HyperV.Simulation.World;

/// <summary>What will happen on the host by itself, in order of time; what is due at the same moment happens in the order it was scheduled.</summary>
/// <remarks>Nothing runs in the background: whoever looks at the host first lets everything happen that is due by then.</remarks>
internal sealed class Timeline
{
    private readonly SortedSet<ScheduledEvent> _events = new(ScheduledEvent.ByDueTime);
    private long _sequence;

    public Timeline(DateTimeOffset now) => Now = now;

    /// <summary>The present; while an event happens, the moment that it was due.</summary>
    public DateTimeOffset Now { get; private set; }

    public ScheduledEvent In(TimeSpan delay, Action action)
    {
        var scheduled = new ScheduledEvent(Now + delay, _sequence++, action);
        _events.Add(scheduled);
        return scheduled;
    }

    public void Cancel(ScheduledEvent? scheduled)
    {
        if (scheduled is not null)
        {
            _events.Remove(scheduled);
        }
    }

    public void AdvanceTo(DateTimeOffset now)
    {
        while (_events.Min is { } next && next.Due <= now)
        {
            _events.Remove(next);
            Now = next.Due > Now ? next.Due : Now;
            next.Action();
        }

        Now = now > Now ? now : Now;
    }
}

/// <summary>Something that will happen.</summary>
internal sealed class ScheduledEvent
{
    public static readonly IComparer<ScheduledEvent> ByDueTime = Comparer<ScheduledEvent>.Create((first, second)
        => first.Due != second.Due ? first.Due.CompareTo(second.Due) : first._sequence.CompareTo(second._sequence));

    private readonly long _sequence;

    public ScheduledEvent(DateTimeOffset due, long sequence, Action action)
    {
        Due = due;
        _sequence = sequence;
        Action = action;
    }

    public DateTimeOffset Due { get; }

    public Action Action { get; }
}
