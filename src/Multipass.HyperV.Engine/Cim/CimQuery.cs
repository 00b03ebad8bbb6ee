using System;
using System.Collections.Generic;

namespace Multipass.HyperV.Cim;

/// <summary>A query in structure, not in text: each transport writes it in its own language and escapes it there.</summary>
public sealed class CimQuery
{
    /// <summary>Creates a query.</summary>
    /// <param name="cimNamespace">The namespace with forward slashes.</param>
    /// <param name="className">The class; instances of its subclasses match too.</param>
    /// <param name="properties">The properties to return. Never empty: asking for all is slow on Hyper-V (thumbnails, load histories).</param>
    /// <param name="where">The condition, or null for all instances.</param>
    public CimQuery(string cimNamespace, string className, IReadOnlyList<string> properties, CimCondition? where = null)
    {
        if (properties is null || properties.Count == 0)
        {
            throw new ArgumentException("A query names the properties it wants.", nameof(properties));
        }

        Namespace = cimNamespace;
        ClassName = className;
        Properties = properties;
        Where = where;
    }

    /// <summary>The namespace with forward slashes.</summary>
    public string Namespace { get; }

    /// <summary>The class.</summary>
    public string ClassName { get; }

    /// <summary>The properties to return.</summary>
    public IReadOnlyList<string> Properties { get; }

    /// <summary>The condition, or null for all instances.</summary>
    public CimCondition? Where { get; }

    /// <summary>The same query with a condition.</summary>
    public CimQuery With(CimCondition? where) => new(Namespace, ClassName, Properties, where);

    /// <summary>The class, for debugging.</summary>
    public override string ToString() => $"{Namespace}:{ClassName}" + (Where is null ? string.Empty : " where " + Where);
}
