using System.Management.Automation;
using Multipass.HyperV.Connections;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Shell;

namespace Multipass.HyperV.Commands;

/// <summary><para type="synopsis">Ends connections of this session.</para></summary>
[Cmdlet(VerbsCommunications.Disconnect, "MpHost", DefaultParameterSetName = ByName)]
public sealed class DisconnectMpHostCommand : MpCommand
{
    private const string ByName = "Name";
    private const string ByObject = "InputObject";

    /// <summary><para type="description">The host's name; wildcards are allowed. Without it, all.</para></summary>
    [Parameter(Position = 0, ParameterSetName = ByName, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(HostNameCompleter))]
    public string[] Name { get; set; } = { "*" };

    /// <summary><para type="description">Connections, from <c>Get-MpHost</c>.</para></summary>
    [Parameter(Mandatory = true, ParameterSetName = ByObject, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public MpHost[]? InputObject { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == ByObject)
        {
            System.Array.ForEach(InputObject ?? System.Array.Empty<MpHost>(), End);
            return;
        }

        if (!MyInvocation.BoundParameters.ContainsKey(nameof(Name)))
        {
            HostConnections.Current.EndLocal();
        }

        foreach (var name in Name)
        {
            var found = HostConnections.Current.Find(name);
            if (found.Count == 0 && !WildcardPattern.ContainsWildcardCharacters(name))
            {
                WriteFailure(FailureCatalogue.HostNotConnected, new FailureContext { HostName = name, Detail = $"this session is not connected to a host named '{name}'." });
            }

            foreach (var host in found)
            {
                End(host);
            }
        }
    }

    private void End(MpHost host)
    {
        if (HostConnections.Current.Remove(host))
        {
            host.Connection.Dispose();
            WriteVerbose($"Disconnected from {host.Name}.");
        }
        else
        {
            WriteFailure(FailureCatalogue.HostNotConnected, new FailureContext { HostName = host.Name, Detail = $"this session has no such connection to '{host.Name}'." });
        }
    }
}
