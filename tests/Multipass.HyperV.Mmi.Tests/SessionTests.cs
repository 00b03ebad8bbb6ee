using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Management.Infrastructure;
using Microsoft.Management.Infrastructure.Options;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Contracts;
using Multipass.HyperV.Failures;
using Multipass.HyperV.MmiStandIn;
using Multipass.HyperV.Simulation;
using Multipass.HyperV.Simulation.Faults;
using Multipass.HyperV.Transports.Mmi;
using Xunit;

namespace Multipass.HyperV.Mmi.Tests;

/// <summary>How sessions are made, kept, replaced and ended.</summary>
[Collection("this computer")]
public sealed class SessionTests : IAsyncLifetime
{
    private static readonly CimQuery Systems = new(CimNames.Virtualization, CimNames.ComputerSystem, new[] { "Name" });

    private readonly StandIn _standIn = new();
    private readonly SimulatedHost _host = new(Scenario.Parse("""{ "host": { "name": "HV-MI" }, "instances": [ { "name": "foo" } ] }"""), new ContractLoop().HostClock);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _standIn.AuditAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void The_assembly_is_what_Windows_has_by_name()
    {
        Assert.Equal("Microsoft.Management.Infrastructure, Version=1.0.0.0, Culture=neutral, PublicKeyToken=31bf3856ad364e35", typeof(CimSession).Assembly.FullName);
        Assert.Contains(typeof(MmiTransport).Assembly.GetReferencedAssemblies(), reference => reference.FullName == typeof(CimSession).Assembly.FullName);
    }

    [Fact]
    public async Task One_session_serves_all_calls()
    {
        using var connection = await RemoteAsync(out var computer);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => connection.QueryAsync(Systems, CancellationToken.None)));
        Assert.Equal(1, computer.SessionCount);
        Assert.Equal(("HV-MI", CimTransport.Mmi, false), (connection.Host.Name, connection.Host.Transport, connection.Host.IsLocal));
    }

    [Fact]
    public async Task A_lost_session_is_replaced_once_and_a_reading_repeated()
    {
        using var connection = await RemoteAsync(out var computer);
        _host.Interference = number => number == 1 ? CallInterference.Lost : null;
        Assert.Equal(2, (await connection.QueryAsync(Systems, CancellationToken.None)).Count);
        Assert.Equal(2, computer.SessionCount);
        _host.Interference = _ => CallInterference.Lost;
        _host.ClearCalls();
        await Assert.ThrowsAsync<CimFaultException>(() => connection.QueryAsync(Systems, CancellationToken.None));
        Assert.Equal(2, _host.Calls.Count);
        _host.Interference = null;
        Assert.Equal(2, (await connection.QueryAsync(Systems, CancellationToken.None)).Count);
    }

    [Fact]
    public async Task A_reading_that_timed_out_is_not_repeated()
    {
        using var connection = await RemoteAsync(out _);
        _host.Interference = _ => new CallInterference { Fault = new CimFault(CimStatus.Failed, WbemError.TimedOut, "Timed out.") };
        _host.ClearCalls();
        Assert.True((await Assert.ThrowsAsync<CimFaultException>(() => connection.QueryAsync(Systems, CancellationToken.None))).Fault.IsConnectionLost);
        Assert.Single(_host.Calls);
    }

    [Fact]
    public async Task Calls_under_way_on_a_lost_session_end_by_themselves()
    {
        using var connection = await RemoteAsync(out var computer);
        using var stop = new CancellationTokenSource();
        _host.Interference = number => number == 1 ? new CallInterference { Delay = TimeSpan.FromDays(1) } : number == 2 ? CallInterference.Lost : null;
        var late = connection.QueryAsync(Systems, stop.Token);
        while (_host.Calls.Count < 2)
        {
            await Task.Delay(1, CancellationToken.None);
        }

        await connection.QueryAsync(Systems, CancellationToken.None);
        Assert.False(late.IsCompleted);
        Assert.Equal(2, computer.OpenSessionCount);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => late);
    }

    [Fact]
    public async Task What_is_under_way_when_a_connection_ends_says_so()
    {
        var connection = await RemoteAsync(out _);
        _host.Interference = _ => new CallInterference { Delay = TimeSpan.FromDays(1) };
        var late = connection.QueryAsync(Systems, CancellationToken.None);
        connection.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => late);
    }

    [Fact]
    public async Task A_computer_that_is_not_there_is_one_fault()
    {
        var exception = await Assert.ThrowsAsync<CimFaultException>(() => new MmiTransport().ConnectAsync(new CimEndpoint("nowhere"), CancellationToken.None));
        Assert.True(exception.Fault.IsConnectionLost);
        Assert.Equal("HostUnreachable", FailureCatalogue.Judge(FailureEvidence.OfFault(exception.Fault), HostFacts.None).Name);
    }

    [Fact]
    public async Task A_session_that_its_owner_has_closed_is_a_lost_connection()
    {
        using var options = new WSManSessionOptions();
        var given = CimSession.Create(_standIn.Add(_host, out _), options);
        var connection = await _standIn.ConnectAsync((object)given);
        given.Dispose();
        Assert.True((await Assert.ThrowsAsync<CimFaultException>(() => connection.QueryAsync(Systems, CancellationToken.None))).Fault.IsConnectionLost);
    }

    [Fact]
    public async Task This_computer_is_reached_over_COM_by_any_of_its_names()
    {
        _standIn.Add(_host, out var computer);
        SimulatedNetwork.BeLocal(computer);
        foreach (var name in new[] { null, "localhost", ".", Environment.MachineName.ToUpperInvariant() })
        {
            using var connection = await _standIn.ConnectAsync(new CimEndpoint(name));
            Assert.True(connection.Host.IsLocal);
        }

        Assert.All(computer.SessionOptions, text => Assert.Equal("DComSessionOptions", text));
    }

    [Fact]
    public async Task What_is_asked_for_is_what_a_session_is_made_with()
    {
        var credential = new NetworkCredential("ann", "secret", "CONTOSO");
        var rows = new (Func<string, CimEndpoint> Endpoint, string Options)[]
        {
            (name => new CimEndpoint(name), "WSMan port=0 ssl=False ca=True cn=True revocation=True encryption=True timeout=True as=[]"),
            (name => new CimEndpoint(name) { Port = 5999, UseSsl = true }, "WSMan port=5999 ssl=True ca=True cn=True revocation=True encryption=True timeout=True as=[]"),
            (name => new CimEndpoint(name) { UseSsl = true, SkipCertificateCheck = true }, "WSMan port=0 ssl=True ca=False cn=False revocation=False encryption=True timeout=True as=[]"),
            (name => new CimEndpoint(name) { Credential = credential }, "WSMan port=0 ssl=False ca=True cn=True revocation=True encryption=True timeout=True as=[Default CONTOSO\\ann (6)]"),
            (name => new CimEndpoint(name) { Credential = credential, Authentication = CimAuthentication.Negotiate }, "WSMan port=0 ssl=False ca=True cn=True revocation=True encryption=True timeout=True as=[Negotiate CONTOSO\\ann (6)]"),
            (name => new CimEndpoint(name) { Credential = credential, Authentication = CimAuthentication.Basic, UseSsl = true }, "WSMan port=0 ssl=True ca=True cn=True revocation=True encryption=True timeout=True as=[Basic CONTOSO\\ann (6)]"),
            (name => new CimEndpoint(name) { Authentication = CimAuthentication.Kerberos }, "WSMan port=0 ssl=False ca=True cn=True revocation=True encryption=True timeout=True as=[own Kerberos]"),
        };
        foreach (var (endpoint, options) in rows)
        {
            using var connection = await _standIn.ConnectAsync(endpoint(_standIn.Add(_host, out var computer)));
            Assert.Equal(options, Assert.Single(computer.SessionOptions));
        }
    }

    [Fact]
    public async Task A_static_method_is_invoked_of_its_class()
    {
        using var connection = await RemoteAsync(out _);
        var path = new CimPath(CimNames.Virtualization, CimNames.ComputerSystem);
        var parameters = new Dictionary<string, object?> { ["RequestedState"] = EnabledState.Enabled };

        // The simulated host has none: it misses the keys.
        var exception = await Assert.ThrowsAsync<CimFaultException>(() => connection.InvokeAsync(path, CimNames.RequestStateChange, parameters, CancellationToken.None));
        Assert.Equal(CimStatus.InvalidParameter, exception.Fault.Status);
    }

    private Task<ICimConnection> RemoteAsync(out SimulatedComputer computer) => _standIn.ConnectAsync(new CimEndpoint(_standIn.Add(_host, out computer)));
}
