using System;
using System.Collections.Generic;
using System.Linq;
using Multipass.HyperV.Cim;

namespace Multipass.HyperV.Instances;

/// <summary>Which instances are read. Few are asked for by key, many or all by one reading of the whole class.</summary>
internal sealed class InstanceFilter
{
    /// <summary>Up to this many names or ids stand in a condition: WMI limits its length.</summary>
    private const int MostKeys = 32;

    public static readonly InstanceFilter All = new(null, null);

    private readonly HashSet<string>? _names;
    private readonly HashSet<Guid>? _ids;

    private InstanceFilter(IEnumerable<string>? names, IEnumerable<Guid>? ids)
    {
        _names = names is null ? null : new HashSet<string>(names, StringComparer.OrdinalIgnoreCase);
        _ids = ids is null ? null : new HashSet<Guid>(ids);
    }

    /// <summary>The condition on virtual machines; null for all.</summary>
    public CimCondition? Condition
        => _names is { Count: <= MostKeys } ? CimCondition.EqualsAny("ElementName", _names.OrderBy(name => name, StringComparer.OrdinalIgnoreCase))
            : _ids is { Count: <= MostKeys } ? CimCondition.EqualsAny("Name", _ids.Select(MachineReading.KeyOf).OrderBy(key => key, StringComparer.Ordinal))
            : null;

    public static InstanceFilter ByName(IEnumerable<string> names) => new(names, null);

    public static InstanceFilter ById(IEnumerable<Guid> ids) => new(null, ids);

    /// <summary>True where instances are asked for by their ids, so that others of the same name are not read.</summary>
    public bool IsById => _ids is not null;

    public bool Matches(string name, Guid id) => (_names is null || _names.Contains(name)) && (_ids is null || _ids.Contains(id));
}
