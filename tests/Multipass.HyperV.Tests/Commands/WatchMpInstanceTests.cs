using System;
using System.Diagnostics;
using System.Linq;
using System.Threading.Tasks;
using Multipass.HyperV.Tests.Hosting;
using Xunit;

namespace Multipass.HyperV.Tests.Commands;

public sealed class WatchMpInstanceTests(HostedPowerShell shell) : CommandTestBase(shell)
{
    private const string Busy = """
        { "host": { "jobMilliseconds": 300 }, "instances": [ { "name": "a", "startsAfterMilliseconds": 400 }, { "name": "b", "state": "Running" }, { "name": "vm", "managed": false, "startsAfterMilliseconds": 100 } ] }
        """;

    [Fact]
    public void Changes_come_as_they_happen_and_the_time_that_has_run_out_is_no_error()
    {
        Connect(Busy);
        var result = Shell.Run("Watch-MpInstance -IncludeCurrent -Timeout 2 -IntervalMilliseconds 50");
        Assert.Empty(result.Errors);
        Assert.Equal(["a: Stopped", "b: Running", "a: Stopped -> Starting", "a: Starting -> Running"], result.Output.Select(item => item.BaseObject.ToString()));
        Assert.Equal(0, Changes());
    }

    [Fact]
    public void A_pipeline_that_has_enough_ends_the_watch()
    {
        Connect(Busy);
        var elapsed = Stopwatch.StartNew();
        var result = Shell.Run("foreach ($once in 1) { Watch-MpInstance -IntervalMilliseconds 50 | ForEach-Object { $_; break } }");
        var change = Only<MpInstanceChange>(result);
        Assert.Equal((MpChangeKind.Changed, "a", MpInstanceState.Stopped, MpInstanceState.Starting), (change.Kind, change.Name, change.Before, change.State));
        Assert.True(elapsed.Elapsed < TimeSpan.FromSeconds(5), elapsed.Elapsed.ToString());
    }

    [Theory]
    [InlineData("""{ "host": { "access": "None" }, "instances": [ { "name": "a" } ] }""", "PermissionDenied")]
    [InlineData("""{ "host": { "access": "Full" }, "instances": [ { "name": "a", "faults": [ { "operation": "Query", "kind": "HyperVNotInstalled", "times": 1000 } ] } ] }""", "HyperVNotInstalled")]
    public void A_host_that_cannot_be_read_is_one_error(string scenario, string cause)
    {
        Connect(scenario);
        HasId(cause, "WatchMpInstance", TheError(Shell.Run("Watch-MpInstance -Timeout 60")));
    }

    [Fact]
    public void Names_and_objects_say_what_is_watched_and_the_view_shows_it()
    {
        Connect(Busy);
        Assert.Equal(["b: Running"], Shell.Run("Watch-MpInstance b -IncludeCurrent -Timeout 1").Output.Select(item => item.BaseObject.ToString()));
        Assert.Equal(["vm: Running"], Shell.Run("Get-MpInstance -IncludeUnmanaged | Where-Object Name -eq vm | Watch-MpInstance -IncludeCurrent -Timeout 1").Output.Select(item => item.BaseObject.ToString()));
        Assert.Contains("Present", Shell.Show("Watch-MpInstance [ab] -IncludeCurrent -Timeout 1"));
    }
}
