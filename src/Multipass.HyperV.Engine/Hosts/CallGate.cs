using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace Multipass.HyperV.Hosts;

/// <summary>Bounds the calls in flight. Waiters enter in the order they came; whoever leaves lets the next one in at once, on the same thread.</summary>
internal sealed class CallGate
{
    private readonly object _lock = new();
    private readonly LinkedList<TaskCompletionSource<bool>> _waiting = new();
    private int _free;

    public CallGate(int limit) => _free = limit;

    /// <summary>Ends when the caller may call. On cancellation the place in the queue is given up.</summary>
    public async Task EnterAsync(CancellationToken cancellationToken)
    {
        LinkedListNode<TaskCompletionSource<bool>> node;
        lock (_lock)
        {
            if (_free > 0)
            {
                _free--;
                return;
            }

            node = _waiting.AddLast(new TaskCompletionSource<bool>());
        }

        using (cancellationToken.Register(() => GiveUp(node)))
        {
            await node.Value.Task.ConfigureAwait(false);
        }
    }

    public void Leave()
    {
        TaskCompletionSource<bool>? next = null;
        lock (_lock)
        {
            if (_waiting.First is { } first)
            {
                _waiting.RemoveFirst();
                next = first.Value;
            }
            else
            {
                _free++;
            }
        }

        next?.SetResult(true);
    }

    private void GiveUp(LinkedListNode<TaskCompletionSource<bool>> node)
    {
        lock (_lock)
        {
            if (node.List is null)
            {
                return;
            }

            _waiting.Remove(node);
        }

        node.Value.SetCanceled();
    }
}
