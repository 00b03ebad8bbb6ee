using System.Linq;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Tests.Operations;
using Xunit;

namespace Multipass.HyperV.Tests.Instances;

public sealed class InstanceReaderTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    public void Listing_costs_the_same_number_of_calls_for_any_number_of_instances(int count)
    {
        var run = new SimulatedRun("{ \"instances\": [" + string.Join(",", Enumerable.Range(0, count).Select(number =>
            $"{{ \"name\": \"i{number}\", \"state\": \"Running\", \"memoryMB\": 16, \"guest\": {{ \"ipv4\": \"10.0.{number / 250}.{(number % 250) + 1}\" }} }}")) + "] }");
        Assert.Equal(count, run.ReadAll(InstanceDetail.State).Count);
        Assert.Equal(2, run.Host.Calls.Count);
        var all = run.ReadAll();
        Assert.Equal(2 + 5, run.Host.Calls.Count);
        Assert.All(all, instance => Assert.Single(instance.IPv4));
    }

    [Fact]
    public void Addresses_that_the_guest_does_not_tell_cost_two_calls_more()
    {
        var run = new SimulatedRun("{ \"instances\": [ { \"name\": \"a\", \"state\": \"Running\" } ] }");
        run.ReadAll();
        Assert.Equal(7, run.Host.Calls.Count);
    }

    [Fact]
    public void What_the_host_shows_is_shown()
    {
        var run = new SimulatedRun("""
            { "host": { "name": "HV" }, "instances": [
              { "name": "foo", "state": "Running", "memoryMB": 2048, "processors": 2, "multipassState": "Starting", "guest": { "ipv4": "172.20.48.5" } },
              { "name": "bar", "state": "Stopped", "multipassState": "Starting" },
              { "name": "other", "managed": false } ] }
            """);
        var foo = run.Read("foo");
        Assert.Equal(MpInstanceState.Running, foo.State);
        Assert.Equal("HV", foo.HostName);
        Assert.True(foo.Managed);
        Assert.Equal(2048L * 1024 * 1024, foo.MemoryAssigned);
        Assert.Equal(2048L * 1024 * 1024, foo.MemoryStartup);
        Assert.Equal(2, foo.Processors);
        Assert.Equal(MpHeartbeat.OK, foo.Heartbeat);
        Assert.Equal(MpHealth.OK, foo.Health);
        Assert.Equal(new[] { "172.20.48.5" }, foo.IPv4);
        Assert.Contains("/vault/instances/foo/", foo.Disk);
        Assert.Equal("Starting", foo.MultipassState);
        Assert.Equal((ushort)2, foo.HostState!.EnabledState);
        Assert.NotNull(foo.ObservedAt);
        Assert.Equal(MpDrift.StuckStarting, run.Read("bar").Drift);
        Assert.False(run.Read("other").Managed);
    }

    [Fact]
    public void No_rows_for_want_of_rights_are_no_empty_list()
    {
        var run = new SimulatedRun(SimulatedRun.One("\"state\": \"Stopped\"", "\"access\": \"None\""));
        Assert.Equal(CimStatus.AccessDenied, Assert.Throws<CimFaultException>(() => run.ReadAll()).Fault.Status);
    }

    [Fact]
    public void A_host_without_instances_is_empty() => Assert.Empty(new SimulatedRun("{}").ReadAll());

    [Theory]
    [InlineData(@"C:/ProgramData/Multipass/data/vault/instances/foo/ubuntu.vhdx", "foo", true)]
    [InlineData(@"C:\ProgramData\Multipass\data\vault\instances\FOO\foo_8286DFCE.avhdx", "foo", true)]
    [InlineData(@"D:\multipass\data\vault\instances\foo\x.vhdx", "foo", true)]
    [InlineData(@"C:\ProgramData\Multipass\data\vault\instances\foobar\x.vhdx", "foo", false)]
    [InlineData(@"C:\ProgramData\Multipass\data\vault\instances\foo\sub\x.vhdx", "foo", false)]
    [InlineData(@"C:\Hyper-V\foo.vhdx", "foo", false)]
    [InlineData(null, "foo", false)]
    [InlineData(@"C:\vault\instances\\x.vhdx", "", false)]
    public void A_disk_in_Multipass_folder_proves_whose_it_is(string? path, string name, bool expected) => Assert.Equal(expected, Ownership.IsInVaultFolder(path, name));
}
