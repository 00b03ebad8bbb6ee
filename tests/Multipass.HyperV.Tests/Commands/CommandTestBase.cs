using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using Multipass.HyperV.Simulation;
using Multipass.HyperV.Tests.Hosting;
using Xunit;

namespace Multipass.HyperV.Tests.Commands;

/// <summary>Tests of cmdlets: each class has a runspace of its own, and each test connects to hosts of its own.</summary>
public abstract class CommandTestBase(HostedPowerShell shell) : IClassFixture<HostedPowerShell>, IDisposable
{
    /// <summary>The design's scenario: foo wants more than the host can give.</summary>
    protected const string Story = """
        {
          "host": { "name": "HV-DEMO", "memoryMB": 16384, "reserveMB": 2048, "jobMilliseconds": 60 },
          "instances": [
            { "name": "foo", "state": "Stopped", "memoryMB": 10240, "processors": 2, "multipassState": "Starting" },
            { "name": "bar", "state": "Running", "memoryMB": 4096, "guest": { "shutdownMilliseconds": 60, "ipv4": "172.20.48.6" } },
            { "name": "baz", "state": "Running", "memoryMB": 4096, "guest": { "ipv4": "172.20.48.7" } }
          ]
        }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("mp-").FullName;

    private protected HostedPowerShell Shell { get; } = shell;

    public void Dispose()
    {
        Shell.Host.ForgetAnswers();
        Shell.Run("Disconnect-MpHost; Get-Job | Remove-Job -Force");
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    private protected string FileOf(string text, string name = "scenario.json")
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private protected void Connect(string scenario)
    {
        var result = Shell.Run("Disconnect-MpHost; Connect-MpHost -Simulated -Scenario $path", ("path", FileOf(scenario)));
        Assert.Null(result.Terminating);
        Assert.Empty(result.Errors);
    }

    /// <summary>A connection to a host on which time passes only with the calls that it receives: for <c>-MpHost</c>.</summary>
    private protected static MpHost Looked(string scenario)
    {
        var host = new SimulatedHost(Scenario.Parse(scenario), new CallClock());
        return new MpHost(host.Connect(), host.MultipassView, host, "test", DateTimeOffset.UnixEpoch);
    }

    private protected static T Only<T>(Result result) => (T)Assert.Single(result.Output).BaseObject;

    /// <summary>The one error of a script, whether it ended the script or not.</summary>
    private protected static ErrorRecord TheError(Result result)
        => Assert.Single(result.Terminating is { } last && result.Errors.Count == 0 ? new[] { last } : result.Errors.ToArray());

    private protected string StateOf(string name) => Only<MpInstance>(Shell.Run($"Get-MpInstance {name}")).State.ToString();

    private protected static void HasId(string id, string command, ErrorRecord? record)
        => Assert.Equal($"{id},Multipass.HyperV.Commands.{command}Command", record?.FullyQualifiedErrorId);

    /// <summary>Waits for something that happens while a script runs.</summary>
    private protected static void Until(Func<bool> condition) => Assert.True(SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(60)));

    /// <summary>The simulated host that this session is connected to, which tells what it is asked while the pipeline is busy.</summary>
    private protected SimulatedHost Simulated() => Only<MpHost>(Shell.Run("Get-MpHost")).Simulated!;

    private protected int Changes() => Shell.Run("Get-MpSimulatedCall | Where-Object ChangesState").Output.Count;
}
