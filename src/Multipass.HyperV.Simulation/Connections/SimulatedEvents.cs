using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Hosts;

namespace Multipass.HyperV.Simulation.Connections;

/// <summary>The event log of a simulated host, as an administrator on it would read it.</summary>
internal sealed class SimulatedEvents : IHostEvents
{
    /// <summary>Events of the workers have ids of 18000 and more.</summary>
    private const int WorkerIds = 18000;

    private readonly SimulatedHost _host;

    public SimulatedEvents(SimulatedHost host) => _host = host;

    public Task<IReadOnlyList<HostEvent>> ReadAsync(Guid machine, string instanceName, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
        => Task.FromResult<IReadOnlyList<HostEvent>>(_host.LoggedEvents()
            .Where(logged => logged.Machine == machine && logged.At >= from && logged.At <= to)
            .Select(logged => new HostEvent(
                logged.Id, logged.Id is >= WorkerIds and < WorkerIds + 1000 ? HostEvent.WorkerChannel : HostEvent.ManagementChannel, logged.HResult == 0 ? Array.Empty<int>() : new[] { unchecked((int)logged.HResult) }))
            .ToList());
}
