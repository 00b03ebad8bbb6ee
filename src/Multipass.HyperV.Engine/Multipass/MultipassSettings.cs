using System;
using System.Text;

namespace Multipass.HyperV.Multipass;

/// <summary>The daemon's settings file: sections in brackets, <c>key=value</c> below them.</summary>
internal static class MultipassSettings
{
    /// <summary>
    /// The value of <c>local.driver</c>; null when the file does not say: it holds only what somebody has set, and the default is Multipass's own, another in another version.
    /// </summary>
    /// <param name="content">The file's bytes.</param>
    public static string? DriverOf(byte[] content)
    {
        var section = string.Empty;
        string? value = null;
        foreach (var raw in Encoding.UTF8.GetString(content).TrimStart('\uFEFF').Split('\n'))
        {
            var line = raw.Trim();
            if (line.StartsWith(";", StringComparison.Ordinal))
            {
                continue;
            }

            if (line.Length > 1 && line[0] == '[' && line[line.Length - 1] == ']')
            {
                section = line.Substring(1, line.Length - 2).Trim();
            }
            else if (line.IndexOf('=') is var at and > 0)
            {
                // The file's own sections and the dots in a key's name mean the same.
                var key = line.Substring(0, at).Trim();
                var name = section.Length == 0 || string.Equals(section, "General", StringComparison.OrdinalIgnoreCase) ? key : section + "." + key;
                if (string.Equals(name, "local.driver", StringComparison.OrdinalIgnoreCase))
                {
                    // Of a key that stands there twice the last counts.
                    value = line.Substring(at + 1).Trim().Trim('"') is { Length: > 0 } word ? word : null;
                }
            }
        }

        return value;
    }
}
