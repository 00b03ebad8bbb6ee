using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Hosts;
using Mi = Microsoft.Management.Infrastructure;

namespace Multipass.HyperV.Transports.Mmi;

/// <summary>A connection over Windows' own CIM client. Exists on Windows only; nothing of MI is loaded before the first of these is made.</summary>
internal sealed class MmiConnection : ICimConnection
{
    private const string Dialect = "WQL";

    private readonly MmiSessions _sessions;
    private readonly CancellationTokenSource _disposed = new();

    public MmiConnection(CimHost host, MmiSessions sessions)
    {
        Host = host;
        _sessions = sessions;
    }

    public CimHost Host { get; }

    public Task<IReadOnlyList<CimRecord>> QueryAsync(CimQuery query, CancellationToken cancellationToken)
    {
        var text = WqlText.Of(query);
        return ReadAsync(
            (session, options, _) => session.QueryInstancesAsync(query.Namespace, Dialect, text, options), instance => MmiValues.Row(instance, query), cancellationToken);
    }

    public async Task<CimRecord> GetAsync(CimPath path, CancellationToken cancellationToken)
    {
        var records = await ReadAsync(
            (session, options, owned) => session.GetInstanceAsync(path.Namespace, Own(owned, MmiValues.Keys(path)), options),
            instance => MmiValues.Record(instance, path.Namespace),
            cancellationToken).ConfigureAwait(false);
        return records.Count > 0
            ? records[0]
            : throw new CimFaultException(new CimFault(CimStatus.NotFound, WbemError.NotFound, $"There is no instance {path}."));
    }

    public async Task<CimMethodResult> InvokeAsync(CimPath path, string method, IReadOnlyDictionary<string, object?> parameters, CancellationToken cancellationToken)
    {
        // A request is never repeated: whether the host has acted on it is not known.
        var results = await OnceAsync(
            (session, options, owned) =>
            {
                var arguments = Own(owned, new Mi.CimMethodParametersCollection());
                foreach (var parameter in parameters.Where(parameter => parameter.Value is not null))
                {
                    var (value, type) = MmiValues.ToMi(parameter.Value!);
                    arguments.Add(Mi.CimMethodParameter.Create(parameter.Key, Own(owned, value), type, Mi.CimFlags.In));
                }

                // A path without keys is a class: its static methods.
                return path.Keys.Count == 0
                    ? session.InvokeMethodAsync(path.Namespace, path.ClassName, method, arguments, options)
                    : session.InvokeMethodAsync(path.Namespace, Own(owned, MmiValues.Keys(path)), method, arguments, options);
            },
            (Mi.CimMethodResultBase result) => result is Mi.CimMethodResult whole ? MmiValues.Result(whole, path.Namespace) : null,
            cancellationToken).ConfigureAwait(false);
        return results.FirstOrDefault(result => result is not null)
            ?? throw new CimFaultException(new CimFault(CimStatus.Failed, WbemError.Failed, $"{path.ClassName}.{method} gave no result."));
    }

    public void Dispose()
    {
        if (!_disposed.IsCancellationRequested)
        {
            _disposed.Cancel();
            _disposed.Dispose();
            _sessions.Dispose();
        }
    }

    /// <summary>Keeps what an operation needs until MI is done with it.</summary>
    private static T Own<T>(List<IDisposable> owned, T value)
    {
        switch (value)
        {
            case IDisposable disposable:
                owned.Add(disposable);
                break;
            case IDisposable[] disposables:
                owned.AddRange(disposables);
                break;
        }

        return value;
    }

    /// <summary>Reads; once more on a new session when the connection was lost, since reading does no harm. What did not answer in time is not asked again.</summary>
    private async Task<IReadOnlyList<TResult>> ReadAsync<TResult>(
        Func<Mi.CimSession, Mi.Options.CimOperationOptions, List<IDisposable>, IObservable<Mi.CimInstance>> begin,
        Func<Mi.CimInstance, TResult> copy,
        CancellationToken cancellationToken)
    {
        try
        {
            return await OnceAsync(begin, copy, cancellationToken).ConfigureAwait(false);
        }
        catch (CimFaultException exception) when (_sessions.CanRenew && exception.Fault.IsConnectionLost && exception.Fault.HResult != WbemError.TimedOut)
        {
            return await OnceAsync(begin, copy, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<IReadOnlyList<TResult>> OnceAsync<TItem, TResult>(
        Func<Mi.CimSession, Mi.Options.CimOperationOptions, List<IDisposable>, IObservable<TItem>> begin, Func<TItem, TResult> copy, CancellationToken cancellationToken)
        where TItem : class
    {
        ThrowIfDisposed();
        cancellationToken.ThrowIfCancellationRequested();
        var owned = new List<IDisposable>();
        MmiLease? lease = null;
        using var abandon = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposed.Token);
        try
        {
            return await MmiOperation<TItem, TResult>.RunAsync(
                () =>
                {
                    lease = _sessions.Rent();
                    var options = Own(owned, new Mi.Options.CimOperationOptions { Timeout = HostSession.LongestCall });
                    return begin(lease.Session, options, owned);
                },
                copy,
                () =>
                {
                    owned.ForEach(disposable => disposable.Dispose());
                    lease?.Leave();
                },
                abandon.Token).ConfigureAwait(false);
        }
        catch (CimFaultException exception) when (exception.Fault.IsConnectionLost)
        {
            if (lease is not null)
            {
                _sessions.GiveUp(lease);
            }

            throw;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            ThrowIfDisposed();
            throw;
        }
    }

    private void ThrowIfDisposed()
    {
        if (_disposed.IsCancellationRequested)
        {
            throw new ObjectDisposedException(nameof(MmiConnection));
        }
    }
}
