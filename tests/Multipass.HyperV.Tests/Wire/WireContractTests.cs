using System.Collections.Generic;
using System.Threading.Tasks;
using System;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Contracts;
using Multipass.HyperV.Simulation;
using Multipass.HyperV.Torture.Wire;

namespace Multipass.HyperV.Tests.Wire;

/// <summary>The contract of connections over the wire: client against served host.</summary>
public sealed class WireConnectionTests : ConnectionContract
{
    private readonly List<ServedHost> _served = new();

    public override async ValueTask DisposeAsync()
    {
        foreach (var served in _served)
        {
            await served.DisposeAsync();
        }

        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected override async Task<ICimConnection> ConnectAsync(SimulatedHost host)
    {
        var served = await ServedHost.StartAsync(host);
        _served.Add(served);
        return await served.ConnectAsync();
    }
}

/// <summary>The contract of operations over the wire: client against served host.</summary>
public sealed class WireLifecycleTests : LifecycleContract
{
    private readonly List<ServedHost> _served = new();

    public override async ValueTask DisposeAsync()
    {
        foreach (var served in _served)
        {
            await served.DisposeAsync();
        }

        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected override async Task<ICimConnection> ConnectAsync(SimulatedHost host)
    {
        var served = await ServedHost.StartAsync(host);
        _served.Add(served);
        return await served.ConnectAsync();
    }
}
