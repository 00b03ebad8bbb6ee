using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Lifecycle;

/// <summary>Runs one operation on many instances at once. Each ends by itself; none waits for another.</summary>
internal static class LifecycleRunner
{
    /// <summary>Ends when all have ended. On cancellation it ends at once.</summary>
    public static Task RunAsync(
        IEnumerable<(HostSession Session, MpInstance Instance)> targets, OperationRequest request, IOperationSink sink, CancellationToken cancellationToken)
    {
        var polls = new SharedPolls(cancellationToken);
        var running = new List<Task>();
        foreach (var (session, instance) in targets)
        {
            var run = new OperationRun(session, polls.Of(session), instance, request, Deadline.In(session.Clock, request.Timeout), sink, cancellationToken);
            running.Add(OneAsync(new InstanceLifecycle(run).RunAsync));
        }

        return Task.WhenAll(running);

        async Task OneAsync(Func<Task<OperationOutcome>> operation) => sink.Ended(await operation().ConfigureAwait(false));
    }

    /// <summary>Waits for many instances at once, for those too that do not exist yet.</summary>
    public static Task WaitAsync(
        IEnumerable<(HostSession Session, MpInstance Instance)> targets,
        IEnumerable<InstanceSought> sought,
        OperationRequest request,
        IOperationSink sink,
        CancellationToken cancellationToken)
    {
        var polls = new SharedPolls(cancellationToken);
        var running = targets.Select(target => OneAsync(target.Session, target.Instance, Deadline.In(target.Session.Clock, request.Timeout))).ToList();
        running.AddRange(sought.Select(ArriveAsync));
        return Task.WhenAll(running);

        async Task OneAsync(HostSession session, MpInstance instance, Deadline deadline)
            => sink.Ended(await InstanceWait.Of(new OperationRun(session, polls.Of(session), instance, request, deadline, sink, cancellationToken)).RunAsync().ConfigureAwait(false));

        async Task ArriveAsync(InstanceSought one)
        {
            var deadline = Deadline.In(one.Sessions[0].Clock, request.Timeout);
            var (session, instance, failure) = await InstanceArrival.AwaitAsync(one, request, deadline, sink, cancellationToken).ConfigureAwait(false);
            if (failure is not null)
            {
                sink.Ended(failure);
                return;
            }

            await OneAsync(session, instance, deadline).ConfigureAwait(false);
        }
    }
}

/// <summary>One poll for each host, shared by all that wait for it.</summary>
internal sealed class SharedPolls
{
    private readonly object _lock = new();
    private readonly Dictionary<HostSession, HostPoll> _polls = new();
    private readonly CancellationToken _cancellationToken;

    public SharedPolls(CancellationToken cancellationToken) => _cancellationToken = cancellationToken;

    public HostPoll Of(HostSession session)
    {
        lock (_lock)
        {
            if (!_polls.TryGetValue(session, out var poll))
            {
                _polls.Add(session, poll = new HostPoll(session, _cancellationToken));
            }

            return poll;
        }
    }
}
