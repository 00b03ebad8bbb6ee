using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Operations;

/// <summary>Runs one operation on many instances of a host at once. Each ends by itself; none waits for another, but they share one poll.</summary>
internal static class LifecycleRunner
{
    /// <summary>Ends when all have ended. On cancellation it ends at once.</summary>
    public static Task RunAsync(
        HostSession session, IEnumerable<MpInstance> instances, OperationRequest request, IOperationSink sink, CancellationToken cancellationToken)
    {
        var poll = new HostPoll(session, cancellationToken);
        return Task.WhenAll(instances.Select(OneAsync));

        async Task OneAsync(MpInstance instance)
        {
            var run = new OperationRun(session, poll, instance, request, Deadline.In(session.Clock, request.Timeout), sink, cancellationToken);
            sink.Ended(await new InstanceLifecycle(run).RunAsync().ConfigureAwait(false));
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
        var poll = new HostPoll(session, cancellationToken);
        return Task.WhenAll(instances.Select(instance => OneAsync(instance, Deadline.In(session.Clock, request.Timeout))).Concat(arrivals.Select(ArriveAsync)).ToList());

        async Task OneAsync(MpInstance instance, Deadline deadline)
            => sink.Ended(await InstanceWait.Of(new OperationRun(session, poll, instance, request, deadline, sink, cancellationToken)).RunAsync().ConfigureAwait(false));

        async Task ArriveAsync(InstanceArrival arrival)
        {
            if (await arrival.SearchAsync(session).ConfigureAwait(false) is { } instance)
            {
                await OneAsync(instance, arrival.Deadline).ConfigureAwait(false);
            }
        }
    }
}
