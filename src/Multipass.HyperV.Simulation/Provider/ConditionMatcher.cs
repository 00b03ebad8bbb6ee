using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Simulation.World;

namespace Multipass.HyperV.Simulation.Provider;

/// <summary>A query's condition, checked against the class once and then applied to rows. Hundreds of values for one property cost one look-up per row.</summary>
internal sealed class ConditionMatcher : IRowFilter
{
    private readonly ClassDeclaration _class;
    private readonly List<CimComparison> _comparisons = new();
    private readonly Dictionary<string, PropertyTest> _tests = new(StringComparer.OrdinalIgnoreCase);

    private ConditionMatcher(ClassDeclaration declaration) => _class = declaration;

    /// <summary>True when every comparison asks for exactly one instance by the property that identifies it.</summary>
    public bool IsByKey => _class.Identity is { } identity
        && _comparisons.All(comparison => comparison.Operator == CimOperator.Equal && string.Equals(comparison.Property, identity.Name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Checks a condition.</summary>
    /// <exception cref="CimFaultException">It names a property that the class does not have, or compares one with a value of another type.</exception>
    public static ConditionMatcher Of(ClassDeclaration declaration, CimCondition condition)
    {
        var matcher = new ConditionMatcher(declaration);
        matcher.Add(condition);
        return matcher;
    }

    /// <summary>The rows that the condition holds for; only those that it can hold for are looked at.</summary>
    public IEnumerable<object> Rows(HostWorld world) => Candidates(world).Where(row => _tests.Values.Any(test => test.Holds(row, world)));

    private IEnumerable<object> Candidates(HostWorld world)
    {
        var candidates = new List<object>();
        var known = new HashSet<object>();
        foreach (var comparison in _comparisons)
        {
            if (_class.Identity is not { } identity
                || !string.Equals(comparison.Property, identity.Name, StringComparison.OrdinalIgnoreCase)
                || comparison.Value is not string text
                || _class.Lookup(world, text, comparison.Operator) is not { } rows)
            {
                return _class.Rows(world);
            }

            candidates.AddRange(rows.Where(known.Add));
        }

        return candidates;
    }

    private void Add(CimCondition condition)
    {
        if (condition is CimAnyOf any)
        {
            foreach (var part in any.Conditions)
            {
                Add(part);
            }

            return;
        }

        var comparison = (CimComparison)condition;
        if (_class.Property(comparison.Property) is not { } property)
        {
            throw ObjectManager.Refuse(CimStatus.InvalidQuery, Cim.WbemError.InvalidQuery, $"{_class.Name} has no property '{comparison.Property}'.");
        }

        if (!_tests.TryGetValue(property.Name, out var test))
        {
            _tests.Add(property.Name, test = new PropertyTest(property));
        }

        if (!test.Add(comparison))
        {
            throw ObjectManager.Refuse(CimStatus.InvalidQuery, Cim.WbemError.InvalidQuery, $"{_class.Name}.{property.Name} cannot be compared so: {comparison}.");
        }

        _comparisons.Add(comparison);
    }

    /// <summary>What one property is compared with.</summary>
    private sealed class PropertyTest
    {
        private readonly PropertyDeclaration _property;
        private readonly HashSet<string> _texts = new(StringComparer.OrdinalIgnoreCase);
        private readonly HashSet<decimal> _numbers = new();
        private readonly HashSet<bool> _flags = new();
        private readonly List<string> _prefixes = new();

        public PropertyTest(PropertyDeclaration property) => _property = property;

        /// <summary>Adds a value; false when the property's type does not take it. WQL compares no arrays, and no moments with plain values.</summary>
        public bool Add(CimComparison comparison)
        {
            if (_property.IsArray)
            {
                return false;
            }

            switch (_property.Type, comparison.Value)
            {
                case (CimType.String, string prefix) when comparison.Operator == CimOperator.StartsWith:
                    _prefixes.Add(prefix);
                    return true;
                case (CimType.String or CimType.Reference, string text) when comparison.Operator == CimOperator.Equal:
                    _texts.Add(text);
                    return true;
                case (CimType.Boolean, bool flag) when comparison.Operator == CimOperator.Equal:
                    _flags.Add(flag);
                    return true;
                case (>= CimType.UInt8 and <= CimType.SInt64, byte or sbyte or short or ushort or int or uint or long or ulong)
                    when comparison.Operator == CimOperator.Equal:
                    _numbers.Add(Convert.ToDecimal(comparison.Value, CultureInfo.InvariantCulture));
                    return true;
                default:
                    return false;
            }
        }

        public bool Holds(object row, HostWorld world)
            => _property.Read(row, world) switch
            {
                null => false,
                string text => _texts.Contains(text) || _prefixes.Exists(prefix => text.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)),
                bool flag => _flags.Contains(flag),
                CimPath path => _texts.Contains(Paths.Text(world, path)),
                var number => _numbers.Count > 0 && _numbers.Contains(Convert.ToDecimal(number, CultureInfo.InvariantCulture)),
            };
    }
}
