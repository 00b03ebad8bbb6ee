using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Simulation.Provider;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Simulation.Connections;

/// <summary>A connection to a simulated host. Calls end before they return, except those that a fault makes late.</summary>
internal sealed class SimulatedConnection : ICimConnection
{
    private readonly SimulatedHost _host;
    private readonly IClock _clock;
    private volatile bool _isDisposed;

    public SimulatedConnection(SimulatedHost host, IClock clock)
    {
        _host = host;
        _clock = clock;
        Host = new CimHost(host.Name, CimTransport.Simulated, IsLocal: true) { Account = World.HostWorld.AccountOn(host.Name) };
    }

    public CimHost Host { get; }

    public Task<IReadOnlyList<CimRecord>> QueryAsync(CimQuery query, CancellationToken cancellationToken)
        => Call(() => _host.Query(query ?? throw new ArgumentNullException(nameof(query))), cancellationToken);

    public Task<CimRecord> GetAsync(CimPath path, CancellationToken cancellationToken)
        => Call(() => _host.Get(path ?? throw new ArgumentNullException(nameof(path))), cancellationToken);

    public Task<CimMethodResult> InvokeAsync(CimPath path, string method, IReadOnlyDictionary<string, object?> parameters, CancellationToken cancellationToken)
        => Call(
            () => _host.Invoke(
                path ?? throw new ArgumentNullException(nameof(path)),
                method ?? throw new ArgumentNullException(nameof(method)),
                parameters ?? throw new ArgumentNullException(nameof(parameters))),
            cancellationToken);

    public void Dispose() => _isDisposed = true;

    private Task<T> Call<T>(Func<Answer<T>> call, CancellationToken cancellationToken)
        where T : class
    {
        if (_isDisposed)
        {
            return Task.FromException<T>(new ObjectDisposedException(nameof(SimulatedConnection)));
        }

        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellationToken);
        }

        var answer = call();
        return answer.Delay > TimeSpan.Zero ? LateAsync(answer, cancellationToken)
            : answer.Fault is not null ? Task.FromException<T>(new CimFaultException(answer.Fault))
            : Task.FromResult(answer.Value!);
    }

    private async Task<T> LateAsync<T>(Answer<T> answer, CancellationToken cancellationToken)
        where T : class
    {
        await _clock.Delay(answer.Delay, cancellationToken).ConfigureAwait(false);
        return answer.Fault is null ? answer.Value! : throw new CimFaultException(answer.Fault);
    }
}
