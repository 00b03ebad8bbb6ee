using System;
using System.Collections.Generic;
using System.Linq;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Simulation.World;

namespace Multipass.HyperV.Simulation.Provider;

/// <summary>A property of a class, and where its value comes from.</summary>
internal sealed record PropertyDeclaration(string Name, CimType Type, bool IsArray, bool IsKey, Func<object, HostWorld, object?> Read)
{
    /// <summary>Its name and type.</summary>
    public CimElement Element => new(Name, Type, IsArray);
}

/// <summary>An in-parameter of a method.</summary>
internal sealed record ParameterDeclaration(string Name, CimType Type, bool IsRequired)
{
    public bool IsArray { get; init; }

    /// <summary>Its name and type.</summary>
    public CimElement Element => new(Name, Type, IsArray);
}

/// <summary>A method of a class, and what it does.</summary>
/// <param name="Name">Its name.</param>
/// <param name="ChangesState">Whether it changes anything on the host.</param>
/// <param name="Parameters">Its in-parameters.</param>
/// <param name="Invoke">Carries it out for one instance. Every parameter is there, null when it was left out.</param>
internal sealed record MethodDeclaration(
    string Name,
    bool ChangesState,
    IReadOnlyList<ParameterDeclaration> Parameters,
    Func<HostWorld, object, IReadOnlyDictionary<string, object?>, MethodReply> Invoke);

/// <summary>What a method answers.</summary>
internal sealed record MethodReply(uint ReturnValue, params KeyValuePair<string, object?>[] Out)
{
    /// <summary>The call ends in this fault, whatever was done.</summary>
    public CimFault? Fault { get; init; }

    /// <summary>The answer is so late.</summary>
    public TimeSpan Delay { get; init; }
}

/// <summary>A class that the host serves: its shape, and the rows it has now.</summary>
internal sealed class ClassDeclaration
{
    private readonly Dictionary<string, PropertyDeclaration> _properties;
    private readonly Dictionary<string, MethodDeclaration> _methods;
    private readonly Func<HostWorld, IEnumerable<object>> _rows;
    private readonly Func<HostWorld, string, CimOperator, IEnumerable<object>?>? _lookup;
    private readonly Func<object, VirtualMachine?> _owner;

    public ClassDeclaration(
        string cimNamespace,
        string name,
        IReadOnlyList<PropertyDeclaration> properties,
        IReadOnlyList<MethodDeclaration> methods,
        Func<HostWorld, IEnumerable<object>> rows,
        Func<object, VirtualMachine?> owner,
        string? identity,
        Func<HostWorld, string, CimOperator, IEnumerable<object>?>? lookup)
    {
        Namespace = cimNamespace;
        Name = name;
        Reference = ClassReference.Find(cimNamespace, name);
        Properties = properties;

        // In a path they stand in alphabetical order (recorded), and there are clients that compare its text.
        Keys = properties.Where(property => property.IsKey).OrderBy(property => property.Name, StringComparer.OrdinalIgnoreCase).ToArray();
        _properties = properties.ToDictionary(property => property.Name, StringComparer.OrdinalIgnoreCase);
        Methods = methods;
        _methods = methods.ToDictionary(method => method.Name, StringComparer.OrdinalIgnoreCase);
        _rows = rows;
        _owner = owner;
        Identity = identity is null ? null : _properties[identity];
        _lookup = lookup;
    }

    public string Namespace { get; }

    public string Name { get; }

    /// <summary>What the public reference says of the class; null when it does not have it.</summary>
    public CimClass? Reference { get; }

    public IReadOnlyList<PropertyDeclaration> Properties { get; }

    public IReadOnlyList<PropertyDeclaration> Keys { get; }

    public IReadOnlyList<MethodDeclaration> Methods { get; }

    /// <summary>True when its rows connect instances.</summary>
    public bool IsAssociation => Properties.Count(property => property is { Type: CimType.Reference, IsArray: false, IsKey: true }) > 1;

    /// <summary>The property by which rows are found without looking at all of them.</summary>
    public PropertyDeclaration? Identity { get; }

    /// <summary>True for its own name and for those of the classes that it extends.</summary>
    /// <param name="className">The name.</param>
    /// <param name="isExact">Only for its own.</param>
    public bool Is(string className, bool isExact = false)
        => string.Equals(Name, className, StringComparison.OrdinalIgnoreCase) || (!isExact && Reference?.Is(className) == true);

    public PropertyDeclaration? Property(string name) => _properties.TryGetValue(name, out var property) ? property : null;

    /// <summary>What is known of a property, or null.</summary>
    public CimElement? Element(string name) => Property(name)?.Element;

    public MethodDeclaration? Method(string name) => _methods.TryGetValue(name, out var method) ? method : null;

    /// <summary>All rows, in the order of the scenario.</summary>
    public IEnumerable<object> Rows(HostWorld world) => _rows(world);

    /// <summary>Rows among which are all whose identity compares so; null when only all rows will do.</summary>
    public IEnumerable<object>? Lookup(HostWorld world, string value, CimOperator comparison) => _lookup?.Invoke(world, value, comparison);

    /// <summary>The virtual machine that a row belongs to; null for what is the host's.</summary>
    public VirtualMachine? OwnerOf(object row) => _owner(row);

    public CimRecord Record(HostWorld world, object row, IEnumerable<PropertyDeclaration> properties)
        => new(Name, properties.Select(property => new KeyValuePair<string, object?>(property.Name, property.Read(row, world))));

    public CimPath Path(HostWorld world, object row)
        => new(Namespace, Name, Keys.Select(key => new KeyValuePair<string, object>(key.Name, key.Read(row, world)!)).ToArray());

    public override string ToString() => $"{Namespace}:{Name}";
}
