using System;
using System.Globalization;
using System.Linq;
using System.Text;
using Multipass.HyperV.Failures;

namespace Multipass.HyperV.Operations;

/// <summary>The pictures of the documentation that are made from <see cref="TransitionTable"/>.</summary>
internal static class StateDiagram
{
    private const string ThroughGuest = "through the guest";

    /// <summary>The state diagram in Mermaid's language, with line feeds only.</summary>
    public static string Mermaid()
    {
        var text = new StringBuilder("stateDiagram-v2\n");
        var arrows = TransitionTable.Rows
            .SelectMany(row => row.From.SelectMany(from => new[]
            {
                (From: from.From, To: from.Through, Label: $"{OperationWords.Verb(row.Operation)} ({RequestOf(row)})"),
                (From: from.Through, To: row.Target, Label: string.Empty),
            }))
            .Where(arrow => arrow.From != MpInstanceState.Unknown && (arrow.From != arrow.To || arrow is { From: MpInstanceState.Running, Label.Length: > 0 }))
            .Distinct()
            .GroupBy(arrow => (arrow.From, arrow.To));
        foreach (var group in arrows)
        {
            var labels = group.Select(arrow => arrow.Label).Where(label => label.Length > 0).Distinct(StringComparer.Ordinal).ToList();
            text.Append("    ").Append(group.Key.From).Append(" --> ").Append(group.Key.To);
            if (labels.Count > 0)
            {
                text.Append(" : ").Append(string.Join(", ", labels));
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    /// <summary>What each operation does in each state, as a table in Markdown.</summary>
    public static string Steps()
    {
        var states = Enum.GetValues(typeof(MpInstanceState)).Cast<MpInstanceState>().ToList();
        var text = new StringBuilder("| |").Append(string.Concat(states.Select(state => $" {state} |"))).Append("\n|---|").Append(string.Concat(states.Select(_ => "---|"))).Append('\n');
        foreach (var row in TransitionTable.Rows)
        {
            text.Append("| ").Append(OperationWords.Verb(row.Operation)).Append(" |")
                .Append(string.Concat(states.Select(state => $" {TransitionTable.Decide(row, state).ToString().ToLowerInvariant()} |")))
                .Append('\n');
        }

        return text.ToString();
    }

    private static string RequestOf(Transition row) => row.RequestedState?.ToString(CultureInfo.InvariantCulture) ?? ThroughGuest;
}
