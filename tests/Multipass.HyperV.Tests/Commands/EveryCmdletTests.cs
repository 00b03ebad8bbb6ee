using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Text.Json;
using Multipass.HyperV.Simulation;
using Multipass.HyperV.Tests.Hosting;
using Xunit;

namespace Multipass.HyperV.Tests.Commands;

/// <summary>What every cmdlet promises, asked of every cmdlet: on two hosts whose instances have the same ids, in a batch of which some fail, with -WhatIf, with -ErrorAction Stop.</summary>
public sealed class EveryCmdletTests(HostedPowerShell shell) : CommandTestBase(shell)
{
    /// <summary>An operation with the instance that it works on; the state that it leads to; the operation of a simulated fault that strikes it.</summary>
    private static readonly (string Command, string Name, string State, string Fault)[] Operations =
    [
        ("Start-MpInstance", "off", "Running", "Start"),
        ("Start-MpInstance", "saved", "Running", "Start"),
        ("Start-MpInstance", "held", "Running", "Resume"),
        ("Stop-MpInstance", "up", "Stopped", "Shutdown"),
        ("Stop-MpInstance -TurnOff", "up", "Stopped", "TurnOff"),
        ("Stop-MpInstance -TurnOff", "held", "Stopped", "TurnOff"),
        ("Stop-MpInstance -DiscardSavedState -Confirm:$false", "saved", "Stopped", "TurnOff"),
        ("Suspend-MpInstance", "up", "Suspended", "Save"),
        ("Suspend-MpInstance", "held", "Suspended", "Save"),
        ("Resume-MpInstance", "saved", "Running", "Start"),
        ("Resume-MpInstance", "held", "Running", "Resume"),
        ("Restart-MpInstance", "up", "Running", "Restart"),
        ("Restart-MpInstance -Force", "up", "Running", "Restart"),
    ];

    /// <summary>What shows or waits, and changes nothing.</summary>
    private static readonly (string Command, string Name)[] Readings =
    [
        ("Get-MpInstance", "up"), ("Get-MpInstance -StateOnly", "up"), ("Get-MpInstance -Detailed", "up"),
        ("Test-MpInstance", "off"), ("Wait-MpInstance -State Running -PassThru", "up"), ("Watch-MpInstance -IncludeCurrent -Timeout 1", "up"),
    ];

    private static readonly string[] Ways = ["-Id $id -MpHost two", "-InputObject $object", "$object |"];

    public static TheoryData<string, string, string, string> EveryOperation
    {
        get
        {
            var data = new TheoryData<string, string, string, string>();
            Array.ForEach(Operations, row => data.Add(row.Command, row.Name, row.State, row.Fault));
            return data;
        }
    }

    public static TheoryData<string, string> EveryReading
    {
        get
        {
            var data = new TheoryData<string, string>();
            Array.ForEach(Readings, row => data.Add(row.Command, row.Name));
            return data;
        }
    }

    [Fact]
    public void No_cmdlet_is_left_out()
    {
        var commands = Shell.Run("Get-Command -Module Multipass.HyperV").Output.Select(item => (CmdletInfo)item.BaseObject).ToList();
        var tried = Operations.Select(row => row.Command).Concat(Readings.Select(row => row.Command)).Select(command => command.Split(' ')[0]).Concat(["Repair-MpInstance", "Export-MpScenario"]).ToHashSet(StringComparer.Ordinal);
        Assert.Empty(commands.Where(command => command.Parameters.ContainsKey("Id")).Select(command => command.Name).Except(tried));
        Assert.Empty(commands.Where(command => command.Parameters.ContainsKey("WhatIf")).Select(command => command.Name).Except(tried));
    }

    [Theory]
    [MemberData(nameof(EveryOperation))]
    public void One_of_two_hosts_with_the_same_ids_is_meant_alone(string command, string name, string state, string fault)
    {
        _ = fault;
        foreach (var way in Ways)
        {
            var (one, two, instance) = ConnectToTwins(name);
            var result = Shell.Run(Script(command + " -PassThru", way), ("id", instance.Id), ("object", instance));
            Assert.Empty(result.Errors);
            Assert.Equal(("two", name, state), (Only<MpInstance>(result).HostName, Only<MpInstance>(result).Name, Only<MpInstance>(result).State.ToString()));
            Assert.DoesNotContain(one.Calls, call => call.ChangesState);
            Assert.All(two.Calls.Where(call => call.ChangesState), call => Assert.Equal(name, call.Instance));
            Assert.Contains(two.Calls, call => call.ChangesState);
        }
    }

    [Theory]
    [MemberData(nameof(EveryReading))]
    public void One_of_two_hosts_with_the_same_ids_is_shown_alone(string command, string name)
    {
        foreach (var way in Ways)
        {
            var (one, two, instance) = ConnectToTwins(name);
            var result = Shell.Run(Script(command, way), ("id", instance.Id), ("object", instance));
            Assert.Empty(result.Errors);
            Assert.All(result.Output, item => Assert.Equal("two", item.Properties["HostName"].Value));
            Assert.NotEmpty(result.Output);
            Assert.DoesNotContain(one.Calls.Concat(two.Calls), call => call.ChangesState);
        }
    }

    [Fact]
    public void Repair_means_one_of_two_hosts_with_the_same_ids_alone()
    {
        foreach (var way in Ways)
        {
            var (one, two, instance) = ConnectToTwins("believed");
            var result = Shell.Run(Script("Repair-MpInstance -Confirm:$false", way), ("id", instance.Id), ("object", instance));
            Assert.Empty(result.Errors);
            Assert.Equal(("two", "believed"), (Only<MpRepair>(result).HostName, Only<MpRepair>(result).Name));
            Assert.DoesNotContain(one.Calls, call => call.ChangesState);
            Assert.Contains(two.Calls, call => call.ChangesState);
        }
    }

    [Theory]
    [MemberData(nameof(EveryOperation))]
    public void What_an_operation_returns_is_what_a_reading_shows(string command, string name, string state, string fault)
    {
        _ = fault;
        ConnectToTwins(name);
        var result = Shell.Run($"{command} {name} -MpHost two -PassThru; Get-MpInstance {name} -MpHost two");
        Assert.Empty(result.Errors);
        Assert.Equal(2, result.Output.Count);
        var (returned, read) = ((MpInstance)result.Output[0].BaseObject, (MpInstance)result.Output[1].BaseObject);
        Assert.Equal(state, read.State.ToString());
        SameProperties(read, returned);
        Assert.InRange(returned.ObservedAt!.Value, DateTimeOffset.Now - TimeSpan.FromMinutes(2), read.ObservedAt!.Value);
    }

    [Theory]
    [MemberData(nameof(EveryOperation))]
    public void So_is_what_a_failure_returns_and_what_its_error_is_about(string command, string name, string state, string fault)
    {
        _ = state;
        ConnectToTwins(name, fault);
        var result = Shell.Run($"{command} {name} -MpHost two -PassThru; Get-MpInstance {name} -MpHost two");
        var (returned, read) = ((MpInstance)result.Output[0].BaseObject, (MpInstance)result.Output[1].BaseObject);
        SameProperties(read, returned);
        Assert.Equal((read.Name, read.Id, read.HostName, read.State), About(Assert.IsType<MpInstance>(Assert.Single(result.Errors).TargetObject)));
    }

    [Theory]
    [MemberData(nameof(EveryOperation))]
    public void Of_a_batch_each_gets_its_own_and_under_Stop_errors_are_held_back(string command, string name, string state, string fault)
    {
        foreach (var preference in new[] { "Continue", "Stop" })
        {
            var hosts = ConnectToBatch(name, fault);
            var result = Shell.Run($"{command} bad1,good1,bad2,good2 -PassThru -ErrorAction {preference}");
            var cmdlet = command.Split(' ')[0].Replace("-", string.Empty, StringComparison.Ordinal);
            if (preference == "Continue")
            {
                Assert.Equal(4, result.Errors.Count);
                Assert.Equal(["bad1 one", "bad1 two", "bad2 one", "bad2 two"], result.Errors.Select(error => (MpInstance)error.TargetObject).Select(failed => $"{failed.Name} {failed.HostName}").Order(StringComparer.Ordinal));
                Assert.All(result.Errors, error => Assert.EndsWith($",Multipass.HyperV.Commands.{cmdlet}Command", error.FullyQualifiedErrorId, StringComparison.Ordinal));
                Assert.Equal(8, result.Output.Count);
            }
            else
            {
                Assert.NotNull(result.Terminating);
                Assert.EndsWith($",Multipass.HyperV.Commands.{cmdlet}Command", result.Terminating.FullyQualifiedErrorId, StringComparison.Ordinal);
                Assert.StartsWith("bad", ((MpInstance)result.Terminating.TargetObject).Name, StringComparison.Ordinal);
            }

            // Whatever became of the others, these were brought to their end; and nothing was sent twice.
            var now = Shell.Run("Get-MpInstance good*").Output.Select(item => (MpInstance)item.BaseObject).ToList();
            Assert.Equal(4, now.Count);
            Assert.All(now, instance => Assert.Equal(state, instance.State.ToString()));
            Assert.All(hosts.SelectMany(host => host.Calls.Where(call => call.ChangesState).GroupBy(call => (call.Instance, call.Method, host.Name))), same => Assert.Single(same));
        }
    }

    [Theory]
    [MemberData(nameof(EveryOperation))]
    public void With_WhatIf_nothing_is_asked_for_nobody_is_asked_and_no_job_is_made(string command, string name, string state, string fault)
    {
        _ = (state, fault);
        foreach (var arguments in new[] { "-WhatIf", "-WhatIf -AsJob", "-WhatIf -PassThru", "-WhatIf -NoWait -Confirm" })
        {
            if (command.Contains("-Confirm", StringComparison.Ordinal) && arguments.Contains("-Confirm", StringComparison.Ordinal))
            {
                continue;
            }

            var (one, two, _) = ConnectToTwins(name);
            var result = Shell.Run($"{command} {name} {arguments}; Get-Job");
            Assert.Empty(result.Errors);
            Assert.Empty(result.Choices);
            Assert.Empty(result.Output);
            Assert.Equal(2, result.HostText.Split('\n').Count(line => line.StartsWith("What if:", StringComparison.Ordinal)));
            Assert.DoesNotContain(one.Calls.Concat(two.Calls), call => call.ChangesState);
        }
    }

    [Theory]
    [MemberData(nameof(EveryOperation))]
    public void Who_says_No_has_nothing_done_and_who_says_Yes_has_it_done_once(string command, string name, string state, string fault)
    {
        _ = fault;
        if (command.Contains("-Confirm", StringComparison.Ordinal))
        {
            command = command.Replace(" -Confirm:$false", string.Empty, StringComparison.Ordinal);
        }

        var (one, two, _) = ConnectToTwins(name);
        Shell.Host.Answer = choice => choice.Choices.ToList().IndexOf("No");
        var refused = Shell.Run($"{command} {name} -Confirm");
        Assert.NotEmpty(refused.Choices);
        Assert.Empty(refused.Errors);
        Assert.DoesNotContain(one.Calls.Concat(two.Calls), call => call.ChangesState);

        Shell.Host.Answer = choice => choice.Choices.ToList().IndexOf(choice.Message.Contains("on one", StringComparison.Ordinal) ? "No" : "Yes");
        Assert.Equal(state, Only<MpInstance>(Shell.Run($"{command} {name} -Confirm -PassThru")).State.ToString());
        Assert.DoesNotContain(one.Calls, call => call.ChangesState);
        Assert.Contains(two.Calls, call => call.ChangesState);
    }

    /// <summary>All properties, for whoever returns one that was read for less shows what is not so; but when and for how long it was seen, and which of its sources Multipass was asked by.</summary>
    private static void SameProperties(MpInstance expected, MpInstance actual)
        => Assert.All(typeof(MpInstance).GetProperties().Where(property => property.Name is not (nameof(MpInstance.ObservedAt) or nameof(MpInstance.Uptime) or nameof(MpInstance.MultipassSource))), property =>
        {
            var (wanted, got) = (JsonSerializer.Serialize(property.GetValue(expected)), JsonSerializer.Serialize(property.GetValue(actual)));
            Assert.True(wanted == got, $"{property.Name}: {got}, but a reading shows {wanted}");
        });

    private static (string Name, Guid Id, string HostName, MpInstanceState State) About(MpInstance instance) => (instance.Name, instance.Id, instance.HostName, instance.State);

    private static string Script(string command, string way) => way.EndsWith('|') ? $"{way} {command}" : $"{command} {way}";

    private static string StateNamed(string name) => name switch { "off" or "believed" => "Stopped", "saved" => "Suspended", "held" => "Paused", _ => "Running" };

    /// <summary>Two hosts whose instances have the same names and the same ids; the instance as the second shows it.</summary>
    private (SimulatedHost One, SimulatedHost Two, MpInstance Instance) ConnectToTwins(string name, string? fault = null)
    {
        var faults = fault is null ? "[]" : FaultOf(fault);

        // Guests come up at once or, after a start, in this test no more: what is read a moment later is the same.
        var number = 0;
        string Twin(string host) => $$"""
            { "host": { "name": "{{host}}", "jobMilliseconds": 10 }, "instances": [ {{string.Join(", ", new[] { "off", "up", "saved", "held", "believed" }.Select(instance => $$"""
                { "name": "{{instance}}", "id": "00000000-0000-4000-8000-00000000000{{number++ % 5}}", "state": "{{StateNamed(instance)}}", "multipassState": "{{(instance == "believed" ? "Starting" : "Running")}}",
                  "guest": { "bootMilliseconds": 3600000, "shutdownMilliseconds": 10, "ipv4": "172.20.48.{{number}}" }, "faults": {{(instance == name ? faults : "[]")}} }
                """))}} ] }
            """;
        var hosts = ConnectTo(Twin);
        var instance = Shell.Run($"Get-MpInstance {name} -MpHost two");
        hosts.ForEach(host => host.ClearCalls());
        return (hosts[0], hosts[1], Only<MpInstance>(instance));
    }

    private List<SimulatedHost> ConnectToBatch(string name, string fault)
    {
        string Batch(string host) => $$"""
            { "host": { "name": "{{host}}", "jobMilliseconds": 10, "memoryMB": 65536 }, "instances": [ {{string.Join(", ", new[] { "bad1", "good1", "bad2", "good2" }.Select(instance => $$"""
                { "name": "{{instance}}", "state": "{{StateNamed(name)}}", "guest": { "bootMilliseconds": 10, "shutdownMilliseconds": 10 }, "faults": {{(instance.StartsWith("bad", StringComparison.Ordinal) ? FaultOf(fault) : "[]")}} }
                """))}} ] }
            """;
        return ConnectTo(Batch);
    }

    private static string FaultOf(string operation) => $$"""[ { "operation": "{{operation}}", "returnValue": 32773, "times": 9 } ]""";

    private List<SimulatedHost> ConnectTo(Func<string, string> scenario)
    {
        var result = Shell.Run("Disconnect-MpHost; Connect-MpHost -Simulated -Scenario $one,$two", ("one", FileOf(scenario("one"), "one.json")), ("two", FileOf(scenario("two"), "two.json")));
        Assert.Null(result.Terminating);
        Assert.Empty(result.Errors);
        return Shell.Run("Get-MpHost").Output.Select(host => ((MpHost)host.BaseObject).Simulated!).OrderBy(host => host.Name, StringComparer.Ordinal).ToList();
    }
}
