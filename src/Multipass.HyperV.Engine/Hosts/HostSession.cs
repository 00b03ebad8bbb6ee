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

    /// <summary>The event log is a help, not a need: no failure is told later than this because of it.</summary>
    private static readonly TimeSpan LongestEventReading = TimeSpan.FromSeconds(2);

    private readonly ICimConnection _connection;
    private readonly CallGate _gate;
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

    public Task<IReadOnlyList<CimRecord>> QueryAsync(CimQuery query, Deadline deadline, CancellationToken cancellationToken)
        => CallAsync(token => _connection.QueryAsync(query, token), deadline, deadline, cancellationToken);

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
        => CallAsync(token => _connection.GetAsync(path, token), deadline, deadline, cancellationToken);

    /// <summary>Calls a method.</summary>
    /// <param name="path">Of what.</param>
    /// <param name="method">Which.</param>
    /// <param name="parameters">What goes in.</param>
    /// <param name="sendBy">It is not sent later.</param>
    /// <param name="answerBy">Its answer is not waited for longer.</param>
    /// <param name="cancellationToken">Abandons it.</param>
    public Task<CimMethodResult> InvokeAsync(
        CimPath path, string method, IReadOnlyDictionary<string, object?> parameters, Deadline sendBy, Deadline answerBy, CancellationToken cancellationToken)
        => CallAsync(token => _connection.InvokeAsync(path, method, parameters, token), sendBy, answerBy, cancellationToken);

    public Task<CimMethodResult> InvokeAsync(
        CimPath path, string method, IReadOnlyDictionary<string, object?> parameters, Deadline deadline, CancellationToken cancellationToken)
        => InvokeAsync(path, method, parameters, deadline, deadline, cancellationToken);

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

    private async Task<T> CallAsync<T>(Func<CancellationToken, Task<T>> call, Deadline sendBy, Deadline deadline, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (sendBy.HasPassed)
        {
            throw NotAsked();
        }

        using var abandon = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var entered = _gate.EnterAsync(abandon.Token);
        try
        {
            // What waits for its turn has not been asked yet: only the deadline counts.
            if (!await EndsWithinAsync(entered, sendBy.Remaining, abandon, cancellationToken).ConfigureAwait(false))
            {
                throw NotAsked();
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
        catch (Exception exception) when (exception is not CimFaultException && !cancellationToken.IsCancellationRequested)
        {
            // A connection that breaks in a way of its own has failed like any other; again it is not known what the host has taken.
            var text = string.Format(CultureInfo.InvariantCulture, "The connection to {0} failed: {1}: {2}", Host.Name, exception.GetType().Name, exception.Message);
            throw new CimFaultException(new CimFault(CimStatus.Failed, WbemError.RpcCallFailed, text), exception);
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

    /// <summary>Nothing was sent: this is no lost answer.</summary>
    private CimFaultException NotAsked()
        => new(new CimFault(CimStatus.Failed, WbemError.CallCancelled, $"{Host.Name} could not be asked in time: too many other calls were in flight."));

    private CimFaultException DidNotAnswer(TimeSpan bound)
        => new(new CimFault(
            CimStatus.Failed,
            WbemError.TimedOut,
            string.Format(CultureInfo.InvariantCulture, "{0} did not answer within {1:0.#} s.", Host.Name, bound.TotalSeconds)));
}
