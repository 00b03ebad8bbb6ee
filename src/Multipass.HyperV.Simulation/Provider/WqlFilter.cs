using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Simulation.World;
using Multipass.HyperV.Simulation.Wql;

namespace Multipass.HyperV.Simulation.Provider;

/// <summary>A WQL condition, checked against a class and applied to its rows. A comparison with a property that is null neither holds nor fails, as in SQL.</summary>
internal sealed class WqlFilter : IRowFilter
{
    private readonly ClassDeclaration _class;
    private readonly WqlExpression _expression;

    private WqlFilter(ClassDeclaration declaration, WqlExpression expression)
    {
        _class = declaration;
        _expression = expression;
    }

    public bool IsByKey => false;

    /// <summary>The filter for a condition. What a plain condition can say is matched as such, so that looking for one of a thousand instances stays cheap.</summary>
    /// <exception cref="CimFaultException">It names a property that the class does not have, or compares one with a value of another type.</exception>
    public static IRowFilter Of(ClassDeclaration declaration, WqlExpression expression)
    {
        if (Plain(declaration, expression) is { } conditions)
        {
            return ConditionMatcher.Of(declaration, CimCondition.AnyOf(conditions.ToArray()));
        }

        var filter = new WqlFilter(declaration, expression);
        filter.Check(expression);
        return filter;
    }

    public IEnumerable<object> Rows(HostWorld world) => _class.Rows(world).Where(row => Holds(_expression, row, world) == true);

    /// <summary>The condition as equalities and beginnings of which any must hold; null when it says more.</summary>
    private static IReadOnlyList<CimCondition>? Plain(ClassDeclaration declaration, WqlExpression expression)
    {
        if (expression is WqlGroup { IsAll: false } group)
        {
            var parts = group.Parts.Select(part => Plain(declaration, part)).ToList();
            return parts.Contains(null) ? null : parts.SelectMany(part => part!).ToList();
        }

        if (expression is not WqlComparison { Value: not null } comparison || declaration.Property(comparison.Property) is not { IsArray: false } property)
        {
            return null;
        }

        return (property.Type, comparison.Operator, comparison.Value) switch
        {
            (CimType.String, WqlOperator.Equal, string text) => new[] { CimCondition.Equal(property.Name, text) },
            (CimType.String, WqlOperator.Like, string text) when LikePattern.Parse(text).Prefix is { } prefix => new[] { CimCondition.StartsWith(property.Name, prefix) },
            (CimType.Boolean, WqlOperator.Equal, bool flag) => new[] { CimCondition.Equal(property.Name, flag) },
            (_, WqlOperator.Equal, decimal number) when CimTypes.IsInteger(property.Type) && decimal.Truncate(number) == number && number is >= 0 and <= long.MaxValue
                => new[] { CimCondition.Equal(property.Name, (long)number) },
            _ => null,
        };
    }

    private void Check(WqlExpression expression)
    {
        switch (expression)
        {
            case WqlGroup group:
                group.Parts.ToList().ForEach(Check);
                break;
            case WqlNot not:
                Check(not.Part);
                break;
            case WqlComparison { Value: WqlProperty other } comparison:
                if (comparison.Operator is WqlOperator.Like or WqlOperator.IsA || FamilyOf(comparison.Property) is not { } family || family != FamilyOf(other.Name))
                {
                    throw Wrong($"'{comparison.Property}' cannot be compared so with '{other.Name}'.");
                }

                break;
            case WqlComparison comparison when SystemProperties.IsName(comparison.Property):
                break;
            case WqlComparison comparison:
                if (_class.Property(comparison.Property) is not { } property)
                {
                    throw Wrong($"{_class.Name} has no property '{comparison.Property}'.");
                }

                // WQL compares no arrays, but asks whether there is one.
                if (comparison.Value is not null && (property.IsArray || comparison.Operator == WqlOperator.IsA || Constant(property, comparison) is null))
                {
                    throw Wrong($"{_class.Name}.{property.Name} cannot be compared so.");
                }

                if (comparison.Value is null && comparison.Operator is not (WqlOperator.Equal or WqlOperator.NotEqual))
                {
                    throw Wrong("Only equality can be asked of NULL.");
                }

                break;
        }
    }

    /// <summary>The type that a property has for comparisons with other properties; null for what cannot be compared.</summary>
    private CimType? FamilyOf(string name)
    {
        var property = Declared(name) ?? throw Wrong($"{_class.Name} has no property '{name}'.");
        return property.IsArray ? null : CimTypes.IsInteger(property.Type) ? CimType.SInt64 : property.Type == CimType.Reference ? CimType.String : property.Type;
    }

    private PropertyDeclaration? Declared(string name) => SystemProperties.IsName(name) ? SystemProperties.Of(_class, name) : _class.Property(name);

    private static CimFaultException Wrong(string message) => ObjectManager.Refuse(CimStatus.InvalidQuery, WbemError.InvalidQuery, message);

    private bool? Holds(WqlExpression expression, object row, HostWorld world)
        => expression switch
        {
            WqlNot not => !Holds(not.Part, row, world),
            WqlGroup { IsAll: true } group => Every(group.Parts, part => Holds(part, row, world)),
            WqlGroup group => !Every(group.Parts, part => !Holds(part, row, world)),
            WqlComparison comparison => Holds(comparison, row, world),
            _ => null,
        };

    /// <summary>False when one is false, else null when one is null.</summary>
    private static bool? Every(IEnumerable<WqlExpression> parts, Func<WqlExpression, bool?> holds)
    {
        bool? all = true;
        foreach (var part in parts)
        {
            var one = holds(part);
            if (one == false)
            {
                return false;
            }

            all = one is null ? null : all;
        }

        return all;
    }

    private bool? Holds(WqlComparison comparison, object row, HostWorld world)
    {
        if (comparison.Value is WqlProperty other)
        {
            return (Declared(comparison.Property)!.Read(row, world), Declared(other.Name)!.Read(row, world)) switch
            {
                (null, _) or (_, null) => null,
                (var left, CimPath path) => Decide(comparison.Operator, Compare(world, left, Paths.Text(world, path))),
                (var left, string or bool or DateTimeOffset or TimeSpan) and (_, var right) => Decide(comparison.Operator, Compare(world, left, right)),
                var (left, right) => Decide(comparison.Operator, Compare(world, left, Convert.ToDecimal(right, CultureInfo.InvariantCulture))),
            };
        }

        if (SystemProperties.IsName(comparison.Property))
        {
            return SystemProperties.Compare(_class, world, row, comparison);
        }

        var property = _class.Property(comparison.Property)!;
        var value = property.Read(row, world);
        if (comparison.Value is null)
        {
            return (value is null) == (comparison.Operator == WqlOperator.Equal);
        }

        if (value is null)
        {
            return null;
        }

        var constant = Constant(property, comparison)!;
        return comparison.Operator switch
        {
            WqlOperator.Like => LikePattern.Parse((string)constant).Matches(AsText(world, value)),
            _ => Decide(comparison.Operator, Compare(world, value, constant)),
        };
    }

    internal static bool Decide(WqlOperator comparison, int order)
        => comparison switch
        {
            WqlOperator.Equal => order == 0,
            WqlOperator.NotEqual => order != 0,
            WqlOperator.Less => order < 0,
            WqlOperator.LessOrEqual => order <= 0,
            WqlOperator.Greater => order > 0,
            _ => order >= 0,
        };

    private static int Compare(HostWorld world, object value, object constant)
        => (value, constant) switch
        {
            (bool flag, bool other) => flag.CompareTo(other),
            (DateTimeOffset moment, DateTimeOffset other) => moment.CompareTo(other),
            (TimeSpan interval, TimeSpan other) => interval.CompareTo(other),
            (string or CimPath, string text) => string.Compare(AsText(world, value), text, StringComparison.OrdinalIgnoreCase),
            (_, decimal number) => Convert.ToDecimal(value, CultureInfo.InvariantCulture).CompareTo(number),
            _ => 1,
        };

    private static string AsText(HostWorld world, object value)
        => value switch
        {
            CimPath path => Paths.Text(world, path),
            _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty,
        };

    /// <summary>The constant as the property's type takes it; null when it does not. WMI reads numbers and truth values from strings.</summary>
    private static object? Constant(PropertyDeclaration property, WqlComparison comparison)
    {
        if (comparison.Operator == WqlOperator.Like)
        {
            return comparison.Value as string;
        }

        return (property.Type, comparison.Value) switch
        {
            (CimType.String or CimType.Reference, string text) => text,
            (CimType.String, decimal number) => number.ToString(CultureInfo.InvariantCulture),
            (CimType.Boolean, bool flag) => flag,
            (CimType.Boolean, string text) when bool.TryParse(text, out var flag) => flag,
            (CimType.Boolean, decimal number) => number != 0,
            (CimType.DateTime, string text) => CimDateTime.Parse(text),
            (_, decimal number) when CimTypes.IsInteger(property.Type) => number,
            (_, string text) when CimTypes.IsInteger(property.Type) && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
            (_, bool flag) when CimTypes.IsInteger(property.Type) => flag ? 1m : 0m,
            _ => null,
        };
    }
}
