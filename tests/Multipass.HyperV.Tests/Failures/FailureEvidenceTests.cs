using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Json;
using Multipass.HyperV.Tests.Operations;
using Xunit;

namespace Multipass.HyperV.Tests.Failures;

/// <summary>Evidence decides, never words: the same failures reworded, in other languages, or told in other places.</summary>
public sealed class FailureEvidenceTests
{
    private const string OutOfMemoryWords = "Not enough memory in the system to start the virtual machine.";

    public static TheoryData<string, string> Reworded
    {
        get
        {
            var data = new TheoryData<string, string>();
            var known = new HashSet<string>(StringComparer.Ordinal);
            foreach (var row in JsonReader.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Data", "reported-failures.json"))).AsObject().GetArray("failures")!)
            {
                var reader = row.AsObject();
                var summary = TextOf(reader, "errorSummaryDescription");
                var description = TextOf(reader, "errorDescription");
                var number = reader.RequireInt64("jobErrorCode");
                var cause = reader.RequireString("cause");
                foreach (var (first, second) in new[]
                {
                    (summary, description),
                    (null, description),
                    (summary, null),
                    (Scramble(summary), Scramble(description)),
                    (summary?.Replace("(0x", "\uff3b0X", StringComparison.Ordinal).Replace(").", "\uff3d\u3002", StringComparison.Ordinal), null),
                    (OnlyCodes(summary), OutOfMemoryWords),
                })
                {
                    var fault = $$"""
                        "jobErrorCode": {{number}}, "errorSummaryDescription": {{Quote(first)}}, "errorDescription": {{Quote(second)}}
                        """;

                    // Where one of the two texts is missing, some wordings are the same.
                    if (known.Add(fault))
                    {
                        data.Add(cause, fault);
                    }
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Reworded))]
    public void A_reported_failure_comes_out_right_however_it_is_worded(string cause, string fault)
    {
        foreach (var name in new[] { "minikube", "ideal-bustard", "0x80070002" })
        {
            var run = new SimulatedRun($$"""{ "instances": [ { "name": "{{name}}", "faults": [ { "operation": "Start", {{fault}} } ] } ] }""");
            var outcome = run.Start(name);
            Assert.Equal(cause, outcome.Failure!.Cause.Name);
            Assert.Equal(MpInstanceState.Stopped, outcome.After.State);
        }
    }

    [Theory]
    [InlineData("<INSTANCE CLASSNAME=\"Msvm_Error\"><PROPERTY NAME=\"Message\" TYPE=\"string\"><VALUE>no (0xC037000F) here</VALUE></PROPERTY></INSTANCE>", "NumaMismatch")]
    [InlineData("<INSTANCE CLASSNAME='Msvm_Error'><PROPERTY NAME='MessageID' TYPE='string'><VALUE>0xc037000f</VALUE></PROPERTY></INSTANCE>", "NumaMismatch")]
    [InlineData("<INSTANCE CLASSNAME=\"Msvm_Error\"><PROPERTY NAME=\"Message\"><VALUE>cut off (0xC037000F", "NumaMismatch")]
    [InlineData("<a><b>0xC037000F</a>", "NumaMismatch")]
    [InlineData("instance of Msvm_Error { Message = \"x 0xC037000F\"; };", "NumaMismatch")]
    [InlineData("\ufeff<?xml version=\"1.0\" encoding=\"utf-16\"?><E><Message><![CDATA[0xC037000F]]></Message></E>", "NumaMismatch")]
    [InlineData("<!DOCTYPE a [<!ENTITY b \"0xC0370008\">]><a>&b;</a>", "PartitionExists")]
    [InlineData("<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a>0xC037000F</a>", "NumaMismatch")]
    [InlineData("<E><Message>&#x1; 0xC037000F</Message></E>", "NumaMismatch")]
    [InlineData("<E><Message>0xC037000F &unknown; </Message></E>", "NumaMismatch")]
    [InlineData("<E><PROPERTY NAME=\"ProbableCause\" TYPE=\"uint16\"><VALUE>33</VALUE></PROPERTY></E>", "OutOfMemory")]
    [InlineData("<E><ProbableCause>50</ProbableCause></E>", "HostDiskFull")]
    [InlineData("<E><Message>33</Message></E>", "Unknown")]
    [InlineData("<E><Message>'a&amp;b 0x80070002' failed</Message></E>", "Unknown")]
    [InlineData("'a&amp;b 0x80070002' failed <", "Unknown")]
    [InlineData("", "Unknown")]
    [InlineData("<", "Unknown")]
    [InlineData("\0\0\0", "Unknown")]
    public void An_error_list_is_read_whatever_it_looks_like(string error, string cause)
    {
        var evidence = OfJob(32768, null, null, "a&b 0x80070002", "not an error", error);
        Assert.Equal(cause, FailureCatalogue.Judge(evidence, HostFacts.None).Name);
    }

    [Fact]
    public void An_entity_is_not_expanded()
    {
        const string Bomb = "<!DOCTYPE a [<!ENTITY b \"xxxxxxxxxx\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]><a>&c;&c; 0xC037000F</a>";
        var error = MsvmError.Read(Bomb, "foo", new List<int>());
        Assert.Empty(error.Message);
    }

    [Theory]
    [InlineData(32768, "(0x80070002) (0xC0370027)", "SavedStateInvalid")]
    [InlineData(32768, "(0xC0370027) (0x80070002)", "SavedStateInvalid")]
    [InlineData(32778, "(0x80070020)", "DiskInUse")]
    [InlineData(32769, "(0xC0370200)", "SwitchNotFound")]
    [InlineData(32768, "(0x8007001F) (0x80070002)", "DiskNotFound")]
    [InlineData(32768, "(0x80004005) (0x8007000E)", "OutOfMemory")]
    [InlineData(32768, "(0x80370001) (0xC0370008)", "PartitionExists")]
    public void The_most_specific_code_wins_and_all_are_listed(int code, string text, string cause)
    {
        var evidence = OfJob((ushort)code, text, null, "foo");
        Assert.Equal(cause, FailureCatalogue.Judge(evidence, HostFacts.None).Name);
        foreach (var part in text.Split(' '))
        {
            Assert.Contains(part.Trim('(', ')'), FailureSlots.Codes(evidence), StringComparison.Ordinal);
        }
    }

    /// <summary>Every code of the documented table, written here a second time.</summary>
    [Theory]
    [InlineData("OutOfMemory", 0x8007000E)]
    [InlineData("InsufficientSystemResources", 0x800705AA)]
    [InlineData("HypervisorNotRunning", 0xC0351000)]
    [InlineData("DiskNotFound", 0x80070002, 0x80070003)]
    [InlineData("DiskAccessDenied", 0x80070005)]
    [InlineData("DiskInUse", 0x80070020)]
    [InlineData("DiskFormatUnsupported", 0xC03A001A)]
    [InlineData("DiskCorrupt", 0xC03A0001, 0xC03A0002, 0xC03A0003, 0xC03A0004, 0xC03A0005, 0xC03A000E)]
    [InlineData("SwitchNotFound", 0xC0370200)]
    [InlineData("DeviceFailure", 0x8007001F)]
    [InlineData("FirmwareDataInvalid", 0x8007000D)]
    [InlineData("SavedStateInvalid", 0xC0370027, 0xC0370028, 0xC0370029)]
    [InlineData("NumaMismatch", 0xC037000F)]
    [InlineData("ProcessorLimit", 0xC037001B, 0xC0350041)]
    [InlineData("HypervisorResources", 0xC035000B, 0xC035001D, 0xC0350073)]
    [InlineData("FeatureUnavailable", 0xC035001E)]
    [InlineData("PartitionExists", 0xC0370008)]
    [InlineData("HostDiskFull", 0x80070070)]
    [InlineData("DeviceAssignment", 0xC0350038)]
    [InlineData("WorkerCrashed", 0x800706BE, 0x800706BA)]
    [InlineData("Unknown", 0x80370001, 0x8037000F, 0x80004005, 0x80341234)]
    public void A_code_in_a_job_has_its_cause(string cause, params uint[] codes)
    {
        foreach (var code in codes)
        {
            Assert.Equal(cause, FailureCatalogue.Judge(OfJob(32768, $"? {HResultText.Format(code)} ?", null, "foo"), HostFacts.None).Name);
        }
    }

    [Theory]
    [InlineData("OutOfMemory", 32778)]
    [InlineData("NotSupported", 32770)]
    [InlineData("HostTimedOut", 32772)]
    [InlineData("MemoryConfigInvalid", 32773)]
    [InlineData("InvalidState", 32774)]
    [InlineData("InvalidState", 32775)]
    [InlineData("NotSupported", 32776)]
    [InlineData("HyperVComponentNotRunning", 32777)]
    [InlineData("DiskNotFound", 32779)]
    [InlineData("RebootRequired", 32783)]
    [InlineData("InsufficientSystemResources", 32788)]
    [InlineData("Unknown", 32768)]
    [InlineData("Unknown", 32771)]
    [InlineData("Unknown", 32799)]
    public void A_class_of_failures_has_its_cause(string cause, int code)
    {
        Assert.Equal(cause, FailureCatalogue.Judge(OfJob((ushort)code, null, null, "foo"), HostFacts.None).Name);
        Assert.Equal(cause, FailureCatalogue.Judge(FailureEvidence.OfReturnValue((uint)code), HostFacts.None).Name);
    }

    [Theory]
    [InlineData(19544, "OutOfMemory")]
    [InlineData(3122, "OutOfMemory")]
    [InlineData(3030, "OutOfMemory")]
    [InlineData(16060, "HostDiskFull")]
    [InlineData(14070, "WorkerCrashed")]
    [InlineData(21502, "SwitchPortInvalid")]
    [InlineData(14050, "InsufficientSystemResources")]
    public void The_event_log_explains_what_the_job_does_not(int id, string cause)
    {
        var evidence = OfJob(32788, null, null, "foo").With(new[] { new HostEvent(id, HostEvent.ManagementChannel, Array.Empty<int>()) });
        Assert.Equal(cause, FailureCatalogue.Judge(evidence, HostFacts.None).Name);
        Assert.Contains($"event {id} (VMMS-Admin)", FailureSlots.Codes(evidence), StringComparison.Ordinal);
    }

    [Fact]
    public void A_code_in_the_event_log_counts_less_than_one_in_the_job()
    {
        var events = new[] { new HostEvent(12000, HostEvent.WorkerChannel, new[] { unchecked((int)0x80070002) }) };
        Assert.Same(FailureCatalogue.DiskNotFound, FailureCatalogue.Judge(OfJob(32768, null, null, "foo").With(events), HostFacts.None));
        Assert.Same(FailureCatalogue.DiskInUse, FailureCatalogue.Judge(OfJob(32768, "0x80070020", null, "foo").With(events), HostFacts.None));
    }

    [Theory]
    [InlineData((int)CimStatus.AccessDenied, 0x80070005, "PermissionDenied")]
    [InlineData((int)CimStatus.AccessDenied, 0, "PermissionDenied")]
    [InlineData((int)CimStatus.Failed, 0x80070005, "DiskAccessDenied")]
    [InlineData((int)CimStatus.InvalidNamespace, 0, "HyperVNotInstalled")]
    [InlineData((int)CimStatus.NotFound, 0, "InstanceNotFound")]
    [InlineData((int)CimStatus.ServerIsShuttingDown, 0, "VmmsNotRunning")]
    [InlineData((int)CimStatus.MethodNotFound, 0, "NotSupported")]
    public void A_request_that_fails_has_its_cause(int status, uint hresult, string cause)
        => Assert.Equal(cause, FailureCatalogue.Judge(FailureEvidence.OfFault(new CimFault((CimStatus)status, unchecked((int)hresult), "x"), FailureStages.Request), HostFacts.None).Name);

    [Fact]
    public void A_reading_that_is_denied_is_about_rights_and_not_about_disks()
        => Assert.Same(FailureCatalogue.PermissionDenied, FailureCatalogue.Judge(FailureEvidence.OfFault(new CimFault(CimStatus.Failed, unchecked((int)0x80070005), "x")), HostFacts.None));

    [Fact]
    public void A_code_in_the_text_of_a_fault_counts()
        => Assert.Same(FailureCatalogue.HyperVNotInstalled, FailureCatalogue.Judge(FailureEvidence.OfFault(new CimFault(CimStatus.Failed, 0, "HRESULT 0x8004100E")), HostFacts.None));

    [Fact]
    public void A_fault_without_a_code_shows_its_status()
        => Assert.Contains("CIM status Failed (1)", MpOperationFailure.Of(FailureCatalogue.Unknown, new FailureContext { HostName = "HV", Evidence = FailureEvidence.OfFault(new CimFault(CimStatus.Failed, 0, "x")) }).Message, StringComparison.Ordinal);

    [Fact]
    public void Rights_that_are_gone_explain_a_request_that_is_denied()
    {
        var request = FailureEvidence.OfFault(new CimFault(CimStatus.Failed, unchecked((int)0x80070005), "no"), FailureStages.Request);
        Assert.Same(FailureCatalogue.PermissionDenied, FailureCatalogue.Judge(request, new HostFacts { ShowsService = false }));
    }

    /// <summary>A job exists because connection, account, service and installation were good: codes of those in its texts are not about the call.</summary>
    [Theory]
    [InlineData(0x8007052E)]
    [InlineData(0x80070005, "AccessDenied", 32769)]
    [InlineData(0x800B0109)]
    [InlineData(0x80041069)]
    [InlineData(0x80041032)]
    [InlineData(0x80041033)]
    [InlineData(0x80041002)]
    [InlineData(0x80041003)]
    [InlineData(0x8004100E)]
    [InlineData(0x803381A5)]
    [InlineData(0x80004005, "AccessDenied", 32769)]
    [InlineData(0x80004005, "Unknown", 32789)]
    public void What_a_call_may_fail_by_is_no_cause_of_a_job(uint code, string cause = "Unknown", int jobErrorCode = 32768)
    {
        var judged = FailureCatalogue.Judge(OfJob((ushort)jobErrorCode, $"? ({HResultText.Format(code)})", null, "foo", $"<E><Message>{HResultText.Format(code)}</Message></E>"), new HostFacts { ShowsService = true });
        Assert.Equal(code == 0x80070005 ? "DiskAccessDenied" : cause, judged.Name);
        Assert.Equal(FailureStages.Job, judged.Stages & FailureStages.Job);
    }

    [Theory]
    [InlineData("PermissionDenied", 32769)]
    [InlineData("InstanceNotFound", 32789)]
    [InlineData("InsufficientSystemResources", 32788)]
    public void A_request_is_refused_for_the_callers_sake_too(string cause, int code)
        => Assert.Equal(cause, FailureCatalogue.Judge(FailureEvidence.OfReturnValue((uint)code), HostFacts.None).Name);

    private static FailureEvidence OfJob(ushort code, string? summary, string? description, string name, params string[] errors)
        => FailureEvidence.OfJob(
            "1",
            new JobReading(new CimRecord("Msvm_ConcreteJob", new Dictionary<string, object?>
            {
                ["InstanceID"] = "1", ["JobState"] = (ushort)10, ["ErrorCode"] = code, ["ErrorSummaryDescription"] = summary, ["ErrorDescription"] = description,
            })),
            errors,
            name);

    private static string? TextOf(JsonObjectReader row, string key) => row.GetValue(key) is { Kind: JsonKind.String } value ? value.AsString() : null;

    /// <summary>All letters changed but those of the codes.</summary>
    private static string? Scramble(string? text)
        => text is null ? null : System.Text.RegularExpressions.Regex.Replace(text, @"0x[0-9A-F]{8}|\p{L}", match => match.Length > 1 ? match.Value : "\u042f");

    private static string? OnlyCodes(string? text)
        => text is null ? null : string.Join(" | ", System.Text.RegularExpressions.Regex.Matches(text, "0x[0-9A-Fa-f]{8}").Cast<System.Text.RegularExpressions.Match>().Select(match => match.Value.ToLowerInvariant()));

    private static string Quote(string? text) => text is null ? "null" : System.Text.Json.JsonSerializer.Serialize(text);
}
