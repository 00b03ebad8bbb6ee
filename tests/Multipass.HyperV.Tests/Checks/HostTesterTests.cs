using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Multipass.HyperV.Checks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Tests.Operations;
using Multipass.HyperV.Time;
using Xunit;

namespace Multipass.HyperV.Tests.Checks;

public sealed class HostTesterTests
{
    private static readonly string[] Order = { "Reachable", "Windows", "HyperV", "Hypervisor", "Service", "Permission", "DefaultSwitch", "Memory" };

    [Theory]
    [InlineData("", "PPPPPPPP", "")]
    [InlineData("\"hyperVInstalled\": false, \"hypervisorRunning\": false", "PPFNNNNP", "HyperVNotInstalled")]
    [InlineData("\"hypervisorRunning\": false", "PPPFPPPP", "HypervisorNotRunning")]
    [InlineData("\"vmmsRunning\": false", "PPPPFNNP", "VmmsNotRunning")]
    [InlineData("\"access\": \"None\"", "PPPPPFNP", "PermissionDenied")]
    [InlineData("\"access\": \"ReadOnly\"", "PPPPPFPP", "PermissionDenied")]
    [InlineData("\"access\": \"ReadOnly\", \"switches\": []", "PPPPPFFP", "PermissionDenied")]
    [InlineData("\"switches\": [ \"Other\" ]", "PPPPPPFP", "SwitchNotFound")]
    [InlineData("\"memoryMB\": 4096, \"reserveMB\": 3500", "PPPPPPPW", "")]
    [InlineData("\"memoryMB\": 4096, \"reserveMB\": 4000", "PPPPPPPF", "OutOfMemory")]
    [InlineData("\"vmmsRunning\": false, \"hypervisorRunning\": false, \"switches\": [], \"access\": \"None\"", "PPPFFNNP", "HypervisorNotRunning")]
    public void Steps_are_shown_in_order_with_the_fix_for_the_first_that_fails(string host, string results, string cause)
    {
        var run = new SimulatedRun($$"""{ "host": { {{host}} }, "instances": [ { "name": "foo" } ] }""");
        var steps = Run(run);
        Assert.Equal(Order, steps.Select(step => step.Check));
        Assert.Equal(results, string.Concat(steps.Select(step => step.Result.ToString()[0])));
        var first = steps.FirstOrDefault(step => step.Result == MpCheckResult.Failed);
        Assert.Equal(cause, first?.Cause ?? string.Empty);
        Assert.All(steps, step =>
        {
            Assert.Equal("HV-SIM", step.HostName);
            Assert.Matches("^[A-Z0-9'].*[.]$", step.Detail);
            Assert.DoesNotMatch("[{}]", step.Detail + step.Recommendation);
            Assert.Equal(step.Result is MpCheckResult.Failed or MpCheckResult.Warning, step.Recommendation.Length > 0);
        });
        Assert.DoesNotContain(run.Host.Calls, call => call.ChangesState);
        Assert.InRange(run.Host.Calls.Count, 8, 10);
    }

    [Theory]
    [InlineData(0x8004100E, CimStatus.InvalidNamespace, "PPFNNNNP", "HyperVNotInstalled")]
    [InlineData(0x80041010, CimStatus.InvalidClass, "PPFNNNNP", "HyperVNotInstalled")]
    [InlineData(0x80041003, CimStatus.AccessDenied, "PPNPPFNP", "PermissionDenied")]
    public void A_host_whose_Hyper_V_cannot_be_asked(uint hresult, CimStatus status, string results, string cause)
    {
        var run = new SimulatedRun("{}");
        var steps = Run(run, new DeafConnection(run.Host.Connect(), CimNames.Virtualization) { Fault = new CimFault(status, unchecked((int)hresult), "x") });
        Assert.Equal(results, string.Concat(steps.Select(step => step.Result.ToString()[0])));
        Assert.Equal(cause, steps.First(step => step.Result == MpCheckResult.Failed).Cause);
    }

    [Theory]
    [InlineData(0x800706BA, "HostUnreachable")]
    [InlineData(0x80041069, "HostUnreachable")]
    [InlineData(0x80041001, "Unknown")]
    public void A_host_that_does_not_answer_is_asked_once(uint hresult, string cause)
    {
        var run = new SimulatedRun("{}");
        var fault = new CimFault(CimStatus.Failed, unchecked((int)hresult), "It rings, and nobody answers.");
        var steps = Run(run, new DeafConnection(run.Host.Connect(), CimNames.Virtualization, CimNames.Cimv2) { Fault = fault });
        Assert.Equal("FNNNNNNN", string.Concat(steps.Select(step => step.Result.ToString()[0])));
        Assert.Equal(cause, steps[0].Cause);
        Assert.All(steps.Skip(1), step => Assert.Contains("before Reachable", step.Detail));
        Assert.Empty(run.Host.Calls);
    }

    [Theory]
    [InlineData(CimNames.Cimv2, "FNNNNNNN")]
    [InlineData(CimNames.Virtualization, "PPPPPFNP")]
    public void A_host_that_falls_silent_is_waited_for_half_a_minute(string cimNamespace, string results)
    {
        var run = new SimulatedRun("{}");
        var from = run.Clock.Now;
        var steps = Run(run, new DeafConnection(run.Host.Connect(), cimNamespace) { Hangs = true });
        Assert.Equal(TimeSpan.FromSeconds(30), run.Clock.Now - from);
        Assert.Equal(results, string.Concat(steps.Select(step => step.Result.ToString()[0])));
    }

    [Fact]
    public void Who_may_read_nothing_of_Windows_may_still_manage_Hyper_V()
    {
        var run = new SimulatedRun("{}");
        var fault = new CimFault(CimStatus.AccessDenied, WbemError.AccessDenied, "no");
        var steps = Run(run, new DeafConnection(run.Host.Connect(), CimNames.Cimv2) { Fault = fault });
        Assert.Equal("PNPNPPPN", string.Concat(steps.Select(step => step.Result.ToString()[0])));
    }

    [Theory]
    [InlineData("10.0.17134", MpCheckResult.Passed)]
    [InlineData("10.0.17133", MpCheckResult.Failed)]
    [InlineData("6.3.9600", MpCheckResult.Failed)]
    [InlineData("11.0.1", MpCheckResult.Passed)]
    [InlineData("", MpCheckResult.NotChecked)]
    [InlineData(null, MpCheckResult.NotChecked)]
    public void Windows_must_be_as_new_as_Multipass_wants_it(string? version, MpCheckResult expected)
        => Assert.Equal(expected, Step("Windows", CimNames.OperatingSystem, ("Version", version), ("FreePhysicalMemory", 8UL << 20)).Result);

    [Theory]
    [InlineData(true, true, "bcdedit")]
    [InlineData(false, true, "firmware of HV-SIM")]
    [InlineData(true, false, "another computer")]
    [InlineData(null, null, "bcdedit")]
    public void Why_there_is_no_hypervisor_is_looked_for_in_the_processor(bool? firmware, bool? slat, string advice)
    {
        var run = new SimulatedRun("{ \"host\": { \"hypervisorRunning\": false } }");
        var step = Run(run, Answering(run, CimNames.Processor, ("VirtualizationFirmwareEnabled", firmware), ("SecondLevelAddressTranslationExtensions", slat))).Single(found => found.Check == "Hypervisor");
        Assert.Equal((MpCheckResult.Failed, "HypervisorNotRunning"), (step.Result, step.Cause));
        Assert.Contains(advice, step.Recommendation);
    }

    [Fact]
    public void A_feature_that_is_not_enabled_is_named()
    {
        var run = new SimulatedRun("{ \"host\": { \"hypervisorRunning\": false } }");
        var step = Run(run, Answering(run, CimNames.OptionalFeature, ("Name", CimNames.HypervisorFeature), ("InstallState", 2u))).Single(found => found.Check == "HyperV");
        Assert.Equal((MpCheckResult.Failed, "HyperVNotInstalled"), (step.Result, step.Cause));
        Assert.Contains(CimNames.HypervisorFeature, step.Detail);
        Assert.Contains("Enable-WindowsOptionalFeature", step.Recommendation);
    }

    [Theory]
    [InlineData("Running", "Auto", MpCheckResult.Passed, "")]
    [InlineData("Stopped", "Manual", MpCheckResult.Failed, "It is Stopped now")]
    [InlineData("Start Pending", "Auto", MpCheckResult.Failed, "It is Start Pending now")]
    [InlineData("Stopped", "Disabled", MpCheckResult.Failed, "-StartupType Automatic")]
    public void The_service_must_run(string state, string mode, MpCheckResult expected, string advice)
    {
        var step = Step("Service", CimNames.BaseService, ("Name", "vmms"), ("State", state), ("StartMode", mode));
        Assert.Equal(expected, step.Result);
        Assert.Contains(advice, step.Recommendation);
    }

    [Fact]
    public void Without_the_balancers_figure_Windows_own_will_do()
    {
        var run = new SimulatedRun("{}");
        var step = Run(run, new DeafConnection(run.Host.Connect(), CimNames.MemoryBalancer)).Single(found => found.Check == "Memory");
        Assert.Equal(MpCheckResult.Passed, step.Result);
        Assert.Contains("15360 MB of 16384 MB", step.Detail);
        Assert.Contains("not the figure", step.Detail);
    }

    [Fact]
    public void Who_holds_memory_is_named()
    {
        var run = new SimulatedRun("{ \"host\": { \"memoryMB\": 8192, \"reserveMB\": 2048 }, \"instances\": [ { \"name\": \"a\", \"state\": \"Running\", \"memoryMB\": 2048 }, { \"name\": \"b\", \"state\": \"Running\", \"memoryMB\": 4000 } ] }");
        var step = Run(run).Single(found => found.Check == "Memory");
        Assert.Equal(MpCheckResult.Failed, step.Result);
        Assert.Contains("96 MB", step.Detail);
        Assert.Contains("'b' (4000 MB), 'a' (2048 MB)", step.Recommendation);
    }

    [Fact]
    public void Each_row_needs_only_rows_before_it()
    {
        var known = new HashSet<string>();
        Assert.Equal(Order, HostChecks.Rows.Select(row => row.Name));
        Assert.All(HostChecks.Rows, row =>
        {
            Assert.All(row.Needs, name => Assert.Contains(name, known));
            known.Add(row.Name);
        });
    }

    private static MpHostFinding Step(string check, string className, params (string Name, object? Value)[] values)
    {
        var run = new SimulatedRun("{}");
        return Run(run, Answering(run, className, values)).Single(step => step.Check == check);
    }

    private static DeafConnection Answering(SimulatedRun run, string className, params (string Name, object? Value)[] values)
        => new(run.Host.Connect())
        {
            Answers = new Dictionary<string, CimRecord[]>
            {
                [className] = new[] { new CimRecord(className, values.Select(value => new KeyValuePair<string, object?>(value.Name, value.Value))) },
            },
        };

    private static IReadOnlyList<MpHostFinding> Run(SimulatedRun run, ICimConnection? connection = null)
    {
        var session = connection is null ? run.Session : new HostSession(connection, null, run.Clock, new CallGate(32));
        return run.OnVirtualTime(() => HostTester.RunAsync(session, Deadline.In(run.Clock, TimeSpan.FromMinutes(1)), CancellationToken.None));
    }
}
