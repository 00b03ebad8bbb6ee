using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Multipass.HyperV.Multipass;
using Multipass.HyperV.Simulation;
using Multipass.HyperV.Tests.Multipass;
using Multipass.HyperV.Tests.Hosting;
using Xunit;

namespace Multipass.HyperV.Tests.Commands;

public sealed class RepairMpInstanceTests(HostedPowerShell shell) : CommandTestBase(shell)
{
    private const string Hanging = """{ "host": { "jobMilliseconds": 20, "powerOffWhileStarting": "Refused", "jobCancellable": false }, "instances": [ { "name": "foo", "state": "Starting" } ] }""";

    [Fact]
    public void The_story_of_3351()
    {
        Connect(Story);
        var foo = Only<MpInstance>(Shell.Run("Get-MpInstance foo"));
        Assert.Equal((MpInstanceState.Stopped, "Starting", MpDrift.StuckStarting), (foo.State, foo.MultipassState, foo.Drift));

        var result = Shell.Run("Repair-MpInstance foo");
        Assert.Empty(result.Errors);
        Assert.Empty(result.Choices);
        var repair = Only<MpRepair>(result);
        Assert.Equal(MpRepairResult.Repaired, repair.Result);
        Assert.Equal("The host shows Stopped, and Multipass says Stopped.", repair.Now);
        Assert.Equal(foo.DriftReason, repair.Found);

        foo = Only<MpInstance>(Shell.Run("Get-MpInstance foo"));
        Assert.Equal((MpInstanceState.Stopped, "Stopped", MpDrift.None), (foo.State, foo.MultipassState, foo.Drift));
        Assert.Equal(MpRepairResult.Healthy, Only<MpRepair>(Shell.Run("Repair-MpInstance foo")).Result);
        Assert.Equal(1, Changes());
    }

    [Fact]
    public void What_is_shown_says_what_was_found_what_was_done_and_what_is_true_now()
    {
        Connect(Story);
        var text = Shell.Show("Repair-MpInstance foo");
        Assert.Contains("Multipass says Starting", text, StringComparison.Ordinal);
        Assert.Contains("multipass stop --force foo: done", text, StringComparison.Ordinal);
        Assert.Contains("The host shows Stopped, and Multipass says Stopped.", text, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIf_prints_the_plan_step_by_step_and_changes_nothing()
    {
        Connect(Hanging);
        var result = Shell.Run("Repair-MpInstance foo -WhatIf -RestartService");
        Assert.Empty(result.Output);
        Assert.Empty(result.Errors);
        var lines = result.HostText.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(6, lines.Length);
        Assert.All(lines, line => Assert.StartsWith("What if: ", line));
        Assert.Contains("has been Starting for 10 min", lines[0], StringComparison.Ordinal);
        Assert.Contains("step 1 of 5: Wait for the running job", lines[1], StringComparison.Ordinal);
        Assert.Contains("Power it off", lines[2], StringComparison.Ordinal);
        Assert.Contains("End its worker process", lines[3], StringComparison.Ordinal);
        Assert.Contains("multipass stop --force foo", lines[4], StringComparison.Ordinal);
        Assert.Contains("Restart Multipass's service", lines[5], StringComparison.Ordinal);
        Assert.All(lines.Skip(1), line => Assert.Contains("Why: ", line, StringComparison.Ordinal));
        Assert.Equal(0, Changes());
        Assert.Single(Shell.Run("$WhatIfPreference = $true; Repair-MpInstance foo").HostText.Split('\n'), line => line.Contains("step 2 of 4", StringComparison.Ordinal));
        Assert.Equal(0, Changes());
    }

    [Fact]
    public void Ending_a_worker_is_asked_about_at_the_moment_when_nothing_milder_has_helped()
    {
        Connect(Hanging);
        var result = Shell.Run("Repair-MpInstance foo -Timeout 1");
        var asked = Assert.Single(result.Choices);
        Assert.Contains("End its worker process", asked.Message, StringComparison.Ordinal);
        Assert.Equal("Stopped", StateOf("foo"));
        Assert.Empty(result.Errors);
        Assert.Equal(MpRepairAction.EndWorkerProcess, Only<MpRepair>(result).Steps.Last(step => step.Outcome == MpRepairStepOutcome.Done).Action);

        Connect(Hanging);
        Shell.Host.Answer = _ => 2;
        HasId("NotConfirmed", "RepairMpInstance", Assert.Single(Shell.Run("$r = Repair-MpInstance foo -Timeout 1").Errors));
        Assert.Equal("Starting", StateOf("foo"));
        Assert.Empty(Shell.Run("$r = Repair-MpInstance foo -Timeout 1 -Confirm:$false").Choices);
        Assert.Equal("Stopped", StateOf("foo"));
    }

    [Fact]
    public void Confirm_asks_about_each_step_that_changes_something()
    {
        Connect(Story);
        Shell.Host.Answer = _ => 2;
        var result = Shell.Run("Repair-MpInstance foo -Confirm");
        Assert.Contains("multipass stop --force foo", Assert.Single(result.Choices).Message, StringComparison.Ordinal);
        Assert.Empty(result.Output);
        Assert.Equal(0, Changes());
    }

    [Fact]
    public void Each_instance_has_one_outcome_and_one_that_fails_stops_no_other()
    {
        Connect("""
            { "host": { "jobMilliseconds": 20 }, "instances": [
              { "name": "a", "multipassState": "Starting" }, { "name": "b", "machine": "Missing" }, { "name": "c", "multipassState": "Running" }, { "name": "d", "state": "Running" },
              { "name": "e", "backend": "Hcs" }, { "name": "f", "managed": false, "state": "Running" } ] }
            """);
        var result = Shell.Run("Repair-MpInstance *");
        Assert.Equal(new[] { "a", "b", "c", "d", "e" }, result.Output.Select(repair => ((MpRepair)repair.BaseObject).Name).Order(StringComparer.Ordinal));
        Assert.Equal(new[] { "DriftNotRepairable", "UnsupportedBackend" }, result.Errors.Select(error => error.FullyQualifiedErrorId.Split(',')[0]).Order(StringComparer.Ordinal));
        Assert.All(result.Errors, error => Assert.False(string.IsNullOrEmpty(error.ErrorDetails.RecommendedAction)));
        Assert.All(result.Errors, error => Assert.IsType<MpInstance>(error.TargetObject));

        Connect("""{ "host": { "jobMilliseconds": 20 }, "instances": [ { "name": "a", "machine": "Missing" }, { "name": "b", "multipassState": "Starting" } ] }""");
        HasId("DriftNotRepairable", "RepairMpInstance", Shell.Run("Repair-MpInstance * -ErrorAction Stop").Terminating);
        Assert.Equal(MpDrift.None, Only<MpInstance>(Shell.Run("Get-MpInstance b")).Drift);
    }

    [Fact]
    public void What_is_not_Multipass_is_refused_even_as_an_object()
    {
        Connect("""{ "instances": [ { "name": "foo", "managed": false, "state": "Starting" } ] }""");
        HasId("InstanceNotFound", "RepairMpInstance", Assert.Single(Shell.Run("Repair-MpInstance foo").Errors));
        HasId("NotManaged", "RepairMpInstance", Assert.Single(Shell.Run("Get-MpInstance -IncludeUnmanaged | Repair-MpInstance").Errors));
        Assert.Equal(0, Changes());
    }

    [Theory]
    [InlineData("Start-MpInstance foo", "StartMpInstance")]
    [InlineData("Stop-MpInstance foo", "StopMpInstance")]
    [InlineData("Stop-MpInstance foo -TurnOff", "StopMpInstance")]
    [InlineData("Repair-MpInstance foo", "RepairMpInstance")]
    [InlineData("Get-MpInstance foo | Repair-MpInstance", "RepairMpInstance")]
    public void The_newer_backends_instances_are_refused_with_what_does_it(string script, string command)
    {
        Connect("""{ "instances": [ { "name": "foo", "backend": "Hcs", "state": "Running" } ] }""");
        var foo = Only<MpInstance>(Shell.Run("Get-MpInstance foo"));
        Assert.Equal((MpBackend.Hcs, MpInstanceState.Unknown, "Running", MpDrift.OtherBackend), (foo.Backend, foo.State, foo.MultipassState, foo.Drift));
        var error = Assert.Single(Shell.Run(script).Errors);
        HasId("UnsupportedBackend", command, error);
        Assert.Contains("`multipass ", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Equal(0, Changes());
    }

    [Fact]
    public void A_repair_can_be_a_job_which_asks_nobody()
    {
        Connect(Hanging);
        var result = Shell.Run("Repair-MpInstance foo -Timeout 1 -AsJob -PassThru | Receive-Job -Wait");
        Assert.Equal("NotConfirmed,Multipass.HyperV.Commands.RepairMpInstanceCommand", Assert.Single(result.Errors).FullyQualifiedErrorId);
        Assert.Empty(result.Choices);
        Assert.Equal("Starting", StateOf("foo"));
        result = Shell.Run("Repair-MpInstance foo -Timeout 1 -AsJob -PassThru -Confirm:$false | Receive-Job -Wait");
        Assert.Equal(MpInstanceState.Stopped, Only<MpInstance>(result).State);
    }

    [Fact]
    public void PassThru_writes_the_final_instance()
    {
        Connect(Story);
        var foo = Only<MpInstance>(Shell.Run("Repair-MpInstance foo -PassThru"));
        Assert.Equal((MpInstanceState.Stopped, "Stopped", MpDrift.None), (foo.State, foo.MultipassState, foo.Drift));
    }

    [Fact]
    public void A_damaged_database_is_a_warning_and_the_rest_still_works()
    {
        Connect("""{ "host": { "multipass": { "database": "Damaged", "client": "Missing" } }, "instances": [ { "name": "foo", "state": "Running" } ] }""");
        var result = Shell.Run("Get-MpInstance foo");
        Assert.Contains("damaged", Assert.Single(result.Warnings), StringComparison.Ordinal);
        var foo = Only<MpInstance>(result);
        Assert.Equal((MpInstanceState.Running, string.Empty, string.Empty, MpDrift.Unknown), (foo.State, foo.MultipassState, foo.MultipassSource, foo.Drift));
        Assert.Empty(Shell.Run("Stop-MpInstance foo -TurnOff").Errors);
    }

    [Fact]
    public void Real_files_and_a_real_process_tell_the_same_story()
    {
        using var standIn = new StandIn().Knows("foo", "Starting").Behaves("Answers");
        var host = HostWith(standIn);
        var foo = Only<MpInstance>(Shell.Run("Get-MpInstance foo -MpHost $h", ("h", host)));
        Assert.Equal((MpInstanceState.Stopped, "Starting", "Database, Client", MpDrift.StuckStarting), (foo.State, foo.MultipassState, foo.MultipassSource, foo.Drift));
        var result = Shell.Run("Repair-MpInstance foo -MpHost $h", ("h", host));
        Assert.Empty(result.Errors);
        Assert.Equal("The host shows Stopped, and Multipass says Stopped.", Only<MpRepair>(result).Now);
        Assert.Contains("stop --force foo", standIn.Calls);
    }

    [Fact]
    public void A_real_process_that_hangs_is_waited_for_no_longer_than_allowed()
    {
        using var standIn = new StandIn().Knows("foo", "Starting").Behaves("Hangs", 0, "stop");
        var watch = Stopwatch.StartNew();
        var result = Shell.Run("$null = Repair-MpInstance foo -MpHost $h -Timeout 1", ("h", HostWith(standIn)));
        HasId("MultipassRestartNeeded", "RepairMpInstance", Assert.Single(result.Errors));
        Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task The_users_stop_ends_a_client_that_hangs()
    {
        using var standIn = new StandIn().Knows("foo", "Starting").Behaves("Hangs");
        var run = Shell.Begin("Get-MpInstance foo -MpHost $h", ("h", HostWith(standIn)));
        Until(() => standIn.Calls.Count > 0);
        var watch = Stopwatch.StartNew();
        run.Stop();
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
        Assert.True((await run.WaitAsync()).Stopped);
    }

    /// <summary>A simulated host beside a real folder of files, with the stand-in as the client: the records claim the disk of the simulated foo.</summary>
    private static MpHost HostWith(StandIn standIn)
    {
        var host = new SimulatedHost(Scenario.Parse("""{ "host": { "name": "HV-FILES" }, "instances": [ { "name": "foo" } ] }"""), global::Multipass.HyperV.Shell.SystemClock.Instance);
        var data = Path.Combine(standIn.Folder, "storage", "data");
        Directory.CreateDirectory(Path.Combine(data, "vault"));
        File.WriteAllText(Path.Combine(data, MultipassLocations.DatabaseName), """{ "foo": { "deleted": false, "num_cores": 1, "state": 2 } }""");
        File.WriteAllText(
            Path.Combine(data, "vault", MultipassLocations.ImageRecordsName),
            """{ "foo": { "image": { "path": "C:\\ProgramData\\Multipass\\data\\vault\\instances\\foo\\ubuntu-24.04-server-cloudimg-amd64.vhdx" } } }""");
        var view = new MultipassView(new LocalFiles(), standIn.Client, new MultipassEnvironment(Path.Combine(standIn.Folder, "storage"), string.Empty, standIn.Folder));
        return new MpHost(host.Connect(), view, host, "files", DateTimeOffset.UtcNow);
    }
}
