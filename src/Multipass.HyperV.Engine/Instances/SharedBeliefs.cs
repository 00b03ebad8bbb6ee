using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Multipass;

namespace Multipass.HyperV.Instances;

/// <summary>
/// What Multipass's database says, read once for all who ask within a moment: reading it costs the same for one instance as for all. Nobody gets what was read before he asked.
/// </summary>
internal sealed class SharedBeliefs
{
    /// <summary>Instances that end together are within it.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(20);

    private readonly HostSession _session;
    private readonly CancellationToken _cancellationToken;
    private readonly object _lock = new();
    private List<TaskCompletionSource<MultipassReading?>> _askers = new();

    public SharedBeliefs(HostSession session, CancellationToken cancellationToken)
    {
        _session = session;
        _cancellationToken = cancellationToken;
    }

    /// <summary>What Multipass believes now; null where it cannot be asked.</summary>
    public Task<MultipassReading?> ReadAsync()
    {
        var asker = new TaskCompletionSource<MultipassReading?>();
        if (_session.MultipassView is null)
        {
            asker.SetResult(null);
            return asker.Task;
        }

        bool isFirst;
        lock (_lock)
        {
            isFirst = _askers.Count == 0;
            _askers.Add(asker);
        }

        if (isFirst)
        {
            AnswerAll(_session.MultipassView);
        }

        return asker.Task;
    }

    // Each asker has a task of its own: several that await the same one are continued on the thread pool.
    private async void AnswerAll(IMultipassView view)
    {
        IReadOnlyList<TaskCompletionSource<MultipassReading?>>? askers = null;
        try
        {
            await _session.Clock.Delay(Moment, _cancellationToken).ConfigureAwait(false);
            askers = TakeAll();
            var reading = await view.ReadAsync(MultipassEffort.Database, _cancellationToken).ConfigureAwait(false);
            foreach (var asker in askers)
            {
                asker.TrySetResult(reading);
            }
        }
        catch (OperationCanceledException)
        {
            foreach (var asker in askers ?? TakeAll())
            {
                asker.TrySetCanceled(_cancellationToken);
            }
        }
        catch (Exception)
        {
            // Whatever it is: what Multipass believes only decorates, and nobody may be left waiting for it.
            foreach (var asker in askers ?? TakeAll())
            {
                asker.TrySetResult(null);
            }
        }
    }

    private List<TaskCompletionSource<MultipassReading?>> TakeAll()
    {
        lock (_lock)
        {
            var askers = _askers;
            _askers = new List<TaskCompletionSource<MultipassReading?>>();
            return askers;
        }
    }
}
