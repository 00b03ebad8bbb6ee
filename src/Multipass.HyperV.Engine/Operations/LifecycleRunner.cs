using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Operations;

/// <summary>Runs one operation on many instances of a host at once. Each ends by itself; none waits for another, but they share one poll.</summary>
internal static class LifecycleRunner
{
    /// <summary>Ends when all have ended. On cancellation it ends at once.</summary>
    public static Task RunAsync(
        HostSession session, IEnumerable<MpInstance> instances, OperationRequest request, IOperationSink sink, CancellationToken cancellationToken)
    {
        var (poll, beliefs) = (new HostPoll(session, cancellationToken), new SharedBeliefs(session, cancellationToken));
        return Task.WhenAll(instances.Select(OneAsync).ToList());

        Task OneAsync(MpInstance instance)
        {
            var context = new OperationContext(session, poll, beliefs, instance, request, Deadline.In(session.Clock, request.Timeout), sink, cancellationToken);
            return EndAsync(context, () => new InstanceOperation(context).RunAsync());
        }
    }

    /// <summary>Waits for many instances of a host at once, for those too that do not exist yet.</summary>
    public static Task WaitAsync(
        HostSession session,
        IEnumerable<MpInstance> instances,
        IEnumerable<InstanceArrival> arrivals,
        OperationRequest request,
        IOperationSink sink,
        CancellationToken cancellationToken)
    {
        var (poll, beliefs) = (new HostPoll(session, cancellationToken), new SharedBeliefs(session, cancellationToken));
        return Task.WhenAll(instances.Select(instance => OneAsync(instance, Deadline.In(session.Clock, request.Timeout))).Concat(arrivals.Select(ArriveAsync)).ToList());

        Task OneAsync(MpInstance instance, Deadline deadline)
        {
            var context = new OperationContext(session, poll, beliefs, instance, request, deadline, sink, cancellationToken);
            var eye = new InstanceEye(session, poll, instance.Id, cancellationToken);
            return EndAsync(context, () => new InstanceWait(context, eye, new OperationReport(context)).RunAsync());
        }

        async Task ArriveAsync(InstanceArrival arrival)
        {
            if (await arrival.SearchAsync(session).ConfigureAwait(false) is { } instance)
            {
                await OneAsync(instance, arrival.Deadline).ConfigureAwait(false);
            }
        }
    }

    /// <summary>One instance's end. Whatever goes wrong with it that nobody has thought of is its own failure, and nobody else's.</summary>
    private static async Task EndAsync(OperationContext context, Func<Task<OperationOutcome>> run)
    {
        OperationOutcome outcome;
        try
        {
            outcome = await run().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !context.CancellationToken.IsCancellationRequested)
        {
            var fault = new CimFault(CimStatus.Failed, WbemError.Failed, $"{exception.GetType().Name}: {exception.Message}");
            outcome = await new OperationReport(context)
                .FailAsync(FailureCatalogue.Unknown, MpFailureStage.NotVerified, Look.TooLate, null, FailureEvidence.OfFault(fault), detail: fault.Message).ConfigureAwait(false);
        }

        context.Sink.Ended(outcome);
    }
}
