using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Hosts;

namespace Multipass.HyperV.Lifecycle;

/// <summary>Runs one operation on many instances at once. Each ends by itself; none waits for another.</summary>
internal static class LifecycleRunner
{
    /// <summary>Ends when all have ended. On cancellation it ends at once.</summary>
    public static Task RunAsync(
        IEnumerable<(HostSession Session, MpInstance Instance)> targets, OperationRequest request, IOperationSink sink, CancellationToken cancellationToken)
    {
        var polls = new Dictionary<HostSession, HostPoll>();
        var running = new List<Task>();
        foreach (var (session, instance) in targets)
        {
            if (!polls.TryGetValue(session, out var poll))
            {
                polls.Add(session, poll = new HostPoll(session, cancellationToken));
            }

            running.Add(OneAsync(new InstanceLifecycle(session, poll, instance, request, sink, cancellationToken)));
        }

        return Task.WhenAll(running);

        async Task OneAsync(InstanceLifecycle lifecycle) => sink.Ended(await lifecycle.RunAsync().ConfigureAwait(false));
    }
}
