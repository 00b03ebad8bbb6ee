using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;

namespace Multipass.HyperV.Connections;

/// <summary>The connections of one runspace. Another runspace sees none of them, unless one is handed over.</summary>
internal sealed class HostConnections
{
    private static readonly ConditionalWeakTable<Runspace, HostConnections> OfRunspaces = new();
    private static volatile bool AnyConnection;

    private readonly object _lock = new();
    private readonly List<MpHost> _hosts = new();

    private HostConnections()
    {
    }

    /// <summary>The connections of the runspace that the calling cmdlet runs in.</summary>
    public static HostConnections Current => OfRunspaces.GetValue(Runspace.DefaultRunspace, _ => new HostConnections());

    /// <summary>True once any runspace of this process has connected to anything: from then on no cmdlet falls through to the local host. Set by tests only.</summary>
    public static bool AnyoneHasConnected
    {
        get => AnyConnection;
        set => AnyConnection = value;
    }

    public IReadOnlyList<MpHost> All
    {
        get
        {
            lock (_lock)
            {
                return _hosts.ToArray();
            }
        }
    }

    /// <summary>This computer, while nobody has connected to anything; null until it is first needed.</summary>
    public MpHost? Local { get; set; }

    /// <summary>Adds a connection; one of the same host name is replaced and ended.</summary>
    public void Add(MpHost host)
    {
        AnyConnection = true;
        List<MpHost> replaced;
        lock (_lock)
        {
            replaced = _hosts.FindAll(known => known != host && string.Equals(known.Name, host.Name, StringComparison.OrdinalIgnoreCase));
            _hosts.RemoveAll(known => known == host || replaced.Contains(known));
            _hosts.Add(host);
        }

        replaced.ForEach(known => known.Connection.Dispose());
    }

    /// <summary>Ends the connection to this computer that nobody asked for; the next cmdlet that needs one makes it anew.</summary>
    public void EndLocal()
    {
        Local?.Connection.Dispose();
        Local = null;
    }

    public bool Remove(MpHost host)
    {
        lock (_lock)
        {
            return _hosts.Remove(host);
        }
    }

    public IReadOnlyList<MpHost> Find(string pattern)
    {
        var wildcard = WildcardPattern.Get(pattern, WildcardOptions.IgnoreCase);
        return All.Where(host => wildcard.IsMatch(host.Name) || wildcard.IsMatch(host.ComputerName)).ToArray();
    }
}
