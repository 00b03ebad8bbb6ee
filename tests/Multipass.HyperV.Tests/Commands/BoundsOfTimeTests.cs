using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using Multipass.HyperV.Tests.Hosting;
using Xunit;

namespace Multipass.HyperV.Tests.Commands;

/// <summary>What is measured by the real clock runs alone, so that the other tests cannot make it look slow.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class BoundsOfTime
{
    public const string Name = "Bounds of time";
}

/// <summary>The bounds of a wait, and of stopping it: what an operation may take by the real clock.</summary>
[Collection(BoundsOfTime.Name)]
public sealed class BoundsOfTimeTests(HostedPowerShell shell) : CommandTestBase(shell)
{
    [Fact]
    public void A_job_that_never_ends_is_given_up_at_the_timeout()
    {
        Connect("""{ "host": { "powerOffWhileStarting": "Accepted" }, "instances": [ { "name": "foo", "faults": [ { "operation": "Start", "kind": "NeverEnds" } ] } ] }""");
        var elapsed = Stopwatch.StartNew();
        var result = Shell.Run("Start-MpInstance foo -Timeout 2");

        // Not sooner, and long before the 300 s of a wait that is not told otherwise.
        Assert.InRange(elapsed.Elapsed, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(40));
        HasId("StartTimedOut", "StartMpInstance", Assert.Single(result.Errors));
        Assert.Equal(MpInstanceState.Stopped, ((MpInstance)result.Errors[0].TargetObject).State);
        Assert.Equal("Stopped", StateOf("foo"));
    }

    [Theory]
    [InlineData("NeverEnds", "Job")]
    [InlineData("AnswerLate", "Request")]
    public async Task A_stopped_pipeline_returns_at_once_and_undoes_nothing(string kind, string stage)
        => await WithinAQuarterSecondAsync(async () =>
        {
            Connect($$"""{ "instances": [ { "name": "foo", "faults": [ { "operation": "Start", "kind": "{{kind}}", "stage": "{{stage}}", "afterMilliseconds": 60000 } ] } ] }""");
            var host = Simulated();
            var run = Shell.Begin("Start-MpInstance foo");
            Until(() => host.Calls.Any(call => call.ChangesState));
            var taken = Taken(run.Stop);
            Assert.Empty((await run.WaitAsync()).Errors);
            Assert.Equal(1, Changes());
            return taken;
        });

    [Theory]
    [InlineData("Watch-MpInstance")]
    [InlineData("Wait-MpInstance foo -State Running")]
    [InlineData("Wait-MpInstance nobody")]
    public async Task What_only_waits_is_stopped_at_once_too(string script)
        => await WithinAQuarterSecondAsync(async () =>
        {
            Connect("""{ "instances": [ { "name": "foo" } ] }""");
            var host = Simulated();
            var run = Shell.Begin(script);

            // It has looked once, and waits for its second look, or is at it.
            Until(() => host.Calls.Count > 2);
            var taken = Taken(run.Stop);
            Assert.Empty((await run.WaitAsync()).Errors);
            return taken;
        });

    [Fact]
    public async Task A_stopped_job_stops_waiting_at_once_and_undoes_nothing()
        => await WithinAQuarterSecondAsync(() =>
        {
            Connect("""{ "instances": [ { "name": "a", "faults": [ { "operation": "Start", "kind": "NeverEnds" } ] }, { "name": "b", "faults": [ { "operation": "Start", "kind": "NeverEnds" } ] } ] }""");
            var host = Simulated();
            var job = Only<MpJob>(Shell.Run("Start-MpInstance a,b -AsJob"));
            Until(() => host.Calls.Count(call => call.ChangesState) == 2);

            var taken = Taken(job.StopJob);
            Assert.Equal(JobState.Stopped, job.JobStateInfo.State);
            Assert.All(job.ChildJobs, child => Assert.Equal(JobState.Stopped, child.JobStateInfo.State));
            Assert.Equal(2, Changes());

            // In its first moments the host still shows the old state.
            Until(() => StateOf("a") == "Starting");
            Assert.Empty(Shell.Run("$job | Receive-Job; $job | Stop-Job; $job | Remove-Job", ("job", job)).Errors);
            return Task.FromResult(taken);
        });

    /// <summary>How long a single stop takes tells how busy the machine is; the shortest of several, what the module needs.</summary>
    private static async Task WithinAQuarterSecondAsync(Func<Task<TimeSpan>> stop)
    {
        var taken = new List<TimeSpan>();
        do
        {
            taken.Add(await stop());
        }
        while (taken.Min() >= TimeSpan.FromMilliseconds(250) && taken.Count < 8);

        Assert.True(taken.Min() < TimeSpan.FromMilliseconds(250), string.Join(", ", taken));
    }

    private static TimeSpan Taken(Action action)
    {
        var elapsed = Stopwatch.StartNew();
        action();
        return elapsed.Elapsed;
    }
}
