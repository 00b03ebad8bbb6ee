using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;

namespace Multipass.HyperV.Tests.Checks;

/// <summary>A connection to a host that lacks some classes, or fails to answer for them, or answers something else.</summary>
internal sealed class DeafConnection : ICimConnection
{
    private readonly ICimConnection _inner;
    private readonly string[] _classes;

    public DeafConnection(ICimConnection inner, params string[] classes)
    {
        _inner = inner;
        _classes = classes;
    }

    /// <summary>What asking for one of the classes ends in.</summary>
    public CimFault Fault { get; init; } = new(CimStatus.InvalidClass, unchecked((int)0x80041010), "There is no such class.");

    /// <summary>Asking for one of the classes never ends.</summary>
    public bool Hangs { get; init; }

    /// <summary>Rows to answer with instead of the host's, by class.</summary>
    public IReadOnlyDictionary<string, CimRecord[]> Answers { get; init; } = new Dictionary<string, CimRecord[]>();

    public CimHost Host => _inner.Host;

    public Task<IReadOnlyList<CimRecord>> QueryAsync(CimQuery query, CancellationToken cancellationToken)
        => Answers.TryGetValue(query.ClassName, out var rows) ? Task.FromResult<IReadOnlyList<CimRecord>>(rows)
            : IsDeaf(query.Namespace, query.ClassName) ? Silence<IReadOnlyList<CimRecord>>()
            : _inner.QueryAsync(query, cancellationToken);

    public Task<CimRecord> GetAsync(CimPath path, CancellationToken cancellationToken)
        => IsDeaf(path.Namespace, path.ClassName) ? Silence<CimRecord>() : _inner.GetAsync(path, cancellationToken);

    public Task<CimMethodResult> InvokeAsync(CimPath path, string method, IReadOnlyDictionary<string, object?> parameters, CancellationToken cancellationToken)
        => IsDeaf(path.Namespace, path.ClassName) ? Silence<CimMethodResult>() : _inner.InvokeAsync(path, method, parameters, cancellationToken);

    public void Dispose() => _inner.Dispose();

    private Task<T> Silence<T>() => Hangs ? new TaskCompletionSource<T>().Task : Task.FromException<T>(new CimFaultException(Fault));

    private bool IsDeaf(string cimNamespace, string className) => _classes.Contains(className) || _classes.Contains(cimNamespace);
}
