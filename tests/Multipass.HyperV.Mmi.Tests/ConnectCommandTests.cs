using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Management.Infrastructure;
using Microsoft.Management.Infrastructure.Options;
using Multipass.HyperV.Commands;
using Multipass.HyperV.Connections;
using Multipass.HyperV.MmiStandIn;
using Multipass.HyperV.Shell;
using Multipass.HyperV.Simulation;
using Multipass.HyperV.Simulation.Faults;
using Multipass.HyperV.Tests.Commands;
using Multipass.HyperV.Tests.Hosting;
using Xunit;

namespace Multipass.HyperV.Mmi.Tests;

/// <summary>The cmdlets on real hosts, as far as they can be had here: in PowerShell's own engine, over the shipped transport, on the stand-in. The process passes for one on Windows.</summary>
[Collection("this computer")]
public sealed class ConnectCommandTests(HostedPowerShell shell) : CommandTestBase(shell), IAsyncLifetime
{
    private readonly StandIn _standIn = new(sessionsAreGiven: true);
    private readonly string _folder = TransportFinder.Folder;

    public ValueTask InitializeAsync()
    {
        Platform.IsWindows = true;
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        Shell.Run("Disconnect-MpHost");
        Platform.IsWindows = OperatingSystem.IsWindows();
        TransportFinder.Folder = _folder;
        await _standIn.AuditAsync();
        Dispose();
    }

    [Fact]
    public void Computers_are_connected_together_and_cmdlets_work_on_all_of_them()
    {
        var (first, one) = Add("HV-ONE");
        var (second, two) = Add("HV-TWO");
        var connected = Shell.Run("Connect-MpHost -ComputerName $names -PassThru", ("names", new[] { first, second, first.ToUpperInvariant() }));
        Assert.Empty(connected.Errors);
        Assert.Equal(new[] { "HV-ONE", "HV-TWO" }, connected.Output.Select(host => ((MpHost)host.BaseObject).Name).Order(StringComparer.Ordinal));
        Assert.All(connected.Output, host => Assert.Equal(Cim.CimTransport.Mmi, ((MpHost)host.BaseObject).Transport));
        var started = Shell.Run("Start-MpInstance a* -PassThru -ThrottleLimit 4");
        Assert.Empty(started.Errors);
        Assert.Equal(new[] { "HV-ONE", "HV-TWO" }, started.Output.Select(instance => ((MpInstance)instance.BaseObject).HostName).Order(StringComparer.Ordinal));
        Assert.All(new[] { one, two }, host => Assert.Single(host.Calls, call => call.ChangesState));

        // A host is found by its own name and by the one that was connected to.
        Assert.Single(Shell.Run("Get-MpInstance a -MpHost HV-TWO").Output);
        Assert.Single(Shell.Run("Get-MpInstance a -MpHost $name", ("name", second)).Output);
        Shell.Run("Disconnect-MpHost");

        // A session is closed when MI has done with its last call, which may be a moment after that call's answer.
        Until(() => _standIn.Computers.All(computer => (computer.SessionCount, computer.OpenSessionCount) == (1, 0)));
    }

    /// <summary>As Hyper-V's own cmdlets do: a connection for one call.</summary>
    [Fact]
    public void An_instance_cmdlet_connects_for_itself_alone()
    {
        var (first, one) = Add("HV-ONE");
        var (second, _) = Add("HV-TWO");
        var started = Shell.Run("Start-MpInstance a -ComputerName $first -PassThru; Get-MpHost; Get-MpInstance a -ComputerName $first,$second", ("first", first), ("second", second));
        Assert.Empty(started.Errors);
        Assert.Equal(["HV-ONE Running", "HV-ONE Running", "HV-TWO Stopped"], started.Output.Select(item => ((MpInstance)item.BaseObject).Facts).Select(facts => $"{facts.HostName} {facts.State}").Order(StringComparer.Ordinal));
        Assert.Single(one.Calls, call => call.ChangesState);
        Until(() => _standIn.Computers.All(computer => computer.OpenSessionCount == 0));
    }

    [Fact]
    public void A_job_keeps_its_own_connection_until_it_ends()
    {
        var (first, _) = Add("HV-ONE");
        var job = Shell.Run("$job = Start-MpInstance a -ComputerName $first -PassThru -AsJob; ($job | Wait-Job).State; Receive-Job $job; Get-MpHost", ("first", first));
        Assert.Empty(job.Errors);
        Assert.Equal(["Completed", "a"], job.Output.Select(item => item.ToString()));
        Until(() => _standIn.Computers.All(computer => computer.OpenSessionCount == 0));
    }

    [Fact]
    public void A_computer_that_is_not_there_costs_the_others_nothing_and_nothing_is_said_to_be_missing()
    {
        var (first, _) = Add("HV-ONE");
        var result = Shell.Run("Start-MpInstance a, unknown -ComputerName nowhere,$first -PassThru", ("first", first));
        Assert.Equal("HV-ONE", Only<MpInstance>(result).HostName);
        HasId("HostUnreachable", "StartMpInstance", TheError(result));
    }

    [Fact]
    public void A_computer_that_is_not_there_is_one_error_and_the_others_are_connected()
    {
        var (name, _) = Add("HV-ONE");
        var result = Shell.Run("Connect-MpHost nowhere,$name,neverland -PassThru", ("name", name));
        Assert.Equal(2, result.Errors.Count);
        Assert.All(result.Errors, error => HasId("HostUnreachable", "ConnectMpHost", error));
        Assert.Contains(result.Errors, error => error.Exception.Message.Contains("nowhere", StringComparison.Ordinal));
        Assert.Equal("HV-ONE", Only<MpHost>(result).Name);

        // Under -ErrorAction Stop the others are connected first.
        Shell.Run("Disconnect-MpHost");
        var stopped = Shell.Run("Connect-MpHost nowhere,$name -ErrorAction Stop", ("name", name));
        HasId("HostUnreachable", "ConnectMpHost", TheError(stopped));
        Assert.Single(Shell.Run("Get-MpHost").Output);
    }

    [Fact]
    public void A_host_that_dies_is_one_error_and_the_others_go_on()
    {
        var (first, _) = Add("HV-ONE");
        var (second, two) = Add("HV-TWO");
        Shell.Run("Connect-MpHost $names", ("names", new[] { first, second }));
        two.Interference = _ => CallInterference.Lost;
        foreach (var preference in new[] { "Continue", "Stop" })
        {
            var result = Shell.Run("Start-MpInstance a -PassThru -ErrorAction " + preference);
            HasId("HostUnreachable", "StartMpInstance", TheError(result));
            Assert.Contains("HV-TWO", TheError(result).Exception.Message);
            Assert.Equal(("HV-ONE", MpInstanceState.Running), (Only<MpInstance>(result).HostName, Only<MpInstance>(result).State));
        }

        var listed = Shell.Run("Get-MpInstance -ErrorAction Stop");
        HasId("HostUnreachable", "GetMpInstance", TheError(listed));
        Assert.Equal("HV-ONE", Only<MpInstance>(listed).HostName);
    }

    [Theory]
    [InlineData("Start-MpInstance a -PassThru")]
    [InlineData("Start-MpInstance -Id $ids -PassThru")]
    [InlineData("$instances | Start-MpInstance -PassThru")]
    public void A_host_that_keeps_silent_does_not_hold_up_the_others(string script)
    {
        var (first, one) = Add("HV-ONE");
        var (second, two) = Add("HV-TWO");
        Shell.Run("Connect-MpHost $names", ("names", new[] { first, second }));
        var instances = Shell.Run("Get-MpInstance").Output.Select(instance => (MpInstance)instance.BaseObject).ToArray();
        var wasFirst = false;
        two.Interference = number =>
        {
            // It keeps silent until the other has been worked on.
            wasFirst |= number == 1 && SpinWait.SpinUntil(() => one.Calls.Any(call => call.ChangesState), TimeSpan.FromSeconds(20));
            return null;
        };
        var result = Shell.Run(script, ("ids", instances.Select(instance => instance.Id).ToArray()), ("instances", instances));
        Assert.True(wasFirst);
        Assert.Empty(result.Errors);
        Assert.Equal(new[] { "HV-ONE", "HV-TWO" }, result.Output.Select(instance => ((MpInstance)instance.BaseObject).HostName).Order(StringComparer.Ordinal));
        Assert.All(new[] { one, two }, host => Assert.Single(host.Calls, call => call.ChangesState));
        Shell.Run("Stop-MpInstance a -TurnOff");
    }

    [Fact]
    public void A_session_of_the_user_is_used_and_stays_his()
    {
        var (name, _) = Add("HV-ONE");
        using var options = new WSManSessionOptions();
        using var session = CimSession.Create(name, options);
        Assert.Equal("HV-ONE", Only<MpHost>(Shell.Run("Connect-MpHost -CimSession $session -PassThru", ("session", session))).Name);
        Assert.Empty(Shell.Run("Start-MpInstance a").Errors);
        Shell.Run("Disconnect-MpHost");
        Assert.All(_standIn.Computers, computer => Assert.Equal((1, 1), (computer.SessionCount, computer.OpenSessionCount)));
        HasId("ConnectionInvalid", "ConnectMpHost", TheError(Shell.Run("Connect-MpHost -CimSession 'hv01'")));
    }

    [Fact]
    public void This_computer_is_connected_to_without_a_name()
    {
        var (_, host) = Add("HV-LOCAL", isLocal: true);
        Assert.Equal(("HV-LOCAL", Cim.CimTransport.Mmi), (Only<MpHost>(Shell.Run("Connect-MpHost -PassThru")).Name, Only<MpHost>(Shell.Run("Get-MpHost")).Transport));
        Assert.Empty(Shell.Run("Start-MpInstance a").Errors);
        Assert.Single(host.Calls, call => call.ChangesState);
    }

    [Fact]
    public void This_computer_is_worked_on_by_default_but_only_while_nobody_has_connected_to_anything()
    {
        var (_, host) = Add("HV-LOCAL", isLocal: true);
        HostConnections.AnyoneHasConnected = false;
        Assert.Equal("HV-LOCAL", Only<MpInstance>(Shell.Run("Get-MpInstance")).HostName);
        Assert.Empty(Shell.Run("Start-MpInstance a; Get-MpInstance -StateOnly").Errors);
        Assert.Single(host.Calls, call => call.ChangesState);
        Assert.Equal(1, _standIn.Computers[0].SessionCount);
        Assert.Empty(Shell.Run("Get-MpHost").Output);

        // It is let go like any other, and reached again when it is needed.
        Shell.Run("Disconnect-MpHost");
        Until(() => _standIn.Computers[0].OpenSessionCount == 0);
        Assert.Equal("HV-LOCAL", Only<MpInstance>(Shell.Run("Get-MpInstance")).HostName);
        Assert.Equal(2, _standIn.Computers[0].SessionCount);

        // A script that simulates never falls through to real machines, whatever becomes of its connection.
        host.ClearCalls();
        Shell.Run("Connect-MpHost -Simulated; Disconnect-MpHost");
        HasId("HostNotConnected", "StopMpInstance", TheError(Shell.Run("Stop-MpInstance *")));
        Assert.Empty(host.Calls);
    }

    [Fact]
    public void This_computer_that_does_not_answer_is_one_error()
    {
        var (_, host) = Add("HV-LOCAL", isLocal: true);
        HostConnections.AnyoneHasConnected = false;
        host.Interference = _ => CallInterference.Lost;
        HasId("HostUnreachable", "GetMpInstance", TheError(Shell.Run("Get-MpInstance")));
        host.Interference = _ => CallInterference.Denied;
        HasId("PermissionDenied", "StartMpInstance", TheError(Shell.Run("Start-MpInstance a")));
    }

    [Fact]
    public void The_same_host_again_replaces_the_connection_and_ends_the_old_one()
    {
        var (name, _) = Add("HV-ONE");
        Shell.Run("Connect-MpHost $name; Connect-MpHost $name", ("name", name));
        Assert.Single(Shell.Run("Get-MpHost").Output);
        Until(() => (_standIn.Computers[0].SessionCount, _standIn.Computers[0].OpenSessionCount) == (2, 1));
    }

    [Fact]
    public void WhatIf_changes_nothing()
    {
        var (name, host) = Add("HV-ONE");
        Shell.Run("Connect-MpHost $name; Start-MpInstance a -WhatIf", ("name", name));
        Assert.DoesNotContain(host.Calls, call => call.ChangesState);
    }

    [Theory]
    [InlineData("-ComputerName hv01 -AllowUnencrypted", "ParametersConflict")]
    [InlineData("-ComputerName hv01 -Authentication Basic -UseSsl", "ParametersConflict")]
    [InlineData("-ComputerName hv01 -Authentication Basic -Credential $credential", "ParametersConflict")]
    [InlineData("-ComputerName hv01 -SkipCertificateCheck", "ParametersConflict")]
    [InlineData("-ComputerName http://hv01/wsman", "ConnectionInvalid")]
    [InlineData("-ComputerName hv01:5985", "ConnectionInvalid")]
    [InlineData("-ComputerName 'hv 01'", "ConnectionInvalid")]
    [InlineData("-ComputerName hv01,'a;b'", "ConnectionInvalid")]
    public void What_cannot_be_connected_to_is_one_error_and_nothing_else_happens(string arguments, string cause)
    {
        var secret = new System.Security.SecureString();
        secret.AppendChar('x');
        var tried = Shell.Run("Connect-MpHost " + arguments, ("credential", new System.Management.Automation.PSCredential("ann", secret)));
        HasId(cause, "ConnectMpHost", TheError(tried));
        Assert.DoesNotContain("'x'", TheError(tried).Exception.Message);
        Assert.Empty(Shell.Run("Get-MpHost").Output);
    }

    [Fact]
    public void A_transport_that_cannot_be_had_is_one_error_that_names_the_others()
    {
        TransportFinder.Folder = Path.Combine(Path.GetTempPath(), "nowhere");
        Platform.IsWindows = false;
        foreach (var (arguments, text) in new[]
        {
            ("hv01", "Multipass.HyperV.Wsman.dll"), ("hv01 -Transport Wsman", "Multipass.HyperV.Wsman.dll"), ("hv01 -Transport Mmi", "not Windows"), ("-Transport Mmi", "not Windows"), ("-CimSession 1", "not Windows"),
        })
        {
            var error = TheError(Shell.Run("Connect-MpHost " + arguments));
            HasId("TransportNotAvailable", "ConnectMpHost", error);
            Assert.Contains(text, error.Exception.Message);
            Assert.All(new[] { "-Transport Mmi", "-Transport Wsman", "-Simulated" }, way => Assert.Contains(way, error.ErrorDetails.RecommendedAction));
        }
    }

    private (string Name, SimulatedHost Host) Add(string hostName, bool isLocal = false)
    {
        var host = new SimulatedHost(
            Scenario.Parse($$"""{ "host": { "name": "{{hostName}}", "jobMilliseconds": 20 }, "instances": [ { "name": "a", "memoryMB": 512 } ] }"""), SystemClock.Instance);
        var name = _standIn.Add(host, out var computer);
        if (isLocal)
        {
            SimulatedNetwork.BeLocal(computer);
        }

        return (name, host);
    }
}
