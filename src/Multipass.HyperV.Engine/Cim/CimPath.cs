using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Multipass.HyperV.Cim;

/// <summary>Where an instance is: namespace, class and keys. Also the value of a CIM reference.</summary>
public sealed class CimPath : IEquatable<CimPath>
{
    /// <summary>Creates a path.</summary>
    /// <param name="cimNamespace">The namespace with forward slashes, such as <c>root/virtualization/v2</c>.</param>
    /// <param name="className">The class.</param>
    /// <param name="keys">Key properties with their values; none for a class or a singleton.</param>
    public CimPath(string cimNamespace, string className, params KeyValuePair<string, object>[] keys)
    {
        Namespace = cimNamespace;
        ClassName = className;
        Keys = keys ?? Array.Empty<KeyValuePair<string, object>>();
    }

    /// <summary>The namespace with forward slashes.</summary>
    public string Namespace { get; }

    /// <summary>The class.</summary>
    public string ClassName { get; }

    /// <summary>Key properties with their values, in the order given.</summary>
    public IReadOnlyList<KeyValuePair<string, object>> Keys { get; }

    /// <summary>The value of a key as text, or null when the path has no such key. Names are compared without regard to case.</summary>
    public string? Key(string name)
    {
        foreach (var key in Keys)
        {
            if (string.Equals(key.Key, name, StringComparison.OrdinalIgnoreCase))
            {
                return Convert.ToString(key.Value, CultureInfo.InvariantCulture);
            }
        }

        return null;
    }

    /// <summary>Names, like CIM's, are compared without regard to case; so are string values, since GUIDs come in either case.</summary>
    public bool Equals(CimPath? other)
        => other is not null
            && string.Equals(Namespace, other.Namespace, StringComparison.OrdinalIgnoreCase)
            && string.Equals(ClassName, other.ClassName, StringComparison.OrdinalIgnoreCase)
            && Keys.Count == other.Keys.Count
            && Keys.All(key => string.Equals(Convert.ToString(key.Value, CultureInfo.InvariantCulture), other.Key(key.Key), StringComparison.OrdinalIgnoreCase));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as CimPath);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.OrdinalIgnoreCase.GetHashCode(ClassName) ^ Keys.Count;

    /// <summary>The path in WMI's usual form, for people to read.</summary>
    public override string ToString()
        => $"{Namespace}:{ClassName}" + (Keys.Count == 0 ? string.Empty : "." + string.Join(",", Keys.Select(key => $"{key.Key}=\"{key.Value}\"")));
}
