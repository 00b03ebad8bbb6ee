using System;
using System.Collections.Generic;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Multipass;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Hosts;

/// <summary>A host as the engine uses it: every call bounded in time and number, and abandoned when the user stops or the deadline passes.</summary>
internal sealed class HostSession
{
    /// <summary>No single call is waited for longer. Hyper-V answers in milliseconds; half a minute is a host that will not.</summary>
    public static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(30);

    /// <summary>A call that has not been answered for so long gives up its place among the calls in flight: a host that keeps silent must not keep others from being asked.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(5);

    /// <summary>Instances that end together are within it.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(20);

    /// <summary>The event log is a help, not a need: no failure is told later than this because of it.</summary>
    private static readonly TimeSpan LongestEventReading = TimeSpan.FromSeconds(2);

    private readonly ICimConnection _connection;
    private readonly CallGate _gate;
    private readonly object _beliefLock = new();
    private List<TaskCompletionSource<MultipassReading>> _beliefAskers = new();
    private readonly IHostEvents? _events;

    public HostSession(ICimConnection connection, IMultipassView? multipassView, IClock clock, CallGate gate, IHostEvents? events = null)
    {
        _events = events;
        _connection = connection;
        MultipassView = multipassView;
        Clock = clock;
        _gate = gate;
    }

    public CimHost Host => _connection.Host;

    /// <summary>What Multipass believes; null where it cannot be asked.</summary>
    public IMultipassView? MultipassView { get; }

    public IClock Clock { get; }

    /// <summary>
    /// What Multipass's database says, read once for all who ask within a moment: reading it costs the same for one instance as for all. Nobody gets what was read before he asked.
    /// Only where there is a <see cref="MultipassView"/>.
    /// </summary>
    public Task<MultipassReading> ReadBeliefAsync(CancellationToken cancellationToken)
    {
        var asker = new TaskCompletionSource<MultipassReading>();
        bool isFirst;
        lock (_beliefLock)
        {
            isFirst = _beliefAskers.Count == 0;
            _beliefAskers.Add(asker);
        }

        if (isFirst)
        {
            AnswerBeliefAskers(cancellationToken);
        }

        return asker.Task;
    }

    // Each asker has a task of its own: several that await the same one are continued on the thread pool.
    private async void AnswerBeliefAskers(CancellationToken cancellationToken)
    {
        IReadOnlyList<TaskCompletionSource<MultipassReading>>? askers = null;
        try
        {
            await Clock.Delay(Moment, cancellationToken).ConfigureAwait(false);
            askers = TakeBeliefAskers();
            var reading = await MultipassView!.ReadAsync(MultipassEffort.Database, cancellationToken).ConfigureAwait(false);
            foreach (var asker in askers)
            {
                asker.TrySetResult(reading);
            }
        }
        catch (OperationCanceledException)
        {
            foreach (var asker in askers ?? TakeBeliefAskers())
            {
                asker.TrySetCanceled(cancellationToken);
            }
        }
        catch (Exception exception)
        {
            // Whatever it is, nobody may be left waiting for an answer.
            foreach (var asker in askers ?? TakeBeliefAskers())
            {
                asker.TrySetException(exception);
            }
        }
    }

    private List<TaskCompletionSource<MultipassReading>> TakeBeliefAskers()
    {
        lock (_beliefLock)
        {
            var askers = _beliefAskers;
            _beliefAskers = new List<TaskCompletionSource<MultipassReading>>();
            return askers;
        }
    }

    public Task<IReadOnlyList<CimRecord>> QueryAsync(CimQuery query, Deadline deadline, CancellationToken cancellationToken)
        => CallAsync(token => _connection.QueryAsync(query, token), deadline, cancellationToken);

    /// <summary>The same as a help, not a need: null when the host refuses or does not answer.</summary>
    public async Task<IReadOnlyList<CimRecord>?> TryQueryAsync(CimQuery query, Deadline deadline, CancellationToken cancellationToken)
    {
        try
        {
            return await QueryAsync(query, deadline, cancellationToken).ConfigureAwait(false);
        }
        catch (CimFaultException)
        {
            return null;
        }
    }

    public Task<CimRecord> GetAsync(CimPath path, Deadline deadline, CancellationToken cancellationToken)
        => CallAsync(token => _connection.GetAsync(path, token), deadline, cancellationToken);

    public Task<CimMethodResult> InvokeAsync(
        CimPath path, string method, IReadOnlyDictionary<string, object?> parameters, Deadline deadline, CancellationToken cancellationToken)
        => CallAsync(token => _connection.InvokeAsync(path, method, parameters, token), deadline, cancellationToken);

    /// <summary>What the host's event log says of a virtual machine since a moment. Empty where it cannot be read, or not in time.</summary>
    public async Task<IReadOnlyList<HostEvent>> ReadEventsAsync(Guid id, string name, DateTimeOffset from, Deadline deadline, CancellationToken cancellationToken)
    {
        if (_events is null)
        {
            return Array.Empty<HostEvent>();
        }

        var bound = deadline.Remaining < LongestEventReading ? deadline.Remaining : LongestEventReading;
        using var abandon = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            var events = _events.ReadAsync(id, name, from, Clock.Now, abandon.Token);
            return await EndsWithinAsync(events, bound, abandon, cancellationToken).ConfigureAwait(false) ? await events.ConfigureAwait(false) : Array.Empty<HostEvent>();
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return Array.Empty<HostEvent>();
        }
    }

    private async Task<T> CallAsync<T>(Func<CancellationToken, Task<T>> call, Deadline deadline, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (deadline.HasPassed)
        {
            throw DidNotAnswer(TimeSpan.Zero);
        }

        using var abandon = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var entered = _gate.EnterAsync(abandon.Token);
        try
        {
            // What waits for its turn has not been asked yet: only the deadline counts.
            if (!await EndsWithinAsync(entered, deadline.Remaining, abandon, cancellationToken).ConfigureAwait(false))
            {
                throw new CimFaultException(new CimFault(
                    CimStatus.Failed, WbemError.TimedOut, $"{Host.Name} could not be asked in time: too many other calls were in flight."));
            }
        }
        catch
        {
            // The place may have been granted in the very moment that it was given up.
            LeaveWhenEntered(entered);
            throw;
        }

        var hasPlace = true;
        try
        {
            var bound = deadline.Remaining < LongestCall ? deadline.Remaining : LongestCall;
            var answer = call(abandon.Token);
            if (bound > Silence && !await EndsWithinAsync(answer, Silence, null, cancellationToken).ConfigureAwait(false))
            {
                hasPlace = false;
                _gate.Leave();
            }

            if (!await EndsWithinAsync(answer, hasPlace ? bound : bound - Silence, abandon, cancellationToken).ConfigureAwait(false))
            {
                throw DidNotAnswer(bound);
            }

            return await answer.ConfigureAwait(false);
        }
        catch (ObjectDisposedException exception)
        {
            // Whether the host has taken a request that was under way is not known.
            throw new CimFaultException(new CimFault(CimStatus.Failed, WbemError.Disconnected, $"The connection to {Host.Name} has been ended."), exception);
        }
        finally
        {
            if (hasPlace)
            {
                _gate.Leave();
            }
        }
    }

    /// <summary>Waits for the task, the bound or the user, whichever is first; false when it was the bound. A task that loses for good is cancelled and forgotten: it may never end.</summary>
    private async Task<bool> EndsWithinAsync(Task task, TimeSpan bound, CancellationTokenSource? abandon, CancellationToken cancellationToken)
    {
        if (!task.IsCompleted)
        {
            using var answered = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var timer = Clock.Delay(bound, answered.Token);
            if (await Task.WhenAny(task, timer).ConfigureAwait(false) != task)
            {
                if (abandon is null && !cancellationToken.IsCancellationRequested)
                {
                    return false;
                }

                abandon?.Cancel();
                Forget(task);
                cancellationToken.ThrowIfCancellationRequested();
                return false;
            }

            answered.Cancel();
            Forget(timer);
        }

        await task.ConfigureAwait(false);
        return true;
    }

    private async void LeaveWhenEntered(Task entered)
    {
        try
        {
            await entered.ConfigureAwait(false);
            _gate.Leave();
        }
        catch (OperationCanceledException)
        {
            // It never got in.
        }
    }

    private static async void Forget(Task task)
    {
        try
        {
            await task.ConfigureAwait(false);
        }
        catch (Exception)
        {
            // Nobody waits for it any more.
        }
    }

    private CimFaultException DidNotAnswer(TimeSpan bound)
        => new(new CimFault(
            CimStatus.Failed,
            WbemError.TimedOut,
            string.Format(CultureInfo.InvariantCulture, "{0} did not answer within {1:0.#} s.", Host.Name, bound.TotalSeconds)));
}
