using System;
using System.IO;
using Xunit;

namespace Multipass.HyperV.Tests.Documentation;

/// <summary>docs/drift.md is made from the tables: with UPDATE_DOCUMENTS=1 they are written anew; without, they must already be right.</summary>
public sealed class DriftPageTests
{
    private static readonly string[] Page = { "docs", "drift.md" };

    [Fact]
    public void The_tables_are_those_of_the_engine()
    {
        var page = Repository.Read(Page);
        var expected = page;
        foreach (var (name, table) in new[] { ("drifts", DriftPage.Drifts()), ("words", DriftPage.Words()), ("drivers", DriftPage.Drivers()), ("owners", DriftPage.Owners()) })
        {
            var begin = $"<!-- {name} -->\n";
            var end = $"<!-- end of {name} -->";
            expected = expected.Replace(begin + Repository.Between(page, begin, end) + end, begin + table + end, StringComparison.Ordinal);
        }

        if (Environment.GetEnvironmentVariable("UPDATE_DOCUMENTS") == "1")
        {
            File.WriteAllText(Repository.PathOf(Page), expected);
            return;
        }

        Assert.Equal(expected, page);
    }
}
