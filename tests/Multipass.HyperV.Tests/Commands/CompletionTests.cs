using System;
using System.Diagnostics;
using System.Linq;
using Multipass.HyperV.Tests.Hosting;
using Xunit;

namespace Multipass.HyperV.Tests.Commands;

/// <summary>What Tab offers, asked as the prompt asks it.</summary>
public sealed class CompletionTests(HostedPowerShell shell) : CommandTestBase(shell)
{
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
        Offered("Start-MpInstance ");
        var best = TimeSpan.MaxValue;
        for (var attempt = 0; attempt < 3; attempt++)
        {
            var elapsed = Stopwatch.StartNew();
            Assert.DoesNotContain("off", Offered("Start-MpInstance "));
            best = elapsed.Elapsed < best ? elapsed.Elapsed : best;
        }

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
