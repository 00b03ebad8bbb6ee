using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Text;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Simulation;
using Multipass.HyperV.Tests.Hosting;
using Xunit;

namespace Multipass.HyperV.Tests.Views;

/// <summary>Every view as screens of 60, 80, 120 and 200 columns show it, for live objects, for what came from another session, and in Constrained Language.</summary>
public sealed class ViewTests : IClassFixture<HostedPowerShell>, IDisposable
{
    private readonly HostedPowerShell _shell;
    private readonly (CultureInfo Culture, CultureInfo UI) _before = (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture);

    /// <summary>PowerShell breaks long lines by culture: the screens were recorded in one.</summary>
    public ViewTests(HostedPowerShell shell)
    {
        _shell = shell;
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("en-US");
    }

    public void Dispose() => (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = _before;

    private static readonly int[] Widths = [60, 80, 120, 200];

    // The same in every time zone.
    private static readonly DateTimeOffset Moment = new(new DateTime(2026, 3, 4, 5, 6, 7, 89, DateTimeKind.Local));

    private static readonly Dictionary<string, (object[] Objects, string Format)> Views = new()
    {
        ["MpInstance"] = ([.. Instances("HV-DEMO").Take(4)], string.Empty),
        ["MpInstance-long"] = ([.. Instances("HV-DEMO")], string.Empty),
        ["MpInstance-hosts"] = ([.. Instances("HV-DEMO").Take(2).Concat(Instances("HV-SECOND").Take(2)).Select(WithHosts)], string.Empty),
        ["MpInstance-list"] = ([Instances("HV-DEMO").ElementAt(1)], " | Format-List"),
        ["MpInstanceChange"] = ([.. Changes()], string.Empty),
        ["MpInstanceFinding"] = (
            [
                new MpInstanceFinding("foo", Guid.Empty, "HV-DEMO", MpFindingSeverity.Error, "Memory", "OutOfMemory", "It wants 10240 MB, and the host can give 6144 MB.", "Lower it with `multipass set local.foo.memory=5G`, or stop 'bar' (4096 MB)."),
                new MpInstanceFinding(string.Empty, Guid.Empty, "HV-DEMO", MpFindingSeverity.Error, "Host", "HostUnreachable", "It does not answer.", "Look whether it runs."),
            ],
            string.Empty),
        ["MpInstanceFinding-table"] = (
            [new MpInstanceFinding("a-name-that-somebody-gave", Guid.Empty, "HV-DEMO", MpFindingSeverity.Information, "Start", string.Empty, "It would start: it wants 1024 MB of memory, and the host can give 6144 MB.", string.Empty)],
            " | Format-Table"),
        ["MpHostFinding"] = (
            [
                new MpHostFinding("HV-DEMO", "Reachable", MpCheckResult.Passed, string.Empty, "It answers.", string.Empty),
                new MpHostFinding("HV-DEMO", "Memory", MpCheckResult.Warning, string.Empty, "The host can give 512 MB, which is less than an instance usually asks for at its start.", "Stop an instance, or give instances less with `multipass set`."),
            ],
            string.Empty),
        ["MpRepair"] = (
            [
                new MpRepair(
                    Instances("HV-DEMO").First(), Instances("HV-DEMO").First(), MpRepairResult.Repaired, "Multipass says Starting, but on the host 'foo' is Stopped: nothing is starting.",
                    [new MpRepairStep(MpRepairAction.Await, "Wait", "it may move", MpRepairStepOutcome.NotNeeded, "not needed"), new MpRepairStep(MpRepairAction.StopInMultipass, "Have Multipass look again", "it is wrong", MpRepairStepOutcome.Done, "done")]),
            ],
            string.Empty),
    };

    public static TheoryData<string> Names => [.. Views.Keys];

    /// <summary>As recorded; with <c>UPDATE_DOCUMENTS=1</c> it is recorded anew.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void A_view_shows_what_was_recorded(string name)
    {
        var screens = Screens(name, "$objects");
        var path = Repository.PathOf("tests", "Multipass.HyperV.Tests", "Views", "Screens", name + ".txt");
        if (Environment.GetEnvironmentVariable("UPDATE_DOCUMENTS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, screens);
        }

        Assert.Equal(File.ReadAllText(path).ReplaceLineEndings("\n"), screens);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void No_line_is_wider_than_the_screen_and_no_cell_is_one_letter_wide(string name)
    {
        foreach (var width in Widths)
        {
            var lines = Screen(name, "$objects", width).Split('\n');
            Assert.All(lines, line => Assert.True(line.Length <= width, $"{width}: {line}"));

            // A heading in one column is written from top to bottom.
            Assert.True(lines.TakeWhile(line => !line.Contains("--", StringComparison.Ordinal)).Count() <= 5 || !lines.Any(line => line.Contains("----", StringComparison.Ordinal)), string.Join('\n', lines));
        }
    }

    /// <summary>Jobs and remoting send objects with their properties alone, one level deep; Export-Clixml two.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void What_came_from_another_session_looks_the_same(string name)
    {
        foreach (var depth in new[] { 1, 2 })
        {
            var received = Screens(name, $"[System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($objects, {depth + 1}))");
            if (name is not ("MpInstance-list" or "MpRepair" or "MpInstanceChange") || (depth == 2 && name == "MpInstanceChange"))
            {
                Assert.Equal(Screens(name, "$objects"), received);
            }
            else
            {
                // What lies deeper is a text then, or nothing; but what is shown of the object itself is not empty for that.
                var live = Screen(name, "$objects", 200).Split('\n').Select(line => line.Split(" : "));
                var sent = received.Split("=== 200\n")[1].Split('\n').Select(line => line.Split(" : ")).Where(parts => parts.Length > 1).ToDictionary(parts => parts[0], parts => parts[1]);
                Assert.All(live.Where(parts => parts.Length > 1 && parts[1].Length > 0), parts => Assert.NotEmpty(sent[parts[0]]));
            }
        }
    }

    [Fact]
    public void In_strict_mode_and_in_Constrained_Language_nothing_goes_blank()
    {
        var state = InitialSessionState.CreateDefault();
        state.ImportPSModule([HostedPowerShell.ManifestPath]);
        using var runspace = HostedPowerShell.Open(RunspaceFactory.CreateRunspace(state));
        using (var strict = PowerShell.Create(runspace))
        {
            strict.AddScript("Set-StrictMode -Version Latest").Invoke();
        }

        runspace.SessionStateProxy.LanguageMode = PSLanguageMode.ConstrainedLanguage;
        foreach (var (name, (objects, format)) in Views)
        {
            using var power = PowerShell.Create(runspace);
            power.AddScript($"$input{format} | Out-String -Width 120");
            var shown = string.Concat(power.Invoke(objects)).ReplaceLineEndings("\n");
            Assert.Equal(Screen(name, "$objects", 120), Tidy(shown));
        }
    }

    /// <summary>Several hosts at once: each line says where.</summary>
    [Fact]
    public void The_host_is_shown_when_there_is_more_than_one()
    {
        var folder = Directory.CreateTempSubdirectory("mp-").FullName;
        try
        {
            var files = new[] { "HV-A", "HV-B" }.Select(name =>
            {
                var path = Path.Combine(folder, name + ".json");
                File.WriteAllText(path, $$"""{ "host": { "name": "{{name}}", "jobMilliseconds": 20 }, "instances": [ { "name": "web" } ] }""");
                return path;
            }).ToArray();
            Assert.Empty(_shell.Run("Disconnect-MpHost; Connect-MpHost -Simulated -Scenario $files", ("files", files)).Errors);
            Assert.Contains("HV-A", _shell.Show("Get-MpInstance"));
            Assert.Contains("HV-B", _shell.Show("Start-MpInstance web -PassThru"));
            Assert.DoesNotContain("HV-A", _shell.Show("Get-MpInstance -MpHost HV-A"));
            Assert.Equal(typeof(MpInstance), _shell.Run("Get-MpInstance").Output[0].BaseObject.GetType());
        }
        finally
        {
            _shell.Run("Disconnect-MpHost");
            Directory.Delete(folder, recursive: true);
        }
    }

    private static object WithHosts(MpInstance instance)
    {
        var shown = PSObject.AsPSObject(instance);
        shown.TypeNames.Insert(0, "Multipass.HyperV.MpInstance#Hosts");
        return shown;
    }

    private static IEnumerable<MpInstance> Instances(string host)
    {
        yield return Instance(new InstanceFacts { Name = "foo", State = MpInstanceState.Stopped, MemoryStartup = 10240L << 20, Drift = MpDrift.StuckStarting });
        yield return Instance(new InstanceFacts
        {
            Name = "bar", State = MpInstanceState.Running, MemoryAssigned = 4096L << 20, MemoryStartup = 4096L << 20, Uptime = new TimeSpan(1, 2, 3), IPv4 = ["172.20.48.10"], Drift = MpDrift.None, Processors = 2,
            Disk = @"C:\ProgramData\Multipass\data\vault\instances\bar\ubuntu.vhdx",
            LastFailure = new MpFailure("OutOfMemory", "Start failed.", "Free memory.", string.Empty, [], Moment, "1"),
        });
        yield return Instance(new InstanceFacts { Name = "baz", State = MpInstanceState.Suspended, MemoryStartup = 512L << 20, Drift = MpDrift.None });
        yield return Instance(new InstanceFacts { Name = "primary", State = MpInstanceState.Starting, MemoryAssigned = 0, MemoryStartup = 1024L << 20, Drift = MpDrift.Unknown });
        yield return Instance(new InstanceFacts
        {
            Name = "a-rather-long-name-for-an-instance", State = MpInstanceState.Running, MemoryAssigned = 200L << 30, Uptime = new TimeSpan(400, 2, 3, 4), IPv4 = ["172.20.48.101", "10.0.0.1"], Drift = MpDrift.SaysStopped,
        });

        MpInstance Instance(InstanceFacts facts) => new(facts with { HostName = host, Managed = true, ObservedAt = Moment, Id = new Guid("11111111-2222-3333-4444-555555555555") });
    }

    private static IEnumerable<MpInstanceChange> Changes()
    {
        var instances = Instances("HV-DEMO").ToList();
        yield return new MpInstanceChange(MpChangeKind.Present, null, instances[0], Moment);
        yield return new MpInstanceChange(MpChangeKind.Changed, instances[0], instances[1], Moment);
        yield return new MpInstanceChange(MpChangeKind.Removed, instances[4], instances[4], Moment);
    }

    private string Screens(string name, string objects)
        => string.Concat(Widths.Select(width => $"=== {width}\n{Screen(name, objects, width)}"));

    private string Screen(string name, string objects, int width)
    {
        var result = _shell.Run($"{objects}{Views[name].Format} | Out-String -Width {width}", ("objects", Views[name].Objects));
        Assert.Empty(result.Errors);
        return Tidy(string.Concat(result.Output));
    }

    private static string Tidy(string screen)
        => string.Join('\n', screen.ReplaceLineEndings("\n").Split('\n').Select(line => line.TrimEnd())).Trim('\n') + "\n";
}
