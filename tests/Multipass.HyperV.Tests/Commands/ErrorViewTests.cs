using Multipass.HyperV.Tests.Hosting;
using Xunit;

namespace Multipass.HyperV.Tests.Commands;

/// <summary>What a reader sees of an error, whatever view is set.</summary>
public sealed class ErrorViewTests(HostedPowerShell shell) : CommandTestBase(shell)
{
    [Theory]
    [InlineData("ConciseView")]
    [InlineData("NormalView")]
    [InlineData("CategoryView")]
    [InlineData("DetailedView")]
    public void The_recommendation_is_shown_in_every_view(string view)
    {
        Connect(Story);
        foreach (var script in new[] { "Start-MpInstance foo", "function Start-It { Start-MpInstance foo }\nStart-It" })
        {
            var shown = string.Join(' ', Shell.Show($"$global:ErrorView = '{view}'\n{script}").Split(['\n', ' ', '|'], System.StringSplitOptions.RemoveEmptyEntries));
            Assert.Contains("`multipass set local.foo.memory=5G`", shown);
        }
    }
}
