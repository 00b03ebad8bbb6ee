using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Operations;
using Multipass.HyperV.Tests.Operations;
using Multipass.HyperV.Time;
using Xunit;

namespace Multipass.HyperV.Tests.Instances;

public sealed class LastFailureTests
{
    [Theory]
    [InlineData("\"memoryMB\": 65536", "", "OutOfMemory")]
    [InlineData("\"disk\": \"Missing\"", "", "DiskNotFound")]
    [InlineData("\"disk\": \"AccessDenied\"", "", "DiskAccessDenied")]
    [InlineData("\"state\": \"Stopped\"", "\"switches\": []", "SwitchNotFound")]
    [InlineData("\"state\": \"Stopped\"", "\"hypervisorRunning\": false", "HypervisorNotRunning")]
    [InlineData("\"memoryMB\": 65536", "\"culture\": \"ja-JP\"", "OutOfMemory")]
    [InlineData("\"faults\": [ { \"operation\": \"Start\", \"jobErrorCode\": 40000 } ]", "", "Unknown")]
    public void The_cause_of_a_start_that_somebody_else_asked_for_is_told_while_the_host_remembers(string instance, string host, string cause)
    {
        var run = new SimulatedRun(SimulatedRun.One(instance, host));
        RequestByAnother(run, run.Read("foo"));
        Wait(run, TimeSpan.FromSeconds(2));
        var at = run.Clock.Now;
        var failure = LastFailure(run, "foo");
        Assert.NotNull(failure);
        Assert.Equal(cause, failure.Cause);
        Assert.NotEmpty(failure.RecommendedAction);
        Assert.StartsWith("Start of 'foo' on HV-SIM failed:", failure.Message);

        // The times of jobs have no fractions of a second.
        Assert.InRange(failure.FailedAt!.Value, at - TimeSpan.FromSeconds(3), at);
        Assert.Equal(cause, failure.ToString());
        Wait(run, TimeSpan.FromMinutes(5));
        Assert.Null(LastFailure(run, "foo"));
    }

    [Fact]
    public void What_has_succeeded_or_was_ended_on_request_has_not_failed()
    {
        var run = new SimulatedRun("""
            { "instances": [ { "name": "good" }, { "name": "slow", "faults": [ { "operation": "Start", "kind": "NeverEnds" } ] } ] }
            """);
        Assert.Null(run.Start("good").Failure);
        run.Start("slow", timeout: 1);
        Assert.Null(LastFailure(run, "good"));
        Assert.Null(LastFailure(run, "slow"));
    }

    [Fact]
    public void The_latest_of_several_is_told()
    {
        var run = new SimulatedRun(SimulatedRun.One("""
            "faults": [ { "operation": "Start", "kind": "DiskAccessDenied" }, { "operation": "Start", "kind": "OutOfMemory" } ]
            """));
        Assert.Equal("DiskAccessDenied", run.Start("foo").Failure!.Cause.Name);
        Assert.Equal("OutOfMemory", run.Start("foo").Failure!.Cause.Name);
        Assert.Equal("OutOfMemory", LastFailure(run, "foo")!.Cause);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(200)]
    public void It_costs_two_calls_for_any_number_of_instances(int count)
    {
        var run = new SimulatedRun("{ \"instances\": [" + string.Join(",", Enumerable.Range(0, count).Select(number => $"{{ \"name\": \"i{number}\", \"memoryMB\": 65536 }}")) + "] }");
        var instances = run.ReadAll();
        foreach (var instance in instances)
        {
            RequestByAnother(run, instance);
        }

        Wait(run, TimeSpan.FromSeconds(2));
        run.Host.ClearCalls();
        Assert.Equal(count, Read(run, instances).Count);
        Assert.Equal(2, run.Host.Calls.Count);
    }

    [Fact]
    public void A_host_that_does_not_tell_its_jobs_is_no_failure()
    {
        var run = new SimulatedRun(SimulatedRun.One("\"memoryMB\": 65536"));
        run.Start("foo");
        var instances = run.ReadAll();
        run.Host.AddFault("foo", global::Multipass.HyperV.Simulation.SimulatedFault.FromDictionary(new System.Collections.Hashtable { ["operation"] = "Query", ["kind"] = "PermissionDenied", ["times"] = 2 }));
        Assert.Empty(Read(run, instances));
        Assert.Single(Read(run, instances));
    }

    private static void RequestByAnother(SimulatedRun run, MpInstance instance)
    {
        var parameters = new Dictionary<string, object?> { ["RequestedState"] = EnabledState.Enabled };
        run.OnVirtualTime(() => run.Host.Connect().InvokeAsync(MachineReading.PathOf(instance.Id), CimNames.RequestStateChange, parameters, CancellationToken.None));
    }

    private static void Wait(SimulatedRun run, TimeSpan duration)
        => run.OnVirtualTime(async () =>
        {
            await run.Clock.Delay(duration, CancellationToken.None).ConfigureAwait(false);
            return true;
        });

    private static MpFailure? LastFailure(SimulatedRun run, string name)
    {
        var instance = run.Read(name);
        return Read(run, new[] { instance }).TryGetValue(instance.Id, out var failure) ? failure : null;
    }

    private static IReadOnlyDictionary<Guid, MpFailure> Read(SimulatedRun run, IReadOnlyList<MpInstance> instances)
        => run.OnVirtualTime(() => LastFailures.ReadAsync(run.Session, instances, Deadline.In(run.Clock, TimeSpan.FromMinutes(1)), CancellationToken.None));
}
