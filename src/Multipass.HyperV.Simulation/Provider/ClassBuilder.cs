using System;
using System.Collections.Generic;
using System.Linq;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Simulation.World;

namespace Multipass.HyperV.Simulation.Provider;

/// <summary>Writes a class down, property by property.</summary>
/// <typeparam name="T">What stands behind a row.</typeparam>
internal sealed class ClassBuilder<T>
    where T : class
{
    private const long TicksPerMicrosecond = 10;

    private readonly string _namespace;
    private readonly string _name;
    private readonly Func<HostWorld, IEnumerable<T>> _rows;
    private readonly Func<T, VirtualMachine?> _owner;
    private readonly List<PropertyDeclaration> _properties = new();
    private readonly List<MethodDeclaration> _methods = new();
    private readonly List<SettingDefinition> _definitions = new();
    private string? _identity;
    private Func<HostWorld, string, CimOperator, IEnumerable<object>?>? _lookup;

    public ClassBuilder(string cimNamespace, string name, Func<HostWorld, IEnumerable<T>> rows, Func<T, VirtualMachine?> owner)
    {
        _namespace = cimNamespace;
        _name = name;
        _rows = rows;
        _owner = owner;
    }

    public ClassBuilder<T> Key(string name, Func<T, HostWorld, string> read) => Add(name, CimType.String, false, true, read);

    public ClassBuilder<T> ReferenceKey(string name, Func<T, HostWorld, CimPath> read) => Add(name, CimType.Reference, false, true, read);

    public ClassBuilder<T> Text(string name, Func<T, HostWorld, string?> read) => Add(name, CimType.String, false, false, read);

    public ClassBuilder<T> Texts(string name, Func<T, HostWorld, string[]?> read) => Add(name, CimType.String, true, false, read);

    public ClassBuilder<T> Flag(string name, Func<T, HostWorld, bool?> read) => Add(name, CimType.Boolean, false, false, (row, world) => read(row, world));

    public ClassBuilder<T> UInt8(string name, Func<T, HostWorld, byte?> read) => Add(name, CimType.UInt8, false, false, (row, world) => read(row, world));

    public ClassBuilder<T> UInt16(string name, Func<T, HostWorld, ushort?> read) => Add(name, CimType.UInt16, false, false, (row, world) => read(row, world));

    public ClassBuilder<T> UInt16s(string name, Func<T, HostWorld, ushort[]?> read) => Add(name, CimType.UInt16, true, false, read);

    public ClassBuilder<T> UInt32(string name, Func<T, HostWorld, uint?> read) => Add(name, CimType.UInt32, false, false, (row, world) => read(row, world));

    public ClassBuilder<T> UInt64(string name, Func<T, HostWorld, ulong?> read) => Add(name, CimType.UInt64, false, false, (row, world) => read(row, world));

    public ClassBuilder<T> SInt32(string name, Func<T, HostWorld, int?> read) => Add(name, CimType.SInt32, false, false, (row, world) => read(row, world));

    public ClassBuilder<T> Moment(string name, Func<T, HostWorld, DateTimeOffset?> read) => Add(name, CimType.DateTime, false, false, (row, world) => read(row, world) is { } moment ? Microseconds(moment) : null);

    public ClassBuilder<T> Interval(string name, Func<T, HostWorld, TimeSpan?> read)
        => Add(name, CimType.DateTime, false, false, (row, world) => read(row, world) is { } interval ? new TimeSpan(interval.Ticks - (interval.Ticks % TicksPerMicrosecond)) : null);

    public ClassBuilder<T> Records(string name, Func<T, HostWorld, CimRecord[]?> read) => Add(name, CimType.Instance, true, false, read);

    /// <summary>Rows are found by this property without looking at all of them.</summary>
    public ClassBuilder<T> FoundBy(string property, Func<HostWorld, string, CimOperator, IEnumerable<T>?> lookup)
    {
        _identity = property;
        _lookup = lookup;
        return this;
    }

    /// <summary>The properties that settings of resources share, and beside the rows those that define what there may be of them: a plain enumeration gives both.</summary>
    /// <param name="kindOf">The kind of a row.</param>
    /// <param name="kinds">The kinds that the class has.</param>
    public ClassBuilder<T> Resource(Func<T, DeviceKind> kindOf, params DeviceKind[] kinds)
    {
        foreach (var (name, type, read) in SettingDefinition.Shared)
        {
            Add(name, type, false, false, (row, _) => read(kindOf(row)));
        }

        _definitions.AddRange(kinds.SelectMany(kind => SettingDefinition.Words.Select(word => new SettingDefinition(kind, word))));
        return this;
    }

    public ClassBuilder<T> Method(
        string name, bool changesState, Func<HostWorld, T, IReadOnlyDictionary<string, object?>, MethodReply> invoke, params ParameterDeclaration[] parameters)
    {
        _methods.Add(new MethodDeclaration(name, changesState, parameters, (world, row, values) => invoke(world, (T)row, values)));
        return this;
    }

    /// <summary>The class, with every property that its reference has: what is not written down here has no value, and is null as on a host.</summary>
    public ClassDeclaration Build()
    {
        var reference = ClassReference.Find(_namespace, _name)?.Properties ?? Array.Empty<CimElement>();
        var written = _properties.ToDictionary(property => property.Name, StringComparer.OrdinalIgnoreCase);
        var properties = reference
            .Select(element => written.TryGetValue(element.Name, out var property) ? property : Null(element))
            .Concat(_properties.Where(property => !reference.Any(element => string.Equals(element.Name, property.Name, StringComparison.OrdinalIgnoreCase))))
            .ToArray();
        return _definitions.Count == 0
            ? new(_namespace, _name, properties, _methods.ToArray(), _rows, row => _owner((T)row), _identity, _lookup)
            : new(
                _namespace,
                _name,
                properties.Select(property => property with { Read = (row, world) => row is SettingDefinition definition ? definition.Read(property) : property.Read(row, world) }).ToArray(),
                _methods.ToArray(),
                world => _rows(world).Concat<object>(_definitions),
                row => row is SettingDefinition ? null : _owner((T)row),
                _identity,
                _lookup);
    }

    /// <summary>CIM's datetime has no more places.</summary>
    private static DateTimeOffset Microseconds(DateTimeOffset moment) => moment.AddTicks(-(moment.UtcTicks % TicksPerMicrosecond));

    private static PropertyDeclaration Null(CimElement element) => new(element.Name, element.Type, element.IsArray, false, static (_, _) => null);

    /// <summary>What is written down of a property last holds.</summary>
    private ClassBuilder<T> Add(string name, CimType type, bool isArray, bool isKey, Func<T, HostWorld, object?> read)
    {
        _properties.RemoveAll(property => property.Name == name);
        _properties.Add(new PropertyDeclaration(name, type, isArray, isKey, (row, world) => read((T)row, world)));
        return this;
    }
}
