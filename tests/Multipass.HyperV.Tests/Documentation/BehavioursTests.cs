using System;
using System.IO;
using System.Linq;
using System.Reflection;
using Xunit;

namespace Multipass.HyperV.Tests.Documentation;

/// <summary>What the page of the simulated host says of its behaviours is made from one table, and a test stands behind each row.</summary>
public sealed class BehavioursTests
{
    private const string Begin = "<!-- behaviours -->\n", End = "<!-- end of behaviours -->";

    /// <summary>With UPDATE_DOCUMENTS=1 the page is written anew; without, it must already be right.</summary>
    [Fact]
    public void The_page_has_the_table()
    {
        var path = Repository.PathOf("docs", "simulated-host.md");
        var page = File.ReadAllText(path);
        var start = page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        var end = page.IndexOf(End, StringComparison.Ordinal);
        var right = page[..start] + Behaviour.Table() + page[end..];
        if (Environment.GetEnvironmentVariable("UPDATE_DOCUMENTS") == "1")
        {
            File.WriteAllText(path, right);
        }

        Assert.Equal(right, File.ReadAllText(path));
    }

    [Fact]
    public void A_test_stands_behind_each_row()
        => Assert.All(Behaviour.All, row =>
        {
            var names = row.Test.Split('.');
            var method = typeof(BehavioursTests).Assembly.GetTypes().Where(type => type.Name == names[0]).Select(type => type.GetMethod(names[1])).FirstOrDefault(found => found is not null);
            Assert.True(method?.GetCustomAttributes<FactAttribute>(true).Any() == true, row.Test);
        });

    [Fact]
    public void Nothing_is_said_twice_and_every_row_says_from_where()
    {
        Assert.Equal(Behaviour.All.Count, Behaviour.All.Select(row => row.What).Distinct().Count());
        Assert.All(Behaviour.All, row => Assert.NotEmpty(row.Source));
    }
}
