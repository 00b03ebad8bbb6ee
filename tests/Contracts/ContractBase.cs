using System;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Simulation;
using Xunit;

namespace Multipass.HyperV.Contracts;

/// <summary>What a contract asks of the transport that is to hold it.</summary>
public abstract class ContractBase : IAsyncLifetime
{
    /// <summary>A connection over the transport to this host. Whatever it needs beside it lives until <see cref="DisposeAsync"/>.</summary>
    protected abstract Task<ICimConnection> ConnectAsync(SimulatedHost host);

    /// <summary>Before a test.</summary>
    public virtual ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>After a test: servers end, and what must have been released is checked.</summary>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
