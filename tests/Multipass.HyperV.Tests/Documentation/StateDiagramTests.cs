using System;
using System.IO;
using Multipass.HyperV.Operations;
using Xunit;

namespace Multipass.HyperV.Tests.Documentation;

public sealed class StateDiagramTests
{
    /// <summary>With UPDATE_DOCUMENTS=1 the page is written anew; without, it must already be right.</summary>
    [Theory]
    [InlineData("state diagram")]
    [InlineData("steps")]
    public void What_is_made_from_the_table_is_what_the_table_gives(string section)
    {
        var begin = $"<!-- {section} -->\n";
        var end = $"<!-- end of {section} -->";
        var expected = section == "steps" ? StateDiagram.Steps() : "```mermaid\n" + StateDiagram.Mermaid() + "```\n";
        var page = Repository.Read("docs", "architecture.md");
        if (Environment.GetEnvironmentVariable("UPDATE_DOCUMENTS") == "1")
        {
            File.WriteAllText(Repository.PathOf("docs", "architecture.md"), page.Replace(begin + Repository.Between(page, begin, end), begin + expected, StringComparison.Ordinal));
            return;
        }

        Assert.Equal(expected, Repository.Between(page, begin, end));
    }
}
