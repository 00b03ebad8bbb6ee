using System;
using System.Linq;
using Multipass.HyperV.Torture.Worlds.Judging;
using Xunit;

namespace Multipass.HyperV.Tests.Worlds;

/// <summary>docs/reliability.md tells the rules that there are.</summary>
public sealed class ReliabilityDocumentTests
{
    [Fact]
    public void The_rules_in_the_document_are_those_of_the_judge()
    {
        var expected = "\n| rule | promise | what it says |\n|---|---|---|\n"
            + string.Concat(Enum.GetValues<Rule>().Select(rule => $"| `{rule}` | {Rules.All[rule].Promise} | {Rules.All[rule].Text} |\n"));

        Assert.Equal(expected, Repository.Between(Repository.Read("docs", "reliability.md"), "<!-- rules -->", "<!-- end of rules -->"));
    }
}
