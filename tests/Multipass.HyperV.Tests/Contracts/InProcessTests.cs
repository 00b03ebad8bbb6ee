using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Contracts;
using Multipass.HyperV.Simulation;

namespace Multipass.HyperV.Tests.Contracts;

/// <summary>The simulated host in process.</summary>
public sealed class InProcessConnectionTests : ConnectionContract
{
    protected override Task<ICimConnection> ConnectAsync(SimulatedHost host) => Task.FromResult(host.Connect());
}

/// <summary>The engine on the simulated host in process.</summary>
public sealed class InProcessLifecycleTests : LifecycleContract
{
    protected override Task<ICimConnection> ConnectAsync(SimulatedHost host) => Task.FromResult(host.Connect());
}
