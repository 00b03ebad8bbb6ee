using System;
using System.Linq;
using Multipass.HyperV.Cim;
using Xunit;

namespace Multipass.HyperV.Tests.Simulation;

/// <summary>What is seen of a change of state, moment by moment.</summary>
public sealed class TimelineTests
{
    [Fact]
    public void A_start_that_succeeds()
    {
        var host = SimulatedRun.WithFoo();
        Assert.Equal("3", host.Shown());
        Assert.Equal((ushort)5, host.State().UInt16("RequestedState"));
        Assert.Equal(new ushort[] { 2 }, host.State().UInt16s("OperationalStatus"));

        var submitted = host.Clock.Now;
        var id = host.Accepted("foo", 2);
        Assert.Equal("3", host.Shown());
        Assert.Equal((ushort)2, host.State().UInt16("RequestedState"));
        Assert.Equal(new ushort[] { 11 }, host.State().UInt16s("OperationalStatus"));
        Assert.Equal(JobState.Running, host.Job(id).UInt16("JobState"));
        Assert.Equal((ushort)0, host.Job(id)["ErrorCode"]);
        Assert.Equal((ushort)0, host.Job(id).UInt16("PercentComplete"));
        Assert.Equal((ushort)12, host.Job(id).UInt16("JobType"));
        Assert.Equal(host.Job(id).Moment("TimeSubmitted"), host.Job(id).Moment("StartTime"));

        host.Advance(20);
        Assert.Equal("10", host.Shown());
        Assert.Equal(submitted.AddMilliseconds(20), host.State().Moment("TimeOfLastStateChange"));
        Assert.Equal(JobState.Running, host.Job(id).UInt16("JobState"));

        host.Advance(130);
        var half = host.Job(id).UInt16("PercentComplete");
        Assert.InRange(half!.Value, (ushort)20, (ushort)60);
        host.Advance(149);
        Assert.True(host.Job(id).UInt16("PercentComplete") > half);
        Assert.Equal("10", host.Shown());

        host.Advance(1);
        Assert.Equal("2", host.Shown());
        Assert.Equal((ushort)5, host.State().UInt16("RequestedState"));
        Assert.Equal(new ushort[] { 2 }, host.State().UInt16s("OperationalStatus"));
        Assert.Equal(0, host.State().Number("OnTimeInMilliseconds"));
        Assert.NotNull(host.State().UInt32("ProcessID"));
        Assert.Equal(JobState.Completed, host.Job(id).UInt16("JobState"));
        Assert.Equal((ushort)0, host.Job(id).UInt16("ErrorCode"));
        Assert.Equal((ushort)100, host.Job(id).UInt16("PercentComplete"));
        Assert.Equal(TimeSpan.FromMilliseconds(300), host.Job(id).Interval("ElapsedTime"));
        Assert.Equal(string.Empty, host.Job(id).Text("ErrorDescription"));

        host.Advance(5000);
        Assert.Equal(5000, host.State().Number("OnTimeInMilliseconds"));
    }

    [Fact]
    public void A_start_that_fails_falls_back_a_little_after_its_job()
    {
        var host = SimulatedRun.WithFoo("\"memoryMB\": 20480");
        var id = host.Accepted("foo", 2);
        host.Advance(299);
        Assert.Equal("10", host.Shown());
        Assert.NotNull(host.State().UInt32("ProcessID"));

        host.Advance(1);
        var job = host.Job(id);
        Assert.Equal(JobState.Exception, job.UInt16("JobState"));
        Assert.Equal((ushort)32778, job.UInt16("ErrorCode"));
        Assert.Contains("(0x8007000E)", job.Text("ErrorSummaryDescription"), StringComparison.Ordinal);
        Assert.Contains("20480", job.Text("ErrorDescription"), StringComparison.Ordinal);
        Assert.Equal("10", host.Shown());
        Assert.Equal((ushort)2, host.State().UInt16("RequestedState"));

        host.Advance(49);
        Assert.Equal("10", host.Shown());
        host.Advance(1);
        Assert.Equal("3", host.Shown());
        Assert.Equal((ushort)5, host.State().UInt16("RequestedState"));
        Assert.Null(host.State().UInt32("ProcessID"));
        Assert.Equal(0, host.State().Number("OnTimeInMilliseconds"));
    }

    [Fact]
    public void An_ended_job_is_kept_for_five_minutes()
    {
        var host = SimulatedRun.WithFoo();
        var id = host.Accepted("foo", 2);
        host.Advance(300 + (5 * 60 * 1000) - 1);
        Assert.NotNull(host.FindJob(id));
        Assert.Single(host.Query(CimNames.AffectedJobElement, new[] { "AffectedElement", "AffectingElement" }));
        host.Advance(1);
        Assert.Null(host.FindJob(id));
        Assert.Empty(host.Query(CimNames.AffectedJobElement, new[] { "AffectedElement" }));
        Assert.Equal(CimStatus.NotFound, SimulatedRun.FaultOf(() => host.Get(SimulatedRun.JobPath(id))).Status);
    }

    [Fact]
    public void A_job_names_what_it_affects()
    {
        var host = SimulatedRun.WithFoo();
        var id = host.Accepted("foo", 2);
        var row = host.Query(CimNames.AffectedJobElement, new[] { "AffectedElement", "AffectingElement" }).Single();
        Assert.Equal(host.PathOf("foo"), row.Reference("AffectedElement"));
        Assert.Equal(SimulatedRun.JobPath(id), row.Reference("AffectingElement"));
    }

    [Fact]
    public void A_quick_job_is_seen_starting_for_a_tenth_of_its_time()
    {
        var host = SimulatedRun.WithFoo(host: "\"jobMilliseconds\": 100");
        host.Accepted("foo", 2);
        host.Advance(9);
        Assert.Equal("3", host.Shown());
        host.Advance(1);
        Assert.Equal("10", host.Shown());
        host.Advance(90);
        Assert.Equal("2", host.Shown());
    }

    [Fact]
    public void A_job_without_duration_has_ended_when_it_is_looked_at()
    {
        var host = SimulatedRun.WithFoo(host: "\"jobMilliseconds\": 0");
        var id = host.Accepted("foo", 2);
        Assert.Equal(JobState.Completed, host.Job(id).UInt16("JobState"));
        Assert.Equal("2", host.Shown());
    }

    [Fact]
    public void Uptime_stands_still_in_a_pause_and_begins_anew_after_a_restore_and_a_reset()
    {
        var host = SimulatedRun.WithFoo("\"state\": \"Running\"");
        var hour = (long)TimeSpan.FromHours(1).TotalMilliseconds;
        Assert.Equal(hour, host.State().Number("OnTimeInMilliseconds"));
        host.Accepted("foo", 9);
        host.Advance(300);
        Assert.Equal("9", host.Shown());
        var paused = host.State().Number("OnTimeInMilliseconds");
        host.Advance(10_000);
        Assert.Equal(paused, host.State().Number("OnTimeInMilliseconds"));

        host.Accepted("foo", 2);
        host.Advance(300);
        Assert.Equal(paused, host.State().Number("OnTimeInMilliseconds"));
        host.Accepted("foo", 6);
        host.Advance(300);
        Assert.Equal("6", host.Shown());
        Assert.Equal(0, host.State().Number("OnTimeInMilliseconds"));

        host.Accepted("foo", 2);
        host.Advance(1300);
        Assert.Equal(1000, host.State().Number("OnTimeInMilliseconds"));
        host.Accepted("foo", 11);
        host.Advance(300);
        Assert.Equal(0, host.State().Number("OnTimeInMilliseconds"));
    }

    [Theory]
    [InlineData("en-US", "could not be started")]
    [InlineData("pl-PL", "Nie udało się uruchomić")]
    [InlineData("de-DE", "nicht starten")]
    [InlineData("de-AT", "nicht starten")]
    [InlineData("zh-CN", "\u65e0\u6cd5\u542f\u52a8")]
    [InlineData("zh-TW", "could not be started")]
    [InlineData("ja-JP", "\u958b\u59cb\u3067\u304d\u307e\u305b\u3093")]
    [InlineData("fr-FR", "could not be started")]
    public void Texts_are_in_the_language_of_the_host(string culture, string expected)
    {
        var host = SimulatedRun.WithFoo("\"memoryMB\": 20480", $"\"culture\": \"{culture}\"");
        var id = host.Accepted("foo", 2);
        host.Advance(300);
        var job = host.Job(id);
        Assert.Contains(expected, job.Text("ErrorSummaryDescription"), StringComparison.Ordinal);
        Assert.Contains("(0x8007000E)", job.Text("ErrorSummaryDescription"), StringComparison.Ordinal);
        Assert.DoesNotContain(host.Key("foo"), job.Text("ErrorSummaryDescription"), StringComparison.Ordinal);
        var paragraphs = job.Text("ErrorDescription")!.Split("\r\n\r\n");
        Assert.Equal(3, paragraphs.Length);
        Assert.All(paragraphs, paragraph => Assert.EndsWith(host.Key("foo") + ")", paragraph, StringComparison.Ordinal));
    }
}
