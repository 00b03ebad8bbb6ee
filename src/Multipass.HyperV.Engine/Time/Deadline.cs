using System;

namespace Multipass.HyperV.Time;

/// <summary>A moment at which a wait ends, by the clock that nobody can set.</summary>
internal sealed class Deadline
{
    private readonly IClock _clock;
    private readonly TimeSpan _at;

    private Deadline(IClock clock, TimeSpan at)
    {
        _clock = clock;
        _at = at;
    }

    public TimeSpan Remaining => _at - _clock.Elapsed;

    public bool HasPassed => Remaining <= TimeSpan.Zero;

    public static Deadline In(IClock clock, TimeSpan duration) => new(clock, clock.Elapsed + duration);

    /// <summary>So much later than this one.</summary>
    public Deadline After(TimeSpan duration) => new(_clock, _at + duration);

    /// <summary>This deadline, or an earlier one.</summary>
    public Deadline AtMost(TimeSpan duration) => Remaining <= duration ? this : In(_clock, duration);

    /// <summary>The earlier of two.</summary>
    public Deadline Or(Deadline other) => other._at < _at ? other : this;
}
