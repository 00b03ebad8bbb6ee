using System;
using System.IO;
using System.Linq;
using Multipass.HyperV.Failures;
using Xunit;

namespace Multipass.HyperV.Tests.Documentation;

/// <summary>The pages about errors are made from the catalogue: with UPDATE_DOCUMENTS=1 they are written anew; without, they must already be right.</summary>
public sealed class ErrorPagesTests
{
    private static readonly string[] Page = { "docs", "errors.md" };
    private static readonly string[] Topic = { "en-US", "about_Multipass_HyperV_Errors.help.txt" };

    [Fact]
    public void The_table_is_the_one_that_the_catalogue_gives() => Check(Page, "<!-- errors -->\n", "<!-- end of errors -->", ErrorPages.Table());

    [Fact]
    public void The_help_topic_is_the_one_that_the_catalogue_gives() => Check(Topic, "ERROR IDS\n", "SEE ALSO", ErrorPages.List());

    [Fact]
    public void Every_id_is_on_both_pages()
    {
        var page = Repository.Read(Page);
        var topic = Repository.Read(Topic);
        foreach (var row in FailureCatalogue.Rows)
        {
            Assert.Contains($"| `{row.Name}` |", page, StringComparison.Ordinal);
            Assert.Contains($"\n    {row.Name}\n", topic, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_help_topic_is_plain_ASCII_of_readable_width()
    {
        var topic = Repository.Read(Topic);
        Assert.DoesNotContain(topic, character => character > '~' || (character < ' ' && character != '\n'));
        Assert.All(topic.Split('\n').Where(line => line.TrimStart().Contains(' ', StringComparison.Ordinal)), line => Assert.True(line.Length <= 100, line));
    }

    private static void Check(string[] path, string begin, string end, string expected)
    {
        var page = Repository.Read(path);
        if (Environment.GetEnvironmentVariable("UPDATE_DOCUMENTS") == "1")
        {
            File.WriteAllText(Repository.PathOf(path), page.Replace(begin + Repository.Between(page, begin, end) + end, begin + expected + end, StringComparison.Ordinal));
            return;
        }

        Assert.Equal(expected, Repository.Between(page, begin, end));
    }
}
