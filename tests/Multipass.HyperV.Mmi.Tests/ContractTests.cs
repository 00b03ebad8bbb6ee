using System;
using System.Threading.Tasks;
using Microsoft.Management.Infrastructure;
using Microsoft.Management.Infrastructure.Options;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Contracts;
using Multipass.HyperV.MmiStandIn;
using Multipass.HyperV.Simulation;
using Xunit;

namespace Multipass.HyperV.Mmi.Tests;

/// <summary>Another computer, over WS-Management.</summary>
public sealed class RemoteConnectionTests : ConnectionContract
{
    private readonly StandIn _standIn = new();

    public override async ValueTask DisposeAsync()
    {
        await _standIn.AuditAsync();
        await base.DisposeAsync();
    }

    protected override Task<ICimConnection> ConnectAsync(SimulatedHost host) => _standIn.ConnectAsync(new CimEndpoint(_standIn.Add(host, out _)));
}

/// <summary>This computer, over COM.</summary>
[Collection("this computer")]
public sealed class LocalConnectionTests : ConnectionContract
{
    private readonly StandIn _standIn = new();

    public override async ValueTask DisposeAsync()
    {
        await _standIn.AuditAsync();
        await base.DisposeAsync();
    }

    protected override Task<ICimConnection> ConnectAsync(SimulatedHost host)
    {
        _standIn.Add(host, out var computer);
        SimulatedNetwork.BeLocal(computer);
        return _standIn.ConnectAsync(new CimEndpoint(null));
    }
}

/// <summary>A session that the user has made.</summary>
public sealed class GivenSessionTests : ConnectionContract
{
    private readonly StandIn _standIn = new(sessionsAreGiven: true);

    public override async ValueTask DisposeAsync()
    {
        await _standIn.AuditAsync();
        Assert.All(_standIn.Computers, computer => Assert.Equal((1, 1), (computer.SessionCount, computer.OpenSessionCount)));
        await base.DisposeAsync();
    }

    protected override Task<ICimConnection> ConnectAsync(SimulatedHost host)
    {
        using var options = new WSManSessionOptions();
        var name = _standIn.Add(host, out var computer);
        computer.BreaksSessions = false;
        return _standIn.ConnectAsync((object)CimSession.Create(name, options));
    }
}

/// <summary>The engine on another computer.</summary>
public sealed class RemoteLifecycleTests : LifecycleContract
{
    private readonly StandIn _standIn = new();

    public override async ValueTask DisposeAsync()
    {
        await _standIn.AuditAsync();
        await base.DisposeAsync();
    }

    protected override Task<ICimConnection> ConnectAsync(SimulatedHost host) => _standIn.ConnectAsync(new CimEndpoint(_standIn.Add(host, out _)));
}
