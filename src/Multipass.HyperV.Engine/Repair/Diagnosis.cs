using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Repair;

/// <summary>Reads what a plan needs to know beyond the instance itself: its job, its worker process, its saved state. Changes nothing.</summary>
internal static class Diagnosis
{
    /// <summary>What is found of one instance that has just been read.</summary>
    public static async Task<RepairCase> ReadAsync(HostSession session, MpInstance instance, Deadline deadline, CancellationToken cancellationToken)
    {
        var found = new RepairCase(instance) { HasClient = session.MultipassView?.Client is { IsPresent: true } };
        var isTransitional = StateTable.IsTransitional(instance.State);
        if (instance.Id == Guid.Empty || !instance.Managed || !(isTransitional || RepairPlanner.IsContradiction(instance.Drift)))
        {
            return found;
        }

        var job = await JobOfAsync(session, instance.Id, deadline, cancellationToken).ConfigureAwait(false);
        found = found with { Job = job.Job, JobElapsed = job.Elapsed };
        return isTransitional || job.Job is not null
            ? found with
            {
                InState = await InStateAsync(session, instance.Id, deadline, cancellationToken).ConfigureAwait(false),
                IsSaved = await SavedState.ExistsAsync(session, instance.Id, deadline, cancellationToken).ConfigureAwait(false),
                Worker = await WorkerOfAsync(session, instance.Id, deadline, cancellationToken).ConfigureAwait(false),
            }
            : found;
    }

    /// <summary>The job that is changing a virtual machine, with its age; none when all have ended.</summary>
    public static async Task<(JobReading? Job, TimeSpan? Elapsed)> JobOfAsync(HostSession session, Guid id, Deadline deadline, CancellationToken cancellationToken)
    {
        // Not to know whether a job is running is not to know that none is.
        var jobs = await MachineJobs.ReadAsync(session, deadline, cancellationToken).ConfigureAwait(false)
            ?? throw new CimFaultException(new CimFault(CimStatus.Failed, 0, $"{session.Host.Name} does not tell which jobs are running."));
        var running = jobs.RunningOf(id);
        return (running?.Reading, running?.Elapsed);
    }

    /// <summary>The worker process of a virtual machine, as its own row and the process list have it at this moment.</summary>
    public static async Task<WorkerProcess?> WorkerOfAsync(HostSession session, Guid id, Deadline deadline, CancellationToken cancellationToken)
    {
        if (await MachineReading.ReadAsync(session, id, deadline, cancellationToken).ConfigureAwait(false) is not { ProcessId: { } processId })
        {
            return null;
        }

        try
        {
            var record = await session.GetAsync(PathOf(processId), deadline, cancellationToken).ConfigureAwait(false);
            return new WorkerProcess(processId, record.Text("Name") ?? string.Empty, record.Moment("CreationDate"), record.Text("CommandLine"));
        }
        catch (CimFaultException exception) when (exception.Fault.Status is CimStatus.NotFound or CimStatus.AccessDenied)
        {
            return null;
        }
    }

    /// <summary>The path of a process: its key is the id as a text.</summary>
    public static CimPath PathOf(uint processId)
        => new(CimNames.Cimv2, CimNames.Process, new KeyValuePair<string, object>("Handle", processId.ToString(System.Globalization.CultureInfo.InvariantCulture)));

    /// <summary>How long the state has been shown. Both moments are the host's own: its clock may be wrong.</summary>
    private static async Task<TimeSpan?> InStateAsync(HostSession session, Guid id, Deadline deadline, CancellationToken cancellationToken)
    {
        var machine = new CimQuery(CimNames.Virtualization, CimNames.ComputerSystem, new[] { "Name", "TimeOfLastStateChange" }, CimCondition.Equal("Name", MachineReading.KeyOf(id)));
        var since = (await session.QueryAsync(machine, deadline, cancellationToken).ConfigureAwait(false)).FirstOrDefault()?.Moment("TimeOfLastStateChange");
        var now = await HostTime.ReadAsync(session, deadline, cancellationToken).ConfigureAwait(false);

        // 1601 is written on a machine that never changed (recorded): not 425 years, but unknown.
        return since is { Year: > 1601 } && now - since is { } time && time >= TimeSpan.Zero ? time : null;
    }
}
