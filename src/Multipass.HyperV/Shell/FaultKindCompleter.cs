using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using Multipass.HyperV.Simulation;

namespace Multipass.HyperV.Shell;

/// <summary>Completes the kinds of faults.</summary>
public sealed class FaultKindCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
        => SimulatedFault.Kinds
            .Where(kind => kind.StartsWith(wordToComplete ?? string.Empty, StringComparison.OrdinalIgnoreCase))
            .Select(kind => new CompletionResult(kind));
}
