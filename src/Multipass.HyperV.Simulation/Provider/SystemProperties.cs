using System;
using System.Collections.Generic;
using System.Linq;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Simulation.World;
using Multipass.HyperV.Simulation.Wql;

namespace Multipass.HyperV.Simulation.Provider;

/// <summary>WMI's system properties: what every instance tells of itself without having it declared.</summary>
internal static class SystemProperties
{
    private static readonly Dictionary<string, Func<ClassDeclaration, HostWorld, object, object?>> Readers = new(StringComparer.OrdinalIgnoreCase)
    {
        ["__SERVER"] = (_, world, _) => world.Host.Name,
        ["__NAMESPACE"] = (declaration, _, _) => declaration.Namespace.Replace('/', '\\'),
        ["__CLASS"] = (declaration, _, _) => declaration.Name,
        ["__SUPERCLASS"] = (declaration, _, _) => declaration.Reference?.Super?.Name,
        ["__DYNASTY"] = (declaration, _, _) => Ancestors(declaration).LastOrDefault() ?? declaration.Name,
        ["__DERIVATION"] = (declaration, _, _) => Ancestors(declaration).ToArray(),
        ["__PATH"] = (declaration, world, row) => Paths.Text(world, declaration.Path(world, row)),
        ["__RELPATH"] = (declaration, world, row) => Paths.Text(world, declaration.Path(world, row)) is var path ? path.Substring(path.IndexOf(':') + 1) : null,
        ["__PROPERTY_COUNT"] = (declaration, _, _) => declaration.Properties.Count,

        // An instance, as opposed to a class (WMI System Properties page).
        ["__GENUS"] = (_, _, _) => 2,
    };

    public static bool IsName(string name) => Readers.ContainsKey(name);

    /// <summary>A system property as a property of a class.</summary>
    public static PropertyDeclaration Of(ClassDeclaration declaration, string name)
        => new(
            name.ToUpperInvariant(),
            string.Equals(name, "__GENUS", StringComparison.OrdinalIgnoreCase) || string.Equals(name, "__PROPERTY_COUNT", StringComparison.OrdinalIgnoreCase) ? CimType.SInt32 : CimType.String,
            string.Equals(name, "__DERIVATION", StringComparison.OrdinalIgnoreCase),
            false,
            (row, world) => Readers[name](declaration, world, row));

    /// <summary>Whether a comparison with a system property holds. ISA asks for a class or one that it extends; <c>__THIS ISA</c> is not WQL's.</summary>
    public static bool? Compare(ClassDeclaration declaration, HostWorld world, object row, WqlComparison comparison)
        => comparison is { Operator: WqlOperator.Equal or WqlOperator.NotEqual, Value: string path } && comparison.Property.EndsWith("PATH", StringComparison.OrdinalIgnoreCase)
            ? IsAt(declaration, world, row, path) == (comparison.Operator == WqlOperator.Equal)
            : CompareValue(declaration, world, row, comparison);

    /// <summary>Whether a path, however it is written, leads to a row.</summary>
    private static bool IsAt(ClassDeclaration declaration, HostWorld world, object row, string path)
    {
        try
        {
            return declaration.Path(world, row).Equals(ObjectPath.Parse(path, declaration.Namespace));
        }
        catch (WqlException)
        {
            return false;
        }
    }

    private static bool? CompareValue(ClassDeclaration declaration, HostWorld world, object row, WqlComparison comparison)
        => (Readers[comparison.Property](declaration, world, row), comparison.Value) switch
        {
            (null, null) => comparison.Operator == WqlOperator.Equal,
            (_, null) => comparison.Operator == WqlOperator.NotEqual,
            (string, string name) when comparison.Operator == WqlOperator.IsA => declaration.Is(name),
            (string value, string pattern) when comparison.Operator == WqlOperator.Like => LikePattern.Parse(pattern).Matches(value),
            (string value, string text) => WqlFilter.Decide(comparison.Operator, string.Compare(value, text, StringComparison.OrdinalIgnoreCase)),
            (int value, decimal number) => WqlFilter.Decide(comparison.Operator, ((decimal)value).CompareTo(number)),
            _ => null,
        };

    private static IEnumerable<string> Ancestors(ClassDeclaration declaration)
    {
        for (CimClass? ancestor = declaration.Reference?.Super; ancestor is not null; ancestor = ancestor.Super)
        {
            yield return ancestor.Name;
        }
    }
}
