using System;
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
    public void Changes_come_as_they_happen()
    {
        var host = Looked(Busy.Replace("300", "600", StringComparison.Ordinal));
        var result = Shell.Run("foreach ($once in 1) { Watch-MpInstance -IncludeCurrent -IntervalMilliseconds 50 -MpHost $host1 | ForEach-Object { $_; if (++$seen -eq 4) { break } } }", ("host1", host));
        Assert.Empty(result.Errors);
        Assert.Equal(["a: Stopped", "b: Running", "a: Stopped -> Starting", "a: Starting -> Running"], result.Output.Select(item => item.BaseObject.ToString()));
        Assert.DoesNotContain(host.Simulated!.Calls, call => call.ChangesState);
    }

    [Fact]
    public void A_pipeline_that_has_enough_ends_the_watch()
    {
        var host = Looked(Busy.Replace("300", "600", StringComparison.Ordinal));
        var result = Shell.Run("foreach ($once in 1) { Watch-MpInstance -IntervalMilliseconds 50 -MpHost $host1 | ForEach-Object { $_; break } }", ("host1", host));
        var change = Only<MpInstanceChange>(result);
        Assert.Equal((MpChangeKind.Changed, "a", MpInstanceState.Stopped, MpInstanceState.Starting), (change.Kind, change.Name, change.Before, change.State));
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
    public void Names_and_objects_say_what_is_watched_the_view_shows_it_and_the_time_that_has_run_out_is_no_error()
    {
        Connect(Busy);
        var watched = Shell.Run("Watch-MpInstance b -IncludeCurrent -Timeout 1");
        Assert.Equal(["b: Running"], watched.Output.Select(item => item.BaseObject.ToString()));
        Assert.Empty(watched.Errors);
        Assert.Equal(["vm: Running"], Shell.Run("Get-MpInstance -IncludeUnmanaged | Where-Object Name -eq vm | Watch-MpInstance -IncludeCurrent -Timeout 1").Output.Select(item => item.BaseObject.ToString()));
        Assert.Contains("Present", Shell.Show("Watch-MpInstance [ab] -IncludeCurrent -Timeout 1"));
    }
}
