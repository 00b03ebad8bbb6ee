using System;
using System.Linq;
using Multipass.HyperV.Cim;
using Xunit;

namespace Multipass.HyperV.Tests.Simulation;

/// <summary>Memory is there once.</summary>
public sealed class MemoryTests
{
    private const int All = 16384 - 2048;

    [Theory]
    [InlineData("Stopped", null)]
    [InlineData("Suspended", null)]
    [InlineData("Running", 3000)]
    [InlineData("Paused", 3000)]
    [InlineData("Starting", 3000)]
    [InlineData("Stopping", 3000)]
    [InlineData("Suspending", 3000)]
    [InlineData("Restarting", 3000)]
    public void Every_state_but_two_holds_it(string state, int? held)
    {
        var host = SimulatedRun.WithFoo($"\"state\": \"{state}\", \"memoryMB\": 3000");
        Assert.Equal(All - (held ?? 0), host.AvailableMB());
        Assert.Equal(held, host.Summary().Number("MemoryUsage"));
    }

    [Fact]
    public void A_start_takes_it_when_it_is_submitted_and_a_stop_gives_it_back()
    {
        var host = SimulatedRun.WithFoo("\"memoryMB\": 3000");
        host.Accepted("foo", 2);
        Assert.Equal(All - 3000, host.AvailableMB());
        host.Advance(300);
        Assert.Equal(All - 3000, host.AvailableMB());
        host.Accepted("foo", 3);
        host.Advance(299);
        Assert.Equal(All - 3000, host.AvailableMB());
        host.Advance(1);
        Assert.Equal(All, host.AvailableMB());
        Assert.Null(host.Summary()["MemoryUsage"]);
    }

    [Fact]
    public void A_start_that_fails_gives_it_back_with_the_end_of_its_job()
    {
        var host = SimulatedRun.WithFoo($"\"memoryMB\": {All}, \"disk\": \"Missing\"");
        host.Accepted("foo", 2);
        Assert.Equal(0, host.AvailableMB());
        host.Advance(299);
        Assert.Equal(0, host.AvailableMB());
        host.Advance(1);
        Assert.Equal(All, host.AvailableMB());
        Assert.Equal("10", host.Shown());
    }

    [Fact]
    public void A_start_that_asks_for_more_than_there_is_takes_none_of_it()
    {
        var host = new SimulatedRun($$"""{ "instances": [ { "name": "big", "memoryMB": {{All + 1}} }, { "name": "small", "memoryMB": {{All}} } ] }""");
        var first = host.Accepted("big", 2);
        host.Accepted("small", 2);
        host.Advance(350);
        Assert.Equal("3", host.Shown("big"));
        Assert.Equal((ushort)32778, host.Job(first).UInt16("ErrorCode"));
        Assert.Equal("2", host.Shown("small"));
    }

    [Fact]
    public void All_of_it_can_be_used()
    {
        var host = SimulatedRun.WithFoo($"\"memoryMB\": {All}");
        host.Accepted("foo", 2);
        host.Advance(300);
        Assert.Equal("2", host.Shown());
        Assert.Equal(0, host.AvailableMB());
    }

    [Fact]
    public void Of_two_starts_at_once_only_the_first_gets_what_is_there_for_one()
    {
        var host = new SimulatedRun("""{ "instances": [ { "name": "a", "memoryMB": 8192 }, { "name": "b", "memoryMB": 8192 } ] }""");
        host.Accepted("a", 2);
        var second = host.Accepted("b", 2);
        host.Advance(350);
        Assert.Equal("2", host.Shown("a"));
        Assert.Equal("3", host.Shown("b"));
        Assert.Equal((ushort)32778, host.Job(second).UInt16("ErrorCode"));
        host.Accepted("a", 3);
        host.Advance(300);
        host.Accepted("b", 2);
        host.Advance(300);
        Assert.Equal("2", host.Shown("b"));
    }

    [Fact]
    public void More_than_there_is_can_run_at_the_beginning()
    {
        var host = new SimulatedRun("""
            { "instances": [ { "name": "a", "state": "Running", "memoryMB": 10240 }, { "name": "b", "state": "Running", "memoryMB": 10240 }, { "name": "c", "memoryMB": 1 } ] }
            """);
        Assert.Equal(0, host.AvailableMB());
        host.Accepted("c", 2);
        host.Advance(350);
        Assert.Equal("3", host.Shown("c"));
        host.Accepted("a", 3);
        host.Advance(300);
        Assert.Equal(All - 10240, host.AvailableMB());
    }

    [Fact]
    public void A_restore_needs_it_and_a_resume_has_it()
    {
        var host = new SimulatedRun("""
            { "instances": [ { "name": "a", "state": "Paused", "memoryMB": 10240 }, { "name": "b", "state": "Suspended", "memoryMB": 10240 } ] }
            """);
        var restore = host.Accepted("b", 2);
        host.Accepted("a", 2);
        host.Advance(350);
        Assert.Equal((ushort)32778, host.Job(restore).UInt16("ErrorCode"));
        Assert.Equal("6", host.Shown("b"));
        Assert.Equal("2", host.Shown("a"));
    }

    [Fact]
    public void Settings_tell_what_is_asked_for()
    {
        var host = new SimulatedRun("""
            { "instances": [
              { "name": "a", "memoryMB": 3000 },
              { "name": "b", "memoryMB": 3000, "dynamicMemory": true },
              { "name": "c", "memoryMB": 3000, "dynamicMemory": { "minimumMB": 1000, "maximumMB": 5000, "bufferPercent": 10 } } ] }
            """);
        var rows = host.Query(CimNames.MemorySettingData, new[] { "InstanceID", "VirtualQuantity", "Reservation", "Limit", "DynamicMemoryEnabled", "TargetMemoryBuffer" }).Where(row => !row.Text("InstanceID")!.StartsWith("Microsoft:Definition", StringComparison.Ordinal));
        Assert.Equal(
            new (long?, long?, long?, bool?, long?)[] { (3000, 3000, 3000, false, 20), (3000, 512, 1024 * 1024, true, 20), (3000, 1000, 5000, true, 10) },
            rows.Select(row => (row.Number("VirtualQuantity"), row.Number("Reservation"), row.Number("Limit"), row.Flag("DynamicMemoryEnabled"), row.Number("TargetMemoryBuffer"))));
    }

    [Fact]
    public void Windows_shows_other_figures_than_vmms()
    {
        var host = SimulatedRun.WithFoo("\"state\": \"Running\", \"memoryMB\": 4096");
        var system = host.Query(CimNames.OperatingSystem, new[] { "TotalVisibleMemorySize", "FreePhysicalMemory", "CSName" }, null, CimNames.Cimv2).Single();
        Assert.Equal(16384L * 1024, system.Number("TotalVisibleMemorySize"));
        Assert.NotEqual(host.AvailableMB() * 1024L, system.Number("FreePhysicalMemory"));
        Assert.Equal("HV-SIM", system.Text("CSName"));
    }
}
