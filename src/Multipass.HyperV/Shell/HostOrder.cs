using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Hosts;

namespace Multipass.HyperV.Shell;

/// <summary>Has what hosts answer at about the same time written in the order of the hosts. One that keeps silent is overtaken.</summary>
internal sealed class HostOrder
{
    /// <summary>Nobody waits longer for his turn: long enough for hosts that answer, short enough at a prompt.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(500);

    private readonly Dictionary<HostSession, (Task Before, TaskCompletionSource<bool> Own)> _turns = new();

    public HostOrder(IEnumerable<HostSession> hosts)
    {
        var before = Task.CompletedTask;
        foreach (var host in hosts)
        {
            var own = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            _turns.Add(host, (before, own));
            before = Task.WhenAll(before, own.Task);
        }
    }

    /// <summary>A host has nothing to write.</summary>
    public void Pass(HostSession host) => _turns[host].Own.TrySetResult(true);

    /// <summary>Writes what a host has answered, at its turn. Each host either writes or passes.</summary>
    public async Task WriteAsync(HostSession host, PipelinePump pump, Action write, CancellationToken cancellationToken)
    {
        var (before, own) = _turns[host];
        try
        {
            if (!before.IsCompleted)
            {
                using var turn = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                await Task.WhenAny(before, host.Clock.Delay(LongestWait, turn.Token)).ConfigureAwait(false);
                turn.Cancel();
            }

            await pump.InvokeAsync(write).ConfigureAwait(false);
        }
        finally
        {
            own.TrySetResult(true);
        }
    }
}
