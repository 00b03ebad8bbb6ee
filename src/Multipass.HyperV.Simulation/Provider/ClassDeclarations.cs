using System;
using System.Collections.Generic;
using System.Linq;

namespace Multipass.HyperV.Simulation.Provider;

/// <summary>All classes that a simulated host serves. What is not here does not exist on it.</summary>
internal static class ClassDeclarations
{
    public static readonly IReadOnlyList<ClassDeclaration> All = VirtualizationClasses.All.Concat(SettingClasses.All).Concat(WindowsClasses.All).ToArray();

    private static readonly Dictionary<string, Dictionary<string, ClassDeclaration>> Namespaces = All
        .GroupBy(declaration => declaration.Namespace, StringComparer.OrdinalIgnoreCase)
        .ToDictionary(group => group.Key, group => group.ToDictionary(declaration => declaration.Name, StringComparer.OrdinalIgnoreCase), StringComparer.OrdinalIgnoreCase);

    /// <summary>The classes of a namespace by name; null when there is no such namespace. WMI takes either slash.</summary>
    public static IReadOnlyDictionary<string, ClassDeclaration>? Namespace(string name)
        => Namespaces.TryGetValue(name.Replace('\\', '/'), out var classes) ? classes : null;
}
