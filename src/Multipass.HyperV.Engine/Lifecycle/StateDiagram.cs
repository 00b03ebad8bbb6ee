using System;
using System.Linq;
using System.Text;

namespace Multipass.HyperV.Lifecycle;

/// <summary>The state diagram of the documentation, made from <see cref="TransitionTable"/>.</summary>
internal static class StateDiagram
{
    /// <summary>The diagram in Mermaid's language, with line feeds only.</summary>
    public static string Mermaid()
    {
        var text = new StringBuilder("stateDiagram-v2\n");
        var arrows = TransitionTable.Rows
            .SelectMany(row => row.From.SelectMany(from => new[]
            {
                (From: from.From, To: from.Through, Label: $"{OperationWords.Verb(row.Operation)} ({row.RequestedState})"),
                (From: from.Through, To: row.Target, Label: string.Empty),
            }))
            .Where(arrow => arrow.From != arrow.To && arrow.From != MpInstanceState.Unknown)
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
}
