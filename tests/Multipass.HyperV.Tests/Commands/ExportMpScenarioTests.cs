using System;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Simulation;
using Multipass.HyperV.Tests.Hosting;
using Multipass.HyperV.Time;
using Xunit;

namespace Multipass.HyperV.Tests.Commands;

/// <summary>A host as a scenario file, and what a host made of that shows.</summary>
public sealed class ExportMpScenarioTests(HostedPowerShell shell) : CommandTestBase(shell)
{
    /// <summary>The seed stands in the name of the test.</summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task A_copy_of_a_random_host_lists_the_same(int seed)
    {
        var (original, first) = await ExportAsync(RandomScenario(seed), isAnonymous: false);
        var (copy, second) = await ExportAsync(first, isAnonymous: false);
        Assert.Equal(original, copy);
        Assert.Equal(first, second);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task An_anonymous_copy_is_the_same_but_for_names_ids_and_addresses(int seed)
    {
        var text = RandomScenario(seed);
        var (_, plain) = await ExportAsync(text, isAnonymous: false);
        var (_, anonymous) = await ExportAsync(text, isAnonymous: true);
        var scenario = Scenario.Parse(text);
        foreach (var secret in scenario.Instances.SelectMany(instance => new[] { instance.Name, instance.Id.ToString("D"), instance.Guest.IPv4 }).Append(scenario.HostName).OfType<string>().Where(secret => secret.Length > 3))
        {
            Assert.DoesNotContain(secret, anonymous, StringComparison.OrdinalIgnoreCase);
        }

        var (shown, hidden) = (Scenario.Parse(plain).Instances, Scenario.Parse(anonymous).Instances);
        Assert.Equal(shown.Select(instance => (instance.State, instance.MemoryMB, instance.Managed, instance.MultipassState, instance.Deleted)), hidden.Select(instance => (instance.State, instance.MemoryMB, instance.Managed, instance.MultipassState, instance.Deleted)));
        Assert.Equal(shown.Select(instance => instance.Name).Distinct(StringComparer.OrdinalIgnoreCase).Count(), hidden.Select(instance => instance.Name).Distinct().Count());
    }

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 25)];

    [Fact]
    public void The_file_of_a_host_connects_to_a_host_that_lists_the_same_table()
    {
        Connect(Story);
        Shell.Run("Start-MpInstance foo -ErrorAction SilentlyContinue");
        var file = FileOf(string.Empty, "copy.json");
        const string Table = "Get-MpInstance -IncludeUnmanaged | Select-Object Name, State, Id, HostName, MemoryAssigned, MemoryStartup, MultipassState, Drift, IPv4 | ConvertTo-Json";
        var result = Shell.Run($"$before = {Table}; Export-MpScenario $file -Force; Connect-MpHost -Simulated -Scenario $file; $before -eq ({Table}); (Get-MpInstance foo -Detailed).LastFailure.Cause", ("file", file));
        Assert.Empty(result.Errors);
        Assert.Equal(["True", "OutOfMemory"], result.Output.Select(item => item.ToString()));
    }

    [Fact]
    public void What_the_host_said_is_replayed_without_names_and_paths()
    {
        Connect("""{ "host": { "name": "SECRET-HOST", "jobMilliseconds": 20 }, "instances": [ { "name": "secret-name", "disk": "Missing" } ] }""");
        var file = FileOf(string.Empty, "copy.json");
        var result = Shell.Run(
            "Start-MpInstance secret-name -ErrorAction SilentlyContinue; Get-MpHost | Export-MpScenario $file -Force -Anonymous; Disconnect-MpHost; Connect-MpHost -Simulated -Scenario $file; (Get-MpInstance -Detailed).LastFailure.Cause",
            ("file", file));
        Assert.Empty(result.Errors);
        Assert.Equal("DiskNotFound", Only<string>(result));
        Assert.DoesNotContain("secret", File.ReadAllText(file), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("vault", File.ReadAllText(file), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("Export-MpScenario $file", "ScenarioNotWritable")]
    [InlineData("Export-MpScenario (Split-Path $file) -Force", "ScenarioNotWritable")]
    [InlineData("Export-MpScenario (Join-Path $file no.json)", "ScenarioNotWritable")]
    [InlineData("Export-MpScenario env:x", "ScenarioNotWritable")]
    [InlineData("Export-MpScenario $file -Force -MpHost nobody", "HostNotConnected")]
    [InlineData("Connect-MpHost -Simulated; Export-MpScenario $file -Force", "ParametersConflict")]
    public void What_cannot_be_written_is_one_error_and_the_file_stays(string script, string cause)
    {
        Connect(Story);
        var file = FileOf("kept", "kept.json");
        var result = Shell.Run(script, ("file", file));
        HasId(cause, "ExportMpScenario", TheError(result));
        Assert.Equal("kept", File.ReadAllText(file));
    }

    [Fact]
    public void WhatIf_writes_nothing_and_reading_changes_nothing()
    {
        Connect(Story);
        var file = FileOf("kept", "kept.json");
        Assert.Empty(Shell.Run("Export-MpScenario $file -Force -WhatIf", ("file", file)).Errors);
        Assert.Equal("kept", File.ReadAllText(file));
        Assert.Equal(file, Only<FileInfo>(Shell.Run("Export-MpScenario $file -Force -PassThru", ("file", file))).FullName);
        Assert.Equal(0, Changes());
    }

    /// <summary>What a host shows, and the scenario that was made of it.</summary>
    private static async Task<(string Table, string Scenario)> ExportAsync(string scenario, bool isAnonymous)
    {
        var clock = new VirtualClock();
        var host = new SimulatedHost(Scenario.Parse(scenario), clock);
        var session = new HostSession(host.Connect(), host.MultipassView, clock, new CallGate(32));
        var until = Deadline.In(clock, TimeSpan.FromSeconds(60));
        var instances = await InstanceReader.ReadAsync(session, InstanceFilter.All, InstanceDetail.Full, until, CancellationToken.None);
        StringBuilder table = new();
        foreach (var instance in instances.OrderBy(instance => instance.Name).ThenBy(instance => instance.Id))
        {
            table.AppendLine($"{instance.Name} {instance.State} {instance.Id} {instance.Managed} {instance.Backend} {instance.Health} {instance.MemoryAssigned} {instance.MemoryStartup} {instance.Processors} {string.Join(',', instance.IPv4)} {instance.MultipassState} {instance.Drift}");
        }

        return (table.ToString(), await ScenarioExport.ReadAsync(session, isAnonymous, until, CancellationToken.None));
    }

    private static string RandomScenario(int seed)
    {
        Random random = new(seed);
        string Of(params string[] words) => words[random.Next(words.Length)];
        var text = new StringBuilder($$"""{ "host": { "name": "HOST-{{seed}}x", "memoryMB": {{random.Next(8, 64) * 1024}}, "processors": {{random.Next(1, 64)}}, "culture": "{{Of("en-US", "de-DE", "ja-JP")}}", "switches": [{{Of("\"Default Switch\"", "\"Default Switch\", \"secret net\"", "")}}] }, "instances": [""");
        var count = random.Next(0, 8);
        for (var index = 0; index < count; index++)
        {
            var isManaged = random.Next(5) > 0;
            var state = Of("Stopped", "Running", "Suspended", "Paused", "Starting", "Stopping", "Suspending", "Restarting");
            text.Append(index == 0 ? string.Empty : ",").Append($$""" { "name": "{{Of("web", "data base", "it's", "q\\\"uote", "müller", "x[1]")}}-{{seed}}-{{index}}", "state": "{{state}}", "memoryMB": {{random.Next(256, 4096) * 2}}, "processors": {{random.Next(1, 8)}}""");
            if (!isManaged)
            {
                text.Append(", \"managed\": false");
            }
            else
            {
                text.Append(random.Next(3) == 0 ? $", \"multipassState\": \"{Of("Starting", "Running", "Stopped", "Suspended")}\"" : string.Empty);
                text.Append(random.Next(6) == 0 ? ", \"deleted\": true" : random.Next(6) == 0 ? ", \"record\": \"Missing\"" : random.Next(8) == 0 ? ", \"machine\": \"Missing\"" : string.Empty);
            }

            text.Append(random.Next(3) == 0 ? ", \"disk\": \"Missing\"" : string.Empty);
            text.Append(random.Next(3) == 0 ? ", \"dynamicMemory\": { \"minimumMB\": 512, \"maximumMB\": 16384 }" : string.Empty);
            text.Append(random.Next(2) == 0 ? $$""", "guest": { "ipv4": "172.20.{{seed}}.{{index + 1}}" }""" : string.Empty);
            text.Append(random.Next(5) == 0 ? ", \"health\": \"MajorFailure\"" : string.Empty);
            text.Append(" }");
        }

        return text.Append(" ] }").ToString();
    }
}
