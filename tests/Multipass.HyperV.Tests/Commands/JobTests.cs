using System;
using System.Linq;
using System.Management.Automation;
using Multipass.HyperV.Tests.Hosting;
using Xunit;

namespace Multipass.HyperV.Tests.Commands;

/// <summary>-AsJob, with PowerShell's own commands for jobs.</summary>
public sealed class JobTests(HostedPowerShell shell) : CommandTestBase(shell)
{
    private const string Three = """
        { "host": { "jobMilliseconds": 40 }, "instances": [ { "name": "a" }, { "name": "b", "disk": "Missing" }, { "name": "c" } ] }
        """;

    [Fact]
    public void A_job_ends_with_its_instances_and_its_error_has_its_whole_id()
    {
        Connect(Three);
        var result = Shell.Run("$job = Start-MpInstance a,b,c -PassThru -AsJob; $null = $job | Wait-Job -Timeout 20; $job; Receive-Job $job");
        var job = Assert.IsType<MpJob>(result.Output[0].BaseObject);
        Assert.Equal(JobState.Failed, job.JobStateInfo.State);
        Assert.Equal([("a", JobState.Completed), ("b", JobState.Failed), ("c", JobState.Completed)], job.ChildJobs.Select(child => (child.Name, child.JobStateInfo.State)));
        Assert.All(job.ChildJobs, child => Assert.Equal("HV-SIM", child.Location));
        Assert.Equal([("a", "Running"), ("b", "Stopped"), ("c", "Running")], result.Output.Skip(1).Select(item => (MpInstance)item.BaseObject).Select(instance => (instance.Name, instance.State.ToString())).Order());
        var error = Assert.Single(result.Errors);
        HasId("DiskNotFound", "StartMpInstance", error);
        Assert.Equal(ErrorCategory.ObjectNotFound, error.CategoryInfo.Category);
        Assert.Equal("Start-MpInstance", error.CategoryInfo.Activity);
        Assert.Equal("b", Assert.IsType<MpInstance>(error.TargetObject).Name);
        Assert.IsType<MpOperationException>(error.Exception);
        Assert.NotEmpty(error.ErrorDetails.RecommendedAction);
    }

    [Fact]
    public void A_job_returns_at_once_is_listed_and_can_be_removed()
    {
        Connect("""{ "instances": [ { "name": "a", "faults": [ { "operation": "Start", "kind": "NeverEnds" } ] } ] }""");
        var job = Only<MpJob>(Shell.Run("Start-MpInstance a -AsJob"));
        Assert.Equal(JobState.Running, job.JobStateInfo.State);
        Assert.Equal("MpJob", job.PSJobTypeName);
        Assert.Contains(job.InstanceId, Shell.Run("Get-Job").Output.Select(item => ((Job)item.BaseObject).InstanceId));
        Assert.Contains("MpJob", Shell.Show("Get-Job"));
        Assert.Empty(Shell.Run("Get-Job | Remove-Job -Force").Errors);
        Assert.Empty(Shell.Run("Get-Job").Output);
    }

    [Fact]
    public void Progress_has_percentages_and_ends_completed()
    {
        var host = Looked("""{ "host": { "jobMilliseconds": 400 }, "instances": [ { "name": "a" }, { "name": "b" } ] }""");
        var result = Shell.Run("$job = Start-MpInstance a,b -AsJob -MpHost $host1; $null = Wait-Job $job; $job", ("host1", host));
        var children = Only<MpJob>(result).ChildJobs;
        foreach (var child in children)
        {
            var records = child.Progress.ReadAll();
            Assert.Contains(records, record => record.PercentComplete is > 0 and < 100);
            Assert.Equal(ProgressRecordType.Completed, records.Last().RecordType);
            Assert.Contains(child.Name, records[0].Activity);
            Assert.Equal("Running", child.StatusMessage);
        }

        Assert.Equal(2, children.Select(child => child.Progress).Distinct().Count());
    }

    [Fact]
    public void Verbose_lines_come_with_the_job()
    {
        Connect(Three);
        var result = Shell.Run("$VerbosePreference = 'Continue'; Start-MpInstance a -AsJob | Receive-Job -Wait -AutoRemoveJob");
        Assert.Contains(result.Verbose, line => line.Contains("4096", StringComparison.Ordinal));
        Assert.Empty(Shell.Run("Get-Job").Output);
    }

    [Theory]
    [InlineData("Stop-MpInstance a -TurnOff", "Stopped")]
    [InlineData("Suspend-MpInstance a", "Suspended")]
    [InlineData("Restart-MpInstance a -Force", "Running")]
    public void Every_operation_can_be_a_job(string script, string state)
    {
        Connect("""{ "host": { "jobMilliseconds": 20 }, "instances": [ { "name": "a", "state": "Running" } ] }""");
        Assert.Equal(state, Only<MpInstance>(Shell.Run(script + " -AsJob -PassThru | Receive-Job -Wait")).State.ToString());
        Assert.Equal(1, Changes());
    }

    [Fact]
    public void WhatIf_makes_no_job_and_no_request()
    {
        Connect(Three);
        Assert.Empty(Shell.Run("Start-MpInstance * -AsJob -WhatIf").Output);
        Assert.Equal(0, Changes());
    }

    [Fact]
    public void A_job_outlives_its_connection_and_says_what_is_not_known()
    {
        Connect("""{ "instances": [ { "name": "a", "faults": [ { "operation": "Start", "kind": "NeverEnds" } ] } ] }""");
        var host = Simulated();
        var job = Only<MpJob>(Shell.Run("Start-MpInstance a -AsJob"));
        Until(() => host.Calls.Any(call => call.ChangesState));
        var result = Shell.Run("Disconnect-MpHost; $null = $job | Wait-Job -Timeout 30; Receive-Job $job", ("job", job));
        Assert.Equal(JobState.Failed, job.JobStateInfo.State);
        HasId("OutcomeUnknown", "StartMpInstance", Assert.Single(result.Errors));
    }
}
