using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Instances;

namespace Multipass.HyperV.Simulation.Connections;

/// <summary>What Multipass believes, according to the scenario.</summary>
internal sealed class ScenarioMultipassView : IMultipassView
{
    private readonly SimulatedHost _host;

    public ScenarioMultipassView(SimulatedHost host) => _host = host;

    public string Source => "Scenario";

    public Task<IReadOnlyList<MultipassRecord>> ReadAsync(CancellationToken cancellationToken)
        => cancellationToken.IsCancellationRequested
            ? Task.FromCanceled<IReadOnlyList<MultipassRecord>>(cancellationToken)
            : Task.FromResult(_host.MultipassRecords());
}
