using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Torture.Wire;
using Multipass.HyperV.Wsman;
using Multipass.HyperV.Wsman.Client;
using Xunit;

namespace Multipass.HyperV.Tests.Wire;

/// <summary>What can go wrong between client and service: each ends in one fault that says what, and a request is never sent twice.</summary>
public sealed class WireFaultTests
{
    private const string Xml = "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Header/><s:Body>";

    /// <summary>With a service that never ends its answer; with the others it is not what ends a call, however busy the machine is.</summary>
    private static readonly TimeSpan ShortPatience = TimeSpan.FromMilliseconds(400);

    private static readonly CimPath Machine = new("root/virtualization/v2", "Msvm_ComputerSystem", new KeyValuePair<string, object>("Name", "x"));

    /// <summary>What the computer does with a request, and how many times a reading may be sent.</summary>
    private static readonly Dictionary<string, Func<Socket, CancellationToken, Task>> Answers = new()
    {
        ["it resets the connection"] = (socket, _) => Do(() => RawHost.Reset(socket)),
        ["it closes the connection"] = (socket, _) => Do(() => socket.Shutdown(SocketShutdown.Both)),
        ["it closes its half of the connection"] = (socket, _) => Do(() => socket.Shutdown(SocketShutdown.Send)),
        ["it resets the connection in the middle of the answer"] = async (socket, _) =>
        {
            await RawHost.SendAsync(socket, RawHost.Http("200 OK", Xml, length: 5000));
            await Task.Delay(50, CancellationToken.None);
            RawHost.Reset(socket);
        },
        ["it ends the answer too early"] = async (socket, _) =>
        {
            await RawHost.SendAsync(socket, RawHost.Http("200 OK", Xml, length: 5000));
            socket.Shutdown(SocketShutdown.Both);
        },
        ["it answers half an envelope"] = (socket, _) => RawHost.SendAsync(socket, RawHost.Http("200 OK", Xml)),
        ["it answers an empty body"] = (socket, _) => RawHost.SendAsync(socket, RawHost.Http("200 OK", Xml + "</s:Body></s:Envelope>")),
        ["it answers another message"] = (socket, _) => RawHost.SendAsync(socket, RawHost.Http("200 OK", Xml + "<x/></s:Body></s:Envelope>")),
        ["it answers nothing"] = (socket, _) => RawHost.SendAsync(socket, RawHost.Http("200 OK", string.Empty)),
        ["it answers HTML"] = (socket, _) => RawHost.SendAsync(socket, RawHost.Http("200 OK", "<html><body>Welcome</body></html>", "text/html")),
        ["it answers JSON"] = (socket, _) => RawHost.SendAsync(socket, RawHost.Http("200 OK", "{}", "application/json")),
        ["it answers XML that fetches something"] = (socket, _) => RawHost.SendAsync(socket, RawHost.Http("200 OK", "<!DOCTYPE x SYSTEM \"http://127.0.0.1:1/\"><x/>")),
        ["it answers 401"] = (socket, _) => RawHost.SendAsync(socket, RawHost.Http("401 Unauthorized", string.Empty)),
        ["it answers 401 with a page"] = (socket, _) => RawHost.SendAsync(socket, RawHost.Http("401 Unauthorized", "<html/>", "text/html")),
        ["it answers 403"] = (socket, _) => RawHost.SendAsync(socket, RawHost.Http("403 Forbidden", "no", "text/plain")),
        ["it answers 500 without a fault"] = (socket, _) => RawHost.SendAsync(socket, RawHost.Http("500 Internal Server Error", string.Empty)),
        ["it answers 500 with a page"] = (socket, _) => RawHost.SendAsync(socket, RawHost.Http("500 Internal Server Error", "<html/>", "text/html")),
        ["it sends the client elsewhere"] = (socket, _) => RawHost.SendAsync(socket, "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"),
        ["it answers no HTTP"] = (socket, _) => RawHost.SendAsync(socket, "SSH-2.0-OpenSSH_9.6\r\n\r\n"),
        ["it is silent"] = (_, end) => Task.Delay(Timeout.Infinite, end),
        ["it answers a drop at a time"] = async (socket, end) =>
        {
            await RawHost.SendAsync(socket, RawHost.Http("200 OK", string.Empty, length: 100_000));
            while (true)
            {
                await RawHost.SendAsync(socket, " ");
                await Task.Delay(20, end);
            }
        },
        ["it answers without end"] = async (socket, end) =>
        {
            await RawHost.SendAsync(socket, "HTTP/1.1 200 OK\r\nContent-Type: application/soap+xml\r\n\r\n" + Xml);
            var flood = new byte[256 * 1024];
            while (!end.IsCancellationRequested)
            {
                await socket.SendAsync(flood, SocketFlags.None, end);
            }
        },
    };

    public static TheoryData<string> Behaviours => new(Answers.Keys);

    [Theory]
    [MemberData(nameof(Behaviours))]
    public async Task Whatever_a_service_does_a_call_ends_in_one_fault(string what)
    {
        await using var host = new RawHost(Answers[what]);
        using var connection = Connection(host.Address, IsSlow(what) ? ShortPatience : TimeSpan.FromMinutes(1));
        var watch = Stopwatch.StartNew();

        var query = await Assert.ThrowsAsync<CimFaultException>(
            () => connection.QueryAsync(new CimQuery("root/cimv2", "Win32_ComputerSystem", new[] { "Name" }), TestContext.Current.CancellationToken));
        Check(what, query.Fault);
        var readings = host.Requests;
        Assert.InRange(readings, 1, 2);
        var request = await Assert.ThrowsAsync<CimFaultException>(
            () => connection.InvokeAsync(Machine, "RequestStateChange", new Dictionary<string, object?> { ["RequestedState"] = (ushort)2 }, TestContext.Current.CancellationToken));
        Check(what, request.Fault);
        Assert.Equal(readings + 1, host.Requests);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(50), $"{watch.Elapsed}");
    }

    [Fact]
    public async Task Nobody_there_is_told_at_once()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();

        var exception = await Assert.ThrowsAsync<CimFaultException>(() => ConnectAsync(new CimEndpoint("127.0.0.1") { Port = port, AllowUnencrypted = true, Credential = Credential }));

        Assert.Equal(WbemError.RpcServerUnavailable, exception.Fault.HResult);
        Assert.Contains($"127.0.0.1:{port}", exception.Message);
    }

    [Fact]
    public async Task A_name_that_nobody_has_is_told()
    {
        var exception = await Assert.ThrowsAsync<CimFaultException>(() => ConnectAsync(new CimEndpoint("no-such-computer.invalid") { AllowUnencrypted = true, Credential = Credential }));

        Assert.True(exception.Fault.IsConnectionLost, exception.Fault.ToString());
        Assert.Contains("no-such-computer.invalid", exception.Message);
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("http://x")]
    [InlineData("a/b")]
    [InlineData("user@host")]
    [InlineData("")]
    public async Task What_is_no_name_of_a_computer_is_refused_and_nobody_is_asked(string name)
    {
        var exception = await Assert.ThrowsAsync<CimFaultException>(() => ConnectAsync(new CimEndpoint(name) { AllowUnencrypted = true, Credential = Credential }));

        Assert.Equal(CimStatus.InvalidParameter, exception.Fault.Status);
    }

    [Fact]
    public async Task A_password_is_not_sent_unencrypted_unless_that_is_allowed()
    {
        await using var served = await ServedHost.StartAsync("{}");
        var exception = await Assert.ThrowsAsync<CimFaultException>(() => ConnectAsync(served.Endpoint with { AllowUnencrypted = false }));

        Assert.Contains("-AllowUnencrypted", exception.Message);
        Assert.Empty(served.Host.Calls);
    }

    [Theory]
    [InlineData(CimAuthentication.Basic)]
    [InlineData(CimAuthentication.Negotiate)]
    [InlineData(CimAuthentication.Default)]
    public async Task A_password_that_is_wrong_is_told_and_not_shown(CimAuthentication authentication)
    {
        await using var served = await ServedHost.StartAsync("{}");

        var exception = await Assert.ThrowsAsync<CimFaultException>(
            () => ConnectAsync(served.Endpoint with { Authentication = authentication, Credential = new NetworkCredential("Administrator", "hunter2") }));

        Assert.Equal(CimStatus.AccessDenied, exception.Fault.Status);

        // Who somebody is, and not what he may: "ask for rights" would lead astray.
        Assert.Equal("AuthenticationFailed", global::Multipass.HyperV.Failures.FailureCatalogue.Judge(global::Multipass.HyperV.Failures.FailureEvidence.OfFault(exception.Fault), global::Multipass.HyperV.Failures.HostFacts.None).Name);
        Assert.DoesNotContain("hunter2", exception.ToString());
        Assert.DoesNotContain("hunter2", (served.Endpoint with { Credential = new NetworkCredential("Administrator", "hunter2") }).ToString());
    }

    [Theory]
    [InlineData(CimAuthentication.Default)]
    [InlineData(CimAuthentication.Negotiate)]
    [InlineData(CimAuthentication.Kerberos)]
    [InlineData(CimAuthentication.Basic)]
    public async Task Without_a_credential_it_says_what_is_missing(CimAuthentication authentication)
    {
        await using var served = await ServedHost.StartAsync("{}");

        var exception = await Assert.ThrowsAsync<CimFaultException>(() => ConnectAsync(served.Endpoint with { Authentication = authentication, Credential = null }));

        Assert.Contains("credential", exception.Message);
    }

    [Fact]
    public async Task The_connection_has_the_hosts_own_name()
    {
        await using var served = await ServedHost.StartAsync("""{ "host": { "name": "HV-REAL" } }""");
        using var connection = await served.ConnectAsync();

        Assert.Equal(new CimHost("HV-REAL", CimTransport.Wsman, IsLocal: false), connection.Host with { Account = null });
    }

    private static NetworkCredential Credential => new(ServedHost.UserName, ServedHost.Password);

    private static Task<ICimConnection> ConnectAsync(CimEndpoint endpoint) => new WsmanTransport().ConnectAsync(endpoint, TestContext.Current.CancellationToken);

    private static WsmanConnection Connection(Uri address, TimeSpan patience)
    {
        var endpoint = ServedHost.EndpointOf(address);
        return new WsmanConnection(new BasicChannel(endpoint, Credential, patience), address, new CimHost("raw", CimTransport.Wsman, false));
    }

    private static bool IsSlow(string what) => what is "it is silent" or "it answers a drop at a time";

    private static void Check(string what, CimFault fault)
    {
        Assert.NotEmpty(fault.Message);
        Assert.Contains("127.0.0.1", fault.Message);
        Assert.DoesNotContain(ServedHost.Password, fault.Message);
        Assert.Equal(what.Contains("401", StringComparison.Ordinal) ? CimStatus.AccessDenied : CimStatus.Failed, fault.Status);

        // Whether the host has done what was asked is not known then, and the engine must know that.
        Assert.Equal(!what.Contains("401", StringComparison.Ordinal), fault.IsConnectionLost);
        Assert.Equal(IsSlow(what), fault.HResult == WbemError.TimedOut);
    }

    private static Task Do(Action action)
    {
        action();
        return Task.CompletedTask;
    }
}
