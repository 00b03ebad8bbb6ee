using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Multipass.HyperV.Failures;

namespace Multipass.HyperV.Tests.Documentation;

/// <summary>The pages that list all errors, made from the catalogue.</summary>
internal static class ErrorPages
{
    private const int Width = 78;

    /// <summary>The table of <c>docs/errors.md</c>.</summary>
    public static string Table()
    {
        var table = new StringBuilder("| error id | what it means | what proves it | from | what strikes it out | stages | category | what to do |\n|---|---|---|---|---|---|---|---|\n");
        foreach (var row in InOrder())
        {
            var cells = new[] { $"`{row.Name}`", Meaning(row), string.Join("; ", Evidence(row)), string.Join(", ", SourcesOf(row)), string.Join("; ", Against(row)), string.Join(", ", StagesOf(row)), row.Category.ToString(), string.Join("<br>", Advice(row)) };
            table.Append("| ").AppendJoin(" | ", cells.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal))).Append(" |\n");
        }

        return table.ToString();
    }

    /// <summary>The list of the help topic: plain ASCII, wrapped.</summary>
    public static string List()
    {
        var list = new StringBuilder();
        foreach (var row in InOrder())
        {
            list.Append("    ").Append(row.Name).Append('\n');
            Wrap(list, Meaning(row));
            if (Evidence(row).Any())
            {
                Wrap(list, "Shown by: " + string.Join("; ", Evidence(row)) + ".");
            }

            if (Against(row).Any())
            {
                Wrap(list, "Not where: " + string.Join("; ", Against(row)) + ".");
            }

            foreach (var advice in Advice(row))
            {
                Wrap(list, "What to do: " + advice);
            }

            list.Append('\n');
        }

        return list.ToString();
    }

    private static string Meaning(FailureCause row)
    {
        var text = FailureSlots.Describe(IsSlot(row.Explanations[0]) ? row.Explanations[row.Explanations.Count - 1] : row.Explanations[0]);
        var full = char.ToUpperInvariant(text[0]) + text.Substring(1);
        return row.RetryFor > TimeSpan.Zero
            ? string.Format(CultureInfo.InvariantCulture, "{0} Asked again for up to {1} s, within -Timeout.", full, row.RetryFor.TotalSeconds)
            : full;
    }

    private static IEnumerable<string> Advice(FailureCause row)
    {
        foreach (var advice in row.Advice.Where(advice => !IsSlot(advice.Template)))
        {
            yield return (advice.Situation.Length > 0 ? $"If {advice.Situation}: " : string.Empty) + FailureSlots.Describe(advice.Template);

            // What follows says the same with fewer figures.
            if (advice.When is null)
            {
                yield break;
            }
        }
    }

    private static IEnumerable<string> Evidence(FailureCause row)
    {
        foreach (var text in row.Proofs.Select(proof => proof.Text).Concat(FailureCatalogue.StartNeeds.Where(need => need.Cause == row).Select(need => "no reason given, and " + need.Fact.Text)).Distinct())
        {
            yield return text;
        }

        if (row.ShownBy is { } elsewhere)
        {
            yield return "not shown by CIM, but by " + elsewhere;
        }
    }

    /// <summary>Which sources may prove it; none for causes that are found otherwise.</summary>
    private static IEnumerable<string> SourcesOf(FailureCause row)
        => row.Proofs.Count == 0
            ? Array.Empty<string>()
            : new[]
            {
                (EvidenceSources.Call, "a call"), (EvidenceSources.Request, "the request"), (EvidenceSources.Job, "the job"), (EvidenceSources.ErrorList, "its error list"), (EvidenceSources.EventLog, "the event log"),
            }.Where(source => (row.Sources & source.Item1) != 0).Select(source => source.Item2);

    /// <summary>The facts that strike it out, each with the evidence that it speaks against where that is not all.</summary>
    private static IEnumerable<string> Against(FailureCause row)
        => row.Against.Select(fact => fact.Text).Concat(row.Proofs
            .SelectMany(proof => proof.Against.Select(fact => (proof.Text, Fact: fact.Text)))
            .GroupBy(pair => pair.Fact)
            .Select(group => group.Key + (row.Proofs.Count == group.Count() ? string.Empty : $" (against {string.Join(", ", group.Select(pair => pair.Text))})")));

    private static IEnumerable<FailureCause> InOrder() => FailureCatalogue.Rows.OrderBy(row => row.Name, StringComparer.Ordinal);

    private static IEnumerable<string> StagesOf(FailureCause row)
        => row.Stages == FailureStages.None
            ? new[] { "before any request" }
            : new[]
            {
                (FailureStages.Call, "reading"), (FailureStages.Request, "request"), (FailureStages.Job, "job"), (FailureStages.AfterSuccess, "after success"),
            }.Where(stage => (row.Stages & stage.Item1) != 0).Select(stage => stage.Item2);

    private static bool IsSlot(string template) => template.Length > 2 && template[0] == '{' && template.IndexOf('}', StringComparison.Ordinal) == template.Length - 1;

    private static void Wrap(StringBuilder list, string text)
    {
        const string Indent = "        ";
        var line = new StringBuilder(Indent);
        foreach (var word in text.Split(' '))
        {
            if (line.Length > Indent.Length && line.Length + 1 + word.Length > Width)
            {
                list.Append(line).Append('\n');
                line.Clear().Append(Indent);
            }

            line.Append(line.Length > Indent.Length ? " " : string.Empty).Append(word);
        }

        list.Append(line).Append('\n');
    }
}
