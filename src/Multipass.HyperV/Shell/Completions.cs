using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using Multipass.HyperV.Failures;

namespace Multipass.HyperV.Shell;

/// <summary>Texts that complete what somebody has typed.</summary>
internal static class Completions
{
    private static readonly char[] Quotes = { '\'', '"', '\u2018', '\u2019', '\u201C', '\u201D' };

    /// <summary>The candidates that begin as the word does, in their order, each quoted and escaped so that it stands for itself.</summary>
    /// <param name="word">What has been typed, perhaps with a quote before it.</param>
    /// <param name="candidates">Names with what is to be said about each.</param>
    public static IEnumerable<CompletionResult> Of(string? word, IEnumerable<(string Name, string ToolTip)> candidates)
    {
        var begin = (word ?? string.Empty).Trim(Quotes).Replace("''", "'");
        return candidates
            .Where(candidate => candidate.Name.StartsWith(begin, StringComparison.OrdinalIgnoreCase) || Escaped(candidate.Name).StartsWith(begin, StringComparison.OrdinalIgnoreCase))
            .Select(candidate => new CompletionResult(FailureSlots.Argument(Escaped(candidate.Name)), candidate.Name, CompletionResultType.ParameterValue, candidate.ToolTip));
    }

    private static string Escaped(string name) => WildcardPattern.ContainsWildcardCharacters(name) ? WildcardPattern.Escape(name) : name;
}
