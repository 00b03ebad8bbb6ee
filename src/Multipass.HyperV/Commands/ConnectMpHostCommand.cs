using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Connections;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Shell;
using Multipass.HyperV.Simulation;

namespace Multipass.HyperV.Commands;

/// <summary><para type="synopsis">Connects this session to hosts. Simulates only when asked to.</para></summary>
[Cmdlet(VerbsCommunications.Connect, "MpHost", DefaultParameterSetName = ByName)]
[OutputType(typeof(MpHost))]
public sealed class ConnectMpHostCommand : MpCommand
{
    private const string ByName = "ComputerName";
    private const string BySession = "CimSession";
    private const string BySimulation = "Simulated";

    /// <summary>A scenario of thousands of instances has a few megabytes; whatever is larger is another file.</summary>
    private const long LargestScenario = 16 * 1024 * 1024;

    /// <summary><para type="description">Computers, by name or address; without it, this one. Each is connected for itself: one that does not answer is one error, and costs the others nothing.</para></summary>
    [Parameter(Position = 0, ParameterSetName = ByName)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(HostNameCompleter))]
    public string[]? ComputerName { get; set; }

    /// <summary><para type="description">The account to use there. Without it, your own.</para></summary>
    [Parameter(ParameterSetName = ByName)]
    [Credential]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public PSCredential? Credential { get; set; }

    /// <summary><para type="description">The port of WS-Management. Without it 5985, and 5986 with -UseSsl.</para></summary>
    [Parameter(ParameterSetName = ByName)]
    [ValidateRange(1, 65535)]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public int? Port { get; set; }

    /// <summary><para type="description">HTTPS instead of HTTP.</para></summary>
    [Parameter(ParameterSetName = ByName)]
    public SwitchParameter UseSsl { get; set; }

    /// <summary><para type="description">How you prove who you are. Without it, what the transport prefers.</para></summary>
    [Parameter(ParameterSetName = ByName)]
    public CimAuthentication Authentication { get; set; }

    /// <summary><para type="description">Accepts any certificate: for hosts with one of their own making, on a network that you trust.</para></summary>
    [Parameter(ParameterSetName = ByName)]
    public SwitchParameter SkipCertificateCheck { get; set; }

    /// <summary><para type="description">Lets name, password and answers travel unencrypted. For -Transport Wsman, on a network that you trust.</para></summary>
    [Parameter(ParameterSetName = ByName)]
    public SwitchParameter AllowUnencrypted { get; set; }

    /// <summary><para type="description">How the computers are reached: Mmi, Windows' own CIM client; Wsman, the module's own, in PowerShell 7 on any system; Auto, Mmi on Windows and Wsman elsewhere.</para></summary>
    [Parameter(ParameterSetName = ByName)]
    public MpTransport Transport { get; set; }

    /// <summary><para type="description">Sessions from <c>New-CimSession</c>. They stay yours: Disconnect-MpHost does not close them.</para></summary>
    [Parameter(Mandatory = true, ParameterSetName = BySession)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public object[] CimSession { get; set; } = Array.Empty<object>();

    /// <summary><para type="description">Connects to a simulated host.</para></summary>
    [Parameter(Mandatory = true, ParameterSetName = BySimulation)]
    public SwitchParameter Simulated { get; set; }

    /// <summary><para type="description">Scenario files, one simulated host each. Without it, a small host of the module's own.</para></summary>
    [Parameter(Position = 0, ParameterSetName = BySimulation)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ScenarioFileCompleter))]
    public string[]? Scenario { get; set; }

    /// <summary><para type="description">Attempts to connect that are under way at the same time.</para></summary>
    [Parameter(ParameterSetName = ByName)]
    [Parameter(ParameterSetName = BySession)]
    [ValidateRange(1, 1000)]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public int ThrottleLimit { get; set; } = 32;

    /// <summary><para type="description">Writes the connection.</para></summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        switch (ParameterSetName)
        {
            case BySimulation:
                Simulate();
                break;
            case BySession:
                Connect(AttemptsOf(CimSession));
                break;
            default:
                ConnectComputers();
                break;
        }
    }

    private void Simulate()
    {
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

    private void ConnectComputers()
    {
        if (ComputerName is null && Transport == MpTransport.Auto && !Platform.IsWindows)
        {
            ThrowFailure(FailureCatalogue.PlatformNotSupported, new FailureContext { HostName = Environment.MachineName });
        }

        var endpoints = (ComputerName ?? new string?[] { null }).Distinct(StringComparer.OrdinalIgnoreCase).Select(Endpoint).ToArray();
        if (Conflict() is { } conflict)
        {
            ThrowFailure(FailureCatalogue.ParametersConflict, new FailureContext { HostName = endpoints[0].ToString(), Detail = conflict });
        }

        var attempts = AttemptsOf(endpoints, Transport);
        if (AllowUnencrypted && !UseSsl)
        {
            var what = Authentication == CimAuthentication.Basic || Credential is not null ? "Name, password and answers" : "Answers";
            WriteWarning($"{what} may travel unencrypted between this computer and {string.Join(", ", endpoints.Select(endpoint => endpoint.ToString()))}: whoever listens can read them. -UseSsl prevents that.");
        }

        Connect(attempts);
    }

    /// <summary>Whoever answers is connected at once; whoever does not is one error.</summary>
    private void Connect(IReadOnlyCollection<ConnectionAttempt> attempts)
    {
        var holdsBack = EndsAtFirstError();
        var heldBack = new List<MpOperationFailure>();
        ConnectAll(attempts, ThrottleLimit, Connected, failure =>
        {
            if (holdsBack)
            {
                heldBack.Add(failure);
            }
            else
            {
                WriteFailure(failure);
            }
        });
        heldBack.ForEach(WriteFailure);
    }

    private void Connected(MpHost host)
    {
        HostConnections.Current.Add(host);
        WriteVerbose($"Connected to {host.Name} over {host.Transport}.");
        if (PassThru)
        {
            WriteObject(host);
        }
    }

    private CimEndpoint Endpoint(string? name)
        => EndpointOf(name, Credential) with
        {
            Port = Port,
            UseSsl = UseSsl,
            Authentication = Authentication,
            SkipCertificateCheck = SkipCertificateCheck,
            AllowUnencrypted = AllowUnencrypted,
        };

    /// <summary>What was asked for and cannot be had together; null when there is nothing.</summary>
    private string? Conflict()
        => AllowUnencrypted && TransportFinder.Resolve(Transport) == MpTransport.Mmi
                ? "-AllowUnencrypted is for `-Transport Wsman`; Windows' own client obeys the configuration of WinRM."
            : Authentication == CimAuthentication.Basic && Credential is null ? "`-Authentication Basic` sends a name and a password, and there is no -Credential."
            : Authentication == CimAuthentication.Basic && !UseSsl && !AllowUnencrypted ? "`-Authentication Basic` sends the password as it is: it needs -UseSsl."
            : SkipCertificateCheck && !UseSsl ? "-SkipCertificateCheck is about a certificate, and without -UseSsl there is none."
            : null;

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
            or System.Management.Automation.DriveNotFoundException or ProviderNotFoundException or System.Security.SecurityException)
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
