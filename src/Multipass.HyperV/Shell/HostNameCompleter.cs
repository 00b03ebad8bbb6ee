using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using Multipass.HyperV.Connections;

namespace Multipass.HyperV.Shell;

/// <summary>Completes names of the hosts that the session is connected to. Asks no host.</summary>
public sealed class HostNameCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        try
        {
            return Completions.Of(wordToComplete, HostConnections.Current.All
                .OrderBy(host => host.Name, StringComparer.OrdinalIgnoreCase)
                .Select(host => (string.Equals(parameterName, "ComputerName", StringComparison.OrdinalIgnoreCase) ? host.ComputerName : host.Name, $"{host.Transport}, connected at {host.ConnectedAt.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)}"))).ToList();
        }
        catch (Exception)
        {
            // A completion that fails is one that has nothing to offer.
            return Array.Empty<CompletionResult>();
        }
    }
}
