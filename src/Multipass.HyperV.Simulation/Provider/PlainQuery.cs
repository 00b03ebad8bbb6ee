using System;
using System.Globalization;
using System.Linq;
using System.Text;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Simulation.Wql;

namespace Multipass.HyperV.Simulation.Provider;

/// <summary>The queries of the seam, said in WMI's language: what is asked in process is answered as what is asked over the wire.</summary>
internal static class PlainQuery
{
    /// <summary>The query in WMI's language.</summary>
    public static WqlSelect Of(CimQuery query) => new(query.Properties.ToArray(), query.ClassName, query.Where is null ? null : Of(query.Where));

    private static WqlExpression Of(CimCondition condition)
        => condition switch
        {
            CimAnyOf any => new WqlGroup(false, any.Conditions.Select(Of).ToArray()),
            CimComparison { Operator: CimOperator.StartsWith, Value: string text } beginning => new WqlComparison(beginning.Property, WqlOperator.Like, Pattern(text) + "%"),
            CimComparison { Operator: CimOperator.Equal } comparison => new WqlComparison(comparison.Property, WqlOperator.Equal, Constant(comparison.Value)),
            _ => throw new ArgumentException($"'{condition}' cannot be asked.", nameof(condition)),
        };

    private static object Constant(object value) => value is string or bool ? value : Convert.ToDecimal(value, CultureInfo.InvariantCulture);

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
}
