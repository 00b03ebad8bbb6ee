using System.Linq;
using Multipass.HyperV.Tests.Hosting;
using Xunit;

namespace Multipass.HyperV.Tests.Commands;

public sealed class GetMpInstanceDetailedTests(HostedPowerShell shell) : CommandTestBase(shell)
{
    [Fact]
    public void The_last_failure_is_told_on_request_only()
    {
        Connect(Story);
        Assert.Null(Only<MpInstance>(Shell.Run("Get-MpInstance foo -Detailed")).LastFailure);
        Shell.Run("Start-MpInstance foo -ErrorAction SilentlyContinue");
        Assert.Null(Only<MpInstance>(Shell.Run("Get-MpInstance foo")).LastFailure);
        var failure = Only<MpInstance>(Shell.Run("Get-MpInstance foo -Detailed")).LastFailure!;
        Assert.Equal("OutOfMemory", failure.Cause);
        Assert.Contains(unchecked((int)0x8007000E), failure.HResults);
        Assert.NotEmpty(failure.HostMessage);
        Assert.Equal(new[] { "bar", "baz", "foo" }, Shell.Run("Get-MpInstance -Detailed").Output.Select(item => item.BaseObject.ToString()));
        Assert.Equal("OutOfMemory", Only<MpInstance>(Shell.Run("Get-MpInstance -Detailed -StateOnly -State Stopped")).LastFailure!.Cause);
    }

    [Fact]
    public void The_list_shows_what_went_wrong_and_what_to_do()
    {
        Connect(Story);
        var list = Shell.Show("Start-MpInstance foo -ErrorAction SilentlyContinue; Get-MpInstance foo -Detailed");
        Assert.DoesNotContain("LastFailure", list);
        Assert.Contains("OutOfMemory at ", Shell.Show("Get-MpInstance foo -Detailed | Format-List"));
    }

    [Fact]
    public void It_costs_two_calls_more_to_each_host()
    {
        Connect(Story);
        var plain = Calls("Get-MpInstance");
        Assert.Equal(plain + 2, Calls("Get-MpInstance -Detailed"));
    }

    private int Calls(string script)
    {
        var before = Shell.Run("Get-MpSimulatedCall").Output.Count;
        Shell.Run(script);
        return Shell.Run("Get-MpSimulatedCall").Output.Count - before;
    }
}
