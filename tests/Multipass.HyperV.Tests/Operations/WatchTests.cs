using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Operations;
using Multipass.HyperV.Time;
using Xunit;

namespace Multipass.HyperV.Tests.Operations;

public sealed class WatchTests
{
    [Fact]
    public void A_launch_a_start_a_restart_and_a_stop_are_seen()
    {
        var run = new SimulatedRun(SimulatedRun.One("\"appearsAfterMilliseconds\": 2000, \"guest\": { \"bootMilliseconds\": 100, \"shutdownMilliseconds\": 800 }", "\"jobMilliseconds\": 800"));
        var (changes, fault) = Watch(run, 20, (3000, () => run.Request("foo", 2)), (6000, () => run.Request("foo", 11)), (9000, () => run.Request("foo", 4)));
        Assert.Null(fault);
        Assert.Equal(
            ["Appeared foo: Stopped", "Changed foo: Stopped -> Starting", "Changed foo: Starting -> Running", "Changed foo: Running -> Restarting", "Changed foo: Restarting -> Running", "Changed foo: Running -> Stopping", "Changed foo: Stopping -> Stopped"],
            changes.Select(change => $"{change.Kind} {change}"));
    }

    [Fact]
    public void A_restart_between_two_looks_shows_in_the_uptime()
    {
        var run = new SimulatedRun("""{ "host": { "jobMilliseconds": 30 }, "instances": [ { "name": "foo", "state": "Running" } ] }""");
        var (changes, _) = Watch(run, 5, (1510, () => run.Request("foo", 11)));
        Assert.Equal(["Present foo: Running", "Restarted foo: Running -> Running"], changes.Select(change => $"{change.Kind} {change}"));
    }

    [Fact]
    public void A_look_is_one_call_however_many_instances_there_are()
    {
        var run = new SimulatedRun("{ \"instances\": [" + string.Join(",", Enumerable.Range(0, 300).Select(number => $"{{ \"name\": \"i{number}\" }}")) + "] }");
        var (changes, _) = Watch(run, 10);
        Assert.Equal(300, changes.Count);
        Assert.InRange(run.Host.Calls.Count, 18, 26);
    }

    [Fact]
    public void A_restart_of_vmms_is_survived_and_the_end_of_a_host_is_not()
    {
        var run = new SimulatedRun(SimulatedRun.One("\"state\": \"Stopped\", \"faults\": [ { \"operation\": \"Start\", \"kind\": \"VmmsRestart\" } ]"));
        var (changes, fault) = Watch(run, 10, (1000, () => run.Request("foo", 2)));
        Assert.Null(fault);
        Assert.Equal(MpInstanceState.Running, changes.Last().State);

        var from = run.Clock.Now;
        run.StopService();
        (_, fault) = Watch(run, 60);
        Assert.NotNull(fault);
        Assert.InRange(run.Clock.Now - from, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(12));
    }

    private static (List<MpInstanceChange> Changes, CimFault? Fault) Watch(SimulatedRun run, int seconds, params (int AfterMilliseconds, Action Action)[] meanwhile)
    {
        var changes = new List<MpInstanceChange>();
        var from = run.Clock.Now;
        var fault = run.OnVirtualTime(async () =>
        {
            var watch = new InstanceWatch(run.Session, instance => instance.Managed, changes.Add, CancellationToken.None)
                .RunAsync(TimeSpan.FromMilliseconds(500), Deadline.In(run.Clock, TimeSpan.FromSeconds(seconds)));
            foreach (var (after, action) in meanwhile)
            {
                await run.Clock.Delay(from + TimeSpan.FromMilliseconds(after) - run.Clock.Now, CancellationToken.None).ConfigureAwait(false);
                action();
            }

            return await watch.ConfigureAwait(false);
        });
        return (changes, fault);
    }
}
