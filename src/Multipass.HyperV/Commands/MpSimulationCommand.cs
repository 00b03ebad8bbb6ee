using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Management.Automation;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Shell;
using Multipass.HyperV.Simulation;

namespace Multipass.HyperV.Commands;

/// <summary>What the cmdlets for simulated hosts share.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class MpSimulationCommand : MpCommand
{
    /// <summary><para type="description">The simulated hosts: connections or their names. Without it, all simulated hosts that this session is connected to.</para></summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(HostNameCompleter))]
    public HostArgument[]? MpHost { get; set; }

    private protected IReadOnlyList<SimulatedHost> ResolveSimulatedHosts()
    {
        var simulated = new List<SimulatedHost>();
        var hosts = ResolveHosts(MpHost);
        foreach (var host in hosts)
        {
            if (host.Simulated is { } known)
            {
                simulated.Add(known);
            }
            else if (MpHost is not null)
            {
                ThrowFailure(FailureCatalogue.HostNotSimulated, new FailureContext { HostName = host.Name });
            }
        }

        if (simulated.Count == 0)
        {
            ThrowFailure(FailureCatalogue.HostNotSimulated, new FailureContext { HostName = hosts.Count == 0 ? Environment.MachineName : hosts[0].Name });
        }

        return simulated;
    }
}
