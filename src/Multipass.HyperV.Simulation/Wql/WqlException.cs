using System;

namespace Multipass.HyperV.Simulation.Wql;

/// <summary>A text is not a query that is understood here.</summary>
internal sealed class WqlException : Exception
{
    public WqlException(string message)
        : base(message)
    {
    }
}
