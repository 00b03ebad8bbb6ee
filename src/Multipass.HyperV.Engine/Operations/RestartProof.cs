using System;
using Multipass.HyperV.Instances;

namespace Multipass.HyperV.Operations;

/// <summary>What proves a restart: the host counts the uptime anew (Msvm_ComputerSystem class page, OnTimeInMilliseconds). An uptime that is missing proves nothing.</summary>
internal sealed class RestartProof
{
    /// <summary>The host counts in milliseconds, and its clock and ours do not go quite alike.</summary>
    private static readonly TimeSpan Inaccuracy = TimeSpan.FromMilliseconds(50);

    private readonly TimeSpan? _before;
    private readonly TimeSpan _readAt;
    private TimeSpan? _highest;
    private TimeSpan _askedAfter;
    private bool _hasRested;

    /// <param name="uptimeBefore">The uptime before the restart was asked for.</param>
    /// <param name="readAt">When that was known.</param>
    /// <param name="now">The same clock now.</param>
    public RestartProof(TimeSpan? uptimeBefore, TimeSpan readAt, TimeSpan now)
    {
        (_before, _highest, _readAt, _askedAfter) = (uptimeBefore, uptimeBefore, readAt, now);
    }

    /// <summary>The uptime was seen to fall since the restart was asked for.</summary>
    public bool HasFallen { get; private set; }

    /// <summary>
    /// Compares with the highest so far: an instance that has just booted may soon have been up for as long again. And with what it would be by now without a restart: one that had been up
    /// for moments only may come back with more. What was paused meanwhile, which is not counted, is not judged so.
    /// </summary>
    public void See(MachineReading reading, TimeSpan now)
    {
        _hasRested |= reading.State is MpInstanceState.Paused or MpInstanceState.Suspended or MpInstanceState.Suspending or MpInstanceState.Unknown;
        HasFallen |= reading.Uptime < _highest || (!_hasRested && reading.Uptime < _before + (_askedAfter - _readAt) - Inaccuracy);
        _highest = reading.Uptime is { } uptime && !(uptime <= _highest) ? uptime : _highest;
        _askedAfter = now;
    }
}
