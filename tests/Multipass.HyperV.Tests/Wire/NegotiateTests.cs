using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using System;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Server.Http.Ntlm;
using Multipass.HyperV.Server.Http;
using Multipass.HyperV.Server;
using Multipass.HyperV.Simulation;
using Multipass.HyperV.Torture.Wire;
using Multipass.HyperV.Wsman.Protocol;
using Multipass.HyperV.Wsman;
using Xunit;

namespace Multipass.HyperV.Tests.Wire;

/// <summary>NTLM on both sides: .NET's own in the client, the server's in the server; they share no code.</summary>
public sealed class NegotiateTests
{
    private static readonly CimQuery Machines = new("root/virtualization/v2", "Msvm_ComputerSystem", new[] { "ElementName" });

    [Theory]
    [InlineData("", "31d6cfe0d16ae931b73c59d7e0c089c0")]
    [InlineData("abc", "a448017aaf21d8525fc10ae87aa6729d")]
    [InlineData("message digest", "d9130a8164549fe818874806e1c7014b")]
    [InlineData("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "043f8582f241db351ce627e153e7f0e4")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345678901234567890", "e33b4ddc9c38f2199c3e7b164fcc0536")]
    public void MD4_is_that_of_RFC_1320(string text, string hash) => Assert.Equal(hash, Convert.ToHexStringLower(Md4.Hash(Encoding.ASCII.GetBytes(text))));

    [Theory]
    [InlineData("Key", "Plaintext", "BBF316E8D940AF0AD3")]
    [InlineData("Wiki", "pedia", "1021BF0420")]
    public void RC4_is_the_known_one(string key, string plain, string encrypted)
        => Assert.Equal(encrypted, Convert.ToHexString(new Rc4(Encoding.ASCII.GetBytes(key)).Transform(Encoding.ASCII.GetBytes(plain))));

    [Theory]
    [InlineData(CimAuthentication.Negotiate)]
    [InlineData(CimAuthentication.Default)]
    public async Task Over_HTTP_names_are_proved_and_messages_encrypted(CimAuthentication authentication)
    {
        var lines = new List<string>();
        await using var served = await ServedHost.StartAsync(new SimulatedHost(Scenario.Parse("""{ "instances": [ { "name": "foo" } ] }"""), new VirtualClock()), log: lines.Add);
        using var connection = await ConnectAsync(served.Endpoint with { Authentication = authentication, AllowUnencrypted = false });

        for (var turn = 0; turn < 3; turn++)
        {
            Assert.Equal(2, (await connection.QueryAsync(Machines, TestContext.Current.CancellationToken)).Count);
        }

        var fault = await Assert.ThrowsAsync<CimFaultException>(() => connection.GetAsync(new CimPath("root/cimv2", "Win32_NoSuchThing"), TestContext.Current.CancellationToken));
        Assert.Equal(CimStatus.InvalidClass, fault.Fault.Status);
        Assert.Equal(1, lines.Count(line => line.Contains("challenged", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Calls_at_once_have_a_connection_each()
    {
        await using var served = await ServedHost.StartAsync("""{ "instances": [ { "name": "foo" } ] }""");
        using var connection = await ConnectAsync(served.Endpoint with { Authentication = CimAuthentication.Negotiate });

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => connection.QueryAsync(Machines, TestContext.Current.CancellationToken)));

        Assert.All(answers, rows => Assert.Equal(2, rows.Count));
    }

    [Fact]
    public async Task Over_HTTPS_too()
    {
        using var certificate = Certificates.Create();
        await using var server = await WsmanServer.StartAsync(
            new SimulatedHost(Scenario.Parse("{}"), new VirtualClock()),
            new ServerOptions { Urls = new[] { new Uri("https://127.0.0.1:0") }, UserName = ServedHost.UserName, Password = ServedHost.Password, Certificate = certificate },
            cancellationToken: TestContext.Current.CancellationToken);

        using var connection = await ConnectAsync(ServedHost.EndpointOf(server.Urls[0]) with { Authentication = CimAuthentication.Negotiate, SkipCertificateCheck = true });

        Assert.Single(await connection.QueryAsync(Machines, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Kerberos_over_HTTP_is_refused_with_advice()
    {
        await using var served = await ServedHost.StartAsync("{}");

        var exception = await Assert.ThrowsAsync<CimFaultException>(() => ConnectAsync(served.Endpoint with { Authentication = CimAuthentication.Kerberos }));

        Assert.Contains("-UseSsl", exception.Message);
    }

    [Fact]
    public void Encrypted_messages_are_read_as_clients_write_them()
    {
        var wrapped = Encoding.ASCII.GetBytes("0123456789abcdef--Encrypted Boundary\r\n in the middle");
        var message = Encoding.Latin1.GetString(EncryptedContent.Write(20, 16, wrapped, isIndented: false));

        foreach (var variant in new[] { message, Encoding.Latin1.GetString(EncryptedContent.Write(20, 16, wrapped, isIndented: true)), message.Replace("\r\nOriginal", "\r\n\tOriginal", StringComparison.Ordinal) })
        {
            var (read, signature) = EncryptedContent.Read(Encoding.Latin1.GetBytes(variant));
            Assert.Equal((16, Encoding.ASCII.GetString(wrapped)), (signature, Encoding.ASCII.GetString(read.Span)));
        }

        Assert.Throws<WsmanFormatException>(() => EncryptedContent.Read(Encoding.ASCII.GetBytes("nothing of the kind")));
        Assert.Throws<WsmanFormatException>(() => EncryptedContent.Read(Array.Empty<byte>()));
    }

    [Fact]
    public void Tokens_that_are_none_prove_nothing()
    {
        var random = new Random(20260101);
        var good = new NtlmSession("U", "P", "HV").Challenge(Encoding.ASCII.GetBytes("NTLMSSP\0\u0001\0\0\0"));
        for (var turn = 0; turn < 2_000; turn++)
        {
            var token = WireMutations.Of(good, random);
            var proof = new ConnectionProof(() => new NtlmSession("U", "P", "HV"));
            proof.Step(Encoding.ASCII.GetBytes("NTLMSSP\0\u0001\0\0\0"), out _);
            if (token.Length > 8)
            {
                token[8] = 3;
            }

            Assert.False(proof.Step(token, out _));
            Assert.Null(proof.Session);
        }
    }

    private static Task<ICimConnection> ConnectAsync(CimEndpoint endpoint) => new WsmanTransport().ConnectAsync(endpoint, TestContext.Current.CancellationToken);
}
