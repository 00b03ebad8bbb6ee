using System;
using Multipass.HyperV.Multipass;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Shell;
using Multipass.HyperV.Simulation;

namespace Multipass.HyperV;

/// <summary>A connection to a host. It can be handed to other runspaces.</summary>
public sealed class MpHost
{
    private readonly string? _computerName;

    /// <summary>A real host. What Multipass itself believes can be read on this computer only.</summary>
    internal MpHost(ICimConnection connection)
        : this(connection, connection.Host.IsLocal ? LocalMultipass.CreateView() : null, simulated: null, string.Empty, SystemClock.Instance.Now)
    {
    }

    internal MpHost(ICimConnection connection, IMultipassView? multipassView, SimulatedHost? simulated, string scenario, DateTimeOffset connectedAt)
    {
        Connection = connection;

        // Multipass's files and client are those of this computer: of a remote host they tell nothing.
        MultipassView = multipassView ?? (simulated is null && connection.Host.IsLocal ? LocalMultipass.CreateView() : null);
        Simulated = simulated;
        Scenario = scenario;
        ConnectedAt = connectedAt;
    }

    /// <summary>The host's name.</summary>
    public string Name => Connection.Host.Name;

    /// <summary>The name or address that was connected to; the host's own name where none was given.</summary>
    public string ComputerName
    {
        get => _computerName ?? Name;
        internal init => _computerName = value;
    }

    /// <summary>How it is reached.</summary>
    public CimTransport Transport => Connection.Host.Transport;

    /// <summary>The scenario's file, or <c>default</c>; empty for a real host.</summary>
    public string Scenario { get; }

    /// <summary>When the connection was made.</summary>
    public DateTimeOffset ConnectedAt { get; }

    internal ICimConnection Connection { get; }

    internal IMultipassView? MultipassView { get; }

    internal SimulatedHost? Simulated { get; }

    /// <summary>The host's name.</summary>
    public override string ToString() => Name;
}
