using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Multipass;

namespace Multipass.HyperV.Tests.Documentation;

/// <summary>The tables of docs/drift.md, as the engine's own tables give them.</summary>
internal static class DriftPage
{
    public static string Drifts()
        => Table(
            ("`Drift`", "when", "what `Repair-MpInstance` does"),
            Drift.Rows.Select(row => ($"`{row.Drift}`", row.Condition, row.Repair)));

    public static string Words()
    {
        var text = new StringBuilder("| Multipass says | and that agrees with | else it is |\n|---|---|---|\n");
        foreach (var (word, otherwise, agreeing) in Drift.Words)
        {
            text.Append("| ").Append(word).Append(" | ").AppendJoin(", ", agreeing).Append(" | `").Append(otherwise).Append("` |\n");
        }

        return text.ToString();
    }

    public static string Drivers()
        => Table(
            ("`local.driver`", "its scope below Multipass's data folder", "the instances are"),
            MultipassDriver.Rows.Select(row => ($"`{row.Word}`", row.Scope.Length == 0 ? "the data folder itself" : $"`{row.Scope}`", row.Kind switch
            {
                DriverKind.HyperV => "Hyper-V's virtual machines, until one is moved to the HCS backend",
                DriverKind.Hcs => "compute systems of the HCS backend",
                _ => "VirtualBox's",
            })));

    public static string Owners()
    {
        var text = new StringBuilder("| | what the sources say | whose it is |\n|---|---|---|\n");
        foreach (var (row, number) in RecordOwners.Rows.Select((row, index) => (row, index + 1)))
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"| {number} | {row.Condition} | {Words(row.Owner)} |\n");
        }

        return text.ToString();
    }

    private static string Words(RecordOwner owner)
        => owner switch
        {
            RecordOwner.Unknown => "not known: nothing is compared",
            RecordOwner.HyperV => "Hyper-V's, or nobody's",
            RecordOwner.Hcs => "the HCS backend's",
            RecordOwner.VirtualBox => "VirtualBox's",
            RecordOwner.NotInUse => "nobody's now: Multipass does not speak of it",
            RecordOwner.Migrating => "between the two: nothing is sent",
            RecordOwner.Blocked => "Multipass itself cannot tell: nothing is sent",
            _ => throw new ArgumentOutOfRangeException(nameof(owner)),
        };

    private static string Table((string First, string Second, string Third) head, IEnumerable<(string First, string Second, string Third)> rows)
    {
        var text = new StringBuilder($"| {head.First} | {head.Second} | {head.Third} |\n|---|---|---|\n");
        foreach (var (first, second, third) in rows)
        {
            text.Append("| ").Append(first).Append(" | ").Append(second).Append(" | ").Append(third).Append(" |\n");
        }

        return text.ToString();
    }
}
