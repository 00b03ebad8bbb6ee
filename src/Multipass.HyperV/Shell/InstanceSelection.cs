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
    private readonly List<MpInstance> _objects = new();

    /// <summary>Whether names and ids find only what is Multipass's.</summary>
    public bool FindsManagedOnly { get; init; } = true;

    /// <summary>Whether one name without wildcards may stand for one instance of a host only.</summary>
    public bool NeedsUniqueNames { get; init; } = true;

    public IReadOnlyList<MpInstance> Objects => _objects;

    /// <summary>True when nothing was asked for.</summary>
    public bool IsEmpty => _names.Count + _ids.Count + _objects.Count == 0;

    /// <summary>The names and ids that a host either has or does not have: all but names with wildcards.</summary>
    public IEnumerable<string> Sought
        => _names.Where(name => !WildcardPattern.ContainsWildcardCharacters(name)).Select(WildcardPattern.Unescape).Concat(_ids.Select(TextOf)).Distinct(StringComparer.OrdinalIgnoreCase);

    public void Add(IEnumerable<string> names) => _names.AddRange(names);

    public void Add(IEnumerable<Guid> ids) => _ids.AddRange(ids);

    public void Add(IEnumerable<MpInstance> objects) => _objects.AddRange(objects);

    /// <summary>The id that a text of <see cref="Sought"/> stands for; null when it is a name.</summary>
    public Guid? IdOf(string sought) => _ids.Contains(Guid.TryParse(sought, out var id) ? id : Guid.Empty) && !_names.Contains(sought, StringComparer.OrdinalIgnoreCase) ? id : null;

    /// <summary>What to read of a host for ids and objects; null when none of them is there.</summary>
    public InstanceFilter? KeysOn(HostSession session)
    {
        // What Hyper-V does not know cannot be read from it.
        var ids = _ids.Where(id => id != Guid.Empty).Concat(ObjectsOn(session).Where(instance => instance.Backend == MpBackend.HyperV).Select(instance => instance.Id)).Distinct().ToList();
        return ids.Count == 0 ? null : InstanceFilter.ById(ids);
    }

    /// <summary>What to read of every host for names; null when no names are meant.</summary>
    /// <param name="meansAll">Whether all instances are meant where nothing was asked for.</param>
    public InstanceFilter? ByName(bool meansAll)
        => _names.Count == 0
            ? meansAll && IsEmpty ? InstanceFilter.All : null
            : _names.Exists(WildcardPattern.ContainsWildcardCharacters) ? InstanceFilter.All : InstanceFilter.ByName(_names.ConvertAll(WildcardPattern.Unescape));

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
        foreach (var instance in ObjectsOn(session))
        {
            // The operation itself says why Hyper-V cannot do it.
            var current = instance.Backend == MpBackend.HyperV ? byKey.FirstOrDefault(other => IsSame(other, instance)) : instance;
            if (current is null)
            {
                failures.Add(NotFound(instance.Name, session.Host.Name, null));
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

        if (_names.Count == 0)
        {
            found.AddRange(byName.Where(IsWanted));
        }

        foreach (var name in _names.Distinct(StringComparer.OrdinalIgnoreCase))
        {
            var isPattern = WildcardPattern.ContainsWildcardCharacters(name);
            var matches = Matching(name, isPattern, byName);
            var matching = byName.Where(instance => IsWanted(instance) && matches(instance.Name)).ToList();
            if (!isPattern)
            {
                (matching.Count > 0 ? present : absent).Add(WildcardPattern.Unescape(name));
                if (matching.Count == 0 && byName.Any(instance => matches(instance.Name)))
                {
                    strangers.Add(WildcardPattern.Unescape(name));
                }

                if (matching.Count > 1 && NeedsUniqueNames)
                {
                    failures.Add(MpOperationFailure.Of(FailureCatalogue.AmbiguousName, new FailureContext
                    {
                        Name = name,
                        HostName = session.Host.Name,
                        Detail = string.Join(", ", matching.Where(instance => instance.Id != Guid.Empty).Select(instance => TextOf(instance.Id))),
                    }));
                    continue;
                }
            }

            found.AddRange(matching);
        }

        var known = new HashSet<(Guid, string)>();
        return new HostFindings(session, found.Where(instance => known.Add(KeyOf(instance))).ToList(), present, absent) { Failures = failures, Strangers = strangers };
    }

    /// <summary>Whether an instance is one of those that are meant, for instances that may come later.</summary>
    public Func<MpInstance, bool> Wanted()
    {
        var patterns = _names.ConvertAll(name => (Plain: name, Pattern: WildcardPattern.Get(name, WildcardOptions.IgnoreCase)));
        return instance
            => _objects.Exists(known => known.Id == instance.Id && SameText(known.HostName, instance.HostName))
                || (IsWanted(instance) && (IsEmpty
                    || _ids.Contains(instance.Id)
                    || patterns.Exists(name => SameText(name.Plain, instance.Name) || name.Pattern.IsMatch(instance.Name))));
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

    private IEnumerable<MpInstance> ObjectsOn(HostSession session) => _objects.Where(instance => SameText(instance.HostName, session.Host.Name));

    private bool IsWanted(MpInstance instance) => instance.Managed || !FindsManagedOnly;

    /// <summary>What has no virtual machine has no id, and is known by its name.</summary>
    private static (Guid Id, string Name) KeyOf(MpInstance instance) => (instance.Id, instance.Id == Guid.Empty ? instance.Name.ToUpperInvariant() : string.Empty);

    private static bool IsSame(MpInstance first, MpInstance second) => KeyOf(first) == KeyOf(second);

    private static string TextOf(Guid id) => id.ToString("D").ToUpperInvariant();

    private static bool SameText(string first, string second) => string.Equals(first, second, StringComparison.OrdinalIgnoreCase);
}
