using System;
using System.Globalization;
using System.Linq;
using System.Text;
using Multipass.HyperV.Cim;

namespace Multipass.HyperV.Wsman.Client;

/// <summary>Writes structured queries in WMI's query language, with every value escaped.</summary>
internal static class WqlWriter
{
    /// <summary>The query's text.</summary>
    /// <exception cref="ArgumentException">A name is none.</exception>
    public static string Write(CimQuery query)
    {
        var text = new StringBuilder("SELECT ").AppendJoin(',', query.Properties.Select(Name)).Append(" FROM ").Append(Name(query.ClassName));
        if (query.Where is not null)
        {
            text.Append(" WHERE ").Append(Condition(query.Where));
        }

        return text.ToString();
    }

    private static string Condition(CimCondition condition)
        => condition switch
        {
            CimAnyOf any => "(" + string.Join(" OR ", any.Conditions.Select(Condition)) + ")",
            CimComparison { Operator: CimOperator.StartsWith, Value: string prefix } comparison => $"{Name(comparison.Property)} LIKE {Literal(Pattern(prefix) + "%")}",
            CimComparison { Operator: CimOperator.Equal } comparison => $"{Name(comparison.Property)} = {Constant(comparison.Value)}",
            _ => throw new ArgumentException($"'{condition}' cannot be asked.", nameof(condition)),
        };

    private static string Constant(object value)
        => value switch
        {
            string text => Literal(text),
            bool flag => flag ? "TRUE" : "FALSE",
            byte or sbyte or short or ushort or int or uint or long or ulong => Convert.ToString(value, CultureInfo.InvariantCulture)!,
            _ => throw new ArgumentException($"A value of type {value.GetType().Name} cannot be compared.", nameof(value)),
        };

    /// <summary>A string: a backslash before backslashes and quotes (WQL page).</summary>
    private static string Literal(string text) => "'" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal) + "'";

    /// <summary>A text in which the signs of LIKE stand for themselves.</summary>
    private static string Pattern(string text)
    {
        var pattern = new StringBuilder();
        foreach (var letter in text)
        {
            _ = letter is '%' or '_' or '[' ? pattern.Append('[').Append(letter).Append(']') : pattern.Append(letter);
        }

        return pattern.ToString();
    }

    private static string Name(string name)
        => name.Length > 0 && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_')
            ? name
            : throw new ArgumentException($"'{name}' is not a name.", nameof(name));
}
