using System;
using System.IO;
using Multipass.HyperV.Lifecycle;
using Xunit;

namespace Multipass.HyperV.Tests.Documentation;

public sealed class StateDiagramTests
{
    private const string Begin = "<!-- state diagram -->\n";
    private const string End = "<!-- end of state diagram -->";

    /// <summary>With UPDATE_DOCUMENTS=1 the page is written anew; without, it must already be right.</summary>
    [Fact]
    public void The_diagram_is_the_one_that_the_table_gives()
    {
        var expected = "```mermaid\n" + StateDiagram.Mermaid() + "```\n";
        var page = Repository.Read("docs", "architecture.md");
        if (Environment.GetEnvironmentVariable("UPDATE_DOCUMENTS") == "1")
        {
            File.WriteAllText(Repository.PathOf("docs", "architecture.md"), page.Replace(Begin + Repository.Between(page, Begin, End), Begin + expected, StringComparison.Ordinal));
            return;
        }

        Assert.Equal(expected, Repository.Between(page, Begin, End));
    }
}
