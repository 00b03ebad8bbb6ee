using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Simulation.Scenarios;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Simulation;

/// <summary>A host, real, served or simulated, as the text of a scenario.</summary>
internal static class ScenarioExport
{
    /// <summary>Reads a host. The text is a scenario that can be read again.</summary>
    /// <param name="session">The host.</param>
    /// <param name="isAnonymous">Whether names, paths, addresses and ids are replaced.</param>
    /// <param name="until">When the host must have answered.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="Cim.CimFaultException">The host cannot be read.</exception>
    /// <exception cref="ScenarioException">The host has what no scenario can hold.</exception>
    public static async Task<string> ReadAsync(HostSession session, bool isAnonymous, Deadline until, CancellationToken cancellationToken)
    {
        var (host, instances) = await HostRecorder.ReadAsync(session, until, cancellationToken).ConfigureAwait(false);
        if (isAnonymous)
        {
            (host, instances) = ScenarioAnonymizer.Of(host, instances);
        }

        var text = ScenarioWriter.Write(host, instances);
        Scenario.Parse(text);
        return text;
    }
}
