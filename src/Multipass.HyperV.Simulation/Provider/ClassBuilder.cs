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
    private readonly string _namespace;
    private readonly string _name;
    private readonly Func<HostWorld, IEnumerable<T>> _rows;
    private readonly Func<T, VirtualMachine?> _owner;
    private readonly List<PropertyDeclaration> _properties = new();
    private readonly List<MethodDeclaration> _methods = new();
    private string? _identity;
    private Func<HostWorld, string, CimOperator, IEnumerable<object>?>? _lookup;

    public ClassBuilder(string cimNamespace, string name, Func<HostWorld, IEnumerable<T>> rows, Func<T, VirtualMachine?> owner)
    {
        _namespace = cimNamespace;
        _name = name;
        _rows = rows;
        _owner = owner;
    }

    public ClassBuilder<T> Key(string name, Func<T, HostWorld, string> read) => Add(name, CimKind.Text, false, true, read);

    public ClassBuilder<T> ReferenceKey(string name, Func<T, HostWorld, CimPath> read) => Add(name, CimKind.Reference, false, true, read);

    public ClassBuilder<T> Text(string name, Func<T, HostWorld, string?> read) => Add(name, CimKind.Text, false, false, read);

    public ClassBuilder<T> Texts(string name, Func<T, HostWorld, string[]?> read) => Add(name, CimKind.Text, true, false, read);

    public ClassBuilder<T> Flag(string name, Func<T, HostWorld, bool?> read) => Add(name, CimKind.Boolean, false, false, (row, world) => read(row, world));

    public ClassBuilder<T> UInt8(string name, Func<T, HostWorld, byte?> read) => Add(name, CimKind.UInt8, false, false, (row, world) => read(row, world));

    public ClassBuilder<T> UInt16(string name, Func<T, HostWorld, ushort?> read) => Add(name, CimKind.UInt16, false, false, (row, world) => read(row, world));

    public ClassBuilder<T> UInt16s(string name, Func<T, HostWorld, ushort[]?> read) => Add(name, CimKind.UInt16, true, false, read);

    public ClassBuilder<T> UInt32(string name, Func<T, HostWorld, uint?> read) => Add(name, CimKind.UInt32, false, false, (row, world) => read(row, world));

    public ClassBuilder<T> UInt64(string name, Func<T, HostWorld, ulong?> read) => Add(name, CimKind.UInt64, false, false, (row, world) => read(row, world));

    public ClassBuilder<T> SInt32(string name, Func<T, HostWorld, int?> read) => Add(name, CimKind.SInt32, false, false, (row, world) => read(row, world));

    public ClassBuilder<T> Moment(string name, Func<T, HostWorld, DateTimeOffset?> read) => Add(name, CimKind.Moment, false, false, (row, world) => read(row, world));

    public ClassBuilder<T> Interval(string name, Func<T, HostWorld, TimeSpan?> read) => Add(name, CimKind.Interval, false, false, (row, world) => read(row, world));

    /// <summary>Rows are found by this property without looking at all of them.</summary>
    public ClassBuilder<T> FoundBy(string property, Func<HostWorld, string, CimOperator, IEnumerable<T>?> lookup)
    {
        _identity = property;
        _lookup = lookup;
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
        return new(_namespace, _name, properties, _methods.ToArray(), _rows, row => _owner((T)row), _identity, _lookup);
    }

    private static PropertyDeclaration Null(CimElement element) => new(element.Name, CimKinds.Of(element.Type), element.IsArray, false, static (_, _) => null);

    private ClassBuilder<T> Add(string name, CimKind kind, bool isArray, bool isKey, Func<T, HostWorld, object?> read)
    {
        _properties.Add(new PropertyDeclaration(name, kind, isArray, isKey, (row, world) => read((T)row, world)));
        return this;
    }
}
