using System;
using System.Threading;
using System.Threading.Tasks;

namespace Multipass.HyperV.Time;

/// <summary>The one source of time. Whatever waits in the engine or in a simulated host waits here, so that tests run in virtual time.</summary>
/// <remarks>All members are safe to use from several threads.</remarks>
public interface IClock
{
    /// <summary>The present moment, as the computer's own clock has it: to be shown, never to be waited by. It may be set, and then jumps.</summary>
    DateTimeOffset Now { get; }

    /// <summary>Time that has passed since some moment in the past: what every wait is bounded by. It never runs backwards, whatever is done to the computer's clock, and
    /// stands still while the computer sleeps.</summary>
    TimeSpan Elapsed { get; }

    /// <summary>Ends after <paramref name="duration"/> of <see cref="Elapsed"/>, or is cancelled.</summary>
    /// <param name="duration">How long to wait; zero or less ends at once.</param>
    /// <param name="cancellationToken">Ends the wait early with <see cref="OperationCanceledException"/>.</param>
    Task Delay(TimeSpan duration, CancellationToken cancellationToken);
}
