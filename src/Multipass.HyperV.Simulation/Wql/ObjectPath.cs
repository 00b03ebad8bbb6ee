using System;
using System.Collections.Generic;
using System.Text;
using Multipass.HyperV.Cim;

namespace Multipass.HyperV.Simulation.Wql;

/// <summary>Reads WMI's object paths: <c>\\HOST\root\virtualization\v2:Class.Key="value",Other="value"</c>, with or without host and namespace.</summary>
internal static class ObjectPath
{
    /// <summary>Reads a path.</summary>
    /// <param name="text">The path.</param>
    /// <param name="cimNamespace">The namespace, where the path names none.</param>
    /// <exception cref="WqlException">It is not an object path.</exception>
    public static CimPath Parse(string text, string cimNamespace)
    {
        text = text.Trim();
        var quote = text.IndexOfAny(new[] { '"', '\'' });
        var colon = text.IndexOf(':');
        if (colon >= 0 && (quote < 0 || colon < quote))
        {
            cimNamespace = NamespaceOf(text.Substring(0, colon));
            text = text.Substring(colon + 1);
        }

        // Class="value" is short for the one key; Class=@ is a singleton.
        var end = text.IndexOfAny(new[] { '.', '=' });
        var className = (end < 0 ? text : text.Substring(0, end)).Trim();
        if (className.Length == 0)
        {
            throw new WqlException("The object path names no class.");
        }

        return new CimPath(cimNamespace, className, end < 0 || text.EndsWith("=@", StringComparison.Ordinal) ? Array.Empty<KeyValuePair<string, object>>() : Keys(text, text[end] == '.' ? end + 1 : end).ToArray());
    }

    private static string NamespaceOf(string text)
    {
        text = text.Replace('\\', '/');
        if (text.StartsWith("//", StringComparison.Ordinal))
        {
            var slash = text.IndexOf('/', 2);
            text = slash < 0 ? string.Empty : text.Substring(slash + 1);
        }

        return text.Trim('/');
    }

    private static List<KeyValuePair<string, object>> Keys(string text, int at)
    {
        var keys = new List<KeyValuePair<string, object>>();
        while (at < text.Length)
        {
            var equals = text.IndexOf('=', at);
            if (equals < 0)
            {
                throw new WqlException("A key of the object path has no value.");
            }

            var name = text.Substring(at, equals - at).Trim();
            at = equals + 1;
            keys.Add(new KeyValuePair<string, object>(name, Value(text, ref at)));
            if (at < text.Length && text[at] != ',')
            {
                throw new WqlException("The keys of an object path stand between commas.");
            }

            at++;
        }

        return keys;
    }

    private static string Value(string text, ref int at)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
        {
            at++;
        }

        var value = new StringBuilder();
        if (at == text.Length || text[at] is not ('"' or '\''))
        {
            while (at < text.Length && text[at] != ',')
            {
                value.Append(text[at++]);
            }

            return value.ToString().Trim();
        }

        var quote = text[at++];
        for (; at < text.Length; at++)
        {
            if (text[at] == quote)
            {
                at++;
                return value.ToString();
            }

            at += text[at] == '\\' && at + 1 < text.Length && (text[at + 1] == '\\' || text[at + 1] == '\'' || text[at + 1] == '"') ? 1 : 0;
            value.Append(text[at]);
        }

        throw new WqlException("A value of the object path has no end.");
    }
}
