using System.Linq;
using Multipass.HyperV.Server;
using Xunit;

namespace Multipass.HyperV.Tests.Wire;

/// <summary>The server's command line.</summary>
public sealed class ServerArgumentsTests
{
    [Fact]
    public void Without_arguments_it_listens_to_this_computer_only_and_makes_a_password()
    {
        var (first, second) = (ServerArguments.Read([]), ServerArguments.Read([]));

        Assert.Equal("http://127.0.0.1:5985/", Assert.Single(first.Urls).AbsoluteUri);
        Assert.True(first is { UserName: "Administrator", IsPasswordMade: true, Password.Length: 20, IsVerbose: false, Scenario: null });
        Assert.NotEqual(first.Password, second.Password);
    }

    [Fact]
    public void Everything_can_be_said()
    {
        var read = ServerArguments.Read(
            ["--scenario", "s.json", "--urls=http://localhost:1;https://[::1]", "--user", "U", "--password", "P=1", "--certificate", "c.pfx", "--certificate-password", "W", "--verbose"]);

        Assert.Equal(["http://localhost:1/", "https://[::1]:5986/"], read.Urls.Select(url => url.AbsoluteUri));
        Assert.True(read is { Scenario: "s.json", UserName: "U", Password: "P=1", IsPasswordMade: false, Certificate: "c.pfx", CertificatePassword: "W", IsVerbose: true });
    }

    [Theory]
    [InlineData("http://*:5985", "http://0.0.0.0:5985/")]
    [InlineData("http://10.0.0.1", "http://10.0.0.1:5985/")]
    [InlineData("http://10.0.0.1:80", "http://10.0.0.1/")]
    [InlineData("https://10.0.0.1/wsman", "https://10.0.0.1:5986/wsman")]
    public void Addresses_have_the_usual_ports(string url, string expected) => Assert.Equal(expected, Assert.Single(ServerArguments.Read(["--urls", url]).Urls).AbsoluteUri);

    [Theory]
    [InlineData("--what", "'--what' is not understood")]
    [InlineData("--urls", "--urls needs a value")]
    [InlineData("--user=", "--user needs a value")]
    [InlineData("--urls ftp://x", "is not a URL to listen at")]
    [InlineData("--urls 127.0.0.1:5985", "is not a URL to listen at")]
    [InlineData("--urls http://x/y", "has a path")]
    [InlineData("--user a:b", "no colon")]
    [InlineData("--user a --user b", "is there twice")]
    public void What_is_wrong_is_named(string words, string message)
        => Assert.Contains(message, Assert.Throws<ServerException>(() => ServerArguments.Read(words.Split(' '))).Message);
}
