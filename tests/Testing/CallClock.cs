using System;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Testing;

/// <summary>
/// The time of a simulated host that goes on by a step whenever the host is asked, and otherwise stands still. So what takes a while there takes a number of looks, on a busy machine as on an
/// idle one, and cmdlets that live by the real clock see all of it.
/// </summary>
internal sealed class CallClock : IClock
{
    private static readonly DateTimeOffset Beginning = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly TimeSpan _step;
    private int _calls;

    public CallClock(int stepMilliseconds = 20) => _step = TimeSpan.FromMilliseconds(stepMilliseconds);

    public DateTimeOffset Now => Beginning + (Volatile.Read(ref _calls) * _step);

    public TimeSpan Elapsed => Interlocked.Increment(ref _calls) * _step;

    public Task Delay(TimeSpan duration, CancellationToken cancellationToken) => Task.Delay(duration, cancellationToken);
}
