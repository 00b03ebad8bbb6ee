using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Json;
using Multipass.HyperV.Operations;
using Xunit;

namespace Multipass.HyperV.Tests.Failures;

public sealed class FailureCatalogueTests
{
    public static TheoryData<string> ReportedFailures
    {
        get
        {
            var data = new TheoryData<string>();
            foreach (var row in Reported())
            {
                data.Add(row.TryGetMember("source", out var source) ? source.Value.AsString() : "?");
            }

            return data;
        }
    }

    public static TheoryData<string> Causes
    {
        get
        {
            var data = new TheoryData<string>();
            foreach (var row in FailureCatalogue.Rows)
            {
                data.Add(row.Name);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(ReportedFailures))]
    public void A_reported_failure_has_its_cause(string source)
    {
        var row = new JsonObjectReader(Reported().Single(value => value.TryGetMember("source", out var member) && member.Value.AsString() == source));
        var job = new JobReading(new CimRecord("Msvm_ConcreteJob", new Dictionary<string, object?>
        {
            ["InstanceID"] = "1",
            ["JobState"] = (ushort)10,
            ["ErrorCode"] = (ushort)row.RequireInt64("jobErrorCode"),
            ["ErrorSummaryDescription"] = Text(row, "errorSummaryDescription"),
            ["ErrorDescription"] = Text(row, "errorDescription"),
        }));
        var evidence = FailureEvidence.OfJob("1", job, Array.Empty<string>(), "minikube");
        Assert.Equal(row.RequireString("cause"), FailureCatalogue.Judge(evidence, HostFacts.None).Name);
        Assert.Equal(
            row.GetArray("hresults")!.Select(code => Convert.ToInt32(code.AsString(), 16)),
            evidence.HResults);
    }

    [Fact]
    public void Facts_decide_where_codes_are_shared()
    {
        var job = new JobReading(new CimRecord("Msvm_ConcreteJob", new Dictionary<string, object?>
        {
            ["InstanceID"] = "1", ["JobState"] = (ushort)10, ["ErrorCode"] = (ushort)32768, ["ErrorDescription"] = "(0x80070005)",
        }));
        var evidence = FailureEvidence.OfJob("1", job, Array.Empty<string>(), "foo");
        Assert.Same(FailureCatalogue.DiskAccessDenied, FailureCatalogue.Judge(evidence, HostFacts.None));
        Assert.Same(FailureCatalogue.DiskAccessDenied, FailureCatalogue.Judge(evidence, new HostFacts { MissingSwitch = string.Empty }));
        Assert.Same(FailureCatalogue.SwitchNotFound, FailureCatalogue.Judge(evidence, new HostFacts { MissingSwitch = "Default Switch" }));
    }

    [Theory]
    [InlineData(32778, "OutOfMemory")]
    [InlineData(32769, "PermissionDenied")]
    [InlineData(32775, "InvalidState")]
    [InlineData(32774, "InvalidState")]
    [InlineData(32779, "DiskNotFound")]
    [InlineData(32788, "InsufficientSystemResources")]
    [InlineData(32789, "InstanceNotFound")]
    [InlineData(32768, "Unknown")]
    [InlineData(40000, "Unknown")]
    public void A_return_value_alone_has_a_cause(int returnValue, string cause)
        => Assert.Equal(cause, FailureCatalogue.Judge(FailureEvidence.OfReturnValue((uint)returnValue), HostFacts.None).Name);

    [Theory]
    [InlineData(0x80041003, "PermissionDenied")]
    [InlineData(0x8004100E, "HyperVNotInstalled")]
    [InlineData(0x80041010, "HyperVNotInstalled")]
    [InlineData(0x80041013, "VmmsNotRunning")]
    [InlineData(0x80041033, "VmmsNotRunning")]
    [InlineData(0x80041002, "InstanceNotFound")]
    [InlineData(0x800706BA, "HostUnreachable")]
    [InlineData(0x800706BE, "HostUnreachable")]
    [InlineData(0x80041069, "HostUnreachable")]
    [InlineData(0x80041001, "Unknown")]
    public void A_fault_alone_has_a_cause(uint hresult, string cause)
        => Assert.Equal(cause, FailureCatalogue.Judge(FailureEvidence.OfFault(new CimFault(CimStatus.Failed, unchecked((int)hresult), "x")), HostFacts.None).Name);

    [Theory]
    [MemberData(nameof(Causes))]
    public void Every_cause_can_be_put_into_words_with_nothing_known(string name)
    {
        var cause = FailureCatalogue.Rows.Single(row => row.Name == name);
        foreach (var operation in Enum.GetValues<MpOperation>())
        {
            foreach (var state in Enum.GetValues<MpInstanceState>())
            {
                var instance = new MpInstance("foo", state, Guid.Empty, "HV");
                foreach (var before in new[] { null, instance })
                {
                    var failure = MpOperationFailure.Of(cause, new FailureContext
                    {
                        Operation = operation,
                        Name = "foo",
                        HostName = "HV",
                        Before = before,
                        After = before,
                        Detail = "d",
                        Timeout = TimeSpan.FromSeconds(2),
                        From = DateTimeOffset.UnixEpoch,
                        To = DateTimeOffset.UnixEpoch,
                    });
                    Assert.DoesNotMatch(@"[{}]", failure.Message + failure.RecommendedAction);
                    Assert.NotEmpty(failure.RecommendedAction);
                }
            }
        }
    }

    [Fact]
    public void Names_are_unique_and_every_slot_exists()
    {
        Assert.Equal(FailureCatalogue.Rows.Count, FailureCatalogue.Rows.Select(row => row.Name).Distinct().Count());
        foreach (var row in FailureCatalogue.Rows)
        {
            Assert.Matches("^[A-Z][A-Za-z]+$", row.Name);
            foreach (var template in row.Explanations.Concat(row.Advice.Select(advice => advice.Template)))
            {
                foreach (Match slot in Regex.Matches(template, @"\{(\w+)\}"))
                {
                    Assert.Contains(slot.Groups[1].Value, FailureSlots.Names);
                }
            }
        }
    }

    [Fact]
    public void Every_field_is_a_row()
    {
        var fields = typeof(FailureCatalogue).GetFields().Where(field => field.FieldType == typeof(FailureCause)).Select(field => field.Name).OrderBy(name => name);
        Assert.Equal(fields, FailureCatalogue.Rows.Select(row => row.Name).OrderBy(name => name));
    }

    private static IReadOnlyList<JsonValue> Reported()
    {
        var path = Path.Combine(AppContext.BaseDirectory, "Data", "reported-failures.json");
        return JsonReader.Parse(File.ReadAllBytes(path)).TryGetMember("failures", out var failures) ? failures.Value.AsArray() : throw new InvalidDataException(path);
    }

    private static string? Text(JsonObjectReader row, string key) => row.GetValue(key) is { Kind: JsonKind.String } value ? value.AsString() : null;
}
