using System;
using System.Linq;
using Multipass.HyperV.Tests.Hosting;
using Xunit;

namespace Multipass.HyperV.Tests.Commands;

public sealed class TestMpHostTests(HostedPowerShell shell) : CommandTestBase(shell)
{
    private void ConnectTwo()
    {
        var good = FileOf("""{ "host": { "name": "good" } }""", "1.json");
        var bad = FileOf("""{ "host": { "name": "bad", "vmmsRunning": false } }""", "2.json");
        Shell.Run("Connect-MpHost -Simulated -Scenario $good,$bad", ("good", good), ("bad", bad));
    }

    [Fact]
    public void Each_step_is_an_object()
    {
        Connect(Story);
        var steps = Shell.Run("Test-MpHost").Output.Select(item => (MpHostFinding)item.BaseObject).ToList();
        Assert.Equal(8, steps.Count);
        Assert.All(steps, step => Assert.Equal((MpCheckResult.Passed, MpFindingSeverity.Information), (step.Result, step.Severity)));
        Assert.Contains("6144 MB", steps[^1].Detail);
        Assert.Equal(0, Changes());
    }

    [Theory]
    [InlineData("Test-MpHost -Quiet", "True False")]
    [InlineData("Test-MpHost g*,bad -Quiet", "True False")]
    [InlineData("Get-MpHost | Test-MpHost -Quiet", "True False")]
    [InlineData("Get-MpHost bad | Test-MpHost -Quiet", "False")]
    [InlineData("Test-MpHost -InputObject (Get-MpHost good) -Quiet", "True")]
    [InlineData("Test-MpHost x* -Quiet", "")]
    [InlineData("Get-MpHost x* | Test-MpHost -Quiet", "")]
    [InlineData("[pscustomobject]@{ Name = 'good' } | Test-MpHost -Quiet", "True")]
    [InlineData("(Test-MpHost | Where-Object Severity -eq 'Error').Check", "Service")]
    public void Hosts_are_meant_as_by_the_other_cmdlets(string script, string expected)
    {
        ConnectTwo();
        var result = Shell.Run(script);
        Assert.Empty(result.Errors);
        Assert.Equal(expected, string.Join(" ", result.Output.Select(item => item.ToString())));
    }

    [Fact]
    public void A_name_that_is_not_connected_is_one_error_and_the_others_are_tested()
    {
        ConnectTwo();
        var result = Shell.Run("Test-MpHost nosuch,good -Quiet");
        HasId("HostNotConnected", "TestMpHost", TheError(result));
        Assert.True(Only<bool>(result));
    }

    [Fact]
    public void Without_a_connection_it_is_the_error_of_all_cmdlets()
    {
        if (!OperatingSystem.IsWindows())
        {
            HasId("PlatformNotSupported", "TestMpHost", TheError(Shell.Run("Disconnect-MpHost; Test-MpHost")));
        }
    }

    [Fact]
    public void The_view_shows_each_step_and_what_to_do()
    {
        ConnectTwo();
        var text = Shell.Show("Test-MpHost bad");
        foreach (var part in new[] { "HostName: bad", "Reachable", "Service", "Failed", "-> Start it on bad", "NotChecked" })
        {
            Assert.Contains(part, text);
        }
    }
}
