using System.Linq;
using System.Management.Automation;
using System.Security;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Tests.Commands;
using Multipass.HyperV.Tests.Hosting;
using Multipass.HyperV.Torture.Wire;
using Xunit;

namespace Multipass.HyperV.Tests.Wire;

/// <summary>The cmdlets on computers that are reached over WS-Management, as on any system in PowerShell 7.</summary>
public sealed class ConnectOverTheWireTests(HostedPowerShell shell) : CommandTestBase(shell)
{
    private const string Connecting = "Connect-MpHost -ComputerName 127.0.0.1 -Port $port -Transport Wsman -Authentication Basic -AllowUnencrypted -Credential $credential -PassThru";

    [Fact]
    public async Task A_computer_is_connected_to_listed_and_an_instance_started()
    {
        await using var served = await ServedHost.StartAsync("""{ "host": { "name": "HV-WIRE", "jobMilliseconds": 20 }, "instances": [ { "name": "a" } ] }""");
        var connected = Shell.Run(Connecting, ("port", served.Address.Port), ("credential", Credential(ServedHost.Password)));
        var warning = Assert.Single(connected.Warnings);
        Assert.Contains("unencrypted", warning);
        Assert.DoesNotContain(ServedHost.Password, warning);
        var host = Only<MpHost>(connected);
        Assert.Equal(("HV-WIRE", "127.0.0.1", CimTransport.Wsman), (host.Name, host.ComputerName, host.Transport));
        Assert.Equal(MpInstanceState.Running, Only<MpInstance>(Shell.Run("Start-MpInstance a -PassThru")).State);
        Assert.Single(served.Host.Calls, call => call.ChangesState);
    }

    [Fact]
    public async Task A_wrong_password_is_one_error_without_it()
    {
        await using var served = await ServedHost.StartAsync("""{ "instances": [ { "name": "a" } ] }""");
        var result = Shell.Run(Connecting, ("port", served.Address.Port), ("credential", Credential("wrong-secret")));
        var error = TheError(result);
        Assert.Equal("AuthenticationFailed", error.FullyQualifiedErrorId.Split(',')[0]);
        Assert.DoesNotContain("wrong-secret", error.ToString() + error.ErrorDetails.Message + error.Exception);
        Assert.Empty(Shell.Run("Get-MpHost").Output);
    }

    [Fact]
    public async Task Nobody_listening_is_one_error_that_says_so()
    {
        int port;
        await using (var served = await ServedHost.StartAsync("""{ "instances": [] }"""))
        {
            port = served.Address.Port;
        }

        HasId("HostUnreachable", "ConnectMpHost", TheError(Shell.Run(Connecting, ("port", port), ("credential", Credential(ServedHost.Password)))));
    }

    private static PSCredential Credential(string password)
    {
        var secret = new SecureString();
        password.ToList().ForEach(secret.AppendChar);
        return new PSCredential(ServedHost.UserName, secret);
    }
}
