using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Simulation;
using Multipass.HyperV.Simulation.Provider;
using Multipass.HyperV.Testing;
using Xunit;

namespace Multipass.HyperV.Tests.Simulation;

/// <summary>The simulated host answers what real hosts were recorded to answer; the rows and their sources are in <c>Data/recorded-rows.json</c>.</summary>
public sealed class RecordedRowsTests
{
    private static readonly JsonElement[] Rows = JsonDocument
        .Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Data", "recorded-rows.json")))
        .RootElement.GetProperty("rows").EnumerateArray().ToArray();

    public static TheoryData<string> Ids => new(Rows.Select(row => row.GetProperty("id").GetString()!));

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_row_is_as_it_was_recorded(string id)
    {
        var row = Rows.Single(candidate => candidate.GetProperty("id").GetString() == id);
        var actual = Simulated(id, row.GetProperty("class").GetString()!, row.GetProperty("culture").GetString()!);
        var differences = row.GetProperty("values").EnumerateObject()
            .Select(value => (value.Name, Expected: Text(value.Value), Actual: Text(actual[value.Name])))
            .Where(value => value.Expected == "*" ? value.Actual == "NULL" : value.Expected != value.Actual)
            .Select(value => $"{value.Name}: {value.Expected} was recorded, the simulated host answers {value.Actual}");
        Assert.Empty(differences);
        Assert.All(row.GetProperty("omitted").EnumerateArray(), omitted => Assert.Null(actual[omitted.GetString()!]));
    }

    /// <summary>The names of jobs by kind, and how long they took (OpenStack Nova's recorded sessions with Windows Server 2012).</summary>
    [Theory]
    [InlineData("Stopped", 2, "Initializing and Starting Virtual Machine", 717, 8940)]
    [InlineData("Suspended", 2, "Initializing and Restoring Virtual Machine", 1649, 4634)]
    [InlineData("Running", 6, "Saving Virtual Machine", 1032, 2051)]
    [InlineData("Running", 3, "Turning Off Virtual Machine", 113, 559)]
    [InlineData("Running", 9, "Pausing Virtual Machine", 35, 165)]
    [InlineData("Paused", 2, "Resuming Virtual Machine", 31, 135)]
    [InlineData("Running", 11, "Resetting Virtual Machine", 475, 1857)]
    public void A_job_is_called_and_takes_as_long_as_was_recorded(string state, int request, string description, int least, int most)
    {
        var host = SimulatedRun.WithFoo($"\"state\": \"{state}\"", "\"jobDurations\": \"Recorded\"");
        var id = host.Accepted("foo", (ushort)request);
        Assert.Equal(JobState.Running, host.Job(id).UInt16("JobState"));
        host.Advance(10_000);

        var job = host.Query(CimNames.ConcreteJob, new[] { "Description", "JobState", "ElapsedTime" }).Single();
        Assert.Equal((description, JobState.Completed), (job.Text("Description"), job.UInt16("JobState")));
        Assert.InRange(job.Interval("ElapsedTime")!.Value.TotalMilliseconds, least, most);
    }

    /// <summary>What requests were recorded to return, among them the numbers of the first version of the provider, which the second refuses.</summary>
    [Theory]
    [InlineData("Running", 2, 32775)]
    [InlineData("Stopped", 3, 32775)]
    [InlineData("Paused", 9, 32775)]
    [InlineData("Suspended", 6, 32775)]
    [InlineData("Stopped", 6, 32775)]
    [InlineData("Running", 32768, 32775)]
    [InlineData("Running", 32769, 32775)]
    [InlineData("Running", 32773, 32775)]
    [InlineData("Running", 32779, 32775)]
    [InlineData("Stopped", 2, 4096)]
    [InlineData("Suspended", 2, 4096)]
    [InlineData("Paused", 2, 4096)]
    [InlineData("Running", 3, 4096)]
    [InlineData("Paused", 3, 4096)]
    [InlineData("Suspended", 3, 4096)]
    public void A_request_is_answered_as_was_recorded(string state, int request, int returned)
    {
        var result = SimulatedRun.WithFoo($"\"state\": \"{state}\"").Ask("foo", (ushort)request);

        Assert.Equal((uint)returned, result.ReturnValue);
        Assert.Equal(returned == 4096, result.Out.Reference("Job") is not null);
    }

    /// <summary>An account without rights sees nothing, and no error.</summary>
    [Fact]
    public void An_account_without_rights_gets_no_rows()
        => Assert.Empty(SimulatedRun.WithFoo(host: "\"access\": \"None\"").Query(CimNames.ComputerSystem, new[] { "Name" }));

    /// <summary>Jobs of anybody stay enumerable for five minutes after their end, with what they are about.</summary>
    [Fact]
    public void An_ended_job_can_be_read_for_five_minutes()
    {
        var host = SimulatedRun.WithFoo();
        var id = host.Accepted("foo", 2);
        host.Advance(300 + (5 * 60 * 1000) - 1);
        Assert.Equal(id, host.Query(CimNames.AffectedJobElement, new[] { "AffectingElement" }).Single().Reference("AffectingElement")!.Key("InstanceID"));
        Assert.NotNull(host.FindJob(id));
        host.Advance(1);
        Assert.Null(host.FindJob(id));
        Assert.Empty(host.Query(CimNames.AffectedJobElement, new[] { "AffectingElement" }));
    }

    /// <summary>The moments of a machine have microseconds, those of its jobs whole seconds.</summary>
    [Fact]
    public void Moments_have_as_many_places_as_were_recorded()
    {
        var host = SimulatedRun.WithFoo();
        host.Clock.Advance(TimeSpan.FromTicks(1_234_567));
        var id = host.Accepted("foo", 2);
        host.Advance(20);
        Assert.Equal(0, host.Job(id).Moment("TimeSubmitted")!.Value.Ticks % TimeSpan.TicksPerSecond);
        Assert.Equal(1_434_560, host.State().Moment("TimeOfLastStateChange")!.Value.Ticks % TimeSpan.TicksPerSecond);
    }

    /// <summary>The row of a simulated host that is in the circumstances of the recorded one.</summary>
    private static CimRecord Simulated(string id, string className, string culture)
    {
        var state = id switch
        {
            "computersystem-vm-running" or "computersystem-vm-running-zh" => "Running",
            _ => "Stopped",
        };
        var host = SimulatedRun.WithFoo($"\"state\": \"{state}\"", $"\"culture\": \"{culture}\", \"jobMilliseconds\": 1000");
        var declared = ClassDeclarations.Namespace(CimNames.Virtualization)![className];
        var properties = declared.Properties.Select(property => property.Name).ToArray();
        switch (id)
        {
            case "computersystem-host":
                return host.Query(className, properties, CimCondition.Equal("Name", host.Host.Name)).Single();
            case "storagejob-running" or "storagejob-completed" or "affectedjobelement-effect0":
                host.Accepted("foo", 2);
                host.Advance(id == "storagejob-completed" ? 1000 : 15);
                return host.Query(className, properties).Single();
            default:
                return host.Query(className, properties).Last(row => row.PropertyNames.Contains("Name") ? row.Text("Name") == host.Key("foo") : row.Text("InstanceID")!.Contains(host.Key("foo"), StringComparison.Ordinal));
        }
    }

    private static string Text(JsonElement value)
        => value.ValueKind switch
        {
            JsonValueKind.Null => "NULL",
            JsonValueKind.Array => "[" + string.Join(",", value.EnumerateArray().Select(Text)) + "]",
            JsonValueKind.True => "True",
            JsonValueKind.False => "False",
            JsonValueKind.String => value.GetString()!,
            _ => value.GetRawText(),
        };

    private static string Text(object? value)
        => value switch
        {
            null => "NULL",
            DateTimeOffset moment => moment.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFF", CultureInfo.InvariantCulture) + "Z",
            TimeSpan interval => System.Xml.XmlConvert.ToString(interval) == "PT5M" ? "P0DT0H5M0S" : System.Xml.XmlConvert.ToString(interval),
            Array array => "[" + string.Join(",", array.Cast<object?>().Select(Text)) + "]",
            _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };
}
