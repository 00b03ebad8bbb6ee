using System;
using System.Linq;
using Multipass.HyperV.Tests.Hosting;
using Xunit;

namespace Multipass.HyperV.Tests.Commands;

/// <summary>What users make in their own tests in place of what the cmdlets give.</summary>
public sealed class StandInTests(HostedPowerShell shell) : CommandTestBase(shell)
{
    [Fact]
    public void An_instance_can_be_made_with_all_its_properties()
    {
        var result = Shell.Run("""
            $all = @{
                Name = 'foo'; State = 'Running'; Id = '11111111-2222-3333-4444-555555555555'; HostName = 'HV'; Backend = 'HyperV'; Managed = $true; Health = 'OK'; Uptime = '01:02:03'
                Heartbeat = 'OK'; IPv4 = '10.0.0.1', '10.0.0.2'; MemoryAssigned = 1GB; MemoryStartup = 2GB; Processors = 2; Disk = 'C:\foo.vhdx'; MultipassState = 'Starting'; MultipassSource = 'database'
                Drift = 'StuckStarting'; DriftReason = 'It hangs.'; ObservedAt = '2026-01-02T03:04:05Z'
                HostState = [Multipass.HyperV.MpHostState] @{ EnabledState = 2; OperationalStatus = 2; HealthState = 5; RequestedState = 12; OtherEnabledState = '' }
                LastFailure = [Multipass.HyperV.MpFailure] @{ Cause = 'OutOfMemory'; Message = 'm'; RecommendedAction = 'r'; HostMessage = 'h'; HResults = 1, 2; FailedAt = '2026-01-02'; JobId = 'j' }
            }
            $instance = [Multipass.HyperV.MpInstance] $all
            $instance
            ($instance | Get-Member -MemberType Property).Name.Where{ -not $all.ContainsKey($_) }
            $all.Keys.Where{ "$($instance.$_)" -eq '' }
            """);
        var instance = Only<MpInstance>(result);
        Assert.Equal((MpInstanceState.Running, "Starting", MpDrift.StuckStarting, "OutOfMemory"), (instance.State, instance.MultipassState, instance.Drift, instance.LastFailure!.Cause));
        Assert.Contains("foo", Shell.Show("$instance", ("instance", instance)));
    }

    [Fact]
    public void Findings_and_exceptions_too()
    {
        var result = Shell.Run("""
            $finding = [Multipass.HyperV.MpInstanceFinding] @{ Name = 'foo'; Id = [guid]::NewGuid(); HostName = 'HV'; Severity = 'Error'; Check = 'Memory'; Cause = 'OutOfMemory'; Detail = 'd'; Recommendation = 'r' }
            $host = 0
            $step = [Multipass.HyperV.MpHostFinding] @{ HostName = 'HV'; Check = 'Memory'; Result = 'Failed'; Cause = 'OutOfMemory'; Detail = 'd'; Recommendation = 'r' }
            $exception = New-Object Multipass.HyperV.MpOperationException 'It failed.' -Property @{
                Cause = 'OutOfMemory'; Stage = 'JobFailed'; RecommendedAction = 'r'; StateBefore = 'Stopped'; StateAfter = 'Stopped'; ReturnValue = 4096; JobId = 'j'; JobState = 10
                JobErrorCode = 32778; HResults = -2147024882; EventIds = 3122; HostMessage = 'h'
            }
            "$($finding.Severity) $($step.Severity) $($exception.Message) $($exception.Cause) $($exception.HResults[0])"
            try { throw [System.Management.Automation.ErrorRecord]::new($exception, 'OutOfMemory', 'ResourceUnavailable', $null) } catch { $_.Exception.Stage }
            """.Replace("$host = 0\n", string.Empty, StringComparison.Ordinal));
        Assert.Empty(result.Errors);
        Assert.Equal(["Error Error It failed. OutOfMemory -2147024882", "JobFailed"], result.Output.Select(item => item.ToString()));
    }

    /// <summary>What the host showed stays what it showed.</summary>
    [Theory]
    [InlineData("$i = Get-MpInstance foo; $i.State = 'Running'; $i.State")]
    [InlineData("$i = (Test-MpInstance foo)[0]; $i.Detail = 'Running'; $i.Detail")]
    public void A_reading_cannot_be_changed(string script)
    {
        Connect(Story);
        var result = Shell.Run("$ErrorActionPreference = 'Continue'; " + script);
        Assert.Contains("reading never changes", TheError(result).ToString());
    }

    /// <summary>As Pester's New-MockObject makes them: without a constructor, and with properties put on.</summary>
    [Theory]
    [InlineData("[System.Runtime.CompilerServices.RuntimeHelpers]::GetUninitializedObject([Multipass.HyperV.MpInstance]) | Add-Member -NotePropertyMembers @{ Name = 'bar'; HostName = 'HV-DEMO' } -PassThru -Force")]
    [InlineData("[pscustomobject] @{ Name = 'bar' }")]
    [InlineData("[pscustomobject] @{ PSTypeName = 'Multipass.HyperV.MpInstance'; Name = 'bar'; State = 'Running' }")]
    [InlineData("[Multipass.HyperV.MpInstance] @{ Name = 'bar'; HostName = 'HV-DEMO' }")]
    public void Stand_ins_are_taken_as_instances(string expression)
    {
        Connect(Story);
        foreach (var use in new[] { "Stop-MpInstance -InputObject $object -PassThru", "$object | Stop-MpInstance -PassThru" })
        {
            var result = Shell.Run($"Start-MpInstance bar; $object = {expression}; {use}");
            Assert.Empty(result.Errors);
            Assert.Equal("bar", Only<MpInstance>(result).Name);
        }
    }

    [Theory]
    [InlineData("Start-MpInstance bar -AsJob", "Completed")]
    [InlineData("Start-MpInstance nobody -AsJob -ErrorAction SilentlyContinue", "Failed")]
    [InlineData("Start-MpInstance x* -AsJob", "Completed")]
    [InlineData("@() | Start-MpInstance -AsJob", "Completed")]
    [InlineData("Start-MpInstance foo -AsJob", "Failed")]
    [InlineData("Repair-MpInstance x* -AsJob", "Completed")]
    public void A_job_is_always_written(string script, string state)
    {
        Connect(Story);
        Assert.Equal(state, Shell.Run($"$job = {script}; ($job | Wait-Job).State").Output.Single().ToString());
    }

    [Fact]
    public void A_failed_child_has_its_reason()
    {
        Connect(Story);
        Assert.Equal("OutOfMemory", Shell.Run("$job = Start-MpInstance foo -AsJob; $null = $job | Wait-Job; $job.ChildJobs[0].JobStateInfo.Reason.Cause").Output.Single().ToString());
    }
}
