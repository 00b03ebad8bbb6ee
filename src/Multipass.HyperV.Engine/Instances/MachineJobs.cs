using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Instances;

/// <summary>The jobs that a host keeps, by the virtual machine that they are about, whoever submitted them: two calls, however many there are.</summary>
/// <remarks>A host keeps a job for five minutes after its end (Msvm_ConcreteJob class page, TimeBeforeRemoval), and forgets all of them when vmms restarts.</remarks>
internal sealed class MachineJobs
{
    private static readonly CimQuery JobQuery = new(CimNames.Virtualization, CimNames.ConcreteJob, new[]
    {
        "InstanceID", "JobState", "JobType", "PercentComplete", "ErrorCode", "ErrorDescription", "ErrorSummaryDescription", "Cancellable", "TimeSubmitted",
        "TimeOfLastStateChange", "ElapsedTime",
    });

    private static readonly CimQuery LinkQuery = new(CimNames.Virtualization, CimNames.AffectedJobElement, new[] { "AffectedElement", "AffectingElement" });

    private readonly ILookup<Guid, MachineJob> _jobs;

    private MachineJobs(ILookup<Guid, MachineJob> jobs) => _jobs = jobs;

    /// <summary>Reads them; null when the host does not tell.</summary>
    public static async Task<MachineJobs?> ReadAsync(HostSession session, Deadline deadline, CancellationToken cancellationToken)
    {
        var jobs = session.TryQueryAsync(JobQuery, deadline, cancellationToken);
        var links = session.TryQueryAsync(LinkQuery, deadline, cancellationToken);
        if (await jobs.ConfigureAwait(false) is not { } jobRecords || await links.ConfigureAwait(false) is not { } linkRecords)
        {
            return null;
        }

        // A job may come or go between the two answers: only what both have is known.
        var byId = new Dictionary<string, MachineJob>(StringComparer.OrdinalIgnoreCase);
        foreach (var record in jobRecords)
        {
            var job = new MachineJob(record, byId.Count);
            byId[job.Reading.Id] = job;
        }

        return new MachineJobs(linkRecords
            .Select(link => (
                Machine: Guid.TryParse(link.Reference("AffectedElement")?.Key("Name"), out var id) ? id : Guid.Empty,
                Job: link.Reference("AffectingElement")?.Key("InstanceID") is { } jobId && byId.TryGetValue(jobId, out var job) ? job : null))
            .Where(pair => pair.Machine != Guid.Empty && pair.Job is not null)
            .ToLookup(pair => pair.Machine, pair => pair.Job!));
    }

    /// <summary>The job that is under way for a virtual machine, the latest where there are several; null when there is none.</summary>
    public MachineJob? RunningOf(Guid machine) => Latest(machine, job => !job.Reading.HasEnded);

    /// <summary>The latest job of a virtual machine, whatever became of it.</summary>
    public MachineJob? LatestOf(Guid machine) => Latest(machine, _ => true);

    /// <summary>The last job of a virtual machine that failed; null when there is none.</summary>
    public MachineJob? FailedOf(Guid machine) => Latest(machine, job => job.HasFailed);

    /// <summary>The times of jobs have whole seconds only: of several in one second, the one that the host lists last.</summary>
    private MachineJob? Latest(Guid machine, Func<MachineJob, bool> condition)
        => _jobs[machine]
            .Where(condition)
            .OrderByDescending(job => job.ChangedAt ?? job.SubmittedAt)
            .ThenByDescending(job => job.SubmittedAt)
            .ThenByDescending(job => job.Place)
            .FirstOrDefault();
}

/// <summary>A job of a virtual machine, with its times.</summary>
internal sealed class MachineJob
{
    public MachineJob(CimRecord record, int place)
    {
        Place = place;
        Reading = new JobReading(record);
        JobType = record.UInt16("JobType");
        SubmittedAt = record.Moment("TimeSubmitted");
        ChangedAt = record.Moment("TimeOfLastStateChange");
        Elapsed = record.Interval("ElapsedTime");
    }

    public JobReading Reading { get; }

    /// <summary>Its place among the jobs that the host listed.</summary>
    public int Place { get; }

    /// <summary>It has ended, and not well. One that was ended on request has not failed.</summary>
    public bool HasFailed
        => Reading.HasEnded && !Reading.HasSucceeded && (Reading.State is not (JobState.Terminated or JobState.Killed) || ReturnValue.IsJobError(Reading.ErrorCode));

    /// <summary>What it does, for display only: the documented numbers are not those of every host.</summary>
    public ushort? JobType { get; }

    public DateTimeOffset? SubmittedAt { get; }

    /// <summary>When its state last changed; of a job that has ended, when it ended.</summary>
    public DateTimeOffset? ChangedAt { get; }

    /// <summary>How long it has been under way, by the host's own clock.</summary>
    public TimeSpan? Elapsed { get; }
}
