using System;
using System.Collections.Generic;
using System.Linq;
using Multipass.HyperV.Cim;

namespace Multipass.HyperV.Simulation.Provider;

/// <summary>All classes that a simulated host serves. What is not here does not exist on it.</summary>
internal static class ClassDeclarations
{
    public static readonly IReadOnlyList<ClassDeclaration> All = VirtualizationClasses.All
        .Concat(SettingClasses.All)
        .Concat(DeviceClasses.All)
        .Concat(AssociationClasses.All)
        .Concat(WindowsClasses.All)
        .ToArray();

    private static readonly Dictionary<string, Dictionary<string, ClassDeclaration>> Namespaces = All
        .GroupBy(declaration => declaration.Namespace, StringComparer.OrdinalIgnoreCase)
        .ToDictionary(group => group.Key, group => group.ToDictionary(declaration => declaration.Name, StringComparer.OrdinalIgnoreCase), StringComparer.OrdinalIgnoreCase);

    /// <summary>The classes of a namespace by name; null when there is no such namespace. WMI takes either slash.</summary>
    public static IReadOnlyDictionary<string, ClassDeclaration>? Namespace(string name)
        => Namespaces.TryGetValue(name.Replace('\\', '/'), out var classes) ? classes : null;

    /// <summary>A class and the classes that extend it, as far as they are served; null when there is no such class. A class that only others extend has no instances of its own.</summary>
    public static IReadOnlyList<ClassDeclaration>? WithSubclasses(string cimNamespace, string name)
    {
        var found = Namespace(cimNamespace)?.Values.Where(declaration => declaration.Is(name)).ToArray();
        return found is { Length: > 0 } || ClassReference.Find(cimNamespace, name) is not null ? found : null;
    }
}
