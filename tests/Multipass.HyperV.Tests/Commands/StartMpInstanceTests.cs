using System;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using Multipass.HyperV.Tests.Hosting;
using Xunit;

namespace Multipass.HyperV.Tests.Commands;

public sealed class StartMpInstanceTests(HostedPowerShell shell) : CommandTestBase(shell)
{
    [Fact]
    public void A_start_that_the_host_rejects_is_one_error_with_the_state_that_is_true()
    {
        Connect(Story);
        var result = Shell.Run("Start-MpInstance foo -PassThru");
        var error = Assert.Single(result.Errors);
        HasId("OutOfMemory", "StartMpInstance", error);
        Assert.Equal(ErrorCategory.ResourceUnavailable, error.CategoryInfo.Category);
        Assert.Equal(MpInstanceState.Stopped, Assert.IsType<MpInstance>(error.TargetObject).State);
        var exception = Assert.IsType<MpOperationException>(error.Exception);
        Assert.Contains(unchecked((int)0x8007000E), exception.HResults);
        Assert.Equal("OutOfMemory", exception.Cause);
        Assert.Equal(MpInstanceState.Stopped, exception.StateAfter);
        Assert.Contains("10240 MB", error.ErrorDetails.RecommendedAction);
        Assert.Contains("6144 MB", error.ErrorDetails.RecommendedAction);
        Assert.Contains("bar", error.ErrorDetails.RecommendedAction);
        Assert.Equal(MpInstanceState.Stopped, Only<MpInstance>(result).State);
        Assert.Equal("Stopped", StateOf("foo"));
    }

    [Fact]
    public void Without_PassThru_nothing_is_written()
    {
        Connect(Story);
        Assert.Empty(Shell.Run("Stop-MpInstance bar; Start-MpInstance foo").Output);
        Assert.Equal("Running", StateOf("foo"));
    }

    [Theory]
    [InlineData("Continue")]
    [InlineData("Stop")]
    public void One_that_fails_does_not_stop_the_others(string action)
    {
        Connect("""{ "host": { "jobMilliseconds": 60 }, "instances": [ { "name": "a" }, { "name": "b", "disk": "Missing" }, { "name": "c" } ] }""");
        var result = Shell.Run($"Start-MpInstance a,b,c -ErrorAction {action}");
        var error = action == "Stop" ? result.Terminating : Assert.Single(result.Errors);
        HasId("DiskNotFound", "StartMpInstance", error);
        Assert.Equal(new[] { "Running", "Stopped", "Running" }, new[] { "a", "b", "c" }.Select(StateOf));
    }

    [Fact]
    public void A_preference_holds_errors_back_as_the_parameter_does()
    {
        Connect("""{ "host": { "jobMilliseconds": 60 }, "instances": [ { "name": "a", "disk": "Missing" }, { "name": "b" } ] }""");
        HasId("DiskNotFound", "StartMpInstance", Shell.Run("$ErrorActionPreference = 'Stop'; Start-MpInstance a,b").Terminating);
        Assert.Equal("Running", StateOf("b"));
    }

    [Theory]
    [InlineData("Start-MpInstance a")]
    [InlineData("Start-MpInstance A")]
    [InlineData("Start-MpInstance -VMName a")]
    [InlineData("Start-MpInstance 'a*'")]
    [InlineData("Start-MpInstance [a]")]
    [InlineData("'a' | Start-MpInstance")]
    [InlineData("[pscustomobject]@{ Name = 'a' } | Start-MpInstance")]
    [InlineData("[pscustomobject]@{ VMName = 'a' } | Start-MpInstance")]
    [InlineData("Get-MpInstance a | Start-MpInstance")]
    [InlineData("Start-MpInstance (Get-MpInstance a)")]
    [InlineData("Start-MpInstance -InputObject (Get-MpInstance a)")]
    [InlineData("Start-MpInstance -Id (Get-MpInstance a).Id")]
    [InlineData("Start-MpInstance -Id ([string](Get-MpInstance a).Id)")]
    [InlineData("Start-MpInstance a -MpHost HV-SIM")]
    [InlineData("Start-MpInstance a -MpHost (Get-MpHost)")]
    [InlineData("'a','a' | Start-MpInstance")]
    public void Every_way_to_name_an_instance_binds(string script)
    {
        Connect("""{ "host": { "jobMilliseconds": 20 }, "instances": [ { "name": "a" }, { "name": "b" } ] }""");
        var result = Shell.Run(script);
        Assert.Empty(result.Errors);
        Assert.Null(result.Terminating);
        Assert.Equal("Running", StateOf("a"));
        Assert.Equal("Stopped", StateOf("b"));
        Assert.Equal(1, Changes());
    }

    [Fact]
    public void WhatIf_asks_for_nothing_and_names_host_and_instance()
    {
        Connect(Story);
        var result = Shell.Run("Start-MpInstance foo -WhatIf");
        Assert.Contains("HV-DEMO", result.HostText);
        Assert.Contains("'foo'", result.HostText);
        Assert.Equal(0, Changes());
        Assert.Empty(result.Errors);
    }

    [Fact]
    public void Two_of_one_name_are_not_guessed_between()
    {
        Connect("""{ "instances": [ { "name": "a" }, { "name": "a" } ] }""");
        var error = Assert.Single(Shell.Run("Start-MpInstance a").Errors);
        HasId("AmbiguousName", "StartMpInstance", error);
        foreach (var instance in Shell.Run("Get-MpInstance a").Output)
        {
            Assert.Contains(((MpInstance)instance.BaseObject).Id.ToString("D").ToUpperInvariant(), error.Exception.Message);
        }

        Assert.Equal(0, Changes());
        Assert.Empty(Shell.Run("Start-MpInstance -Id (Get-MpInstance a)[0].Id").Errors);
        Assert.Equal(1, Changes());
    }

    [Fact]
    public void What_is_not_Multipass_own_is_reached_as_an_object_only()
    {
        Connect("""{ "host": { "jobMilliseconds": 20 }, "instances": [ { "name": "vm", "managed": false } ] }""");
        foreach (var script in new[] { "Start-MpInstance vm", "Start-MpInstance -Id (Get-MpInstance -IncludeUnmanaged).Id" })
        {
            HasId("InstanceNotFound", "StartMpInstance", Assert.Single(Shell.Run(script).Errors));
        }

        Assert.Empty(Shell.Run("Start-MpInstance *; Get-MpInstance").Output);
        Assert.Equal(0, Changes());
        Assert.Empty(Shell.Run("Get-MpInstance -IncludeUnmanaged | Start-MpInstance").Errors);
        Assert.Equal(1, Changes());
    }

    [Theory]
    [InlineData("Start-MpInstance nobody", "InstanceNotFound,Multipass.HyperV.Commands.StartMpInstanceCommand")]
    [InlineData("Start-MpInstance -Id 00000000-0000-0000-0000-000000000000", "InstanceNotFound,Multipass.HyperV.Commands.StartMpInstanceCommand")]
    [InlineData("Start-MpInstance -Id 8286DFCE-CBB8-42D5-A582-DDD62C8ABBE9", "InstanceNotFound,Multipass.HyperV.Commands.StartMpInstanceCommand")]
    [InlineData("Start-MpInstance ''", "ParameterArgumentValidationError,Multipass.HyperV.Commands.StartMpInstanceCommand")]
    [InlineData("Start-MpInstance foo -Timeout -1", "ParameterArgumentValidationError,Multipass.HyperV.Commands.StartMpInstanceCommand")]
    [InlineData("Start-MpInstance foo -Timeout 0", "ParameterArgumentValidationError,Multipass.HyperV.Commands.StartMpInstanceCommand")]
    [InlineData("Start-MpInstance foo -MpHost nobody", "HostNotConnected,Multipass.HyperV.Commands.StartMpInstanceCommand")]
    public void Bad_input_is_one_clear_error(string script, string id)
    {
        Connect(Story);
        var result = Shell.Run(script);
        var error = Assert.Single(result.Errors.Concat(result.Terminating is { } terminating ? new[] { terminating } : Array.Empty<ErrorRecord>()));
        Assert.Equal(id, error.FullyQualifiedErrorId);
        Assert.Equal(0, Changes());
    }

    [Fact]
    public void A_wildcard_that_matches_nothing_is_no_error()
    {
        Connect(Story);
        Assert.Empty(Shell.Run("Start-MpInstance x*").Errors);
    }

    [Fact]
    public void No_rights_are_one_error_and_no_empty_list()
    {
        Connect("""{ "host": { "access": "None" }, "instances": [ { "name": "foo" } ] }""");
        HasId("PermissionDenied", "StartMpInstance", Assert.Single(Shell.Run("Start-MpInstance foo").Errors));
        HasId("PermissionDenied", "GetMpInstance", Assert.Single(Shell.Run("Get-MpInstance").Errors));
    }

    [Fact]
    public void A_host_whose_service_is_stopped_is_one_error()
    {
        Connect("""{ "host": { "vmmsRunning": false }, "instances": [ { "name": "foo" } ] }""");
        var error = Assert.Single(Shell.Run("Start-MpInstance foo").Errors);
        HasId("VmmsNotRunning", "StartMpInstance", error);
        Assert.Contains("Start-Service vmms", error.ErrorDetails.RecommendedAction);
    }

    [Fact]
    public void Progress_ends_completed_and_verbose_lines_have_numbers()
    {
        var host = Looked("""{ "host": { "jobMilliseconds": 400 }, "instances": [ { "name": "a" }, { "name": "b" } ] }""");
        var result = Shell.Run("Start-MpInstance a,b -Verbose -MpHost $host1", ("host1", host));
        Assert.Contains(result.Verbose, line => line.Contains("4096", StringComparison.Ordinal));
        Assert.NotEmpty(result.Progress);
        foreach (var activity in result.Progress.GroupBy(record => record.ActivityId))
        {
            Assert.True(activity.Last().Completed);
        }
    }

    [Fact]
    public void A_pipeline_that_has_enough_ends_early()
    {
        Connect("""{ "host": { "jobMilliseconds": 20 }, "instances": [ { "name": "a" }, { "name": "b", "faults": [ { "operation": "Start", "kind": "NeverEnds" } ] } ] }""");
        var result = Shell.Run("foreach ($once in 1) { Start-MpInstance a,b -PassThru | ForEach-Object { $_; break } }");
        Assert.Single(result.Output);
    }

    [Fact]
    public void The_error_is_shown_with_its_recommendation()
    {
        Connect(Story);
        var text = Shell.Show("Start-MpInstance foo");
        Assert.Contains("10240 MB", text);
        Assert.Contains("multipass set local.foo.memory=5G", text.Replace("\n", " ", StringComparison.Ordinal));
    }

    [Fact]
    public void The_story_of_a_user_is_told_to_the_end()
    {
        Connect(Story);
        Assert.Single(Shell.Run("Start-MpInstance foo").Errors);
        Assert.Empty(Shell.Run("Stop-MpInstance bar").Errors);
        Assert.Empty(Shell.Run("Start-MpInstance foo").Errors);
        Assert.Equal("Running", StateOf("foo"));
    }
}
