using System;
using System.IO;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Multipass.HyperV.Tests.Packaging;
using Xunit;

namespace Multipass.HyperV.Tests.Documentation;

public sealed partial class PictureTests
{
    /// <summary>What is typed for the picture; written as the console writes it, to a terminal of the picture's width.</summary>
    private static readonly string Script = $$"""
        $PSStyle.OutputRendering = 'Ansi'
        foreach ($statement in @(
            'Connect-MpHost -Simulated -Scenario src/Playground/tour.json'
            'Get-MpInstance'
            'Start-MpInstance foo'
            '(Get-MpInstance foo).State'
            'Stop-MpInstance bar'
            'Start-MpInstance foo -PassThru')) {
            [Console]::WriteLine('PS> ' + $PSStyle.Bold + $statement + $PSStyle.BoldOff)
            [Console]::Write((. ([scriptblock]::Create($statement)) 2>&1 | Out-String -Width {{Picture.Columns}}))
        }
        """;

    /// <summary>The picture in the README is what the console shows now; with <c>UPDATE_DOCUMENTS=1</c> it is drawn anew.</summary>
    [Fact]
    public async Task The_picture_of_the_failing_start_is_real_output()
    {
        var (exitCode, text) = await PlaygroundTests.RunScriptAsync(Script, Repository.Root);
        Assert.True(exitCode == 0, text);
        var drawn = Picture.Of(text);
        if (Environment.GetEnvironmentVariable("UPDATE_DOCUMENTS") == "1")
        {
            await File.WriteAllTextAsync(Repository.PathOf("docs", "failing-start.svg"), drawn, TestContext.Current.CancellationToken);
            return;
        }

        Assert.Equal(Comparable(Repository.Read("docs", "failing-start.svg")), Comparable(drawn));
    }

    private static string Comparable(string svg) => Duration().Replace(svg, "<duration>");

    [GeneratedRegex(@"\d\d:\d\d:\d\d")]
    private static partial Regex Duration();
}
