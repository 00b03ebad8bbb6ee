using System;
using System.Collections.Generic;
using System.Linq;
using Multipass.HyperV.Wsman.Faults;

namespace Multipass.HyperV.Server.Operations;

/// <summary>The enumerations that clients have begun and not ended. An abandoned one expires.</summary>
internal sealed class OpenEnumerations
{
    /// <summary>WinRM's default: EnumerationTimeoutms.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(4);

    /// <summary>WinRM's default: MaxConcurrentOperationsPerUser.</summary>
    public const int Most = 1_500;

    /// <summary>Instances that are held for clients, all together: some 5 KB each.</summary>
    private const int MostInstances = 200_000;

    /// <summary>A context, of which each is as long.</summary>
    public static readonly string LongestContext = ContextOf(Guid.Empty);

    private readonly object _lock = new();
    private readonly Dictionary<string, Entry> _open = new(StringComparer.OrdinalIgnoreCase);
    private readonly TimeProvider _time;

    public OpenEnumerations(TimeProvider time) => _time = time;

    /// <summary>How many are open.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                Expire();
                return _open.Count;
            }
        }
    }

    /// <summary>Keeps an enumeration for the client to go on with.</summary>
    /// <param name="enumeration">The enumeration.</param>
    /// <param name="expires">How long the client wants it kept while it does not ask; null for the service's own time.</param>
    /// <returns>The context that names it.</returns>
    /// <exception cref="WsmanFaultException">Too many are open.</exception>
    public string Add(Enumeration enumeration, TimeSpan? expires)
    {
        var lifetime = expires < Longest ? expires.Value : Longest;
        lock (_lock)
        {
            Expire();
            if (_open.Count >= Most || _open.Values.Sum(entry => entry.Enumeration.Count) + enumeration.Count > MostInstances)
            {
                throw new WsmanFaultException(FaultKind.QuotaLimit, "Too many enumerations are open.");
            }

            var context = ContextOf(Guid.NewGuid());
            _open.Add(context, new Entry(enumeration, lifetime, _time.GetUtcNow() + lifetime));
            return context;
        }
    }

    /// <summary>The enumeration that a context names; its time begins anew. Null when there is none.</summary>
    public Enumeration? Find(string context)
    {
        lock (_lock)
        {
            Expire();
            if (!_open.TryGetValue(context, out var entry))
            {
                return null;
            }

            _open[context] = entry with { Due = _time.GetUtcNow() + entry.Lifetime };
            return entry.Enumeration;
        }
    }

    /// <summary>Forgets an enumeration; false when there is none.</summary>
    public bool Remove(string context)
    {
        lock (_lock)
        {
            Expire();
            return _open.Remove(context);
        }
    }

    private static string ContextOf(Guid id) => "uuid:" + id.ToString("D").ToUpperInvariant();

    private void Expire()
    {
        var now = _time.GetUtcNow();
        foreach (var context in _open.Where(open => open.Value.Due <= now).Select(open => open.Key).ToList())
        {
            _open.Remove(context);
        }
    }

    private sealed record Entry(Enumeration Enumeration, TimeSpan Lifetime, DateTimeOffset Due);
}
