using System.Collections.Generic;

namespace Multipass.HyperV.Simulation.Faults;

/// <summary>The faults that an instance still has to come, in the order they were given.</summary>
internal sealed class PendingFaults
{
    private readonly List<(SimulatedFault Fault, int Left)> _faults = new();

    public void Add(SimulatedFault fault) => _faults.Add((fault, fault.Times));

    public void Clear() => _faults.Clear();

    /// <summary>The first fault that strikes this operation, which is one less then; null when there is none.</summary>
    public SimulatedFault? Take(FaultOperation operation)
    {
        for (var index = 0; index < _faults.Count; index++)
        {
            var (fault, left) = _faults[index];
            if (fault.OnOperation != operation)
            {
                continue;
            }

            if (left > 1)
            {
                _faults[index] = (fault, left - 1);
            }
            else
            {
                _faults.RemoveAt(index);
            }

            return fault;
        }

        return null;
    }
}
