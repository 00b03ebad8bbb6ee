using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.MmiStandIn;
using Multipass.HyperV.Simulation;
using Multipass.HyperV.Simulation.Provider;
using Multipass.HyperV.Transports.Mmi;
using Xunit;

namespace Multipass.HyperV.Mmi.Tests;

/// <summary>The simulated computers of one test, connected to by the shipped transport. At the end nothing may be left open, and nothing done wrong.</summary>
internal sealed class StandIn
{
    private static int number;

    private readonly List<SimulatedComputer> _computers = new();
    private readonly List<ICimConnection> _connections = new();
    private readonly bool _sessionsAreGiven;

    public StandIn(bool sessionsAreGiven = false) => _sessionsAreGiven = sessionsAreGiven;

    public IReadOnlyList<SimulatedComputer> Computers => _computers;

    /// <summary>A computer of a name that no other test has.</summary>
    public string Add(SimulatedHost host, out SimulatedComputer computer)
    {
        var name = $"computer-{Interlocked.Increment(ref number)}";
        computer = SimulatedNetwork.Attach(name, host.Connect(), PropertiesOf);
        _computers.Add(computer);
        return name;
    }

    public async Task<ICimConnection> ConnectAsync(CimEndpoint endpoint)
    {
        var connection = await new MmiTransport().ConnectAsync(endpoint, CancellationToken.None);
        _connections.Add(connection);
        return connection;
    }

    public async Task<ICimConnection> ConnectAsync(object session)
    {
        var connection = await MmiTransport.ConnectAsync(session, CancellationToken.None);
        _connections.Add(connection);
        return connection;
    }

    public async Task AuditAsync()
    {
        _computers.ForEach(SimulatedNetwork.BeRemote);
        _connections.ForEach(connection => connection.Dispose());
        foreach (var computer in _computers)
        {
            Assert.Empty(await computer.AuditAsync(_sessionsAreGiven));
        }
    }

    private static IReadOnlyList<(string Name, bool IsKey)>? PropertiesOf(string cimNamespace, string className)
        => ClassDeclarations.Namespace(cimNamespace)?.TryGetValue(className, out var declaration) == true
            ? declaration.Properties.Select(property => (property.Name, property.IsKey)).ToArray()
            : null;
}
