using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using Multipass.HyperV.Tests.Hosting;
using Xunit;

namespace Multipass.HyperV.Tests.Documentation;

/// <summary>Help cannot drift: pages and the help file are made from the source, and what the pages add is run.</summary>
/// <remarks>With <c>UPDATE_DOCUMENTS=1</c> the made parts are written anew, the help file from the pages as they were: run it twice. Without, they must already be right.</remarks>
[Collection("Documents")]
public sealed class HelpTests : IClassFixture<HostedPowerShell>
{
    private static readonly string[] HelpFile = ["en-US", "Multipass.HyperV.dll-Help.xml"];

    private readonly HostedPowerShell _shell;
    private readonly IReadOnlyList<CmdletFacts> _cmdlets;

    public HelpTests(HostedPowerShell shell)
    {
        _shell = shell;
        _cmdlets = _shell.Run("Get-Command -Module Multipass.HyperV").Output.Select(command => new CmdletFacts((CmdletInfo)command.BaseObject)).ToList();
    }

    [Fact]
    public void Every_cmdlet_has_a_page_and_every_page_a_cmdlet()
        => Assert.Equal(_cmdlets.Select(cmdlet => cmdlet.Name).Order(StringComparer.Ordinal), CmdletPage.Names);

    [Fact]
    public void Every_cmdlet_and_every_parameter_says_what_it_is()
        => Assert.All(_cmdlets, cmdlet =>
        {
            Assert.False(string.IsNullOrWhiteSpace(cmdlet.Synopsis), $"{cmdlet.Name} has no <para type=\"synopsis\">.");
            Assert.All(cmdlet.Parameters, parameter => Assert.False(
                string.IsNullOrWhiteSpace(parameter.Description), $"{cmdlet.Name} -{parameter.Name} has no <para type=\"description\">."));
        });

    [Fact]
    public void Every_page_shows_what_the_source_says()
        => Assert.All(Pairs(), pair => Holds(pair.Page.With(pair.Facts), "docs", "cmdlets", pair.Page.Name + ".md"));

    [Fact]
    public void Every_page_has_three_examples_of_its_cmdlet_and_links_that_lead_somewhere()
        => Assert.All(Pairs(), pair =>
        {
            var (facts, page) = pair;
            Assert.NotEmpty(page.Description);
            Assert.True(page.Examples.Count >= 3, $"{page.Name} has {page.Examples.Count} examples.");
            Assert.All(page.Examples, example => Assert.Contains(example.Session.Exchanges, exchange => exchange.Statement.Contains(facts.Name, StringComparison.OrdinalIgnoreCase)));
            Assert.Equal(page.Examples.Count, page.Examples.Select(example => example.Title).Distinct().Count());
            Assert.True(page.Links.Count >= 2, $"{page.Name} has {page.Links.Count} links.");
            Assert.All(page.Links, link => Assert.True(File.Exists(Path.Combine(Path.GetDirectoryName(page.Path)!, link.Target)), $"{page.Name}: {link.Target}"));
        });

    [Fact]
    public void The_README_leads_to_every_cmdlet()
        => Assert.All(_cmdlets, cmdlet => Assert.Contains($"[{cmdlet.Name}](docs/cmdlets/{cmdlet.Name}.md)", Repository.Read("README.md")));

    [Fact]
    public void The_help_file_is_made_from_the_pages() => Holds(Maml.Write(Pairs()), HelpFile);

    [Fact]
    public void Get_Help_shows_all_of_it()
        => Assert.All(Pairs(), pair =>
        {
            var (facts, page) = pair;
            dynamic help = Assert.Single(_shell.Run($"Get-Help {facts.Name} -Full").Output);
            Assert.Equal(facts.Synopsis, ((string)help.Synopsis).Trim());
            Assert.Equal(page.Examples.Count, Parts(help.examples.example).Count);
            Assert.Equal(facts.Sets.Count, Parts(help.syntax.syntaxItem).Count);
            List<PSObject> parameters = Parts(help.parameters.parameter);
            var shown = parameters.ToDictionary(parameter => parameter.Properties["name"].Value.ToString()!);
            foreach (var parameter in facts.Parameters)
            {
                var description = Parts(shown[parameter.Name].Properties["description"].Value)[0];
                Assert.StartsWith(parameter.Description!, description.Properties["Text"].Value.ToString());
            }
        });

    /// <summary>PowerShell gives one part as itself, and several as an array.</summary>
    private static List<PSObject> Parts(object part)
        => (part is PSObject { BaseObject: IEnumerable<PSObject> several } ? several : part as IEnumerable<PSObject> ?? [PSObject.AsPSObject(part)]).ToList();

    private List<(CmdletFacts Facts, CmdletPage Page)> Pairs()
        => _cmdlets.Where(cmdlet => CmdletPage.Names.Contains(cmdlet.Name)).OrderBy(cmdlet => cmdlet.Name, StringComparer.Ordinal).Select(cmdlet => (cmdlet, new CmdletPage(cmdlet.Name))).ToList();

    private static void Holds(string expected, params string[] path)
    {
        if (Environment.GetEnvironmentVariable("UPDATE_DOCUMENTS") == "1")
        {
            File.WriteAllText(Repository.PathOf(path), expected);
            return;
        }

        Assert.True(expected == Repository.Read(path), $"{string.Join('/', path)} is not what its sources give; UPDATE_DOCUMENTS=1 writes it anew.");
    }
}
