using System;
using System.Linq;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Tests.Operations;
using Xunit;

namespace Multipass.HyperV.Tests.Failures;

/// <summary>What a host itself lacks, without any fault: the cause, and the figures of that host in the advice.</summary>
public sealed class HostCauseTests
{
    [Theory]
    [InlineData("\"memoryMB\": 20480", "", "OutOfMemory", "20480 MB", "14336 MB", "memory=13G")]
    [InlineData("\"disk\": \"Missing\"", "", "DiskNotFound", "'C:/ProgramData/Multipass/data/vault/instances/foo/ubuntu-24.04-server-cloudimg-amd64.vhdx'")]
    [InlineData("\"dvd\": \"Missing\"", "", "DiskNotFound", "foo/cloud-init-config.iso'")]
    [InlineData("\"disk\": \"AccessDenied\"", "", "DiskAccessDenied", "icacls \"C:/ProgramData", "NT VIRTUAL MACHINE\\")]
    [InlineData("\"disk\": \"InUse\"", "", "DiskInUse", "foo/ubuntu-24.04")]
    [InlineData("", "\"switches\": []", "SwitchNotFound", "'Default Switch' (C08CB7B8-9B3C-408E-8E30-5E16A3AEB444)", "Connect-VMNetworkAdapter")]
    [InlineData("", "\"switches\": [\"Other\", \"Another one's\"]", "SwitchNotFound", "'Default Switch'", "-SwitchName 'Another one''s'")]
    [InlineData("", "\"hypervisorRunning\": false", "HypervisorNotRunning", "bcdedit")]
    [InlineData("", "\"diskFreeMB\": 900", "HostDiskFull", "C:", "900 MB", "1024 MB")]
    [InlineData("", "\"access\": \"ReadOnly\"", "PermissionDenied", "HV-SIM\\operator", "S-1-5-32-578")]
    [InlineData("\"state\": \"Suspended\", \"savedState\": \"Corrupt\"", "", "SavedStateInvalid", "Stop-MpInstance foo -DiscardSavedState")]
    [InlineData("\"state\": \"Suspended\", \"savedState\": \"Missing\"", "", "SavedStateInvalid", "Stop-MpInstance foo -DiscardSavedState")]
    [InlineData("\"state\": \"Suspended\", \"disk\": \"Missing\"", "", "DiskNotFound", "foo/ubuntu-24.04")]
    public void A_cause_is_told_with_the_figures_of_the_host(string instance, string host, string cause, params string[] figures)
    {
        foreach (var culture in new[] { "en-US", "pl-PL", "de-DE", "zh-CN", "ja-JP" })
        {
            var run = new SimulatedRun(SimulatedRun.One(instance.Length > 0 ? instance : "\"processors\": 1", $"\"culture\": \"{culture}\"" + (host.Length > 0 ? ", " + host : string.Empty)));
            var failure = run.Start("foo", timeout: 60).Failure!;
            Assert.Equal(cause, failure.Cause.Name);
            foreach (var figure in figures)
            {
                Assert.Contains(figure, failure.RecommendedAction, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData("\"jobErrorCode\": 32768", "\"switches\": []", "SwitchNotFound")]
    [InlineData("\"jobErrorCode\": 32768", "\"hypervisorRunning\": false", "HypervisorNotRunning")]
    [InlineData("\"jobErrorCode\": 32777", "\"hypervisorRunning\": false", "HypervisorNotRunning")]
    [InlineData("\"jobErrorCode\": 32777", "", "HyperVComponentNotRunning")]
    [InlineData("\"returnValue\": 32768", "\"switches\": []", "SwitchNotFound")]
    [InlineData("\"jobErrorCode\": 32768, \"errorDescription\": \"(0x80004005)\"", "\"switches\": []", "SwitchNotFound")]
    [InlineData("\"jobErrorCode\": 32768, \"errorDescription\": \"(0x80341234)\"", "\"switches\": []", "Unknown")]
    [InlineData("\"jobErrorCode\": 32768, \"errorDescription\": \"(0x80070005)\"", "\"switches\": []", "SwitchNotFound")]
    [InlineData("\"jobErrorCode\": 32768, \"errorDescription\": \"(0x80070005)\"", "", "DiskAccessDenied")]
    [InlineData("\"jobErrorCode\": 32769, \"errorDescription\": \"(0x80070005)\"", "", "DiskAccessDenied")]
    [InlineData("\"jobErrorCode\": 32768", "", "Unknown")]
    public void Where_an_answer_says_little_the_host_is_looked_at(string answer, string host, string cause)
    {
        var run = new SimulatedRun(SimulatedRun.One($$"""
            "faults": [ { "operation": "Start", {{answer}} } ]
            """, host));
        Assert.Equal(cause, run.Start("foo").Failure!.Cause.Name);
    }

    [Fact]
    public void A_missing_file_explains_a_failure_without_a_reason()
    {
        var run = new SimulatedRun(SimulatedRun.One("\"dvd\": \"Missing\", \"faults\": [ { \"operation\": \"Start\", \"jobErrorCode\": 32768 } ]"));
        var failure = run.Start("foo").Failure!;
        Assert.Equal("DiskNotFound", failure.Cause.Name);
        Assert.Contains("cloud-init-config.iso", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_start_needs_explains_no_other_failure()
    {
        var run = new SimulatedRun(SimulatedRun.One("\"state\": \"Running\", \"faults\": [ { \"operation\": \"TurnOff\", \"jobErrorCode\": 32768 } ]", "\"switches\": []"));
        Assert.Equal("Unknown", run.Stop("foo", turnOff: true).Failure!.Cause.Name);
    }

    [Fact]
    public void Looking_costs_no_more_than_it_may()
    {
        foreach (var code in new[] { "(0x80070005)", "(0x8007000E)", "(0x80070002)", "(0x80070070)", "(0xC0370008)", "(0xC037001B)", "(0x800705AA)", "(0xC03A0014)", "(Instance ID D41A1872-3740-41CE-A1EE-4522AB82F991): (0x80070005)", "(0xC0000428)", "(0x80070569)", "(0xC0351000)", "(0xC0370027)", "(0xC035001E)", "" })
        {
            var run = new SimulatedRun(SimulatedRun.One($$"""
                "faults": [ { "operation": "Start", "jobErrorCode": 32768, "errorDescription": "{{code}}" } ]
                """));
            run.Start("foo");
            var submitted = run.Host.Calls.ToList().FindIndex(call => call.ChangesState);
            var polls = run.Host.Calls.Skip(submitted + 1).TakeWhile(call => call.Method != "GetErrorEx").Count();

            // The error list, then up to six look-ups; none where the code alone is proof and the advice needs no figure.
            var isProof = code is "(0xC0000428)" or "(0x80070569)" or "(0xC0351000)" or "(0xC0370027)" or "(0xC035001E)";
            Assert.InRange(run.Host.Calls.Count - submitted - 1 - polls, 1, isProof ? 1 : 7);
        }
    }

    [Fact]
    public void Memory_that_is_not_aligned_is_named()
    {
        var run = new SimulatedRun(SimulatedRun.One("\"memoryMB\": 6999, \"faults\": [ { \"operation\": \"Start\", \"kind\": \"MemoryConfigInvalid\" } ]"));
        var failure = run.Start("foo").Failure!;
        Assert.Contains("6999 MB", failure.Message, StringComparison.Ordinal);
        Assert.Contains("multipass set local.foo.memory=6998M", failure.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void Too_many_processors_are_counted()
    {
        var run = new SimulatedRun(SimulatedRun.One("\"processors\": 64, \"faults\": [ { \"operation\": \"Start\", \"kind\": \"ProcessorLimit\" } ]", "\"processors\": 8"));
        var failure = run.Start("foo").Failure!;
        Assert.Contains("'foo' has 64 virtual processors, HV-SIM has 8 logical ones", failure.RecommendedAction, StringComparison.Ordinal);
        Assert.Contains("multipass set local.foo.cpus=8", failure.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void The_worker_that_does_not_answer_is_named()
    {
        var run = new SimulatedRun(SimulatedRun.One("\"state\": \"Running\", \"faults\": [ { \"operation\": \"TurnOff\", \"kind\": \"WorkerNotResponding\" } ]"));
        var failure = run.Stop("foo", turnOff: true).Failure!;
        Assert.Equal("WorkerNotResponding", failure.Cause.Name);
        Assert.Matches(@"Stop-Process -Id \d+ -Force", failure.RecommendedAction);
        Assert.Equal(MpHealth.CriticalFailure, run.Read("foo").Health);
    }

    [Fact]
    public void A_disk_is_full_only_as_long_as_it_is()
    {
        var run = new SimulatedRun("""
            { "host": { "diskFreeMB": 1500 }, "instances": [ { "name": "foo", "memoryMB": 1024 }, { "name": "bar", "memoryMB": 1024 }, { "name": "was", "state": "Running", "memoryMB": 1024 } ] }
            """);
        Assert.Null(run.Start("foo").Failure);
        Assert.Contains("476 MB are free", run.Start("bar").Failure!.RecommendedAction, StringComparison.Ordinal);
        Assert.Null(run.Stop("was", turnOff: true).Failure);
        Assert.Null(run.Start("bar").Failure);
    }

    [Fact]
    public void An_unknown_failure_says_what_was_asked_what_was_answered_what_is_true_and_where_to_look()
    {
        var run = new SimulatedRun(SimulatedRun.One("\"faults\": [ { \"operation\": \"Start\", \"jobErrorCode\": 40123, \"errorDescription\": \"x <0X8034abcd> y\" } ]"));
        var failure = run.Start("foo").Failure!;
        Assert.Equal("Unknown", failure.Cause.Name);
        foreach (var part in new[] { "Start of 'foo' on HV-SIM failed", "RequestStateChange(2)", "40123", "0x8034ABCD", "Exception (10)", "It is Stopped now." })
        {
            Assert.Contains(part, failure.Message, StringComparison.Ordinal);
        }

        Assert.Single(failure.Message.Split("40123").Skip(1));
        Assert.Contains("Microsoft-Windows-Hyper-V-VMMS-Admin", failure.RecommendedAction, StringComparison.Ordinal);
        Assert.Contains("Microsoft-Windows-Hyper-V-Worker-Admin", failure.RecommendedAction, StringComparison.Ordinal);
        Assert.Matches(@"between \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ and \d\d:\d\d:\d\dZ", failure.RecommendedAction);
        Assert.Equal("x <0X8034abcd> y", failure.Evidence.HostMessage);
    }

    [Fact]
    public void A_value_that_nobody_has_listed_is_shown()
    {
        var run = new SimulatedRun(SimulatedRun.One("\"faults\": [ { \"operation\": \"Start\", \"returnValue\": 32799 } ]"));
        var failure = run.Start("foo").Failure!;
        Assert.Equal("Unknown", failure.Cause.Name);
        Assert.Contains("return value 32799", failure.Message, StringComparison.Ordinal);
    }
}
