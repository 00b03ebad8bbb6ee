using System;
using System.Collections.Generic;
using System.Linq;
using Multipass.HyperV.Cim;

namespace Multipass.HyperV.Wsman.Protocol;

/// <summary>What a resource URI and its selectors name: a class of a namespace, or all of them.</summary>
/// <param name="Uri">The URI as it was sent, without white space around it.</param>
/// <param name="Namespace">The CIM namespace with forward slashes.</param>
/// <param name="ClassName">The class; null for the wildcard.</param>
internal sealed record ResourceUri(string Uri, string Namespace, string? ClassName)
{
    /// <summary>WMI's namespace when a request names none.</summary>
    private const string DefaultNamespace = "root/cimv2";

    /// <summary>The URI of a class as WinRM writes it.</summary>
    public static string Of(string cimNamespace, string className) => WsmanNames.WmiPrefix + cimNamespace.Replace('\\', '/') + "/" + className;

    /// <summary>The URI that stands for all classes of a namespace: queries go there.</summary>
    public static string OfAll(string cimNamespace) => Of(cimNamespace, "*");

    /// <summary>Reads a URI; null when it names no CIM class.</summary>
    /// <param name="uri">The URI, perhaps with white space in it.</param>
    /// <param name="selectors">The selectors; one of them may name the namespace.</param>
    public static ResourceUri? Read(string uri, IEnumerable<KeyValuePair<string, object>> selectors)
    {
        uri = string.Concat(uri.Where(letter => !char.IsWhiteSpace(letter)));
        var named = selectors.FirstOrDefault(selector => string.Equals(selector.Key, WsmanNames.NamespaceSelector, StringComparison.OrdinalIgnoreCase)).Value as string;
        var query = uri.IndexOf('?', StringComparison.Ordinal);
        var path = query < 0 ? uri : uri[..query];
        if (path.StartsWith(WsmanNames.WmiPrefix, StringComparison.OrdinalIgnoreCase))
        {
            path = path[WsmanNames.WmiPrefix.Length..].Trim('/');
            var slash = path.LastIndexOf('/');
            return slash <= 0 ? null : Of(uri, named ?? path[..slash], path[(slash + 1)..]);
        }

        // A vendor's own prefix names the class alike: the DMTF binding maps classes by their schema's URI.
        var at = path.LastIndexOf('/');
        return at > 0 && path.Contains("/wbem/wscim/1/", StringComparison.OrdinalIgnoreCase) ? Of(uri, named ?? DefaultNamespace, path[(at + 1)..]) : null;
    }

    /// <summary>The path of an instance, from its URI and selectors; null when the URI names no class.</summary>
    public static CimPath? PathOf(string uri, IReadOnlyList<KeyValuePair<string, object>> selectors)
        => Read(uri, selectors) is { ClassName: { } className } resource
            ? new CimPath(
                resource.Namespace,
                className,
                selectors.Where(selector => !string.Equals(selector.Key, WsmanNames.NamespaceSelector, StringComparison.OrdinalIgnoreCase)).ToArray())
            : null;

    private static ResourceUri? Of(string uri, string cimNamespace, string className)
        => className.Length == 0 ? null : new ResourceUri(uri, cimNamespace.Replace('\\', '/').Trim('/'), className == "*" ? null : className);
}
