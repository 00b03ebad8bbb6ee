using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Management.Infrastructure;
using Microsoft.Management.Infrastructure.Options;
using Multipass.HyperV.Cim;
using MiResult = Microsoft.Management.Infrastructure.CimMethodResult;

namespace Multipass.HyperV.MmiStandIn;

/// <summary>The computers that sessions can be made to, by name; one may be this computer.</summary>
public static class SimulatedNetwork
{
    private static readonly ConcurrentDictionary<string, SimulatedComputer> Computers = new(StringComparer.OrdinalIgnoreCase);
    private static SimulatedComputer? local;

    /// <summary>Puts a computer into the network.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="host">What answers there.</param>
    /// <param name="properties">All properties of a class, by namespace and class; which of them are keys.</param>
    public static SimulatedComputer Attach(string name, ICimConnection host, Func<string, string, IReadOnlyList<(string Name, bool IsKey)>?> properties)
    {
        var computer = new SimulatedComputer(host, properties);
        return Computers.TryAdd(name, computer) ? computer : throw new InvalidOperationException($"There is a computer '{name}' already.");
    }

    /// <summary>Makes a computer this one. There is one at a time: tests that need it do not run at once.</summary>
    public static void BeLocal(SimulatedComputer computer) => Volatile.Write(ref local, computer);

    /// <summary>The computer is this one no longer, if it was.</summary>
    public static void BeRemote(SimulatedComputer computer) => Interlocked.CompareExchange(ref local, null, computer);

    /// <summary>The other computer beside this one to which no session can be made while <see cref="CannotLoad"/> is set: tests that go on at the same time have computers of their own.</summary>
    public const string Unloadable = "unloadable";

    /// <summary>What making a session throws, as where MI cannot be loaded; null where it can. There is one at a time, as of the local computer.</summary>
    public static Func<Exception>? CannotLoad { get; set; }

    /// <summary>A query as the stand-in reads it.</summary>
    public static CimQuery Read(string cimNamespace, string wql) => WqlParser.Parse(cimNamespace, wql);

    internal static SimulatedComputer? Find(string? name, bool isLocal)
        => isLocal ? Volatile.Read(ref local) : name is not null && Computers.TryGetValue(name, out var computer) ? computer : null;
}

/// <summary>A computer, and everything that was done wrong in speaking to it.</summary>
public sealed class SimulatedComputer
{
    private readonly object _lock = new();
    private readonly Func<string, string, IReadOnlyList<(string Name, bool IsKey)>?> _properties;
    private readonly List<CimSession> _sessions = new();
    private readonly List<Operation> _operations = new();
    private readonly List<string> _blamed = new();
    private readonly List<string> _options = new();

    internal SimulatedComputer(ICimConnection host, Func<string, string, IReadOnlyList<(string Name, bool IsKey)>?> properties)
    {
        Host = host;
        _properties = properties;
    }

    /// <summary>Whether a session is of no more use after its connection was lost.</summary>
    public bool BreaksSessions { get; set; } = true;

    /// <summary>How many sessions have been made.</summary>
    public int SessionCount
    {
        get
        {
            lock (_lock)
            {
                return _sessions.Count;
            }
        }
    }

    /// <summary>How many sessions are open.</summary>
    public int OpenSessionCount
    {
        get
        {
            lock (_lock)
            {
                return _sessions.Count(session => !session.IsClosed);
            }
        }
    }

    /// <summary>The options of each session, in words and without secrets.</summary>
    public IReadOnlyList<string> SessionOptions
    {
        get
        {
            lock (_lock)
            {
                return _options.ToArray();
            }
        }
    }

    internal ICimConnection Host { get; }

    /// <summary>What was done wrong. What is released on other threads has a moment to be.</summary>
    /// <param name="sessionsMayBeOpen">Sessions that belong to somebody else stay open.</param>
    public async Task<IReadOnlyList<string>> AuditAsync(bool sessionsMayBeOpen)
    {
        for (var attempt = 0; ; attempt++)
        {
            var found = Audit(sessionsMayBeOpen);
            if (found.Count == 0 || attempt == 500)
            {
                return found;
            }

            await Task.Delay(10, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>What was done wrong or is not released at this moment.</summary>
    /// <param name="sessionsMayBeOpen">Sessions that belong to somebody else stay open.</param>
    public IReadOnlyList<string> Audit(bool sessionsMayBeOpen)
    {
        lock (_lock)
        {
            return _blamed
                .Concat(_sessions.Where(session => !session.IsClosed && !sessionsMayBeOpen).Select(_ => "a session left open"))
                .Concat(_operations.SelectMany(operation => operation.Audit()))
                .ToList();
        }
    }

    internal void Blame(string misuse)
    {
        lock (_lock)
        {
            _blamed.Add(misuse);
        }
    }

    internal void Opened(CimSession session, CimSessionOptions? options)
    {
        lock (_lock)
        {
            _sessions.Add(session);
            _options.Add(options switch
            {
                WSManSessionOptions wsman => string.Create(
                    CultureInfo.InvariantCulture,
                    $"WSMan port={wsman.DestinationPort} ssl={wsman.UseSsl} ca={wsman.CertCACheck} cn={wsman.CertCNCheck} revocation={wsman.CertRevocationCheck} encryption={!wsman.NoEncryption} timeout={wsman.Timeout > TimeSpan.Zero} as=[{string.Join(", ", wsman.Credentials.Select(credential => credential.Text))}]"),
                _ => options?.GetType().Name ?? "default",
            });
        }
    }

    internal void Closed(CimSession session)
    {
        lock (_lock)
        {
            if (_operations.Exists(operation => operation.Session == session && operation.IsRunning))
            {
                _blamed.Add("a session closed while an operation runs on it");
            }
        }
    }

    internal void Begun(Operation operation)
    {
        lock (_lock)
        {
            _operations.Add(operation);
        }
    }

    /// <summary>A row as MI gives it: with all properties of its class, null where they were not asked for.</summary>
    internal CimInstance Instance(CimRecord record, string cimNamespace, bool isLocal)
    {
        var instance = new CimInstance(record.ClassName, cimNamespace);
        foreach (var (name, isKey) in _properties(cimNamespace, record.ClassName) ?? record.PropertyNames.Select(name => (name, false)).ToArray())
        {
            instance.CimInstanceProperties.Add(Property(name, record[name], cimNamespace, isKey, isLocal));
        }

        return instance;
    }

    internal CimPath Path(CimInstance instance, string cimNamespace)
        => new(
            instance.CimSystemProperties.Namespace ?? cimNamespace,
            instance.CimSystemProperties.ClassName,
            instance.CimInstanceProperties.Select(key =>
            {
                if ((key.Flags & CimFlags.Key) == 0)
                {
                    Blame($"'{key.Name}' of a path is not marked as a key");
                }

                return new KeyValuePair<string, object>(key.Name, key.Value!);
            }).ToArray());

    internal Dictionary<string, object?> Parameters(CimMethodParametersCollection parameters, string cimNamespace)
        => parameters.ToDictionary(
            parameter => parameter.Name,
            parameter => parameter.Value switch
            {
                CimInstance instance => Path(instance, cimNamespace),
                DateTime moment => new DateTimeOffset(moment),
                var value => value,
            },
            StringComparer.OrdinalIgnoreCase);

    internal static MiResult Result(global::Multipass.HyperV.Cim.CimMethodResult result, string cimNamespace, bool isLocal)
    {
        var answer = new MiResult();
        answer.Out.Add(CimMethodParameter.Create("ReturnValue", result.ReturnValue, CimType.UInt32, CimFlags.Out));
        foreach (var name in result.Out.PropertyNames)
        {
            answer.Out.Add(new PlainParameter(Property(name, result.Out[name], cimNamespace, isKey: false, isLocal)));
        }

        return answer;
    }

    private static CimProperty Property(string name, object? value, string cimNamespace, bool isKey, bool isLocal)
    {
        var flags = CimFlags.Property | CimFlags.NotModified | (isKey ? CimFlags.Key : CimFlags.None);
        object? given = value switch
        {
            DateTimeOffset moment => moment.LocalDateTime,
            CimPath path => Reference(path, isLocal),
            CimPath[] paths => Array.ConvertAll(paths, path => Reference(path, isLocal)),
            CimRecord[] records => Array.ConvertAll(records, record => Embedded(record, cimNamespace, isLocal)),
            _ => value,
        };
        var type = given is null ? CimType.String : value is CimRecord[] ? CimType.InstanceArray : CimTypes.Of(given);
        return CimProperty.Create(name, given, type, flags);
    }

    /// <summary>An instance within another one holds what it was given.</summary>
    private static CimInstance Embedded(CimRecord record, string cimNamespace, bool isLocal)
    {
        var instance = new CimInstance(record.ClassName, cimNamespace);
        foreach (var name in record.PropertyNames)
        {
            instance.CimInstanceProperties.Add(Property(name, record[name], cimNamespace, isKey: false, isLocal));
        }

        return instance;
    }

    /// <summary>A reference holds keys only. Over the network it brings neither a namespace nor marks, over COM it brings both.</summary>
    private static CimInstance Reference(CimPath path, bool isLocal)
    {
        var reference = new CimInstance(path.ClassName, isLocal ? path.Namespace.Replace('/', '\\') : null);
        foreach (var key in path.Keys)
        {
            reference.CimInstanceProperties.Add(CimProperty.Create(key.Key, key.Value, CimTypes.Of(key.Value), isLocal ? CimFlags.Key : CimFlags.None));
        }

        return reference;
    }
}
