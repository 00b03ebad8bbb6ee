using System;
using System.Linq;
using System.Threading.Tasks;
using Multipass.HyperV.Tests.Hosting;
using Xunit;

namespace Multipass.HyperV.Tests.Commands;

/// <summary>Restart, suspend, resume and wait, as people type them.</summary>
public sealed class LifecycleCommandTests(HostedPowerShell shell) : CommandTestBase(shell)
{
    private const string Two = """
        { "host": { "name": "HV-DEMO", "jobMilliseconds": 40 },
          "instances": [
            { "name": "up", "state": "Running", "guest": { "shutdownMilliseconds": 40, "bootMilliseconds": 100, "ipv4": "172.20.48.6" } },
            { "name": "down", "guest": { "bootMilliseconds": 200, "ipv4": "172.20.48.7" } } ] }
        """;

    [Fact]
    public void The_story_of_a_day_is_told_with_every_verb()
    {
        Connect(Two);
        foreach (var (script, state) in new[]
        {
            ("Suspend-MpInstance up -PassThru", "Suspended"),
            ("Resume-MpInstance up -PassThru", "Running"),
            ("Restart-MpInstance up -PassThru", "Running"),
            ("Restart-MpInstance up -Force -PassThru", "Running"),
            ("Stop-MpInstance up -TurnOff -PassThru", "Stopped"),
            ("Start-MpInstance up -WaitFor Heartbeat,IPAddress -PassThru", "Running"),
        })
        {
            var result = Shell.Run(script);
            Assert.Empty(result.Errors);
            Assert.Equal(state, Only<MpInstance>(result).State.ToString());
        }

        Assert.Equal(6, Changes());
    }

    [Theory]
    [InlineData("Resume-MpInstance down", "InvalidState", "ResumeMpInstance", "Start-MpInstance down")]
    [InlineData("Suspend-MpInstance down", "InvalidState", "SuspendMpInstance", "Start-MpInstance down")]
    [InlineData("Restart-MpInstance down", "InvalidState", "RestartMpInstance", "Start-MpInstance down")]
    [InlineData("Restart-MpInstance nobody", "InstanceNotFound", "RestartMpInstance", "Get-MpInstance")]
    [InlineData("Wait-MpInstance down -State Running -Timeout 1", "WaitTimedOut", "WaitMpInstance", "Start-MpInstance down")]
    [InlineData("Wait-MpInstance nobody -Timeout 1", "InstanceNotFound", "WaitMpInstance", "Get-MpInstance")]
    [InlineData("Wait-MpInstance up -State Running -For Heartbeat", "ParametersConflict", "WaitMpInstance", "Get-Help")]
    [InlineData("Start-MpInstance down -NoWait -WaitFor Heartbeat", "ParametersConflict", "StartMpInstance", "Get-Help")]
    [InlineData("Add-MpSimulatedFault down Start NeverEnds; Start-MpInstance down -Timeout 1 -OnTimeout Leave", "StartTimedOut", "StartMpInstance", "Starting")]
    public void What_cannot_be_is_one_error_that_says_what_to_do(string script, string id, string command, string advice)
    {
        Connect(Two);
        var error = TheError(Shell.Run(script));
        HasId(id, command, error);
        Assert.Contains(advice, error.ErrorDetails.RecommendedAction);
    }

    [Fact]
    public void Without_waiting_it_returns_and_the_wait_can_follow()
    {
        var host = Looked("""{ "host": { "jobMilliseconds": 600 }, "instances": [ { "name": "a", "guest": { "bootMilliseconds": 100 } } ] }""");
        var started = Shell.Run("Start-MpInstance a -NoWait -PassThru -MpHost $host1", ("host1", host));
        Assert.Empty(started.Errors);
        Assert.NotEqual(MpInstanceState.Running, Only<MpInstance>(started).State);
        Assert.Empty(Shell.Run("Start-MpInstance a -NoWait -MpHost $host1", ("host1", host)).Errors);
        Assert.Single(host.Simulated!.Calls, call => call.ChangesState);
        var waited = Shell.Run("Get-MpInstance a -MpHost $host1 | Wait-MpInstance -PassThru -MpHost $host1", ("host1", host));
        Assert.Empty(waited.Errors);
        Assert.Equal(MpHeartbeat.OK, Only<MpInstance>(waited).Heartbeat);
        Assert.Single(host.Simulated!.Calls, call => call.ChangesState);
    }

    [Fact]
    public void A_wait_ends_with_the_cause_of_the_start_that_failed()
    {
        Connect(Story);
        var result = Shell.Run("Start-MpInstance foo -NoWait -ErrorAction SilentlyContinue; Wait-MpInstance foo -State Running -PassThru");
        HasId("OutOfMemory", "WaitMpInstance", result.Errors.Last());
        Assert.Equal(MpInstanceState.Stopped, Only<MpInstance>(result).State);
    }

    [Theory]
    [InlineData("Wait-MpInstance late -State Stopped -PassThru")]
    [InlineData("'late' | Wait-MpInstance -State Stopped -PassThru")]
    [InlineData("Wait-MpInstance up,late -State Stopped,Running -PassThru")]
    public void An_instance_that_is_being_launched_is_waited_for(string script)
    {
        Connect("""{ "instances": [ { "name": "up", "state": "Running" }, { "name": "late", "appearsAfterMilliseconds": 700 } ] }""");
        var result = Shell.Run(script);
        Assert.Empty(result.Errors);
        Assert.Contains(result.Output, item => ((MpInstance)item.BaseObject).Name == "late");
    }

    [Theory]
    [InlineData("Restart-MpInstance", "Restart")]
    [InlineData("Restart-MpInstance -Force", "Reset")]
    [InlineData("Suspend-MpInstance", "Suspend")]
    [InlineData("Resume-MpInstance", "Resume")]
    [InlineData("Stop-MpInstance", "Shut down")]
    public void WhatIf_and_Confirm_name_what_is_asked_of_whom_and_where(string command, string action)
    {
        Connect(Two);
        var text = Shell.Run(command + " up -WhatIf").HostText;
        Assert.Contains(action, text);
        Assert.Contains("instance 'up' on HV-DEMO", text);
        Shell.Host.Answer = choice => choice.Choices.ToList().IndexOf("No");
        var asked = Assert.Single(Shell.Run(command + " up -Confirm").Choices);
        Assert.Contains("instance 'up' on HV-DEMO", asked.Message);
        Assert.Equal(0, Changes());
    }

    [Fact]
    public void Success_shows_in_the_status_variable_and_so_does_failure()
    {
        Connect(Two);
        Assert.Equal("True False", Shell.Run("Suspend-MpInstance up; $first = $?; Suspend-MpInstance down -ErrorAction SilentlyContinue; \"$first $?\"").Output.Single().ToString());
    }

    [Fact]
    public void Every_bar_is_under_one_parent_and_ends_completed()
    {
        var host = Looked("""
            { "host": { "jobMilliseconds": 300 }, "instances": [
                { "name": "a", "state": "Running", "guest": { "bootMilliseconds": 400, "ipv4": "172.20.48.5" } }, { "name": "b", "state": "Running", "guest": { "bootMilliseconds": 400, "ipv4": "172.20.48.6" } } ] }
            """);
        foreach (var script in new[] { "Suspend-MpInstance a,b", "Resume-MpInstance a,b", "Stop-MpInstance a,b", "Start-MpInstance a,b -WaitFor IPAddress" })
        {
            var records = Shell.Run(script + " -MpHost $host1", ("host1", host)).Progress;
            var parent = Assert.Single(records.Where(record => record.ParentActivityId < 0).Select(record => record.ActivityId).Distinct());
            Assert.Equal(2, records.Where(record => record.ParentActivityId == parent).Select(record => record.ActivityId).Distinct().Count());
            Assert.All(records.GroupBy(record => record.ActivityId), activity => Assert.True(activity.Last().Completed));
        }
    }

    [Fact]
    public void Runspaces_in_parallel_share_a_connection()
    {
        Connect("{ \"host\": { \"jobMilliseconds\": 100 }, \"instances\": [" + string.Join(",", Enumerable.Range(0, 6).Select(number => $"{{ \"name\": \"i{number}\" }}")) + "] }");
        var result = Shell.Run("""
            $connection = Get-MpHost
            (Get-MpInstance).Name | ForEach-Object -ThrottleLimit 3 -Parallel { Import-Module $using:path; Start-MpInstance $_ -MpHost $using:connection -PassThru; Get-MpHost }
            """, ("path", Hosting.HostedPowerShell.ManifestPath));
        Assert.Empty(result.Errors);
        Assert.Equal(6, result.Output.Count);
        Assert.All(result.Output, item => Assert.Equal(MpInstanceState.Running, ((MpInstance)item.BaseObject).State));
    }
}
