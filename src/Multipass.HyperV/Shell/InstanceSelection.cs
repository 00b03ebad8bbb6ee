using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Instances;

namespace Multipass.HyperV.Shell;

/// <summary>What one host has of the instances meant.</summary>
/// <param name="Session">The host.</param>
/// <param name="Instances">As the host has just shown them; none twice.</param>
/// <param name="Present">The names and ids, without wildcards, that were asked for and are on this host.</param>
/// <param name="Absent">Those that are not.</param>
internal sealed record HostFindings(HostSession Session, IReadOnlyList<MpInstance> Instances, IReadOnlyList<string> Present, IReadOnlyList<string> Absent)
{
    /// <summary>What is wrong with what was asked for on this host.</summary>
    public IReadOnlyList<MpOperationFailure> Failures { get; init; } = Array.Empty<MpOperationFailure>();

    /// <summary>Names asked for that this host has, but for a virtual machine that is not Multipass's.</summary>
    public IReadOnlyList<string> Strangers { get; init; } = Array.Empty<string>();
}

/// <summary>The instances meant, in the user's words: names with wildcards, ids, and instances read before. Knows what to read of a host, and what of it is meant.</summary>
internal sealed class InstanceSelection
{
    private readonly List<string> _names = new();
    private readonly List<Guid> _ids = new();
    private readonly List<InstanceReference> _references = new();
    private readonly List<(string Host, string Name)> _namesOnHosts = new();
    private readonly HashSet<string> _wholeHosts = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether names and ids find only what is Multipass's.</summary>
    public bool FindsManagedOnly { get; init; } = true;

    /// <summary>Whether one name without wildcards may stand for one instance of a host only.</summary>
    public bool NeedsUniqueNames { get; init; } = true;

    /// <summary>What objects name that say on which host.</summary>
    public IReadOnlyList<InstanceReference> References => _references;

    /// <summary>True when nothing was asked for.</summary>
    public bool IsEmpty => _names.Count + _ids.Count + _references.Count + _namesOnHosts.Count + _wholeHosts.Count == 0;

    /// <summary>The names and ids that a host either has or does not have: all but names with wildcards.</summary>
    public IEnumerable<string> Sought
        => _names.Where(name => !WildcardPattern.ContainsWildcardCharacters(name)).Select(WildcardPattern.Unescape).Concat(_ids.Select(TextOf)).Distinct(StringComparer.OrdinalIgnoreCase);

    public void Add(IEnumerable<string> names) => _names.AddRange(names);

    public void Add(IEnumerable<Guid> ids) => _ids.AddRange(ids);

    /// <summary>What an object names: on its host, where it tells one.</summary>
    public void Add(InstanceReference reference)
    {
        if (reference.HostName.Length > 0)
        {
            _references.Add(reference);
        }
        else if (reference.Id != Guid.Empty)
        {
            _ids.Add(reference.Id);
        }
        else
        {
            _names.Add(WildcardPattern.Escape(reference.Name));
        }
    }

    /// <summary>Names on one host.</summary>
    public void AddOn(string host, IEnumerable<string> names) => _namesOnHosts.AddRange(names.Select(name => (host, name)));

    /// <summary>All instances of a host.</summary>
    public void AddAllOf(string host) => _wholeHosts.Add(host);

    /// <summary>Whether nothing is looked for on any other host.</summary>
    public bool IsOnlyOn(IEnumerable<string> hosts)
    {
        var known = new HashSet<string>(hosts, StringComparer.OrdinalIgnoreCase);
        return _names.Count + _ids.Count == 0 && _references.TrueForAll(reference => known.Contains(reference.HostName));
    }

    /// <summary>Gives hosts the names that they have here.</summary>
    /// <param name="nameOf">The name of the host that somebody knows by another one; null where there is none.</param>
    public void Rename(Func<string, string?> nameOf)
    {
        for (var index = 0; index < _references.Count; index++)
        {
            _references[index] = _references[index] with { HostName = nameOf(_references[index].HostName) ?? _references[index].HostName };
        }
    }

    /// <summary>The id that a text of <see cref="Sought"/> stands for; null when it is a name.</summary>
    public Guid? IdOf(string sought) => _ids.Contains(Guid.TryParse(sought, out var id) ? id : Guid.Empty) && !_names.Contains(sought, StringComparer.OrdinalIgnoreCase) ? id : null;

    /// <summary>What to read of a host for ids and objects; null when none of them is there.</summary>
    public InstanceFilter? KeysOn(HostSession session)
    {
        var ids = _ids.Where(id => id != Guid.Empty).Concat(ReferencesOn(session).Where(reference => !IsUnknownToHyperV(reference)).Select(reference => reference.Id).Where(id => id != Guid.Empty));
        return ids.Distinct().ToList() is { Count: > 0 } all ? InstanceFilter.ById(all) : null;
    }

    /// <summary>What to read of a host for names; null when no names are meant there.</summary>
    /// <param name="session">The host.</param>
    /// <param name="meansAll">Whether all instances are meant where nothing was asked for.</param>
    public InstanceFilter? ByName(HostSession session, bool meansAll)
    {
        if (_wholeHosts.Contains(session.Host.Name) || (meansAll && IsEmpty))
        {
            return InstanceFilter.All;
        }

        var names = _names.Concat(NamesOn(session)).ToList();
        var plain = ReferencesOn(session).Where(reference => reference.Id == Guid.Empty && !IsUnknownToHyperV(reference)).Select(reference => reference.Name).ToList();
        return names.Count + plain.Count == 0 ? null
            : names.Exists(WildcardPattern.ContainsWildcardCharacters) ? InstanceFilter.All
            : InstanceFilter.ByName(names.ConvertAll(WildcardPattern.Unescape).Concat(plain).ToList());
    }

    /// <summary>What is meant of what has been read of a host.</summary>
    /// <param name="session">The host.</param>
    /// <param name="byKey">Read with <see cref="KeysOn"/>.</param>
    /// <param name="byName">Read with <see cref="ByName"/>.</param>
    public HostFindings On(HostSession session, IReadOnlyList<MpInstance> byKey, IReadOnlyList<MpInstance> byName)
    {
        var found = new List<MpInstance>();
        var present = new List<string>();
        var absent = new List<string>();
        var strangers = new List<string>();
        var failures = new List<MpOperationFailure>();
        var byId = byKey.ToLookup(instance => instance.Id);
        foreach (var reference in ReferencesOn(session))
        {
            if (IsUnknownToHyperV(reference))
            {
                // The operation itself says why Hyper-V cannot do it.
                found.Add(reference.Instance!);
            }
            else if (reference.Id == Guid.Empty)
            {
                AddNamed(reference.Name, name => SameText(name, reference.Name), isOnThisHost: true, isPattern: false);
            }
            else if (byId[reference.Id].FirstOrDefault() is not { } current)
            {
                failures.Add(NotFound(reference.Text, session.Host.Name, null));
            }
            else if (!IsWanted(current) && !reference.ReachesUnmanaged)
            {
                failures.Add(NotFound(reference.Text, session.Host.Name, session.Host.Name));
            }
            else
            {
                found.Add(current);
            }
        }

        foreach (var id in _ids.Distinct())
        {
            // What has no virtual machine has no id; nobody can mean it by the empty one.
            var matching = byKey.Where(instance => id != Guid.Empty && instance.Id == id && IsWanted(instance)).ToList();
            found.AddRange(matching);
            (matching.Count > 0 ? present : absent).Add(TextOf(id));
        }

        if (IsEmpty || _wholeHosts.Contains(session.Host.Name))
        {
            found.AddRange(byName.Where(IsWanted));
        }

        var namesHere = new HashSet<string>(NamesOn(session), StringComparer.OrdinalIgnoreCase);
        foreach (var name in _names.Concat(namesHere).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            var isPattern = WildcardPattern.ContainsWildcardCharacters(name);
            AddNamed(WildcardPattern.Unescape(name), Matching(name, isPattern, byName), namesHere.Contains(name), isPattern);
        }

        var known = new HashSet<(Guid, string)>();
        return new HostFindings(session, found.Where(instance => known.Add(KeyOf(instance))).ToList(), present, absent) { Failures = failures, Strangers = strangers };

        // A name may be looked for on all hosts, and then any of them may have it; or on this one alone.
        void AddNamed(string name, Func<string, bool> matches, bool isOnThisHost, bool isPattern)
        {
            var matching = byName.Where(instance => IsWanted(instance) && matches(instance.Name)).ToList();
            var isStranger = matching.Count == 0 && byName.Any(instance => matches(instance.Name));
            if (!isPattern && isOnThisHost && matching.Count == 0)
            {
                failures.Add(NotFound(name, session.Host.Name, isStranger ? session.Host.Name : null));
            }
            else if (!isPattern && !isOnThisHost)
            {
                (matching.Count > 0 ? present : absent).Add(name);
                if (isStranger)
                {
                    strangers.Add(name);
                }
            }

            if (!isPattern && matching.Count > 1 && NeedsUniqueNames)
            {
                failures.Add(MpOperationFailure.Of(FailureCatalogue.AmbiguousName, new FailureContext
                {
                    Name = name,
                    HostName = session.Host.Name,
                    Detail = string.Join(", ", matching.Where(instance => instance.Id != Guid.Empty).Select(instance => TextOf(instance.Id))),
                }));
            }
            else
            {
                found.AddRange(matching);
            }
        }
    }

    /// <summary>Whether an instance is one of those that are meant, for instances that may come later.</summary>
    /// <param name="meansAll">Whether all instances are meant where nothing was asked for.</param>
    public Func<MpInstance, bool> Wanted(bool meansAll)
    {
        var patterns = _names.Select(name => (Host: string.Empty, Name: name)).Concat(_namesOnHosts)
            .Select(name => (name.Host, Plain: name.Name, Pattern: WildcardPattern.Get(name.Name, WildcardOptions.IgnoreCase))).ToList();
        return instance
            => _references.Exists(known => SameText(known.HostName, instance.HostName)
                    && (known.Id == Guid.Empty ? SameText(known.Name, instance.Name) && IsWanted(instance) : known.Id == instance.Id && (IsWanted(instance) || known.ReachesUnmanaged)))
                || (IsWanted(instance) && ((IsEmpty && meansAll)
                    || _ids.Contains(instance.Id)
                    || _wholeHosts.Contains(instance.HostName)
                    || patterns.Exists(name => (name.Host.Length == 0 || SameText(name.Host, instance.HostName)) && (SameText(name.Plain, instance.Name) || name.Pattern.IsMatch(instance.Name)))));
    }

    /// <summary>No host has it.</summary>
    /// <param name="name">The name, or the id in words.</param>
    /// <param name="hostNames">Where it was looked for.</param>
    /// <param name="stranger">A host where something else has that name.</param>
    public static MpOperationFailure NotFound(string name, string hostNames, string? stranger)
        => MpOperationFailure.Of(FailureCatalogue.InstanceNotFound, new FailureContext
        {
            Name = name,
            HostName = hostNames,
            Detail = stranger is null
                ? $"there is no instance '{name}' on {hostNames}."
                : $"the virtual machine '{name}' on {stranger} is not Multipass's: it is reached only as an object from `Get-MpInstance -IncludeUnmanaged`.",
        });

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

    private IEnumerable<InstanceReference> ReferencesOn(HostSession session) => _references.Where(reference => SameText(reference.HostName, session.Host.Name));

    private IEnumerable<string> NamesOn(HostSession session) => _namesOnHosts.Where(name => SameText(name.Host, session.Host.Name)).Select(name => name.Name);

    /// <summary>What Hyper-V's own interface does not show cannot be read from it.</summary>
    private static bool IsUnknownToHyperV(InstanceReference reference) => reference.Instance is { Backend: not MpBackend.HyperV };

    private bool IsWanted(MpInstance instance) => instance.Managed || !FindsManagedOnly;

    /// <summary>What has no virtual machine has no id, and is known by its name.</summary>
    private static (Guid Id, string Name) KeyOf(MpInstance instance) => (instance.Id, instance.Id == Guid.Empty ? instance.Name.ToUpperInvariant() : string.Empty);

    private static string TextOf(Guid id) => id.ToString("D").ToUpperInvariant();

    private static bool SameText(string first, string second) => string.Equals(first, second, StringComparison.OrdinalIgnoreCase);
}
