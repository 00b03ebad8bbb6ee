using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Multipass.HyperV.Cim;

/// <summary>How a property is compared.</summary>
public enum CimOperator
{
    /// <summary>Equal; strings without regard to case, as in WQL.</summary>
    Equal,

    /// <summary>A string that begins with the value, without regard to case. A null value begins with nothing.</summary>
    StartsWith,
}

/// <summary>A condition of a query: a comparison, or several of which any must hold.</summary>
public abstract class CimCondition
{
    private protected CimCondition()
    {
    }

    /// <summary>The property equals the value.</summary>
    public static CimCondition Equal(string property, object value) => new CimComparison(property, CimOperator.Equal, value);

    /// <summary>The property, a string, begins with the value.</summary>
    public static CimCondition StartsWith(string property, string value) => new CimComparison(property, CimOperator.StartsWith, value);

    /// <summary>The property equals one of the values; null, that is no condition, when there are none.</summary>
    public static CimCondition? EqualsAny(string property, IEnumerable<object> values)
    {
        var conditions = values.Select(value => Equal(property, value)).ToArray();
        return conditions.Length switch { 0 => null, 1 => conditions[0], _ => new CimAnyOf(conditions) };
    }

    /// <summary>Any of the conditions holds.</summary>
    public static CimCondition AnyOf(params CimCondition[] conditions)
        => conditions.Length == 1 ? conditions[0] : new CimAnyOf(conditions);
}

/// <summary>One property compared with one value.</summary>
public sealed class CimComparison : CimCondition
{
    internal CimComparison(string property, CimOperator comparison, object value)
    {
        Property = property;
        Operator = comparison;
        Value = value ?? throw new ArgumentNullException(nameof(value));
    }

    /// <summary>The property.</summary>
    public string Property { get; }

    /// <summary>How it is compared.</summary>
    public CimOperator Operator { get; }

    /// <summary>The value: a string, a truth value or an integer.</summary>
    public object Value { get; }

    /// <summary>The comparison, for debugging.</summary>
    public override string ToString() => $"{Property} {Operator} {Convert.ToString(Value, CultureInfo.InvariantCulture)}";
}

/// <summary>Conditions of which any must hold.</summary>
public sealed class CimAnyOf : CimCondition
{
    internal CimAnyOf(IReadOnlyList<CimCondition> conditions) => Conditions = conditions;

    /// <summary>The conditions; at least two.</summary>
    public IReadOnlyList<CimCondition> Conditions { get; }

    /// <summary>The conditions, for debugging.</summary>
    public override string ToString() => string.Join(" or ", Conditions);
}
