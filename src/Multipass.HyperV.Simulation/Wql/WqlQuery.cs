using System.Collections.Generic;
using Multipass.HyperV.Cim;

namespace Multipass.HyperV.Simulation.Wql;

/// <summary>A query in WMI's query language, read but not yet checked against classes.</summary>
internal abstract record WqlQuery;

/// <summary><c>SELECT ... FROM ... WHERE ...</c></summary>
/// <param name="Properties">The names selected; null for all (<c>*</c>).</param>
/// <param name="ClassName">The class.</param>
/// <param name="Where">The condition, or null.</param>
internal sealed record WqlSelect(IReadOnlyList<string>? Properties, string ClassName, WqlExpression? Where) : WqlQuery;

/// <summary><c>ASSOCIATORS OF {...} WHERE ...</c> or <c>REFERENCES OF {...} WHERE ...</c></summary>
/// <param name="Source">The instance whose neighbours are asked for.</param>
/// <param name="WantsReferences">True for the connections themselves instead of what they lead to.</param>
internal sealed record WqlAssociators(CimPath Source, bool WantsReferences) : WqlQuery
{
    /// <summary>Only connections of this class.</summary>
    public string? AssociationClass { get; init; }

    /// <summary>Only results of this class.</summary>
    public string? ResultClass { get; init; }

    /// <summary>Only where the result stands in this property of the connection.</summary>
    public string? ResultRole { get; init; }

    /// <summary>Only where the source stands in this property of the connection.</summary>
    public string? Role { get; init; }

    /// <summary>Only the keys of the results.</summary>
    public bool KeysOnly { get; init; }
}

/// <summary>A condition of a query.</summary>
internal abstract record WqlExpression;

/// <summary>All of them hold, or any.</summary>
internal sealed record WqlGroup(bool IsAll, IReadOnlyList<WqlExpression> Parts) : WqlExpression;

/// <summary>It does not hold.</summary>
internal sealed record WqlNot(WqlExpression Part) : WqlExpression;

/// <summary>How a property is compared.</summary>
internal enum WqlOperator
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Like,
    IsA,
}

/// <summary>The other property of a comparison.</summary>
/// <param name="Name">Its name.</param>
internal sealed record WqlProperty(string Name);

/// <summary>A property compared with a constant, or with another property.</summary>
/// <param name="Property">The property.</param>
/// <param name="Operator">How.</param>
/// <param name="Value">A string, a decimal, a bool, a <see cref="WqlProperty"/>, or null.</param>
internal sealed record WqlComparison(string Property, WqlOperator Operator, object? Value) : WqlExpression;
