using System;
using System.Linq;
using Multipass.HyperV.Tests.Hosting;
using Xunit;

namespace Multipass.HyperV.Tests.Commands;

/// <summary>An object acts on what it names: on its host alone, wherever it comes from and whatever it has become on the way.</summary>
public sealed class ObjectTests(HostedPowerShell shell) : CommandTestBase(shell)
{
    /// <summary>Two hosts that have an instance of the same name, and even of the same id, as after a copy.</summary>
    private void ConnectTwins(string state = "Running")
    {
        var files = new[] { "HV-A", "HV-B" }.Select(name => FileOf(
            $$"""
            { "host": { "name": "{{name}}", "jobMilliseconds": 20 }, "instances": [
                { "name": "twin", "state": "{{state}}", "id": "11111111-2222-3333-4444-555555555555", "guest": { "shutdownMilliseconds": 20 } },
                { "name": "{{(name == "HV-A" ? "alone" : "other")}}" },
                { "name": "vm", "managed": false } ] }
            """,
            name + ".json")).ToArray();
        var result = Shell.Run("Disconnect-MpHost; Connect-MpHost -Simulated -Scenario $files", ("files", files));
        Assert.Empty(result.Errors);
    }

    /// <summary>What became of the object, and nothing else.</summary>
    public static TheoryData<string, string> Ways => new()
    {
        { "live", "$i" },
        { "PSObject", "[psobject] $i" },
        { "Select-Object", "$i | Select-Object Name, HostName, Id" },
        { "without an id", "$i | Select-Object Name, HostName" },
        { "without a name", "$i | Select-Object Id, HostName" },
        { "everything selected", "$i | Select-Object *" },
        { "JSON", "$i | ConvertTo-Json -Depth 3 | ConvertFrom-Json" },
        { "CSV", "$i | ConvertTo-Csv | ConvertFrom-Csv" },
        { "Clixml", "[System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($i))" },
        { "a custom object", "[pscustomobject] @{ Name = 'twin'; HostName = 'hv-b' }" },
        { "a hashtable", "@{ Name = 'TWIN'; HostName = 'HV-B' }" },
        { "Hyper-V's own words", "[pscustomobject] @{ VMName = 'twin'; VMId = $i.Id; ComputerName = 'HV-B' }" },
        { "a change", "Watch-MpInstance -MpHost HV-B -IncludeCurrent | Where-Object Name -eq twin | Select-Object -First 1" },
        { "a repair", "Repair-MpInstance -MpHost HV-B twin" },
        { "a repair as text", "Repair-MpInstance -MpHost HV-B twin | ConvertTo-Json -Depth 3 | ConvertFrom-Json" },
        { "a finding", "Test-MpInstance -MpHost HV-B twin | Select-Object -First 1" },
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public void Whatever_carries_a_name_and_a_host_means_that_instance_alone(string way, string expression)
    {
        Assert.NotEmpty(way);
        ConnectTwins();
        foreach (var use in new[] { "$object | Stop-MpInstance -TurnOff", "Stop-MpInstance $object -TurnOff", "Stop-MpInstance -InputObject $object -TurnOff" })
        {
            var result = Shell.Run($$"""
                Start-MpInstance twin
                $i = Get-MpInstance -MpHost HV-B twin
                $object = {{expression}}
                {{use}}
                Get-MpInstance twin | ForEach-Object { "$($_.HostName) $($_.State)" }
                """);
            Assert.Empty(result.Errors);
            Assert.Null(result.Terminating);
            Assert.Equal(["HV-A Running", "HV-B Stopped"], result.Output.Select(item => item.ToString()).Order());
        }
    }

    [Fact]
    public void What_a_job_has_written_means_the_same_instance()
    {
        ConnectTwins();
        var result = Shell.Run("""
            $sent = [System.Management.Automation.PSSerializer]::Serialize((Get-MpInstance -MpHost HV-B twin), 2)
            $received = [System.Management.Automation.PSSerializer]::Deserialize($sent) | Add-Member PSComputerName localhost -PassThru
            $received | Stop-MpInstance -TurnOff -PassThru
            """);
        Assert.Equal("HV-B", Only<MpInstance>(result).HostName);
    }

    [Theory]
    [InlineData("(Get-MpInstance -MpHost HV-A alone).Id | Start-MpInstance -PassThru", "HV-A alone")]
    [InlineData("[pscustomobject] @{ Id = (Get-MpInstance -MpHost HV-A alone).Id } | Start-MpInstance -PassThru", "HV-A alone")]
    [InlineData("[pscustomobject] @{ Name = 'alone' } | Start-MpInstance -PassThru", "HV-A alone")]
    [InlineData("'alone', 'other' | Start-MpInstance -PassThru", "HV-A alone|HV-B other")]
    [InlineData("Start-MpInstance alone, other -PassThru", "HV-A alone|HV-B other")]
    [InlineData("Get-MpHost | Get-MpInstance", "HV-A alone|HV-A twin|HV-B other|HV-B twin")]
    [InlineData("Get-MpHost HV-B | Get-MpInstance", "HV-B other|HV-B twin")]
    [InlineData("Get-MpHost HV-B | Get-MpInstance -Name o*", "HV-B other")]
    [InlineData("Get-MpHost HV-B | Get-MpInstance twin", "HV-B twin")]
    [InlineData("Get-MpHost HV-B | Start-MpInstance twin -PassThru", "HV-B twin")]
    [InlineData("$h = Get-MpHost HV-B; [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($h)) | Get-MpInstance twin", "HV-B twin")]
    [InlineData("Test-MpInstance twin | Where-Object HostName -eq HV-B | Get-MpInstance", "HV-B twin")]
    [InlineData("Get-MpInstance -IncludeUnmanaged vm -MpHost HV-B | Start-MpInstance -PassThru", "HV-B vm")]
    [InlineData("Get-MpInstance -IncludeUnmanaged vm -MpHost HV-B | ConvertTo-Json | ConvertFrom-Json | Start-MpInstance -PassThru", "HV-B vm")]
    public void Ids_names_and_hosts_come_down_the_pipeline(string script, string found)
    {
        ConnectTwins("Stopped");
        var result = Shell.Run(script);
        Assert.Empty(result.Errors);
        Assert.Null(result.Terminating);
        Assert.Equal(found.Split('|'), result.Output.Select(item => ((MpInstance)item.BaseObject).Facts).Select(facts => $"{facts.HostName} {facts.Name}").Order());
    }

    [Theory]
    [InlineData("Get-MpHost HV-B | Stop-MpInstance -TurnOff", "InputObjectInvalid")]
    [InlineData("[pscustomobject] @{ Color = 'red' } | Stop-MpInstance -TurnOff", "InputObjectInvalid")]
    [InlineData("[pscustomobject] @{ Name = 'twin'; Id = 17; HostName = 'HV-B' } | Stop-MpInstance -TurnOff", "InputObjectInvalid")]
    [InlineData("[pscustomobject] @{ Name = ''; HostName = 'HV-B' } | Stop-MpInstance -TurnOff", "InputObjectInvalid")]
    [InlineData("Stop-MpInstance -InputObject ([pscustomobject] @{ Color = 'red' }) -TurnOff", "InputObjectInvalid")]
    [InlineData("Get-MpInstance -MpHost HV-B twin | Stop-MpInstance -Name alone -TurnOff", "InputObjectInvalid")]
    [InlineData("[pscustomobject] @{ Name = 'twin'; HostName = 'HV-C' } | Stop-MpInstance -TurnOff", "HostNotConnected")]
    [InlineData("[pscustomobject] @{ Name = 'alone'; HostName = 'HV-B' } | Stop-MpInstance -TurnOff", "InstanceNotFound")]
    [InlineData("[pscustomobject] @{ Name = 'tw*'; HostName = 'HV-B' } | Stop-MpInstance -TurnOff", "InstanceNotFound")]
    [InlineData("[pscustomobject] @{ Name = 'vm'; HostName = 'HV-B' } | Stop-MpInstance -TurnOff", "InstanceNotFound")]
    [InlineData("Get-MpInstance -MpHost HV-B twin | Stop-MpInstance -MpHost HV-A -TurnOff", "ParametersConflict")]
    [InlineData("Get-MpHost HV-B | Stop-MpInstance nobody -TurnOff", "InstanceNotFound")]
    public void What_names_no_instance_is_one_error_and_nothing_is_done(string script, string cause)
    {
        ConnectTwins();
        var result = Shell.Run(script);
        HasId(cause, "StopMpInstance", TheError(result));
        Assert.NotEmpty(TheError(result).ErrorDetails.RecommendedAction);
        Assert.Equal(0, Changes());
    }

    [Theory]
    [InlineData("Stop-MpInstance twin -ComputerName HV-A -MpHost HV-A", "ParametersConflict")]
    [InlineData("Stop-MpInstance twin -ComputerName HV-A -CimSession 1", "ParametersConflict")]
    [InlineData("Get-MpHost HV-A | Stop-MpInstance twin -ComputerName HV-A", "ParametersConflict")]
    [InlineData("Stop-MpInstance twin -Credential ([pscredential]::new('me', [securestring]::new()))", "ParametersConflict")]
    [InlineData("Stop-MpInstance twin -ComputerName 'no name'", "ConnectionInvalid")]
    public void Ways_to_name_hosts_that_exclude_each_other_are_one_error(string script, string cause)
    {
        ConnectTwins();
        HasId(cause, "StopMpInstance", TheError(Shell.Run(script)));
        Assert.Equal(0, Changes());
    }

    [Fact]
    public void A_bad_object_does_not_hold_up_the_good_ones()
    {
        ConnectTwins();
        var result = Shell.Run("1, [pscustomobject] @{ Color = 'red' }, (Get-MpInstance -MpHost HV-B twin) | Stop-MpInstance -TurnOff -PassThru");
        Assert.Equal("HV-B", Only<MpInstance>(result).HostName);
        Assert.Equal(["InputObjectInvalid", "InstanceNotFound"], result.Errors.Select(error => error.FullyQualifiedErrorId.Split(',')[0]).Order());
    }

    [Theory]
    [InlineData("Start")]
    [InlineData("Stop")]
    [InlineData("Restart")]
    [InlineData("Suspend")]
    [InlineData("Resume")]
    [InlineData("Wait")]
    [InlineData("Repair")]
    public void Where_nothing_is_said_a_name_is_asked_for(string verb)
    {
        ConnectTwins();
        string? asked = null;
        Shell.Host.AnswerText = name =>
        {
            asked = name;
            throw new InvalidOperationException("Nobody is here.");
        };
        Assert.NotNull(Shell.Run($"{verb}-MpInstance").Terminating);
        Assert.Equal("Name", asked);
        Assert.Equal("Name", Shell.Run($"(Get-Command {verb}-MpInstance).DefaultParameterSet").Output.Single().ToString());
    }

    /// <summary>An empty list means nobody, and not everybody.</summary>
    [Fact]
    public void Nothing_from_the_pipeline_means_nothing()
    {
        ConnectTwins();
        var result = Shell.Run("@() | Watch-MpInstance -IncludeCurrent -Timeout 1; @() | Get-MpInstance; @() | Stop-MpInstance -TurnOff; @() | Test-MpInstance");
        Assert.Empty(result.Output);
        Assert.Empty(result.Errors);
    }
}
