using System;

namespace Multipass.HyperV.Time;

/// <summary>The one rule for hosts that cannot be read while something is waited for: a reading that fails ends nothing, for a host has some time to become readable again.</summary>
internal sealed class Outage
{
    /// <summary>A restart of vmms takes a few seconds.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    private readonly IClock _clock;
    private TimeSpan? _since;

    public Outage(IClock clock) => _clock = clock;

    /// <summary>A reading has failed. True when that has gone on for too long.</summary>
    public bool GoesOn()
    {
        _since ??= _clock.Elapsed;
        return _clock.Elapsed - _since >= Longest;
    }

    /// <summary>The host was read.</summary>
    public void End() => _since = null;
}
