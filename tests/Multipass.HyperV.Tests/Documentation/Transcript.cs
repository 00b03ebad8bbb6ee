using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;

namespace Multipass.HyperV.Tests.Documentation;

/// <summary>A statement as somebody typed it, and what was shown then.</summary>
internal sealed record Exchange(string Statement, string Output);

/// <summary>A session at a prompt, as documents show it: statements after <c>PS> </c> (further lines after <c>>> </c>), and between them what they wrote.</summary>
internal sealed partial class Transcript
{
    internal const string Prompt = "PS> ";
    private const string Continuation = ">> ";

    private Transcript(IReadOnlyList<Exchange> exchanges) => Exchanges = exchanges;

    internal IReadOnlyList<Exchange> Exchanges { get; }

    internal static bool IsTranscript(string text) => text.StartsWith(Prompt, StringComparison.Ordinal);

    internal static Transcript Of(IEnumerable<Exchange> exchanges) => new([.. exchanges]);

    internal static Transcript Parse(string text)
    {
        List<Exchange> exchanges = [];
        StringBuilder statement = new();
        List<string> output = [];
        foreach (var line in text.Split('\n'))
        {
            if (line.StartsWith(Prompt, StringComparison.Ordinal))
            {
                Finish();
                statement.Append(line, Prompt.Length, line.Length - Prompt.Length);
            }
            else if (output.Count == 0 && line.StartsWith(Continuation, StringComparison.Ordinal))
            {
                statement.Append('\n').Append(line, Continuation.Length, line.Length - Continuation.Length);
            }
            else
            {
                output.Add(line);
            }
        }

        Finish();
        return new Transcript(exchanges);

        void Finish()
        {
            if (statement.Length > 0)
            {
                exchanges.Add(new Exchange(statement.ToString(), Tidy(string.Join('\n', output) + "\n")));
            }

            statement.Clear();
            output.Clear();
        }
    }

    /// <summary>What differs from run to run is taken out: moments, durations, process-wide numbers.</summary>
    internal string Comparable()
    {
        var text = Moment().Replace(ToString(), "<moment>");
        text = Duration().Replace(text, "<duration>");
        text = Seconds().Replace(text, "<seconds>");
        // Column widths follow the widths of what was taken out.
        return Blanks().Replace(text, " ");
    }

    public override string ToString()
    {
        StringBuilder text = new();
        foreach (var (statement, output) in Exchanges)
        {
            text.Append(Prompt).Append(statement.Replace("\n", "\n" + Continuation, StringComparison.Ordinal)).Append('\n');
            if (output.Length > 0)
            {
                text.Append(output).Append('\n');
            }
        }

        return text.ToString().TrimEnd('\n');
    }

    /// <summary>Without blanks at the ends of lines, and with at most one blank line before and after the rest.</summary>
    internal static string Tidy(string text)
    {
        var tidy = string.Join('\n', text.Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n').Select(line => line.TrimEnd()));
        var rest = tidy.Trim('\n');
        return rest.Length == 0 ? string.Empty : (tidy[0] == '\n' ? "\n" : string.Empty) + rest + (tidy.EndsWith("\n\n", StringComparison.Ordinal) ? "\n" : string.Empty);
    }

    [GeneratedRegex(@"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d")]
    private static partial Regex Moment();

    [GeneratedRegex(@"\d\d:\d\d:\d\d(\.\d+)?")]
    private static partial Regex Duration();

    [GeneratedRegex(@"\b\d+\.\d+ s\b|\b\d+ ms\b")]
    private static partial Regex Seconds();

    [GeneratedRegex(@" {2,}|-{2,}")]
    private static partial Regex Blanks();
}
