using System;

namespace Multipass.HyperV.Time;

/// <summary>A moment at which a wait ends.</summary>
internal sealed class Deadline
{
    private readonly IClock _clock;
    private readonly DateTimeOffset _at;

    private Deadline(IClock clock, DateTimeOffset at)
    {
        _clock = clock;
        _at = at;
    }

    public TimeSpan Remaining => _at - _clock.Now;

    public bool HasPassed => Remaining <= TimeSpan.Zero;

    public static Deadline In(IClock clock, TimeSpan duration) => new(clock, clock.Now + duration);

    /// <summary>This deadline, or an earlier one.</summary>
    public Deadline AtMost(TimeSpan duration) => Remaining <= duration ? this : In(_clock, duration);
}
