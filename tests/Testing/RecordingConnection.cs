using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Simulation;

namespace Multipass.HyperV.Testing;

/// <summary>Notes with every call what the host's instances really are at that moment, and what is asked of them.</summary>
internal sealed class RecordingConnection(ICimConnection connection) : ICimConnection
{
    private readonly Dictionary<string, List<MpInstanceState>> _shown = [];

    /// <summary>The simulated host itself, which tells the truth of its world without a call that could fail.</summary>
    public SimulatedHost? Truth { get; set; }

    public CimHost Host => connection.Host;

    /// <summary>Every request that changes something: the key of the virtual machine or of the job, and what was asked.</summary>
    public List<(string Key, string Request)> Requests { get; } = [];

    public int CallCount { get; private set; }

    /// <summary>The states that an instance was seen in since the last request to it; those of the beginning too when there was none.</summary>
    public IReadOnlyList<MpInstanceState> ShownSinceLastRequest(string name) => _shown.TryGetValue(name, out var states) ? states : [];

    public Task<IReadOnlyList<CimRecord>> QueryAsync(CimQuery query, CancellationToken cancellationToken)
    {
        Note();
        return connection.QueryAsync(query, cancellationToken);
    }

    public Task<CimRecord> GetAsync(CimPath path, CancellationToken cancellationToken)
    {
        Note();
        return connection.GetAsync(path, cancellationToken);
    }

    public Task<CimMethodResult> InvokeAsync(CimPath path, string method, IReadOnlyDictionary<string, object?> parameters, CancellationToken cancellationToken)
    {
        Note();
        if (method != "GetErrorEx")
        {
            // From here on only what is shown afterwards counts.
            var key = path.Key("SystemName") ?? path.Key("Name") ?? path.Key("InstanceID") ?? string.Empty;
            Requests.Add((key, parameters.TryGetValue("RequestedState", out var state) ? $"{method}({state})" : method));
            if (NameOf(key) is { } name)
            {
                _shown.Remove(name);
            }
        }

        return connection.InvokeAsync(path, method, parameters, cancellationToken);
    }

    public void Dispose() => connection.Dispose();

    public string? NameOf(string key) => Names.FirstOrDefault(pair => string.Equals(pair.Id.ToString(), key, StringComparison.OrdinalIgnoreCase)).Name;

    public IReadOnlyList<(Guid Id, string Name)> Names { get; set; } = [];

    private void Note()
    {
        CallCount++;
        foreach (var (name, state) in Truth?.StatesNow() ?? [])
        {
            if (!_shown.TryGetValue(name, out var states))
            {
                _shown.Add(name, states = []);
            }

            if (!states.Contains(state))
            {
                states.Add(state);
            }
        }
    }
}
