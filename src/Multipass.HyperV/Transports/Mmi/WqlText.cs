using System;
using System.Globalization;
using System.Linq;
using System.Text;
using Multipass.HyperV.Cim;

namespace Multipass.HyperV.Transports.Mmi;

/// <summary>Writes queries in WQL. Names are checked and values escaped here, and nowhere else is a query a text.</summary>
internal static class WqlText
{
    /// <summary>The query in WQL.</summary>
    /// <exception cref="CimFaultException">A name is none, or a value is of a type that WQL does not compare.</exception>
    public static string Of(CimQuery query)
    {
        var text = new StringBuilder("SELECT ").Append(string.Join(", ", query.Properties.Select(Name))).Append(" FROM ").Append(Name(query.ClassName));
        if (query.Where is { } where)
        {
            text.Append(" WHERE ").Append(Condition(where));
        }

        return text.ToString();
    }

    private static string Condition(CimCondition condition)
        => condition switch
        {
            CimAnyOf any => string.Join(" OR ", any.Conditions.Select(Condition)),
            CimComparison { Operator: CimOperator.StartsWith, Value: string prefix } comparison => $"{Name(comparison.Property)} LIKE {Quoted(Literal(prefix) + "%")}",
            CimComparison { Operator: CimOperator.Equal } comparison => $"{Name(comparison.Property)} = {Value(comparison.Value)}",
            _ => throw Refused($"'{condition}' cannot be asked in WQL."),
        };

    private static string Value(object value)
        => value switch
        {
            string text => Quoted(text),
            bool flag => flag ? "TRUE" : "FALSE",
            byte or sbyte or short or ushort or int or uint or long or ulong => Convert.ToString(value, CultureInfo.InvariantCulture)!,
            _ => throw Refused($"WQL does not compare values of type {value.GetType().Name}."),
        };

    /// <summary>In WQL a backslash escapes quotes and itself; a doubled quote does not.</summary>
    private static string Quoted(string text) => "'" + text.Replace("\\", "\\\\").Replace("'", "\\'") + "'";

    /// <summary>For LIKE: a text that stands for itself. What would be a wildcard becomes a set of one character.</summary>
    private static string Literal(string text)
    {
        var literal = new StringBuilder();
        foreach (var character in text)
        {
            _ = character is '%' or '_' or '[' ? literal.Append('[').Append(character).Append(']') : literal.Append(character);
        }

        return literal.ToString();
    }

    /// <summary>Names of classes and properties go into the text as they are: so they must be names.</summary>
    private static string Name(string name)
        => name.Length > 0 && !char.IsDigit(name[0]) && name.All(character => character is '_' or (>= 'A' and <= 'Z') or (>= 'a' and <= 'z') or (>= '0' and <= '9'))
            ? name
            : throw Refused($"'{name}' is no name of a class or a property.");

    private static CimFaultException Refused(string message) => new(new CimFault(CimStatus.InvalidQuery, WbemError.InvalidQuery, message));
}
