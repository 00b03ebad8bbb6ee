using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Lifecycle;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Repair;

/// <summary>Plans and repairs many instances at once. Each ends by itself; none waits for another, but a service is restarted once for all.</summary>
internal static class RepairRunner
{
    /// <summary>Reading what a plan needs takes no longer.</summary>
    private static readonly TimeSpan DiagnosisLimit = TimeSpan.FromSeconds(30);

    /// <summary>The plans for instances that have just been read. A host that cannot be read is a plan that is refused.</summary>
    public static async Task<IReadOnlyList<(HostSession Session, RepairPlan Plan)>> PlanAsync(
        IReadOnlyList<(HostSession Session, MpInstance Instance)> targets, RepairOptions options, CancellationToken cancellationToken)
    {
        var plans = await Task.WhenAll(targets.Select(target => OneAsync(target.Session, target.Instance))).ConfigureAwait(false);
        return targets.Select((target, index) => (target.Session, plans[index])).ToList();

        async Task<RepairPlan> OneAsync(HostSession session, MpInstance instance)
        {
            try
            {
                var found = await Diagnosis.ReadAsync(session, instance, Deadline.In(session.Clock, DiagnosisLimit), cancellationToken).ConfigureAwait(false);
                return RepairPlanner.Plan(found, options);
            }
            catch (CimFaultException exception)
            {
                var evidence = FailureEvidence.OfFault(exception.Fault);
                return new RepairPlan(new RepairCase(instance), "The host could not be read.", Array.Empty<RepairStep>(), FailureCatalogue.Judge(evidence, HostFacts.None), exception.Fault.Message);
            }
        }
    }

    /// <summary>Carries plans out. Ends when all have ended; on cancellation it ends at once.</summary>
    public static Task RunAsync(
        IEnumerable<(HostSession Session, RepairPlan Plan)> plans, RepairOptions options, IRepairSink sink, CancellationToken cancellationToken)
    {
        var polls = new Dictionary<HostSession, HostPoll>();
        var services = new Dictionary<HostSession, MultipassService>();
        var running = new List<Task>();
        foreach (var (session, plan) in plans)
        {
            if (!polls.TryGetValue(session, out var poll))
            {
                polls.Add(session, poll = new HostPoll(session, cancellationToken));
                services.Add(session, new MultipassService(session, cancellationToken));
            }

            running.Add(OneAsync(new InstanceRepair(session, poll, services[session], plan, options, sink, cancellationToken)));
        }

        return Task.WhenAll(running);

        async Task OneAsync(InstanceRepair repair) => sink.Ended(await repair.RunAsync().ConfigureAwait(false));
    }
}

/// <summary>The failure of a repair, in the one form of all failures.</summary>
internal static class RepairFailures
{
    public static MpOperationFailure Of(
        FailureCause cause, MpFailureStage stage, MpInstance before, MpInstance after, FailureEvidence evidence, string? detail, uint? processId = null)
        => MpOperationFailure.Of(cause, new FailureContext
        {
            Operation = MpOperation.Repair,
            Name = before.Name,
            HostName = before.HostName,
            Before = before,
            After = after,
            ProcessId = processId,
            Stage = stage,
            Evidence = evidence,
            Detail = detail,
        });
}
