using System.Management.Automation;
using Multipass.HyperV.Shell;

namespace Multipass.HyperV.Commands;

/// <summary><para type="synopsis">Removes the faults of instances on a simulated host, those of the scenario too.</para></summary>
[Cmdlet(VerbsCommon.Clear, "MpSimulatedFault")]
public sealed class ClearMpSimulatedFaultCommand : MpSimulationCommand
{
    /// <summary><para type="description">The instance's name; wildcards are allowed. Without it, all.</para></summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(InstanceNameCompleter))]
    public string[] Name { get; set; } = { "*" };

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var host in ResolveSimulatedHosts())
        {
            foreach (var name in Name)
            {
                host.ClearFaults(name);
            }
        }
    }
}
