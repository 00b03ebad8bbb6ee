using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Server;
using Multipass.HyperV.Server.Http;
using Multipass.HyperV.Simulation;
using Multipass.HyperV.Torture.Wire;
using Multipass.HyperV.Wsman;
using Xunit;
using static Multipass.HyperV.Torture.Wire.ForeignClient;

namespace Multipass.HyperV.Tests.Wire;

/// <summary>Many instances, many clients, and HTTPS.</summary>
public sealed class WireScaleTests
{
    private static readonly string Thousand = "{ \"instances\": [" + string.Join(",", Enumerable.Range(0, 1000).Select(index => $"{{ \"name\": \"vm{index:000}\" }}")) + "] }";

    [Theory]
    [InlineData(1, 8_192, "")]
    [InlineData(7, 8_192, "EnumerateObjectAndEPR")]
    [InlineData(1_000, 8_192, "EnumerateEPR")]
    [InlineData(32_000, 102_400, "")]
    [InlineData(999, 4_000_000, "")]
    public async Task A_thousand_instances_arrive_whole_and_once_each(int maxElements, int maxEnvelopeSize, string mode)
    {
        await using var served = await ServedHost.StartAsync(new SimulatedHost(Scenario.Parse(Thousand), new VirtualClock()));
        using var client = new ForeignClient(served.Address);
        var header = $"<man:MaxEnvelopeSize env:mustUnderstand=\"true\">{maxEnvelopeSize}</man:MaxEnvelopeSize>";
        var options = $"<man:OptimizeEnumeration/><man:MaxElements>{maxElements}</man:MaxElements>" + (mode.Length == 0 ? string.Empty : $"<man:EnumerationMode>{mode}</man:EnumerationMode>");
        var names = new List<string>();

        var page = await client.AskAsync(Enumerate, Virtualization + "Msvm_ComputerSystem", $"<enu:Enumerate>{options}</enu:Enumerate>", header);
        while (true)
        {
            Assert.Equal(200, page.Status);
            Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(page.Text), 1, Math.Min(maxEnvelopeSize, 512_000));
            Assert.InRange(page.Items.Count, 1, maxElements);
            names.AddRange(page.Items.Select(item => mode == "EnumerateEPR"
                ? item.Descendants(W + "Selector").First(selector => selector.Attribute("Name")!.Value == "Name").Value
                : item.Descendants().First(element => element.Name.LocalName == "Name").Value));
            if (page.HasEnded)
            {
                break;
            }

            page = await client.AskAsync(
                Pull, Virtualization + "Msvm_ComputerSystem", $"<enu:Pull><enu:EnumerationContext>{page.Context}</enu:EnumerationContext><enu:MaxElements>{maxElements}</enu:MaxElements></enu:Pull>", header);
        }

        Assert.Equal(1001, names.Count);
        Assert.Equal(1001, names.Distinct().Count());
        Assert.Equal(0, served.Server.OpenEnumerations);
    }

    [Fact]
    public async Task Sixty_four_clients_at_once_are_served_each_its_own_answer()
    {
        await using var served = await ServedHost.StartAsync(Thousand);
        await Parallel.ForEachAsync(Enumerable.Range(0, 64), new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = TestContext.Current.CancellationToken }, async (index, cancellationToken) =>
        {
            using var connection = await served.ConnectAsync();
            for (var turn = 0; turn < 4; turn++)
            {
                var name = $"vm{(index * 13) + turn:000}";
                var rows = await connection.QueryAsync(
                    new CimQuery("root/virtualization/v2", "Msvm_ComputerSystem", new[] { "ElementName", "Name" }, CimCondition.Equal("ElementName", name)), cancellationToken);
                Assert.Equal(name, Assert.Single(rows).Text("ElementName"));
            }
        });
    }

    [Fact]
    public async Task A_request_waits_for_no_acknowledgement()
    {
        await using var served = await ServedHost.StartAsync("{}");
        using var connection = await served.ConnectAsync();
        var query = new CimQuery("root/cimv2", "Win32_ComputerSystem", new[] { "Name" });
        var fastest = TimeSpan.MaxValue;
        for (var turn = 0; turn < 30; turn++)
        {
            var start = Stopwatch.GetTimestamp();
            await connection.QueryAsync(query, TestContext.Current.CancellationToken);
            fastest = new[] { fastest, Stopwatch.GetElapsedTime(start) }.Min();
        }

        // Where a small packet waits for the acknowledgement of another, each exchange takes 40 ms at least.
        Assert.True(fastest < TimeSpan.FromMilliseconds(30), $"{fastest}");
    }

    [Fact]
    public async Task Over_HTTPS_the_certificate_counts_unless_told_otherwise()
    {
        using var certificate = Certificates.Create();
        await using var server = await StartSecureAsync(certificate);
        var endpoint = ServedHost.EndpointOf(server.Urls[0]) with { AllowUnencrypted = false };

        var exception = await Assert.ThrowsAsync<CimFaultException>(() => new WsmanTransport().ConnectAsync(endpoint, TestContext.Current.CancellationToken));
        Assert.Equal(unchecked((int)0x800B0109), exception.Fault.HResult);
        Assert.Equal("CertificateNotTrusted", FailureCatalogue.Judge(FailureEvidence.OfFault(exception.Fault), HostFacts.None).Name);
        Assert.Contains("is not trusted", exception.Message);
        Assert.False(exception.Fault.IsConnectionLost);
        using var connection = await new WsmanTransport().ConnectAsync(endpoint with { SkipCertificateCheck = true }, TestContext.Current.CancellationToken);
        Assert.Equal("HV-SIM", connection.Host.Name);
    }

    [Fact]
    public async Task HTTPS_to_a_port_without_is_no_matter_of_certificates()
    {
        await using var host = await ServedHost.StartAsync("{}");
        var exception = await Assert.ThrowsAsync<CimFaultException>(
            () => new WsmanTransport().ConnectAsync(ServedHost.EndpointOf(host.Address) with { UseSsl = true }, TestContext.Current.CancellationToken));
        Assert.Equal(WbemError.RpcServerUnavailable, exception.Fault.HResult);
        Assert.Contains("no secure connection", exception.Message);
    }

    [Fact]
    public async Task Plain_HTTP_to_an_HTTPS_port_is_told()
    {
        using var certificate = Certificates.Create();
        await using var server = await StartSecureAsync(certificate);

        var exception = await Assert.ThrowsAsync<CimFaultException>(
            () => new WsmanTransport().ConnectAsync(ServedHost.EndpointOf(server.Urls[0]) with { UseSsl = false }, TestContext.Current.CancellationToken));

        Assert.NotEmpty(exception.Message);
    }

    private static Task<WsmanServer> StartSecureAsync(X509Certificate2 certificate)
        => WsmanServer.StartAsync(
            new SimulatedHost(Scenario.Parse("{}"), new VirtualClock()),
            new ServerOptions { Urls = new[] { new Uri("https://127.0.0.1:0") }, UserName = ServedHost.UserName, Password = ServedHost.Password, Certificate = certificate });
}
