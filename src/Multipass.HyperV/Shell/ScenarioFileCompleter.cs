using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace Multipass.HyperV.Shell;

/// <summary>Completes files that may be scenarios, and the folders on the way to them.</summary>
public sealed class ScenarioFileCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        try
        {
            return CompletionCompleters.CompleteFilename(wordToComplete ?? string.Empty)
                .Where(file => file.ResultType == CompletionResultType.ProviderContainer || file.ListItemText.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
                .ToList();
        }
        catch (Exception)
        {
            // A completion that fails is one that has nothing to offer.
            return Array.Empty<CompletionResult>();
        }
    }
}
