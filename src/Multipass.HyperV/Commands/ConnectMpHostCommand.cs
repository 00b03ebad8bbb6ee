using System;
using System.Collections.Generic;
using System.IO;
using System.Management.Automation;
using System.Runtime.InteropServices;
using Multipass.HyperV.Connections;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Shell;
using Multipass.HyperV.Simulation;

namespace Multipass.HyperV.Commands;

/// <summary><para type="synopsis">Connects this session to a host. Simulates only when asked to.</para></summary>
[Cmdlet(VerbsCommunications.Connect, "MpHost", DefaultParameterSetName = Local)]
[OutputType(typeof(MpHost))]
public sealed class ConnectMpHostCommand : MpCommand
{
    private const string Local = "Local";
    private const string BySimulation = "Simulated";

    /// <summary>A scenario of thousands of instances has a few megabytes; whatever is larger is another file.</summary>
    private const long LargestScenario = 16 * 1024 * 1024;

    /// <summary><para type="description">Connects to a simulated host.</para></summary>
    [Parameter(Mandatory = true, ParameterSetName = BySimulation)]
    public SwitchParameter Simulated { get; set; }

    /// <summary><para type="description">Scenario files, one simulated host each. Without it, a small host of the module's own.</para></summary>
    [Parameter(Position = 0, ParameterSetName = BySimulation)]
    [ValidateNotNullOrEmpty]
    public string[]? Scenario { get; set; }

    /// <summary><para type="description">Writes the connection.</para></summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (!Simulated)
        {
            ThrowFailure(
                RuntimeInformation.IsOSPlatform(OSPlatform.Windows) ? FailureCatalogue.TransportNotAvailable : FailureCatalogue.PlatformNotSupported,
                new FailureContext { HostName = Environment.MachineName });
        }

        // All are read before any is connected: a bad file changes nothing.
        var hosts = new List<MpHost>();
        foreach (var path in Scenario ?? new[] { string.Empty })
        {
            var host = new SimulatedHost(path.Length == 0 ? Simulation.Scenario.Default : Read(path), SystemClock.Instance);
            hosts.Add(new MpHost(host.Connect(), host.MultipassView, host, path.Length == 0 ? "default" : Resolve(path), SystemClock.Instance.Now));
        }

        foreach (var host in hosts)
        {
            HostConnections.Current.Add(host);
            WriteVerbose($"Connected to the simulated host {host.Name}.");
            if (PassThru)
            {
                WriteObject(host);
            }
        }
    }

    private Simulation.Scenario Read(string path)
    {
        try
        {
            var file = new FileInfo(Resolve(path));
            if (file.Exists && file.Length > LargestScenario)
            {
                throw new IOException($"'{path}' has {file.Length} bytes; a scenario has at most {LargestScenario}.");
            }

            return Simulation.Scenario.Parse(File.ReadAllBytes(file.FullName));
        }
        catch (ScenarioException exception)
        {
            ThrowFailure(FailureCatalogue.ScenarioInvalid, new FailureContext { Name = path, Detail = $"'{path}': {exception.Message}" });
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException or ItemNotFoundException
            or DriveNotFoundException or ProviderNotFoundException or System.Security.SecurityException)
        {
            ThrowFailure(FailureCatalogue.ScenarioNotReadable, new FailureContext { Name = path, Detail = $"{exception.Message}" });
        }

        throw new InvalidOperationException("A terminating error does not return.");
    }

    private string Resolve(string path)
    {
        var resolved = SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out var provider, out _);
        return provider.Name == "FileSystem" ? resolved : throw new NotSupportedException($"'{path}' is not a file.");
    }
}
