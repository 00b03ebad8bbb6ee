using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Operations;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Repair;

/// <summary>Plans and repairs many instances of a host at once. Each ends by itself; none waits for another, but a service is restarted once for all.</summary>
internal static class RepairRunner
{
    /// <summary>Reading what a plan needs takes no longer.</summary>
    private static readonly TimeSpan DiagnosisLimit = TimeSpan.FromSeconds(30);

    /// <summary>The plans for instances that have just been read. Where the host cannot be read any more, a plan is refused.</summary>
    public static async Task<IReadOnlyList<RepairPlan>> PlanAsync(
        HostSession session, IEnumerable<MpInstance> instances, RepairOptions options, CancellationToken cancellationToken)
    {
        var poll = new HostPoll(session, cancellationToken);
        return await Task.WhenAll(instances.Select(OneAsync)).ConfigureAwait(false);

        async Task<RepairPlan> OneAsync(MpInstance instance)
        {
            try
            {
                var limit = Deadline.In(session.Clock, DiagnosisLimit);
                var eye = new InstanceEye(session, poll, instance.Id, cancellationToken);
                var found = await eye.AskAsync(() => Diagnosis.ReadAsync(session, instance, limit, cancellationToken), limit).ConfigureAwait(false);
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
    public static Task RunAsync(HostSession session, IEnumerable<RepairPlan> plans, RepairOptions options, IRepairSink sink, CancellationToken cancellationToken)
    {
        var poll = new HostPoll(session, cancellationToken);
        var service = new MultipassService(session, cancellationToken);
        return Task.WhenAll(plans.Select(OneAsync));

        async Task OneAsync(RepairPlan plan)
        {
            RepairOutcome outcome;
            try
            {
                outcome = await new InstanceRepair(session, poll, service, plan, options, sink, cancellationToken).RunAsync().ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                // Whatever nobody has thought of is this instance's own failure.
                var (before, text) = (plan.Case.Instance, $"{exception.GetType().Name}: {exception.Message}");
                var after = new MpInstance(InstanceReader.Unread(before.Facts));
                outcome = new RepairOutcome(
                    new MpRepair(before, after, MpRepairResult.Failed, plan.Finding, Array.Empty<MpRepairStep>()),
                    RepairFailures.Of(FailureCatalogue.Unknown, MpFailureStage.NotVerified, before, after, FailureEvidence.OfFault(new CimFault(CimStatus.Failed, WbemError.Failed, text)), text));
            }

            sink.Ended(outcome);
        }
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
