using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;

namespace Multipass.HyperV.Connections;

/// <summary>A host that could not be connected to, for whoever reports on hosts: it answers everything with the reason.</summary>
internal sealed class UnreachableConnection : ICimConnection
{
    private readonly CimFault _fault;

    public UnreachableConnection(CimHost host, CimFault fault)
    {
        Host = host;
        _fault = fault;
    }

    public CimHost Host { get; }

    public Task<IReadOnlyList<CimRecord>> QueryAsync(CimQuery query, CancellationToken cancellationToken) => Task.FromException<IReadOnlyList<CimRecord>>(new CimFaultException(_fault));

    public Task<CimRecord> GetAsync(CimPath path, CancellationToken cancellationToken) => Task.FromException<CimRecord>(new CimFaultException(_fault));

    public Task<CimMethodResult> InvokeAsync(CimPath path, string method, IReadOnlyDictionary<string, object?> parameters, CancellationToken cancellationToken)
        => Task.FromException<CimMethodResult>(new CimFaultException(_fault));

    public void Dispose()
    {
    }
}
