using System.Collections.Generic;

namespace Multipass.HyperV.Simulation.Connections;

/// <summary>The calls that came, the latest of them: a host that runs for days must not fill the memory.</summary>
internal sealed class CallJournal
{
    public const int MostCalls = 100_000;

    private readonly Queue<SimulatedCall> _calls = new();

    public void Add(SimulatedCall call)
    {
        if (_calls.Count == MostCalls)
        {
            _calls.Dequeue();
        }

        _calls.Enqueue(call);
    }

    public void Clear() => _calls.Clear();

    public IReadOnlyList<SimulatedCall> ToList() => _calls.ToArray();
}
