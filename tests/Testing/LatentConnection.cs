using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Testing;

/// <summary>
/// A connection whose calls take time, half of it before the host is asked, half before its answer arrives, and which heeds no token: what has been sent arrives. Where calls take no time and
/// can be taken back, much of what goes wrong on real hosts cannot.
/// </summary>
internal sealed class LatentConnection : ICimConnection
{
    /// <summary>What a call takes on a network that is near, where nothing else is said.</summary>
    public static readonly TimeSpan Usual = TimeSpan.FromMilliseconds(20);

    private readonly ICimConnection _connection;
    private readonly IClock _clock;
    private readonly TimeSpan _half;
    private int _sent;

    public LatentConnection(ICimConnection connection, IClock clock, TimeSpan? perCall = null)
    {
        _connection = connection;
        _clock = clock;
        _half = (perCall ?? Usual) / 2;
    }

    public CimHost Host => _connection.Host;

    /// <summary>How many calls have been sent, whether or not they have reached the host yet.</summary>
    public int Sent => Volatile.Read(ref _sent);

    public Task<IReadOnlyList<CimRecord>> QueryAsync(CimQuery query, CancellationToken cancellationToken)
        => CallAsync(() => _connection.QueryAsync(query, CancellationToken.None), cancellationToken);

    public Task<CimRecord> GetAsync(CimPath path, CancellationToken cancellationToken)
        => CallAsync(() => _connection.GetAsync(path, CancellationToken.None), cancellationToken);

    public Task<CimMethodResult> InvokeAsync(CimPath path, string method, IReadOnlyDictionary<string, object?> parameters, CancellationToken cancellationToken)
        => CallAsync(() => _connection.InvokeAsync(path, method, parameters, CancellationToken.None), cancellationToken);

    public void Dispose() => _connection.Dispose();

    private async Task<T> CallAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Interlocked.Increment(ref _sent);

        // What has been sent is on its way, whoever gives it up.
        await _clock.Delay(_half, CancellationToken.None).ConfigureAwait(false);
        try
        {
            return await call().ConfigureAwait(false);
        }
        finally
        {
            // A fault takes as long to arrive as an answer.
            await _clock.Delay(_half, CancellationToken.None).ConfigureAwait(false);
        }
    }
}
