using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Testing;

/// <summary>A connection whose calls take time: half of it before the host is asked, half before its answer arrives. Where calls take none, much of what goes wrong on real hosts cannot.</summary>
internal sealed class LatentConnection : ICimConnection
{
    /// <summary>What a call takes on a network that is near, where nothing else is said.</summary>
    public static readonly TimeSpan Usual = TimeSpan.FromMilliseconds(20);

    private readonly ICimConnection _connection;
    private readonly IClock _clock;
    private readonly TimeSpan _half;

    public LatentConnection(ICimConnection connection, IClock clock, TimeSpan? perCall = null)
    {
        _connection = connection;
        _clock = clock;
        _half = (perCall ?? Usual) / 2;
    }

    public CimHost Host => _connection.Host;

    public Task<IReadOnlyList<CimRecord>> QueryAsync(CimQuery query, CancellationToken cancellationToken)
        => CallAsync(() => _connection.QueryAsync(query, cancellationToken), cancellationToken);

    public Task<CimRecord> GetAsync(CimPath path, CancellationToken cancellationToken)
        => CallAsync(() => _connection.GetAsync(path, cancellationToken), cancellationToken);

    public Task<CimMethodResult> InvokeAsync(CimPath path, string method, IReadOnlyDictionary<string, object?> parameters, CancellationToken cancellationToken)
        => CallAsync(() => _connection.InvokeAsync(path, method, parameters, cancellationToken), cancellationToken);

    public void Dispose() => _connection.Dispose();

    private async Task<T> CallAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        await _clock.Delay(_half, cancellationToken).ConfigureAwait(false);
        try
        {
            return await call().ConfigureAwait(false);
        }
        finally
        {
            // A fault takes as long to arrive as an answer.
            await _clock.Delay(_half, cancellationToken).ConfigureAwait(false);
        }
    }
}
