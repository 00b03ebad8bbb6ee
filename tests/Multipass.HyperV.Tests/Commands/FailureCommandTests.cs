using System;
using System.Linq;
using System.Management.Automation;
using Multipass.HyperV.Tests.Hosting;
using Xunit;

namespace Multipass.HyperV.Tests.Commands;

/// <summary>A sample of the causes as a user meets them: one error record, with id, category, target and advice.</summary>
public sealed class FailureCommandTests(HostedPowerShell shell) : CommandTestBase(shell)
{
    [Theory]
    [InlineData("OutOfMemory", "Job", ErrorCategory.ResourceUnavailable)]
    [InlineData("DiskCorrupt", "Job", ErrorCategory.InvalidData)]
    [InlineData("PermissionDenied", "Request", ErrorCategory.PermissionDenied)]
    [InlineData("SwitchPortInvalid", "Job", ErrorCategory.InvalidData)]
    [InlineData("JobCancelled", "Job", ErrorCategory.OperationStopped)]
    [InlineData("Unknown", "Job", ErrorCategory.InvalidResult)]
    public void A_failed_start_is_one_error(string cause, string stage, ErrorCategory category)
    {
        foreach (var culture in new[] { "en-US", "ja-JP" })
        {
            Connect($$"""
                { "host": { "culture": "{{culture}}", "jobMilliseconds": 20 }, "instances": [ { "name": "foo" }, { "name": "bar" } ] }
                """);
            var result = Shell.Run("Add-MpSimulatedFault foo Start $kind -Stage $stage; Start-MpInstance foo, bar -PassThru", ("kind", cause), ("stage", stage));
            var error = TheError(result);
            HasId(cause, "StartMpInstance", error);
            Assert.Equal(category, error.CategoryInfo.Category);
            Assert.Equal(MpInstanceState.Stopped, Assert.IsType<MpInstance>(error.TargetObject).State);
            Assert.NotEmpty(error.ErrorDetails.RecommendedAction);
            Assert.Equal(cause, Assert.IsType<MpOperationException>(error.Exception).Cause);
            Assert.Equal(new[] { "bar:Running", "foo:Stopped" }, result.Output.Select(row => (MpInstance)row.BaseObject).Select(row => $"{row.Name}:{row.State}").Order());
        }
    }

    [Theory]
    [InlineData("PermissionDenied", ErrorCategory.PermissionDenied)]
    [InlineData("VmmsNotRunning", ErrorCategory.ResourceUnavailable)]
    [InlineData("HyperVNotInstalled", ErrorCategory.NotInstalled)]
    [InlineData("HostUnreachable", ErrorCategory.ConnectionError)]
    [InlineData("InstanceNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Unknown", ErrorCategory.InvalidResult)]
    public void A_host_that_cannot_be_read_is_one_error(string cause, ErrorCategory category)
    {
        foreach (var culture in new[] { "en-US", "pl-PL", "de-DE", "zh-CN", "ja-JP" })
        {
            Connect($$"""
                { "host": { "culture": "{{culture}}" }, "instances": [ { "name": "foo" } ] }
                """);
            var error = TheError(Shell.Run("Add-MpSimulatedFault foo Query $kind; Get-MpInstance", ("kind", cause)));
            HasId(cause, "GetMpInstance", error);
            Assert.Equal(category, error.CategoryInfo.Category);
            Assert.NotEmpty(error.ErrorDetails.RecommendedAction);
            Assert.DoesNotMatch("[{}]", error.ToString() + error.ErrorDetails.RecommendedAction);
        }
    }

    [Theory]
    [InlineData("\"access\": \"None\"", "PermissionDenied")]
    [InlineData("\"vmmsRunning\": false", "VmmsNotRunning")]
    public void A_host_that_shows_nothing_says_why(string host, string cause)
    {
        Connect($$"""{ "host": { {{host}} }, "instances": [ { "name": "foo" } ] }""");
        var error = TheError(Shell.Run("Start-MpInstance foo"));
        HasId(cause, "StartMpInstance", error);
        Assert.Contains(cause == "PermissionDenied" ? "HV-SIM\\operator" : "Start-Service vmms", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reported_failure_can_be_copied_with_its_nulls()
    {
        Connect("""
            { "instances": [ { "name": "foo", "faults": [ { "operation": "Start", "jobErrorCode": 32788, "errorSummaryDescription": null, "errorDescription": null } ] } ] }
            """);
        HasId("InsufficientSystemResources", "StartMpInstance", TheError(Shell.Run("Start-MpInstance foo")));
        HasId(
            "InsufficientSystemResources",
            "StartMpInstance",
            TheError(Shell.Run("Add-MpSimulatedFault foo Start -Raw @{ jobErrorCode = 32788; errorSummaryDescription = $null; errorDescription = $null }; Start-MpInstance foo")));
    }

    [Fact]
    public void The_figures_that_the_host_gives_are_in_the_error()
    {
        Connect("""
            { "host": { "diskFreeMB": 100 }, "instances": [ { "name": "foo", "memoryMB": 2048 } ] }
            """);
        var error = TheError(Shell.Run("Start-MpInstance foo"));
        HasId("HostDiskFull", "StartMpInstance", error);
        Assert.Contains("100 MB are free", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Contains("2048 MB", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }
}
