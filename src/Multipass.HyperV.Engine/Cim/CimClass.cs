using System;
using System.Collections.Generic;
using System.Linq;

namespace Multipass.HyperV.Cim;

/// <summary>A property or a parameter: its name and type.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type, or that of its elements.</param>
/// <param name="IsArray">True for an array.</param>
internal sealed record CimElement(string Name, CimType Type, bool IsArray);

/// <summary>A method's parameters.</summary>
/// <param name="Name">The method's name.</param>
/// <param name="In">What it takes.</param>
/// <param name="Out">What it gives, but for the return value.</param>
internal sealed record CimMethod(string Name, IReadOnlyList<CimElement> In, IReadOnlyList<CimElement> Out)
{
    /// <summary>An out-parameter, or null.</summary>
    public CimElement? FindOut(string name) => Out.FirstOrDefault(parameter => string.Equals(parameter.Name, name, StringComparison.OrdinalIgnoreCase));
}

/// <summary>A class as its reference describes it.</summary>
internal sealed class CimClass
{
    private readonly Dictionary<string, CimElement> _properties = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, CimMethod> _methods = new(StringComparer.OrdinalIgnoreCase);

    public CimClass(string cimNamespace, string name, CimClass? super, IReadOnlyList<CimElement> properties, IReadOnlyList<CimMethod> methods)
    {
        Namespace = cimNamespace;
        Name = name;
        Super = super;
        Properties = (super?.Properties ?? Array.Empty<CimElement>())
            .Where(inherited => !properties.Any(own => string.Equals(own.Name, inherited.Name, StringComparison.OrdinalIgnoreCase)))
            .Concat(properties)
            .ToArray();
        foreach (var property in Properties)
        {
            _properties.Add(property.Name, property);
        }

        foreach (var method in methods)
        {
            _methods.Add(method.Name, method);
        }
    }

    public string Namespace { get; }

    public string Name { get; }

    /// <summary>The class that it extends, or null.</summary>
    public CimClass? Super { get; }

    /// <summary>All properties, the inherited ones first.</summary>
    public IReadOnlyList<CimElement> Properties { get; }

    /// <summary>A property, its own or inherited, or null.</summary>
    public CimElement? Property(string name) => _properties.TryGetValue(name, out var property) ? property : null;

    /// <summary>A method, its own or inherited, or null.</summary>
    public CimMethod? Method(string name) => _methods.TryGetValue(name, out var method) ? method : Super?.Method(name);

    /// <summary>True for the class itself and for every class that it extends.</summary>
    public bool Is(string className)
        => string.Equals(Name, className, StringComparison.OrdinalIgnoreCase) || Super?.Is(className) == true;

    public override string ToString() => $"{Namespace}:{Name}";
}
