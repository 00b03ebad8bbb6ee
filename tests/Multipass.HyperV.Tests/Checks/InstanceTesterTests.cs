using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading;
using Multipass.HyperV.Checks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Operations;
using Multipass.HyperV.Tests.Operations;
using Multipass.HyperV.Time;
using Xunit;

namespace Multipass.HyperV.Tests.Checks;

public sealed class InstanceTesterTests
{
    /// <summary>An instance and its host in a scenario, the check that finds something, and the cause that a start then fails by; no cause where it would start.</summary>
    public static TheoryData<string, string, string, string> Scenarios => new()
    {
        { "\"state\": \"Stopped\"", "", "Start", "" },
        { "\"state\": \"Suspended\"", "", "SavedState", "" },
        { "\"state\": \"Paused\"", "", "Start", "" },
        { "\"state\": \"Running\"", "", "Start", "" },
        { "\"state\": \"Running\"", "\"access\": \"ReadOnly\"", "Start", "" },
        { "\"state\": \"Running\", \"disk\": \"Missing\"", "\"switches\": []", "Start", "" },
        { "\"managed\": false", "", "Start", "" },
        { "\"memoryMB\": 14336", "", "Memory", "" },
        { "\"memoryMB\": 14338", "", "Memory", "OutOfMemory" },
        { "\"memoryMB\": 14338, \"state\": \"Suspended\"", "", "Memory", "OutOfMemory" },
        { "\"memoryMB\": 14338, \"state\": \"Paused\"", "", "Start", "" },
        { "\"memoryMB\": 2048, \"dynamicMemory\": { \"minimumMB\": 512, \"maximumMB\": 65536 }", "", "Start", "" },
        { "\"memoryMB\": 20480, \"dynamicMemory\": { \"minimumMB\": 512, \"maximumMB\": 65536 }", "", "Memory", "OutOfMemory" },
        { "\"memoryMB\": 6999", "", "MemorySettings", "MemoryConfigInvalid" },
        { "\"memoryMB\": 6999, \"state\": \"Suspended\"", "", "MemorySettings", "MemoryConfigInvalid" },
        { "\"memoryMB\": 6999, \"state\": \"Paused\"", "", "Start", "" },
        { "\"memoryMB\": 2048, \"dynamicMemory\": { \"minimumMB\": 513 }", "", "MemorySettings", "MemoryConfigInvalid" },
        { "\"memoryMB\": 2048, \"dynamicMemory\": { \"maximumMB\": 4097 }", "", "MemorySettings", "MemoryConfigInvalid" },
        { "\"memoryMB\": 2048, \"dynamicMemory\": { \"minimumMB\": 2050 }", "", "MemorySettings", "MemoryConfigInvalid" },
        { "\"memoryMB\": 2048, \"dynamicMemory\": { \"maximumMB\": 2046 }", "", "MemorySettings", "MemoryConfigInvalid" },
        { "\"memoryMB\": 2048, \"dynamicMemory\": { \"minimumMB\": 2048, \"maximumMB\": 2048 }", "", "Start", "" },
        { "\"memoryMB\": 20481", "", "Memory", "OutOfMemory" },
        { "\"memoryMB\": 6999, \"disk\": \"Missing\"", "", "Disk", "DiskNotFound" },
        { "\"memoryMB\": 2048", "\"diskFreeMB\": 2047", "Volume", "HostDiskFull" },
        { "\"memoryMB\": 2048", "\"diskFreeMB\": 2048", "Start", "" },
        { "\"memoryMB\": 2048, \"state\": \"Suspended\"", "\"diskFreeMB\": 0", "SavedState", "" },
        { "\"disk\": \"Missing\"", "", "Disk", "DiskNotFound" },
        { "\"dvd\": \"Missing\"", "", "Dvd", "DiskNotFound" },
        { "\"disk\": \"Missing\", \"state\": \"Suspended\"", "", "Disk", "DiskNotFound" },
        { "\"disk\": \"Missing\", \"state\": \"Paused\"", "", "Start", "" },
        { "\"managed\": false, \"disk\": \"Missing\"", "", "Disk", "DiskNotFound" },
        { "\"state\": \"Stopped\"", "\"switches\": [ \"Other\" ]", "Switch", "SwitchNotFound" },
        { "\"state\": \"Suspended\"", "\"switches\": []", "Switch", "SwitchNotFound" },
        { "\"state\": \"Stopped\"", "\"hypervisorRunning\": false", "Hypervisor", "HypervisorNotRunning" },
        { "\"state\": \"Stopped\"", "\"access\": \"ReadOnly\"", "Rights", "PermissionDenied" },
        { "\"state\": \"Paused\"", "\"access\": \"ReadOnly\"", "Rights", "PermissionDenied" },
        { "\"memoryMB\": 65536", "\"access\": \"ReadOnly\"", "Rights", "PermissionDenied" },
        { "\"deleted\": true", "", "Multipass", "InstanceDeleted" },
        { "\"deleted\": true, \"memoryMB\": 65536", "", "Multipass", "InstanceDeleted" },
        { "\"backend\": \"Hcs\"", "", "Backend", "UnsupportedBackend" },
        { "\"state\": \"Starting\"", "", "Job", "StartTimedOut" },
        { "\"state\": \"Stopping\"", "", "Job", "StartTimedOut" },
        { "\"state\": \"Suspending\"", "", "Job", "StartTimedOut" },
        { "\"health\": \"CriticalFailure\", \"state\": \"Running\"", "", "Health", "" },
        { "\"memoryMB\": 65536, \"disk\": \"Missing\", \"dvd\": \"Missing\"", "\"switches\": [], \"hypervisorRunning\": false", "Hypervisor", "HypervisorNotRunning" },
        { "\"memoryMB\": 65536, \"dvd\": \"Missing\"", "\"switches\": []", "Dvd", "DiskNotFound" },
        { "\"memoryMB\": 65536", "\"switches\": []", "Switch", "SwitchNotFound" },
        { "\"memoryMB\": 65536", "\"culture\": \"zh-CN\"", "Memory", "OutOfMemory" },
    };

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void A_start_does_what_was_found(string instance, string host, string check, string cause)
    {
        var run = new SimulatedRun(SimulatedRun.One(instance, host));
        var findings = Test(run);
        Assert.Empty(run.Changes);
        var outcome = run.Start("foo");

        Assert.Equal(cause, outcome.Failure?.Cause.Name ?? string.Empty);
        var errors = findings.Where(finding => finding.Severity == MpFindingSeverity.Error).ToList();
        if (cause.Length == 0)
        {
            Assert.Empty(errors);
            Assert.Equal("Start", findings[^1].Check);
            Assert.Contains(findings, finding => finding.Check == check);
        }
        else
        {
            Assert.Equal((check, cause), (errors[0].Check, errors[0].Cause));
            Assert.DoesNotContain(findings, finding => finding.Check == "Start");
        }
    }

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Every_finding_says_what_and_what_to_do(string instance, string host, string check, string cause)
    {
        Assert.NotNull(check + cause);
        Assert.All(Test(new SimulatedRun(SimulatedRun.One(instance, host))), finding =>
        {
            Assert.Equal("foo", finding.Name);
            Assert.Equal("HV-SIM", finding.HostName);
            Assert.Matches("^[A-Z'].*[.]$", finding.Detail);
            Assert.NotEmpty(finding.Recommendation);
            Assert.DoesNotMatch("[{}]", finding.Detail + finding.Recommendation);
            Assert.Equal(finding.Severity == MpFindingSeverity.Error, finding.Cause.Length > 0);
        });
    }

    /// <summary>Where the catalogue has words for it, both use them.</summary>
    [Theory]
    [InlineData("\"memoryMB\": 14338", "")]
    [InlineData("\"memoryMB\": 6999", "")]
    [InlineData("\"memoryMB\": 2048, \"dynamicMemory\": { \"minimumMB\": 513 }", "")]
    [InlineData("\"memoryMB\": 2048, \"dynamicMemory\": { \"minimumMB\": 4096, \"maximumMB\": 8192 }", "")]
    [InlineData("\"memoryMB\": 2048", "\"diskFreeMB\": 100")]
    [InlineData("\"disk\": \"Missing\"", "")]
    [InlineData("\"dvd\": \"Missing\"", "")]
    [InlineData("\"state\": \"Stopped\"", "\"switches\": []")]
    [InlineData("\"state\": \"Stopped\"", "\"hypervisorRunning\": false")]
    [InlineData("\"deleted\": true", "")]
    [InlineData("\"backend\": \"Hcs\"", "")]
    [InlineData("\"state\": \"Stopped\"", "\"access\": \"ReadOnly\"")]
    public void It_recommends_what_the_failed_start_recommends(string instance, string host)
    {
        var run = new SimulatedRun(SimulatedRun.One(instance, host));
        var error = Test(run).First(finding => finding.Severity == MpFindingSeverity.Error);
        Assert.Equal(run.Start("foo").Failure!.RecommendedAction, error.Recommendation);
    }

    [Fact]
    public void Figures_are_the_hosts_own()
    {
        var run = new SimulatedRun("""
            { "host": { "memoryMB": 16384, "reserveMB": 2048 }, "instances": [
              { "name": "foo", "memoryMB": 10240 }, { "name": "bar", "state": "Running", "memoryMB": 4096 }, { "name": "baz", "state": "Running", "memoryMB": 4096 } ] }
            """);
        var memory = Assert.Single(Test(run), finding => finding.Severity == MpFindingSeverity.Error);
        Assert.Contains("10240 MB", memory.Detail);
        Assert.Contains("6144 MB", memory.Detail);
        Assert.Contains("'bar' (4096 MB)", memory.Recommendation);
        Assert.Contains("multipass set local.foo.memory=5G", memory.Recommendation);
        run.Stop("bar");
        var tight = Test(run);
        Assert.Equal((MpFindingSeverity.Warning, "Memory"), (tight[0].Severity, tight[0].Check));
        Assert.Contains("112 MB", tight[0].Detail);
        Assert.Null(run.Start("foo").Failure);
    }

    [Fact]
    public void A_change_that_is_under_way_is_waited_for()
    {
        var run = new SimulatedRun(SimulatedRun.One("\"state\": \"Running\", \"guest\": { \"shutdownMilliseconds\": 5000 }"));
        var id = run.Read("foo").Id;
        run.OnVirtualTime(() => run.Host.Connect().InvokeAsync(
            MachineReading.PathOf(id), CimNames.RequestStateChange, new Dictionary<string, object?> { ["RequestedState"] = EnabledState.ShuttingDown }, CancellationToken.None));
        run.OnVirtualTime(async () =>
        {
            await run.Clock.Delay(TimeSpan.FromSeconds(2), CancellationToken.None).ConfigureAwait(false);
            return true;
        });
        var findings = Test(run);
        Assert.Equal(new[] { ("Job", MpFindingSeverity.Warning), ("Start", MpFindingSeverity.Information) }, findings.Select(finding => (finding.Check, finding.Severity)));
        Assert.Contains("Stopping", findings[0].Detail);
        Assert.Contains("under way for 2 s", findings[0].Detail);
        Assert.Null(run.Start("foo").Failure);
    }

    [Fact]
    public void A_failure_that_the_host_remembers_is_told()
    {
        var run = new SimulatedRun(SimulatedRun.One("\"disk\": \"InUse\""));
        Assert.DoesNotContain(Test(run), finding => finding.Check == "LastFailure");
        Assert.Equal("DiskInUse", run.Start("foo").Failure!.Cause.Name);
        var findings = Test(run);
        Assert.Contains("another process", Assert.Single(findings, finding => finding.Check == "LastFailure").Detail);
        Assert.DoesNotContain(findings, finding => finding.Severity == MpFindingSeverity.Error);
    }

    [Fact]
    public void A_virtual_machine_that_Multipass_left_for_its_other_backend_is_told()
    {
        var run = new SimulatedRun("""
            { "instances": [ { "name": "foo", "id": "11111111-0000-0000-0000-000000000001" }, { "name": "foo", "backend": "Hcs", "id": "11111111-0000-0000-0000-000000000002" } ] }
            """);
        var instances = run.ReadAll(InstanceDetail.State);
        var hyperV = instances.Single(instance => instance.Backend == MpBackend.HyperV);

        // Without that record it is an instance like any other.
        var alone = new MpInstance(hyperV.Facts with { Record = null, Drift = MpDrift.None, RunsElsewhere = null });
        Assert.DoesNotContain(Run(run, new[] { alone })[0], finding => finding.Check == "Backend");
        var finding = Assert.Single(Run(run, new[] { hyperV })[0], finding => finding.Check == "Backend");
        Assert.Equal(MpFindingSeverity.Error, finding.Severity);
        Assert.Contains("-AllowSharedDisk", finding.Recommendation, StringComparison.Ordinal);
    }

    [Fact]
    public void A_record_without_a_virtual_machine_is_an_error()
    {
        var run = new SimulatedRun("{}");
        var missing = new MpInstance(new InstanceFacts { Name = "foo", HostName = "HV-SIM", Managed = true, Drift = MpDrift.MissingOnHost, DriftReason = "Multipass has a record of 'foo', but the host has no such virtual machine." });
        var finding = Assert.Single(Run(run, new[] { missing })[0]);
        Assert.Equal(("State", "InstanceNotFound", missing.DriftReason), (finding.Check, finding.Cause, finding.Detail));
        Assert.Empty(run.Host.Calls);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(300)]
    public void It_costs_a_constant_number_of_calls_and_one_for_each_file(int count)
    {
        var run = Many(count, "Stopped");
        var instances = run.ReadAll(InstanceDetail.State);
        run.Host.ClearCalls();
        Assert.All(Run(run, instances), findings => Assert.Equal("Start", Assert.Single(findings).Check));
        Assert.Equal(2 * count, run.Host.Calls.Count(call => call.Class == CimNames.DataFile));
        Assert.Equal(15, run.Host.Calls.Count(call => call.Class != CimNames.DataFile));
        Assert.Empty(run.Changes);
    }

    [Fact]
    public void What_runs_costs_the_look_at_its_jobs_only()
    {
        var run = Many(50, "Running");
        var instances = run.ReadAll(InstanceDetail.State);
        run.Host.ClearCalls();
        Run(run, instances);
        Assert.Equal(new[] { CimNames.ConcreteJob, CimNames.AffectedJobElement }, run.Host.Calls.Select(call => call.Class));
    }

    [Fact]
    public void What_the_host_does_not_tell_is_said_to_be_open()
    {
        var run = new SimulatedRun(SimulatedRun.One("\"state\": \"Stopped\""));
        var instances = run.ReadAll(InstanceDetail.State);
        var deaf = new DeafConnection(run.Host.Connect(), CimNames.MemoryBalancer, CimNames.OperatingSystem, CimNames.VirtualEthernetSwitch, CimNames.DataFile, CimNames.Win32ComputerSystem, CimNames.SystemSecurity);
        var finding = Assert.Single(Run(run, instances, new HostSession(deaf, null, run.Clock, new CallGate(32)))[0]);
        Assert.Equal("Start", finding.Check);
        Assert.Matches("Not checked, .*: Rights, Hypervisor, Files, Switch, Memory[.]$", finding.Detail);
    }

    [Fact]
    public void A_host_that_falls_silent_is_waited_for_half_a_minute()
    {
        var run = Many(20, "Stopped");
        var instances = run.ReadAll(InstanceDetail.State);
        var silent = new DeafConnection(run.Host.Connect(), CimNames.Virtualization, CimNames.Cimv2) { Hangs = true };
        var from = run.Clock.Now;
        var findings = Run(run, instances, new HostSession(silent, null, run.Clock, new CallGate(32)));
        Assert.InRange(run.Clock.Now - from, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(60));
        Assert.Equal(20, findings.Count);
        Assert.All(findings, each => Assert.Equal(("Host", "HostUnreachable"), (Assert.Single(each).Check, each[0].Cause)));
    }

    [Theory]
    [InlineData(14338, MpFindingSeverity.Warning)]
    [InlineData(1024, MpFindingSeverity.Information)]
    public void Without_the_balancers_figure_Windows_own_is_a_warning(int wanted, MpFindingSeverity severity)
    {
        var run = new SimulatedRun("{ \"host\": { \"reserveMB\": 8192 }, \"instances\": [ { \"name\": \"foo\", \"memoryMB\": " + wanted + " } ] }");
        var session = new HostSession(new DeafConnection(run.Host.Connect(), CimNames.MemoryBalancer), null, run.Clock, new CallGate(32));
        var finding = Run(run, run.ReadAll(InstanceDetail.State), session)[0][0];
        Assert.Equal(severity, finding.Severity);
        if (severity == MpFindingSeverity.Warning)
        {
            Assert.Contains("12288 MB free", finding.Detail);
            Assert.Contains("multipass set local.foo.memory=11G", finding.Recommendation);
        }
    }

    [Fact]
    public void The_table_names_its_checks_in_one_word_and_its_errors_by_their_causes()
        => Assert.All(InstanceChecks.Rows, row =>
        {
            Assert.Matches("^[A-Z][A-Za-z]+$", row.Name);
            Assert.Equal(row.Severity == MpFindingSeverity.Error, row.Cause is not null);
            Assert.True(row.Cause is not null || (row.Detail is not null && row.Recommendation is not null), row.Name);
        });

    private static SimulatedRun Many(int count, string state)
        => new("{ \"host\": { \"memoryMB\": 1048576 }, \"instances\": [" + string.Join(",", Enumerable.Range(0, count).Select(number => $"{{ \"name\": \"i{number}\", \"state\": \"{state}\", \"memoryMB\": 512 }}")) + "] }");

    private static IReadOnlyList<MpInstanceFinding> Test(SimulatedRun run)
    {
        var instances = run.ReadAll(InstanceDetail.State);
        return Run(run, instances.Where(instance => instance.Name == "foo").ToList())[0];
    }

    private static IReadOnlyList<IReadOnlyList<MpInstanceFinding>> Run(SimulatedRun run, IReadOnlyList<MpInstance> instances, HostSession? session = null)
        => run.OnVirtualTime(() => InstanceTester.RunAsync(session ?? run.Session, instances, Deadline.In(run.Clock, TimeSpan.FromMinutes(1)), CancellationToken.None))
            .Select(pair => pair.Findings)
            .ToList();
}
