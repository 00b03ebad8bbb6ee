using System;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Server;

/// <summary>Real time, read once and then counted: setting the computer's clock disturbs nothing.</summary>
internal sealed class ServerClock : IClock
{
    private readonly DateTimeOffset _start = DateTimeOffset.UtcNow;
    private readonly Stopwatch _elapsed = Stopwatch.StartNew();

    public DateTimeOffset Now => _start + _elapsed.Elapsed;

    public TimeSpan Elapsed => _elapsed.Elapsed;

    public Task Delay(TimeSpan duration, CancellationToken cancellationToken)
        => duration > TimeSpan.Zero ? Task.Delay(duration, cancellationToken) : cancellationToken.IsCancellationRequested ? Task.FromCanceled(cancellationToken) : Task.CompletedTask;
}
