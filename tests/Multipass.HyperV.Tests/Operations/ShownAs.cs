using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;

namespace Multipass.HyperV.Tests.Operations;

/// <summary>A connection that shows virtual machines otherwise than the host does: for what no scenario can say.</summary>
internal sealed class ShownAs(ICimConnection connection, Func<CimRecord, IReadOnlyDictionary<string, object?>?> change) : ICimConnection
{
    public CimHost Host => connection.Host;

    public async Task<IReadOnlyList<CimRecord>> QueryAsync(CimQuery query, CancellationToken cancellationToken)
    {
        var rows = await connection.QueryAsync(query, cancellationToken).ConfigureAwait(false);
        return query.ClassName != "Msvm_ComputerSystem" ? rows : [.. rows.Select(Changed)];
    }

    public Task<CimRecord> GetAsync(CimPath path, CancellationToken cancellationToken) => connection.GetAsync(path, cancellationToken);

    public Task<CimMethodResult> InvokeAsync(CimPath path, string method, IReadOnlyDictionary<string, object?> parameters, CancellationToken cancellationToken)
        => connection.InvokeAsync(path, method, parameters, cancellationToken);

    public void Dispose() => connection.Dispose();

    private CimRecord Changed(CimRecord record)
        => change(record) is not { } values ? record : new CimRecord(
            record.ClassName,
            record.PropertyNames.Select(name => new KeyValuePair<string, object?>(name, values.TryGetValue(name, out var value) ? value : record[name])));
}
