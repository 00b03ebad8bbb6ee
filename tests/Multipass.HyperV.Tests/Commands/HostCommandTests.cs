using System;
using System.Linq;
using System.Management.Automation;
using Multipass.HyperV.Tests.Hosting;
using Xunit;

namespace Multipass.HyperV.Tests.Commands;

public sealed class HostCommandTests(HostedPowerShell shell) : CommandTestBase(shell)
{
    [Theory]
    [InlineData("Get-MpInstance", "GetMpInstance")]
    [InlineData("Start-MpInstance foo", "StartMpInstance")]
    [InlineData("Stop-MpInstance foo", "StopMpInstance")]
    [InlineData("Get-MpSimulatedCall", "GetMpSimulatedCall")]
    [InlineData("Connect-MpHost", "ConnectMpHost")]
    [InlineData("Test-MpHost", "TestMpHost")]
    public void Off_Windows_nothing_is_simulated_unless_it_is_asked_for(string script, string command)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var result = Shell.Run("Disconnect-MpHost; " + script);
        HasId("PlatformNotSupported", command, TheError(result));
        Assert.Contains("Connect-MpHost -Simulated", TheError(result).ErrorDetails.RecommendedAction);
    }

    [Fact]
    public void Without_a_scenario_there_is_a_small_host()
    {
        Assert.Empty(Shell.Run("Connect-MpHost -Simulated").Output);
        var host = Only<MpHost>(Shell.Run("Get-MpHost"));
        Assert.Equal("HV-SIM", host.Name);
        Assert.NotEmpty(Shell.Run("Get-MpInstance").Output);
        Assert.Contains("HV-SIM", Shell.Show("Get-MpHost"));
    }

    [Fact]
    public void The_same_name_again_replaces_the_connection()
    {
        Shell.Run("Connect-MpHost -Simulated; Connect-MpHost -Simulated");
        Assert.Single(Shell.Run("Get-MpHost").Output);
        Shell.Run("Disconnect-MpHost HV-SIM");
        Assert.Empty(Shell.Run("Get-MpHost").Output);
    }

    [Fact]
    public void Several_scenarios_are_several_hosts_and_names_act_on_all()
    {
        var first = FileOf("""{ "host": { "name": "one", "jobMilliseconds": 20 }, "instances": [ { "name": "a" } ] }""", "1.json");
        var second = FileOf("""{ "host": { "name": "two", "jobMilliseconds": 20 }, "instances": [ { "name": "a" }, { "name": "b" } ] }""", "2.json");
        Shell.Run("Connect-MpHost -Simulated -Scenario $first,$second", ("first", first), ("second", second));
        Assert.Equal(new[] { "one", "two" }, Shell.Run("Start-MpInstance a -PassThru").Output.Select(item => ((MpInstance)item.BaseObject).HostName).OrderBy(name => name));
        Assert.Single(Shell.Run("Get-MpInstance -MpHost one").Output);
        Assert.Empty(Shell.Run("Start-MpInstance b").Errors);
    }

    [Fact]
    public void What_is_not_there_yet_is_waited_for_on_the_hosts_that_can_be_read()
    {
        var first = FileOf("""{ "host": { "name": "one" }, "instances": [ { "name": "late", "appearsAfterMilliseconds": 1200 }, { "name": "here" } ] }""", "1.json");
        var second = FileOf("""{ "host": { "name": "two" }, "instances": [ { "name": "other" } ] }""", "2.json");
        var third = FileOf("""{ "host": { "name": "three", "access": "None" } }""", "3.json");
        Shell.Run("Connect-MpHost -Simulated -Scenario $first,$second,$third", ("first", first), ("second", second), ("third", third));
        var result = Shell.Run("Wait-MpInstance late,here -State Stopped -PassThru -Timeout 20");
        HasId("PermissionDenied", "WaitMpInstance", TheError(result));
        Assert.Equal(["here on one", "late on one"], result.Output.Select(item => (MpInstance)item.BaseObject).Select(instance => $"{instance.Name} on {instance.HostName}").Order());
        Assert.DoesNotContain(result.Progress, record => record.Activity is "Waiting for 3 instances" or "Waiting for 4 instances");

        // Where it was looked for is said; where it could not be has an error of its own.
        var never = Shell.Run("Wait-MpInstance never -State Stopped -Timeout 1");
        Assert.Equal(["InstanceNotFound", "PermissionDenied"], never.Errors.Select(error => error.FullyQualifiedErrorId.Split(',')[0]).Order());
        Assert.Contains(never.Errors, error => error.Exception.Message.StartsWith("There was no instance 'never' on one, two within 1 s", StringComparison.Ordinal));
        HasId("PermissionDenied", "WaitMpInstance", TheError(Shell.Run("Wait-MpInstance never -State Stopped -Timeout 1 -MpHost three")));
    }

    [Fact]
    public void Connections_belong_to_a_runspace()
    {
        Shell.Run("Connect-MpHost -Simulated");
        using var other = new HostedPowerShell();
        Assert.Empty(other.Run("Get-MpHost").Output);
        var host = Only<MpHost>(Shell.Run("Get-MpHost"));
        Assert.NotEmpty(other.Run("Get-MpInstance -MpHost $connection", ("connection", host)).Output);
    }

    [Theory]
    [InlineData("{ \"host\": { \"colour\": \"red\" } }", "colour")]
    [InlineData("{ \"instances\": [ { \"name\": \"a\", \"memory\": 1 } ] }", "memory")]
    [InlineData("{ \"host\": { \"name\": \"a\", \"name\": \"b\" } }", "name")]
    [InlineData("{ \"host\": { \"name\": \"a\", } }", "")]
    [InlineData("{ \"host\": { \"name\": \"a\"", "")]
    [InlineData("", "")]
    [InlineData("[]", "")]
    [InlineData("{ \"instances\": [ {} ] }", "name")]
    [InlineData("{ \"instances\": [ { \"name\": \"\" } ] }", "name")]
    [InlineData("{ \"instances\": [ { \"name\": \"a\", \"state\": \"Flying\" } ] }", "state")]
    [InlineData("{ \"instances\": [ { \"name\": \"a\", \"memoryMB\": -1 } ] }", "memoryMB")]
    [InlineData("{ \"instances\": [ { \"name\": \"a\", \"faults\": [ { \"operation\": \"Start\" } ] } ] }", "")]
    [InlineData("{ \"instances\": [ { \"name\": \"a\", \"faults\": [ { \"operation\": \"Start\", \"kind\": \"Nonsense\" } ] } ] }", "kind")]
    public void A_scenario_that_is_wrong_is_one_error_that_names_the_place(string text, string key)
    {
        var result = Shell.Run("Connect-MpHost -Simulated -Scenario $path", ("path", FileOf(text)));
        HasId("ScenarioInvalid", "ConnectMpHost", TheError(result));
        Assert.Contains(key, TheError(result).Exception.Message);
        Assert.Empty(Shell.Run("Get-MpHost").Output);
    }

    [Theory]
    [InlineData("/nowhere/at/all.json")]
    [InlineData(".")]
    [InlineData("env:PATH")]
    [InlineData("nodrive:\\x.json")]
    public void A_scenario_that_cannot_be_read_is_one_error(string path)
        => HasId("ScenarioNotReadable", "ConnectMpHost", TheError(Shell.Run("Connect-MpHost -Simulated -Scenario $path", ("path", path))));

    [Fact]
    public void Faults_are_added_checked_and_cleared()
    {
        Connect("""{ "host": { "jobMilliseconds": 20 }, "instances": [ { "name": "a" } ] }""");
        Shell.Run("Add-MpSimulatedFault -Name a -Operation Start -Kind OutOfMemory");
        HasId("OutOfMemory", "StartMpInstance", Assert.Single(Shell.Run("Start-MpInstance a").Errors));
        Shell.Run("Add-MpSimulatedFault a Start -Raw @{ jobErrorCode = 32788; errorDescription = $null }");
        HasId("InsufficientSystemResources", "StartMpInstance", Assert.Single(Shell.Run("Start-MpInstance a").Errors));
        Shell.Run("Add-MpSimulatedFault a Start OutOfMemory; Clear-MpSimulatedFault a");
        Assert.Empty(Shell.Run("Start-MpInstance a").Errors);
        HasId("InstanceNotFound", "AddMpSimulatedFault", Assert.Single(Shell.Run("Add-MpSimulatedFault nobody Start OutOfMemory").Errors));
        foreach (var script in new[] { "Add-MpSimulatedFault a Start Nonsense", "Add-MpSimulatedFault a Query OutOfMemory", "Add-MpSimulatedFault a Start -Raw @{ colour = 1 }", "Add-MpSimulatedFault a Start -Raw @{}" })
        {
            HasId("FaultInvalid", "AddMpSimulatedFault", TheError(Shell.Run(script)));
        }
    }

    [Fact]
    public void Views_show_what_matters()
    {
        Connect(Story);
        var table = Shell.Show("Get-MpInstance");
        foreach (var text in new[] { "Name", "State", "Uptime", "IPv4", "Memory", "Drift", "foo", "Stopped", "(10240 MB)", "StuckStarting", "172.20.48.6" })
        {
            Assert.Contains(text, table);
        }

        Assert.Contains("RequestStateChange", Shell.Show("Stop-MpInstance bar -TurnOff; Get-MpSimulatedCall | Where-Object ChangesState"));
    }

    [Fact]
    public void A_long_name_is_shown_whole()
    {
        Connect("""
            { "instances": [ { "name": "a-name-that-is-longer-than-its-column", "state": "Suspended", "memoryMB": 65536, "multipassState": "Starting" },
              { "name": "huge", "memoryMB": 262144 } ], "host": { "memoryMB": 1048576 } }
            """);
        var table = Shell.Show("Get-MpInstance");
        Assert.Contains("StuckStarting", Shell.Show("Get-MpInstance a-name* | ForEach-Object Drift"));
        Assert.Contains("(256 GB)", table);
        Assert.Contains("a-name-that-is-longer-than-its-column", string.Concat(table.Split('\n').Select(line => line.Length < 18 ? line.Trim() : line[..18].Trim())));
    }

    [Theory]
    [InlineData("x[1]", "x[1]")]
    [InlineData("x`[1`]", "x[1]")]
    [InlineData("x[12]", "x1,x2")]
    [InlineData("it's", "it's")]
    public void Names_with_wildcard_characters_are_found_as_they_are_and_escaped(string name, string found)
    {
        Connect("""{ "instances": [ { "name": "x[1]" }, { "name": "x1" }, { "name": "x2" }, { "name": "it's" } ] }""");
        var result = Shell.Run("Get-MpInstance $name", ("name", name));
        Assert.Empty(result.Errors);
        Assert.Equal(found.Split(','), result.Output.Select(item => ((MpInstance)item.BaseObject).Name));
    }
}
