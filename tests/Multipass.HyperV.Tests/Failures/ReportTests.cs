using System;
using System.Collections.Generic;
using System.Linq;
using Multipass.HyperV.Failures;
using Xunit;

namespace Multipass.HyperV.Tests.Failures;

/// <summary>What people really met, replayed: the cause must be one that the thread agrees with, or honestly none.</summary>
public sealed class ReportTests(ITestOutputHelper output)
{
    private static readonly Lazy<IReadOnlyDictionary<string, ReportRun>> Runs = new(() => Report.All.ToDictionary(report => report.Id, ReportRun.Of, StringComparer.Ordinal));

    public static TheoryData<string> Ids => [.. Report.All.Select(report => report.Id)];

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_report_comes_out_right_or_honest(string id)
    {
        var run = Runs.Value[id];
        Assert.True(run.Verdict != ReportVerdict.Wrong, $"{id}: {run}");
    }

    [Fact]
    public void None_is_wrong_and_nine_in_ten_are_right()
    {
        var verdicts = Runs.Value.Values.ToLookup(run => run.Verdict);
        output.WriteLine($"{Report.All.Count} reports: {verdicts[ReportVerdict.Right].Count()} right, {verdicts[ReportVerdict.Honest].Count()} honest, {verdicts[ReportVerdict.Wrong].Count()} wrong.");
        foreach (var (id, run) in Runs.Value.Where(pair => pair.Value.Verdict == ReportVerdict.Wrong))
        {
            output.WriteLine($"{id}: {run}");
        }

        Assert.Empty(verdicts[ReportVerdict.Wrong]);
        Assert.True(verdicts[ReportVerdict.Right].Count() >= 0.9 * Report.All.Count);
    }

    [Fact]
    public void Every_report_has_a_thread_of_its_own_and_is_complete()
    {
        Assert.Equal(Report.All.Count, Report.All.Select(report => report.Id).Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.Equal(Report.All.Count, Report.All.Select(report => report.Thread).Distinct(StringComparer.OrdinalIgnoreCase).Count());
        foreach (var report in Report.All)
        {
            Assert.All(report.Also.Append(report.Thread), thread => Assert.True(Uri.TryCreate(thread, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http", thread));
            Assert.NotEmpty(report.Expect.Causes);
            Assert.All(report.Codes, code => Assert.Matches("^(0x[0-9A-F]{8}|[0-9]+)$", code));
            Assert.False(report.Fault is not null && report.Call is not null, report.Id);
        }
    }

    [Fact]
    public void Accepted_causes_are_the_catalogues()
    {
        var known = FailureCatalogue.Rows.Select(row => row.Name).Append("None").ToHashSet(StringComparer.Ordinal);
        Assert.All(Report.All, report => Assert.All(report.Expect.Causes, cause => Assert.Contains(cause, known)));
    }

    /// <summary>The breadth that makes the corpus worth something.</summary>
    [Fact]
    public void The_reports_are_of_many_projects_languages_and_codes()
    {
        var projects = Distinct(report => [report.Project]);
        var languages = Distinct(report => [report.Language]);
        var codes = Distinct(report => report.Codes);
        output.WriteLine($"{Report.All.Count} reports of {projects.Count} projects and forums, {languages.Count} languages, {codes.Count} codes.");
        output.WriteLine(string.Join(", ", languages));
        output.WriteLine(string.Join(", ", codes));
        Assert.True(Report.All.Count >= 150 && projects.Count >= 25 && languages.Count >= 12 && codes.Count >= 60);
    }

    private static IReadOnlyList<string> Distinct(Func<Report, IEnumerable<string>> select)
        => [.. Report.All.SelectMany(select).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase)];
}
