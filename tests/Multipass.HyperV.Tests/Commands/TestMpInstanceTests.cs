using System.Linq;
using System.Management.Automation;
using Multipass.HyperV.Tests.Hosting;
using Xunit;

namespace Multipass.HyperV.Tests.Commands;

public sealed class TestMpInstanceTests(HostedPowerShell shell) : CommandTestBase(shell)
{
    private const string Mixed = """
        {
          "host": { "name": "HV", "memoryMB": 16384, "reserveMB": 2048, "jobMilliseconds": 20 },
          "instances": [
            { "name": "a" },
            { "name": "big", "memoryMB": 65536 },
            { "name": "lost", "disk": "Missing" },
            { "name": "old", "backend": "Hcs" },
            { "name": "up", "state": "Running" },
            { "name": "vm", "managed": false },
            { "name": "two", "id": "11111111-0000-0000-0000-000000000001" },
            { "name": "two", "id": "11111111-0000-0000-0000-000000000002" }
          ]
        }
        """;

    [Fact]
    public void Findings_say_what_stands_against_a_start()
    {
        Connect(Story);
        var finding = Only<MpInstanceFinding>(Shell.Run("Test-MpInstance foo"));
        Assert.Equal((MpFindingSeverity.Error, "Memory", "OutOfMemory"), (finding.Severity, finding.Check, finding.Cause));
        var error = Assert.Single(Shell.Run("Start-MpInstance foo").Errors);
        Assert.Equal(error.ErrorDetails.RecommendedAction, finding.Recommendation);
        Assert.Equal("Running", Only<MpInstance>(Shell.Run("Stop-MpInstance bar; Test-MpInstance foo | Where-Object Check -eq 'Start' | Start-MpInstance -PassThru")).State.ToString());
    }

    [Fact]
    public void Quiet_is_one_truth_for_each_instance()
    {
        Connect(Mixed);
        Assert.Equal(new object[] { true, false, false, false, true }, Shell.Run("Test-MpInstance a,big,lost,old,up -Quiet").Output.Select(item => item.BaseObject));
        Assert.Equal(7, Shell.Run("Test-MpInstance -Quiet").Output.Count);
        Assert.Equal(0, Changes());
    }

    [Theory]
    [InlineData("Test-MpInstance a", "a")]
    [InlineData("Test-MpInstance -VMName b*", "big")]
    [InlineData("'a','big' | Test-MpInstance", "a,big")]
    [InlineData("Get-MpInstance a | Test-MpInstance", "a")]
    [InlineData("Get-MpInstance -IncludeUnmanaged vm | Test-MpInstance", "vm")]
    [InlineData("Test-MpInstance -Id 11111111-0000-0000-0000-000000000002", "two")]
    [InlineData("Get-MpInstance two | Test-MpInstance", "two,two")]
    [InlineData("Test-MpInstance a -MpHost HV", "a")]
    [InlineData("Test-MpInstance nothing*", "")]
    [InlineData("Get-MpInstance nothing* | Test-MpInstance", "")]
    public void Instances_are_meant_as_by_the_other_cmdlets(string script, string names)
    {
        Connect(Mixed);
        var result = Shell.Run(script);
        Assert.Null(result.Terminating);
        Assert.Empty(result.Errors);
        Assert.Equal(names, string.Join(",", result.Output.Select(item => ((MpInstanceFinding)item.BaseObject).Name)));
    }

    [Theory]
    [InlineData("Test-MpInstance nosuch", "InstanceNotFound")]
    [InlineData("Test-MpInstance vm", "InstanceNotFound")]
    [InlineData("Test-MpInstance two", "AmbiguousName")]
    [InlineData("Test-MpInstance -Id 22222222-0000-0000-0000-000000000002 -Quiet", "InstanceNotFound")]
    [InlineData("Test-MpInstance a -MpHost nosuch", "HostNotConnected")]
    [InlineData("Test-MpInstance ''", "ParameterArgumentValidationError")]
    [InlineData("Test-MpInstance -InputObject ([Multipass.HyperV.MpInstance]::new('x', 'Running', [guid]::Empty, 'elsewhere'))", "HostNotConnected")]
    public void Wrong_input_is_one_clear_error(string script, string id)
    {
        Connect(Mixed);
        var result = Shell.Run(script);
        HasId(id, "TestMpInstance", TheError(result));
        Assert.Empty(result.Output);
    }

    [Theory]
    [InlineData("\"vmmsRunning\": false", "Service", "VmmsNotRunning")]
    [InlineData("\"access\": \"None\"", "Rights", "PermissionDenied")]
    [InlineData("\"hyperVInstalled\": false", "HyperV", "HyperVNotInstalled")]
    public void A_host_that_cannot_be_read_is_a_finding_and_a_start_says_the_same(string host, string check, string cause)
    {
        Connect($$"""{ "host": { {{host}} }, "instances": [ { "name": "a" } ] }""");
        var finding = Only<MpInstanceFinding>(Shell.Run("Test-MpInstance a"));
        Assert.Equal(("a", "HV-SIM", MpFindingSeverity.Error, check, cause), (finding.Name, finding.HostName, finding.Severity, finding.Check, finding.Cause));
        var error = Assert.Single(Shell.Run("Start-MpInstance a").Errors);
        HasId(cause, "StartMpInstance", error);
        Assert.Equal(error.ErrorDetails.RecommendedAction, finding.Recommendation);
        Assert.False(Only<bool>(Shell.Run("Test-MpInstance a -Quiet")));
        Assert.Equal(string.Empty, Only<MpInstanceFinding>(Shell.Run("Test-MpInstance")).Name);
        Assert.Equal(new[] { "a", "b" }, Shell.Run("Test-MpInstance a,b,c*").Output.Select(item => ((MpInstanceFinding)item.BaseObject).Name));
        Assert.Equal(0, Changes());
    }

    [Fact]
    public void Several_hosts_are_tested_each_by_itself()
    {
        var first = FileOf("""{ "host": { "name": "one" }, "instances": [ { "name": "a", "memoryMB": 65536 } ] }""", "1.json");
        var second = FileOf("""{ "host": { "name": "two" }, "instances": [ { "name": "a" } ] }""", "2.json");
        var third = FileOf("""{ "host": { "name": "three", "vmmsRunning": false }, "instances": [ { "name": "a" } ] }""", "3.json");
        Shell.Run("Connect-MpHost -Simulated -Scenario $first,$second,$third", ("first", first), ("second", second), ("third", third));
        var findings = Shell.Run("Test-MpInstance a").Output.Select(item => (MpInstanceFinding)item.BaseObject).Select(finding => (finding.HostName, finding.Check));
        Assert.Equal(new[] { ("one", "Memory"), ("two", "Start"), ("three", "Service") }, findings);
    }

    [Fact]
    public void The_view_shows_what_was_found_and_what_to_do()
    {
        Connect(Story);
        var text = Shell.Show("Test-MpInstance foo,bar");
        foreach (var part in new[] { "foo on HV-DEMO: Error, Memory", "10240 MB", "-> ", "bar on HV-DEMO: Information, Start" })
        {
            Assert.Contains(part, text);
        }
    }
}
