using System;
using System.Linq;
using Multipass.HyperV.Simulation;
using Multipass.HyperV.Simulation.Faults;
using Multipass.HyperV.Tests.Hosting;
using Xunit;

namespace Multipass.HyperV.Tests.Commands;

/// <summary>A host that takes every call and answers none costs the others nothing, and itself one error.</summary>
public sealed class SilentHostTests(HostedPowerShell shell) : CommandTestBase(shell)
{
    [Theory]
    [InlineData("Get-MpInstance a")]
    [InlineData("Get-MpInstance")]
    [InlineData("Get-MpInstance a -Detailed")]
    [InlineData("Test-MpInstance a")]
    [InlineData("Start-MpInstance a -PassThru")]
    [InlineData("Start-MpInstance -Id $ids -PassThru")]
    [InlineData("$instances | Start-MpInstance -PassThru")]
    [InlineData("Stop-MpInstance up -TurnOff -PassThru")]
    [InlineData("Suspend-MpInstance up -PassThru")]
    [InlineData("Restart-MpInstance up -Force -PassThru")]
    [InlineData("Resume-MpInstance saved -PassThru")]
    [InlineData("Wait-MpInstance up -State Running -PassThru")]
    [InlineData("Test-MpHost")]
    [InlineData("Wait-MpInstance late -State Stopped -PassThru")]
    [InlineData("Repair-MpInstance a")]
    [InlineData("Watch-MpInstance a -IncludeCurrent")]
    public void The_others_are_worked_on_meanwhile(string script)
    {
        var (_, instances) = ConnectToFleet();
        var run = Shell.Begin(script, ("ids", instances.Select(instance => instance.Id).ToArray()), ("instances", instances));
        try
        {
            Until(() => run.OutputSoFar.Count > 0);
            Assert.Equal("one", run.OutputSoFar[0].Properties["HostName"].Value);
            Assert.False(run.IsCompleted);
        }
        finally
        {
            run.Stop();
        }
    }

    [Theory]
    [InlineData("Start-MpInstance a -AsJob")]
    [InlineData("Repair-MpInstance a -AsJob -Confirm:$false")]
    public void A_job_begins_with_the_others(string script)
    {
        var (one, _) = ConnectToFleet();
        var run = Shell.Begin(script);
        try
        {
            Until(() => one.Calls.Any(call => call.ChangesState));
            Assert.False(run.IsCompleted);
        }
        finally
        {
            run.Stop();
        }

        Assert.Equal("one", Assert.Single(Shell.Run("(Get-Job).ChildJobs").Output).Properties["Location"].Value);
    }

    [Fact]
    public void One_that_is_only_slow_is_in_the_same_job()
    {
        var (one, _) = ConnectToFleet(answersAfterMilliseconds: 200);
        var result = Shell.Run("Start-MpInstance a -PassThru -AsJob | Receive-Job -Wait");
        Assert.Empty(result.Errors);
        Assert.Single(one.Calls, call => call.ChangesState);
        Assert.Equal(["one", "two"], Shell.Run("(Get-Job).ChildJobs").Output.Select(job => (string)job.Properties["Location"].Value));
    }

    /// <summary>Two hosts with the same instances; the second does not answer any more.</summary>
    private (SimulatedHost One, MpInstance[] Instances) ConnectToFleet(int answersAfterMilliseconds = 100_000)
    {
        static string Host(string name) => $$"""
            { "host": { "name": "{{name}}", "jobMilliseconds": 20 }, "instances": [
              { "name": "a", "multipassState": "Starting" }, { "name": "up", "state": "Running" }, { "name": "saved", "state": "Suspended" }, { "name": "late", "appearsAfterMilliseconds": 1500 } ] }
            """;
        Shell.Run("Connect-MpHost -Simulated -Scenario $two,$one", ("one", FileOf(Host("one"), "one.json")), ("two", FileOf(Host("two"), "two.json")));
        var hosts = Shell.Run("Get-MpHost").Output.Select(host => ((MpHost)host.BaseObject).Simulated!).ToDictionary(host => host.Name);
        var instances = Shell.Run("Get-MpInstance a").Output.Select(instance => (MpInstance)instance.BaseObject).ToArray();
        hosts["two"].Interference = _ => new CallInterference { Delay = TimeSpan.FromMilliseconds(answersAfterMilliseconds) };
        return (hosts["one"], instances);
    }
}
