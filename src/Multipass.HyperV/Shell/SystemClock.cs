using System;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Shell;

/// <summary>Real time. It is read once from the computer's clock and then counted, so that setting that clock disturbs no wait.</summary>
internal sealed class SystemClock : IClock
{
    public static readonly SystemClock Instance = new();

    private readonly DateTimeOffset _start = DateTimeOffset.UtcNow;
    private readonly Stopwatch _elapsed = Stopwatch.StartNew();

    private SystemClock()
    {
    }

    public DateTimeOffset Now => _start + _elapsed.Elapsed;

    public Task Delay(TimeSpan duration, CancellationToken cancellationToken)
        => duration > TimeSpan.Zero ? Task.Delay(duration, cancellationToken) : cancellationToken.IsCancellationRequested ? Task.FromCanceled(cancellationToken) : Task.CompletedTask;
}
