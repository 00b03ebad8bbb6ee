using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Belief;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Shell;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Commands;

/// <summary>What all cmdlets for instances share: which instances. Whatever comes down the pipeline is gathered and resolved in one reading of each host.</summary>
/// <remarks>The default parameter set is the one for objects: else PowerShell would bind an instance from the pipeline by its property Name, and lose its id and host.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class MpInstanceCommand : MpCommand
{
    private protected const string ByName = "Name";
    private protected const string ById = "Id";
    private protected const string ByObject = "InputObject";

    /// <summary>Reading the hosts takes no longer than this.</summary>
    private protected static readonly TimeSpan ReadingTimeout = TimeSpan.FromSeconds(60);

    /// <summary>No host has answered for so long: those that have are worked on meanwhile. Set by tests only.</summary>
    internal static TimeSpan Lull { get; set; } = TimeSpan.FromSeconds(1);

    private readonly List<string> _names = new();
    private readonly List<Guid> _ids = new();
    private readonly List<MpInstance> _objects = new();
    private readonly Dictionary<HostSession, HostFacts> _factsOfFaults = new();
    private readonly List<MpOperationFailure> _heldBack = new();
    private readonly HashSet<string> _foundBefore = new(StringComparer.OrdinalIgnoreCase);
    private List<HostSession>? _sessions;
    private List<Reading> _late = new();
    private bool _hasUnread;

    /// <summary><para type="description">The virtual machine's id.</para></summary>
    [Parameter(Mandatory = true, ParameterSetName = ById)]
    [ValidateNotNullOrEmpty]
    public Guid[] Id { get; set; } = Array.Empty<Guid>();

    /// <summary><para type="description">The hosts to work on: connections or their names. Without it, all that this session is connected to.</para></summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(HostNameCompleter))]
    public HostArgument[]? MpHost { get; set; }

    /// <summary>The names that this invocation brought; null in other parameter sets.</summary>
    private protected abstract string[]? Names { get; }

    /// <summary>The objects that this invocation brought; null in other parameter sets.</summary>
    private protected virtual MpInstance[]? Objects => null;

    /// <summary>True when a name finds only Multipass's own.</summary>
    private protected virtual bool FindsManagedOnly => true;

    /// <summary>True when one plain name may stand for one instance of a host only.</summary>
    private protected virtual bool NeedsUniqueNames => true;

    /// <summary>Takes note of what no host has; false when that is an error.</summary>
    private protected virtual bool Seeks(string name, Guid? id, IReadOnlyList<HostSession> sessions) => false;

    /// <summary>True where Multipass's client may be asked as well. It may take seconds, and hang: what only changes a virtual machine does not wait for it.</summary>
    private protected virtual bool AsksClient => false;

    /// <summary>Calls in flight at the same time.</summary>
    private protected virtual int CallLimit => 32;

    /// <summary>What was asked for, in the user's words: names, ids, the names of objects.</summary>
    private protected IEnumerable<string> AskedFor
        => _names.Concat(_ids.Select(id => id.ToString("D").ToUpperInvariant())).Concat(_objects.Select(instance => instance.Name)).Distinct(StringComparer.OrdinalIgnoreCase);

    /// <summary>A host could not be read: an error, unless the cmdlet makes something else of it.</summary>
    private protected virtual void HostNotRead(HostSession session, CimFault fault)
        => Tell(FailureOf(session, fault, _factsOfFaults.TryGetValue(session, out var facts) ? facts : HostFacts.None));

    /// <summary>True when errors of resolving wait for <see cref="WriteHeldBack"/> under -ErrorAction Stop: what could be found and read is still to be worked on.</summary>
    private protected virtual bool HoldsBack => false;

    /// <summary>True when <see cref="Resolve"/> need not wait for hosts that keep silent: it is called again for them while <see cref="HasMore"/>.</summary>
    private protected virtual bool ResolvesInRounds => false;

    /// <summary>Some hosts have not answered yet; they go on being read.</summary>
    private protected bool HasMore => _late.Count > 0;

    /// <summary>Writes the errors that were held back.</summary>
    private protected void WriteHeldBack() => _heldBack.ForEach(WriteFailure);

    private protected void HoldBack(IEnumerable<MpOperationFailure> failures) => _heldBack.AddRange(failures);

    private void Tell(MpOperationFailure failure)
    {
        if (HoldsBack && EndsAtFirstError())
        {
            _heldBack.Add(failure);
        }
        else
        {
            WriteFailure(failure);
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        switch (ParameterSetName)
        {
            case ById:
                _ids.AddRange(Id);
                break;
            case ByObject:
                _objects.AddRange(Objects ?? Array.Empty<MpInstance>());
                break;
            default:
                _names.AddRange(Names ?? Array.Empty<string>());
                break;
        }
    }

    /// <summary>The instances meant, as their hosts show them now. What cannot be found is written as an error.</summary>
    private protected IReadOnlyList<(HostSession Session, MpInstance Instance)> Resolve(InstanceDetail detail)
    {
        var sessions = HasMore ? _late.ConvertAll(reading => reading.Session) : Sessions();
        var found = new List<(HostSession, MpInstance)>();
        if (_objects.Count > 0)
        {
            ResolveObjects(sessions, detail, found);
        }

        if (_ids.Count > 0)
        {
            ResolveIds(sessions, detail, found);
        }

        if (_names.Count > 0 || (_ids.Count == 0 && _objects.Count == 0 && !MyInvocation.ExpectingInput))
        {
            ResolveNames(sessions, detail, found);
        }

        var known = new HashSet<(HostSession, Guid, string)>();
        return found.Where(pair => known.Add((pair.Item1, pair.Item2.Id, pair.Item2.Id == Guid.Empty ? pair.Item2.Name : string.Empty))).ToList();
    }

    /// <summary>The hosts to work on, with one gate for all calls.</summary>
    private protected List<HostSession> Sessions()
    {
        if (_sessions is null)
        {
            var gate = new CallGate(CallLimit);
            _sessions = ResolveHosts(MpHost).Select(host => new HostSession(host.Connection, host.MultipassView, SystemClock.Instance, gate, WindowsEventLog.Of(host))).ToList();
        }

        return _sessions;
    }

    /// <summary>Whether an instance is one of those that were named, for instances that may come later.</summary>
    private protected Func<MpInstance, bool> Wanted()
    {
        var patterns = _names.ConvertAll(name => (Plain: name, Pattern: WildcardPattern.Get(name, WildcardOptions.IgnoreCase)));
        var isAll = _names.Count + _ids.Count + _objects.Count == 0;
        return instance
            => _objects.Any(known => known.Id == instance.Id && SameText(known.HostName, instance.HostName))
                || (IsWanted(instance) && (isAll
                    || _ids.Contains(instance.Id)
                    || patterns.Any(name => SameText(name.Plain, instance.Name) || name.Pattern.IsMatch(instance.Name))));
    }

    private void ResolveNames(List<HostSession> sessions, InstanceDetail detail, List<(HostSession, MpInstance)> found)
    {
        var isAll = _names.Count == 0;
        var filter = isAll || _names.Any(WildcardPattern.ContainsWildcardCharacters) ? InstanceFilter.All : InstanceFilter.ByName(_names.ConvertAll(WildcardPattern.Unescape));
        var read = Read(sessions.Select(session => (session, filter)), detail, AsksClient, out var allRead);
        if (!AsksClient && filter != InstanceFilter.All && allRead && read.All(host => host.Instances.Count == 0) && sessions.Any(session => session.MultipassView?.Client is { IsPresent: true }))
        {
            // What Hyper-V does not have Multipass's client may still know.
            read = Read(sessions.Select(session => (session, filter)), detail, asksClient: true, out allRead);
        }

        if (isAll)
        {
            found.AddRange(read.SelectMany(host => host.Instances.Where(IsWanted).Select(instance => (host.Session, instance))));
            return;
        }

        foreach (var name in _names.Distinct(StringComparer.OrdinalIgnoreCase))
        {
            var isPattern = WildcardPattern.ContainsWildcardCharacters(name);
            var matches = Matching(name, isPattern, read.SelectMany(host => host.Instances));
            var isFound = _foundBefore.Contains(name);
            foreach (var (session, instances) in read)
            {
                var matching = instances.Where(instance => IsWanted(instance) && matches(instance.Name)).ToList();
                isFound |= matching.Count > 0;
                if (matching.Count > 1 && !isPattern && NeedsUniqueNames)
                {
                    Tell(MpOperationFailure.Of(FailureCatalogue.AmbiguousName, new FailureContext
                    {
                        Name = name,
                        HostName = session.Host.Name,
                        Detail = string.Join(", ", matching.Where(instance => instance.Id != Guid.Empty).Select(instance => instance.Id.ToString("D").ToUpperInvariant())),
                    }));
                    continue;
                }

                found.AddRange(matching.Select(instance => (session, instance)));
            }

            if (isFound)
            {
                _foundBefore.Add(name);
            }

            // A host that could not be read may have it; its own error has been written.
            if (!isFound && !isPattern && allRead && !Seeks(WildcardPattern.Unescape(name), null, sessions))
            {
                var strangers = read.SelectMany(host => host.Instances.Where(instance => !instance.Managed && SameText(instance.Name, name)).Select(_ => host.Session.Host.Name)).ToList();
                WriteNotFound(name, Sessions(), strangers.Count == 0 ? null
                    : $"{strangers[0]} has a virtual machine named '{name}', but it is not Multipass's: it is reached only as an object from `Get-MpInstance -IncludeUnmanaged`.");
            }
        }
    }

    /// <summary>Which names a given one means. One that is an instance's name to the letter means that, whatever else it could be as a pattern: <c>x[1]</c>.</summary>
    private static Func<string, bool> Matching(string name, bool isPattern, IEnumerable<MpInstance> instances)
    {
        if (isPattern && !instances.Any(instance => SameText(instance.Name, name)))
        {
            return WildcardPattern.Get(name, WildcardOptions.IgnoreCase).IsMatch;
        }

        var plain = isPattern ? name : WildcardPattern.Unescape(name);
        return other => SameText(other, plain);
    }

    private void ResolveIds(List<HostSession> sessions, InstanceDetail detail, List<(HostSession, MpInstance)> found)
    {
        var filter = InstanceFilter.ById(_ids);
        var read = Read(sessions.Select(session => (session, filter)), detail, AsksClient, out var allRead);
        foreach (var id in _ids.Distinct())
        {
            var matching = read.SelectMany(host => host.Instances.Where(instance => instance.Id == id && IsWanted(instance)).Select(instance => (host.Session, instance))).ToList();
            found.AddRange(matching);
            var text = id.ToString("D").ToUpperInvariant();
            if (matching.Count > 0)
            {
                _foundBefore.Add(text);
            }
            else if (allRead && !_foundBefore.Contains(text) && !Seeks(text, id, sessions))
            {
                WriteNotFound(text, Sessions(), null);
            }
        }
    }

    private void ResolveObjects(List<HostSession> sessions, InstanceDetail detail, List<(HostSession, MpInstance)> found)
    {
        var wanted = new List<(HostSession Session, InstanceFilter Filter)>();
        foreach (var group in _objects.GroupBy(instance => instance.HostName, StringComparer.OrdinalIgnoreCase))
        {
            if (Sessions().Find(session => SameText(session.Host.Name, group.Key)) is not { } session)
            {
                foreach (var instance in HasMore ? Enumerable.Empty<MpInstance>() : group)
                {
                    Tell(MpOperationFailure.Of(FailureCatalogue.HostNotConnected, new FailureContext
                    {
                        Name = instance.Name,
                        HostName = group.Key,
                        After = instance,
                        Detail = $"'{instance.Name}' is on '{group.Key}', and this session is not connected to a host of that name.",
                    }));
                }

                continue;
            }

            if (!sessions.Contains(session))
            {
                // It has been worked on already.
                continue;
            }

            // What Hyper-V does not know cannot be read from it; the operation itself says why it is refused.
            found.AddRange(group.Where(instance => instance.Backend == MpBackend.Hcs).Select(instance => (session, instance)));
            var ids = group.Where(instance => instance.Backend == MpBackend.HyperV).Select(instance => instance.Id).ToList();
            if (ids.Count > 0)
            {
                wanted.Add((session, InstanceFilter.ById(ids)));
            }
        }

        foreach (var (session, instances) in Read(wanted, detail, AsksClient, out _))
        {
            foreach (var instance in _objects.Where(instance => instance.Backend == MpBackend.HyperV && SameText(instance.HostName, session.Host.Name)))
            {
                if (instances.FirstOrDefault(current => current.Id == instance.Id) is { } current)
                {
                    found.Add((session, current));
                }
                else
                {
                    WriteNotFound(instance.Name, new List<HostSession> { session }, null);
                }
            }
        }
    }

    private List<(HostSession Session, IReadOnlyList<MpInstance> Instances)> Read(
        IEnumerable<(HostSession Session, InstanceFilter Filter)> wanted, InstanceDetail detail, bool asksClient, out bool allRead)
    {
        var readings = HasMore ? _late : wanted.Select(pair => new Reading(pair.Session, pair.Filter)).ToList();
        _late = new List<Reading>();
        if (ResolvesInRounds && new[] { _names.Count, _ids.Count, _objects.Count }.Count(count => count > 0) < 2)
        {
            readings.ForEach(reading => reading.Begin(detail, asksClient, Stop));
            new PipelinePump().Run(token => UntilSilenceAsync(readings, token), Stop);
            _late = readings.FindAll(reading => !reading.IsOver);
            readings = readings.FindAll(reading => reading.IsOver);
        }
        else
        {
            new PipelinePump().Run(token => Task.WhenAll(readings.Select(reading => reading.RunAsync(detail, asksClient, token))), Stop);
        }

        foreach (var reading in readings)
        {
            if (reading.Fault is { } fault)
            {
                _factsOfFaults[reading.Session] = reading.FactsOfFault;
                HostNotRead(reading.Session, fault);
            }
        }

        foreach (var warning in readings.SelectMany(reading => reading.Warnings).Distinct(StringComparer.Ordinal))
        {
            WriteWarning(warning);
        }

        _hasUnread |= readings.Exists(reading => reading.Fault is not null);
        allRead = !_hasUnread && !HasMore;
        return readings.Where(reading => reading.Fault is null).Select(reading => (reading.Session, reading.Instances)).ToList();
    }

    /// <summary>Ends when all hosts have been read, or when some have and for a while no other.</summary>
    private static async Task UntilSilenceAsync(IReadOnlyCollection<Reading> readings, CancellationToken cancellationToken)
    {
        var all = Task.WhenAll(readings.Select(reading => reading.Completion));
        var over = -1;
        while (!all.IsCompleted)
        {
            using var answered = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            if (await Task.WhenAny(all, SystemClock.Instance.Delay(Lull, answered.Token)).ConfigureAwait(false) == all)
            {
                answered.Cancel();
                break;
            }

            cancellationToken.ThrowIfCancellationRequested();
            var before = over;
            over = readings.Count(reading => reading.IsOver);
            if (over == before && readings.Any(reading => reading.IsOver && reading.Fault is null))
            {
                return;
            }
        }

        await all.ConfigureAwait(false);
    }

    private bool IsWanted(MpInstance instance) => instance.Managed || !FindsManagedOnly;

    private void WriteNotFound(string name, IReadOnlyCollection<HostSession> sessions, string? detail)
    {
        var hosts = string.Join(", ", sessions.Select(session => session.Host.Name));
        Tell(MpOperationFailure.Of(FailureCatalogue.InstanceNotFound, new FailureContext
        {
            Name = name,
            HostName = hosts,
            Detail = detail ?? $"there is no instance '{name}' on {hosts}.",
        }));
    }

    private static bool SameText(string first, string second) => string.Equals(first, second, StringComparison.OrdinalIgnoreCase);

    private sealed class Reading
    {
        private readonly InstanceFilter _filter;
        private bool _hasBegun;

        public Reading(HostSession session, InstanceFilter filter)
        {
            Session = session;
            _filter = filter;
        }

        public HostSession Session { get; }

        public IReadOnlyList<MpInstance> Instances { get; private set; } = Array.Empty<MpInstance>();

        public CimFault? Fault { get; private set; }

        /// <summary>What was looked up of a host that could not be read; at the same time as the others are read.</summary>
        public HostFacts FactsOfFault { get; private set; } = HostFacts.None;

        /// <summary>The reading under way, or over.</summary>
        public Task Completion { get; private set; } = Task.CompletedTask;

        public bool IsOver => Completion.IsCompleted;

        /// <summary>Begins to read, unless that was begun before.</summary>
        public void Begin(InstanceDetail detail, bool asksClient, CancellationToken cancellationToken)
        {
            if (!_hasBegun)
            {
                _hasBegun = true;
                Completion = Task.Run(() => RunAsync(detail, asksClient, cancellationToken), CancellationToken.None);
            }
        }

        public List<string> Warnings { get; } = new();

        public async Task RunAsync(InstanceDetail detail, bool asksClient, CancellationToken cancellationToken)
        {
            try
            {
                MultipassEffort? effort = asksClient ? null : MultipassEffort.Database;
                Instances = await InstanceReader.ReadAsync(Session, _filter, detail, Deadline.In(Session.Clock, ReadingTimeout), cancellationToken, Warnings, effort).ConfigureAwait(false);
            }
            catch (CimFaultException exception)
            {
                Fault = exception.Fault;
                FactsOfFault = await FactsOfAsync(Session, exception.Fault, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
