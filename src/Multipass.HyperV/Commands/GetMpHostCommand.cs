using System.Management.Automation;
using Multipass.HyperV.Connections;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Shell;

namespace Multipass.HyperV.Commands;

/// <summary><para type="synopsis">Shows the connections of this session.</para></summary>
[Cmdlet(VerbsCommon.Get, "MpHost")]
[OutputType(typeof(MpHost))]
public sealed class GetMpHostCommand : MpCommand
{
    /// <summary><para type="description">The host's name; wildcards are allowed. Without it, all.</para></summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(HostNameCompleter))]
    public string[] Name { get; set; } = { "*" };

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var name in Name)
        {
            var found = HostConnections.Current.Find(name);
            if (found.Count == 0 && !WildcardPattern.ContainsWildcardCharacters(name))
            {
                WriteFailure(FailureCatalogue.HostNotConnected, new FailureContext { HostName = name, Detail = $"this session is not connected to a host named '{name}'." });
            }

            WriteObject(found, enumerateCollection: true);
        }
    }
}
