using System;
using System.Diagnostics;
using System.Linq;
using Multipass.HyperV.Shell;
using Multipass.HyperV.Tests.Hosting;
using Xunit;

namespace Multipass.HyperV.Tests.Commands;

/// <summary>What Tab offers, asked as the prompt asks it.</summary>
public sealed class CompletionTests(HostedPowerShell shell) : CommandTestBase(shell)
{
    // Whoever presses Tab waits a moment only; the tests do not fail on a machine that is busy.
    static CompletionTests() => InstanceNameCompleter.Patience = TimeSpan.FromSeconds(20);

    private const string Zoo = """
        { "host": { "name": "HV-ZOO" }, "instances": [
            { "name": "run", "state": "Running" }, { "name": "off" }, { "name": "saved", "state": "Suspended" }, { "name": "held", "state": "Paused" },
            { "name": "stuck", "state": "Starting" }, { "name": "vm", "managed": false }, { "name": "two words" }, { "name": "it's" }, { "name": "odd[1]" } ] }
        """;

    [Theory]
    [InlineData("Start-MpInstance ", "held 'it''s' 'odd`[1`]' off saved 'two words'")]
    [InlineData("Start-MpInstance -Name ", "held 'it''s' 'odd`[1`]' off saved 'two words'")]
    [InlineData("Start-MpInstance o", "'odd`[1`]' off")]
    [InlineData("Start-MpInstance off, s", "saved")]
    [InlineData("Start-MpInstance 'tw", "'two words'")]
    [InlineData("Start-MpInstance \"tw", "'two words'")]
    [InlineData("Stop-MpInstance ", "held run stuck")]
    [InlineData("Stop-MpInstance -DiscardSavedState -Name s", "saved stuck")]
    [InlineData("Restart-MpInstance ", "run")]
    [InlineData("Suspend-MpInstance ", "held run")]
    [InlineData("Resume-MpInstance ", "held saved")]
    [InlineData("Get-MpInstance r", "run")]
    [InlineData("Get-MpInstance -IncludeUnmanaged -Name v", "vm")]
    [InlineData("Wait-MpInstance s", "saved stuck")]
    [InlineData("Watch-MpInstance s", "saved stuck")]
    [InlineData("Clear-MpSimulatedFault v", "vm")]
    [InlineData("Multipass.HyperV\\Start-MpInstance off", "off")]
    [InlineData("Start-MpInstance -MpHost HV-ZOO -Name off", "off")]
    [InlineData("Start-MpInstance -MpHost ", "HV-ZOO")]
    [InlineData("Get-MpHost ", "HV-ZOO")]
    [InlineData("Disconnect-MpHost hv", "HV-ZOO")]
    [InlineData("Start-MpInstance -WaitFor ", "Heartbeat IPAddress Running")]
    [InlineData("Start-MpInstance nothing", "")]
    public void Names_fit_the_verb_and_stand_for_themselves(string typed, string offered)
    {
        Connect(Zoo);
        Assert.Equal(offered, string.Join(" ", Offered(typed)));
        Assert.Equal(0, Changes());
    }

    /// <summary>Wherever somebody presses Tab, PSReadLine gets a list that it can show: nothing null, and no file that is no answer.</summary>
    [Theory]
    [MemberData(nameof(Situations))]
    public void Whatever_is_offered_can_be_shown_and_is_an_answer(string typed)
    {
        Connect(Zoo);
        var cursor = typed.IndexOf('|', StringComparison.Ordinal) is >= 0 and var at ? at : typed.Length;
        var result = Shell.Run(
            "Set-Location $folder; (TabExpansion2 $typed $cursor).CompletionMatches | ForEach-Object { \"$($_.ResultType) $($_.CompletionText) $($_.ListItemText) $($_.ToolTip)\" }",
            ("typed", typed.Remove(cursor, cursor == typed.Length ? 0 : 1)), ("cursor", cursor), ("folder", Repository.PathOf("src", "Playground")));
        Assert.Empty(result.Errors);
        Assert.Null(result.Terminating);
        Assert.All(result.Output, offered => Assert.DoesNotContain("Provider", offered.ToString()!.Split(' ')[0]));
    }

    public static TheoryData<string> Situations
    {
        get
        {
            TheoryData<string> situations = [];
            foreach (var command in new[] { "Get", "Start", "Stop", "Restart", "Suspend", "Resume", "Wait", "Test", "Repair", "Watch" }.Select(verb => verb + "-MpInstance"))
            {
                foreach (var rest in new[] { " ", " o", " 'o", " \"o", " o|ff", " o| -Verbose", " off, ", " off, s", " off,s|,run", " -Name ", " -Name o", " -Name off,", " -Name: ", " -Id ", " -Id 0", " -MpHost ", " -MpHost HV-ZOO,", " -InputObject ", " nobody", " t", " P" })
                {
                    situations.Add(command + rest);
                }
            }

            foreach (var rest in new[] { "$x = Start-MpInstance t", "if (1) { Start-MpInstance t| }", "Get-MpInstance | Start-MpInstance t", "Start-MpInstance t; Get-MpHost", "& 'Start-MpInstance' t" })
            {
                situations.Add(rest);
            }

            return situations;
        }
    }

    /// <summary>Every parameter that takes a value offers values, or nothing; only a scenario is a file.</summary>
    [Fact]
    public void No_parameter_offers_files_that_are_no_answer()
    {
        Connect(Zoo);
        var result = Shell.Run(
            """
            Set-Location $folder
            foreach ($command in Get-Command -Module Multipass.HyperV) {
                foreach ($parameter in $command.Parameters.Values) {
                    if ($parameter.SwitchParameter -or [System.Management.Automation.PSCmdlet]::CommonParameters -contains $parameter.Name -or $parameter.Name -in 'WhatIf', 'Confirm') { continue }
                    foreach ($word in '', 't', 'P') {
                        $typed = "$command -$($parameter.Name) $word"
                        foreach ($match in (TabExpansion2 $typed $typed.Length).CompletionMatches) {
                            if ("$($match.ResultType)" -like 'Provider*' -and -not ($parameter.Name -in 'Scenario', 'Path')) { "$typed -> $($match.CompletionText)" }
                        }
                    }
                }
            }
            """,
            ("folder", Repository.PathOf("src", "Playground")));
        Assert.Empty(result.Errors);
        Assert.Empty(result.Output);
    }

    [Theory]
    [InlineData("Connect-MpHost -Simulated -Scenario ", "./tour.json")]
    [InlineData("Connect-MpHost -Simulated -Scenario to", "./tour.json")]
    [InlineData("Connect-MpHost -ComputerName ", "HV-ZOO")]
    [InlineData("Start-MpInstance -Id B", "B")]
    [InlineData("Add-MpSimulatedFault off Start OutOf", "OutOfMemory")]
    [InlineData("Add-MpSimulatedFault off St", "Start")]
    public void Files_hosts_ids_and_causes_complete(string typed, string begin)
    {
        Connect(Zoo.Replace("\"off\"", "\"off\", \"id\": \"BBBBBBBB-1111-2222-3333-444444444444\"", StringComparison.Ordinal));
        var offered = Shell.Run(
            "Set-Location $folder; (TabExpansion2 $typed $typed.Length).CompletionMatches | Where-Object ResultType -ne ProviderContainer | ForEach-Object CompletionText",
            ("typed", typed), ("folder", Repository.PathOf("src", "Playground"))).Output;
        Assert.StartsWith(begin, Assert.Single(offered).ToString()!.Replace('\\', '/'), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("Start-MpInstance ")]
    [InlineData("Start-MpInstance -MpHost nobody -Name ")]
    [InlineData("Start-MpInstance -MpHost $null -Name ")]
    [InlineData("Start-MpInstance -MpHost (1,2) -Name ")]
    public void Where_there_is_nothing_to_offer_nothing_is_offered(string typed)
    {
        Shell.Run("Disconnect-MpHost");
        Assert.DoesNotContain(Offered(typed), text => text is "off" or "run");
    }

    [Theory]
    [InlineData("ConnectionDropped", "")]
    [InlineData("AnswerLate", "\"afterMilliseconds\": 30000, ")]
    public void A_host_that_does_not_answer_is_not_waited_for(string kind, string after)
    {
        Connect($$"""{ "instances": [ { "name": "off", "faults": [ { "operation": "Query", "kind": "{{kind}}", {{after}}"times": 1000 } ] } ] }""");
        InstanceNameCompleter.Patience = TimeSpan.FromMilliseconds(400);
        Offered("Start-MpInstance ");
        var best = TimeSpan.MaxValue;
        for (var attempt = 0; attempt < 3; attempt++)
        {
            var elapsed = Stopwatch.StartNew();
            Assert.DoesNotContain("off", Offered("Start-MpInstance "));
            best = elapsed.Elapsed < best ? elapsed.Elapsed : best;
        }

        InstanceNameCompleter.Patience = TimeSpan.FromSeconds(20);
        Assert.True(best < TimeSpan.FromSeconds(5), best.ToString());
    }

    [Fact]
    public void The_hint_says_where_it_is_and_in_which_state()
    {
        Connect(Zoo);
        Assert.Equal("Suspended on HV-ZOO", Shell.Run("(TabExpansion2 'Start-MpInstance sav' 20).CompletionMatches | Where-Object ResultType -eq ParameterValue | ForEach-Object ToolTip").Output.Single().ToString());
    }

    /// <summary>Names come in the order of their names; whatever PowerShell itself offers for a file is left out.</summary>
    private string[] Offered(string typed)
        => Shell.Run("(TabExpansion2 $typed $typed.Length).CompletionMatches | Where-Object ResultType -eq ParameterValue | ForEach-Object CompletionText", ("typed", typed))
            .Output.Select(item => item.ToString()!).ToArray();
}
