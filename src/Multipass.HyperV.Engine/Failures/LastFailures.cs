using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Operations;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Failures;

/// <summary>The causes of failed operations that a host still remembers in its jobs, whoever asked for them: this module, Multipass, or a person.</summary>
internal static class LastFailures
{
    private static readonly CimQuery SwitchQuery = new(CimNames.Virtualization, CimNames.VirtualEthernetSwitch, new[] { "Name" });

    /// <summary>Reads them: two calls, and a third where a code has to be told from another's. Empty where the host does not tell.</summary>
    public static async Task<IReadOnlyDictionary<Guid, MpFailure>> ReadAsync(
        HostSession session, IReadOnlyList<MpInstance> instances, Deadline deadline, CancellationToken cancellationToken)
        => instances.Any(instance => instance.Id != Guid.Empty)
            && await MachineJobs.ReadAsync(session, deadline, cancellationToken).ConfigureAwait(false) is { } jobs
            ? await OfAsync(session, jobs, instances, deadline, cancellationToken).ConfigureAwait(false)
            : new Dictionary<Guid, MpFailure>();

    /// <summary>The last failure of each instance that has one, by id.</summary>
    public static async Task<IReadOnlyDictionary<Guid, MpFailure>> OfAsync(
        HostSession session, MachineJobs jobs, IReadOnlyList<MpInstance> instances, Deadline deadline, CancellationToken cancellationToken)
    {
        var failed = instances
            .Where(instance => instance.Id != Guid.Empty)
            .Select(instance => (Instance: instance, Job: jobs.FailedOf(instance.Id)))
            .Where(pair => pair.Job is not null)
            .Select(pair => (pair.Instance, Job: pair.Job!, Evidence: FailureEvidence.OfJob(pair.Job!.Reading.Id, pair.Job.Reading, Array.Empty<string>(), pair.Instance.Name)))
            .ToList();
        var facts = HostFacts.None;
        if (failed.Any(failure => failure.Instance.Managed && (FailureCatalogue.FactsFor(failure.Evidence) & FactKinds.Switch) != 0))
        {
            facts = facts with { MissingSwitch = await MissingSwitchAsync(session, deadline, cancellationToken).ConfigureAwait(false) };
        }

        return failed
            .GroupBy(failure => failure.Instance.Id)
            .ToDictionary(group => group.Key, group => Judge(group.First().Instance, group.First().Job, group.First().Evidence, facts));
    }

    private static MpFailure Judge(MpInstance instance, MachineJob job, FailureEvidence evidence, HostFacts facts)
    {
        var isKnown = JobTypes.Operations.TryGetValue(job.JobType ?? 0, out var operation);
        var failure = MpOperationFailure.Of(FailureCatalogue.Judge(evidence, instance.Managed ? facts : HostFacts.None), new FailureContext
        {
            Operation = isKnown ? operation : MpOperation.Read,
            Name = instance.Name,
            HostName = instance.HostName,
            Before = instance,
            After = instance,
            Stage = MpFailureStage.JobFailed,
            Evidence = evidence,
            Facts = instance.Managed ? facts : HostFacts.None,
            From = job.SubmittedAt,
            To = job.ChangedAt ?? job.SubmittedAt,
        });
        return new MpFailure(
            failure.Cause.Name,
            isKnown ? failure.Message : failure.Explanation,
            failure.RecommendedAction,
            evidence.HostMessage,
            evidence.HResults.ToArray(),
            job.ChangedAt,
            job.Reading.Id);
    }

    /// <summary>Multipass connects its instances to the Default Switch, which has the same id everywhere: one call tells whether it is there.</summary>
    private static async Task<string?> MissingSwitchAsync(HostSession session, Deadline deadline, CancellationToken cancellationToken)
        => await session.TryQueryAsync(SwitchQuery, deadline, cancellationToken).ConfigureAwait(false) is not { } switches ? null
            : switches.Any(record => string.Equals(record.Text("Name"), CimNames.DefaultSwitchId, StringComparison.OrdinalIgnoreCase)) ? string.Empty
            : CimNames.DefaultSwitchName;
}
