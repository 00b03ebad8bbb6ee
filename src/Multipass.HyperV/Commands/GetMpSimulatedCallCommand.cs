using System.Management.Automation;
using Multipass.HyperV.Simulation;

namespace Multipass.HyperV.Commands;

/// <summary><para type="synopsis">Lists the calls that a simulated host has received, the oldest first.</para></summary>
[Cmdlet(VerbsCommon.Get, "MpSimulatedCall")]
[OutputType(typeof(SimulatedCall))]
public sealed class GetMpSimulatedCallCommand : MpSimulationCommand
{
    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        foreach (var host in ResolveSimulatedHosts())
        {
            WriteObject(host.Calls, enumerateCollection: true);
        }
    }
}
