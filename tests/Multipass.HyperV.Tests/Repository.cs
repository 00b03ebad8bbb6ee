using System;
using System.IO;
using System.Linq;
using System.Reflection;

namespace Multipass.HyperV.Tests;

/// <summary>The checkout that the tests were built from.</summary>
internal static class Repository
{
    /// <summary>Its folder, with the drive that it is on where the program runs.</summary>
    public static string Root { get; } = Path.GetFullPath(typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "RepositoryRoot").Value!);

    public static string PathOf(params string[] parts) => Path.Combine(parts.Prepend(Root).ToArray());

    public static string Read(params string[] parts) => File.ReadAllText(PathOf(parts)).Replace("\r\n", "\n", StringComparison.Ordinal);

    /// <summary>The text between two markers of a document.</summary>
    public static string Between(string text, string begin, string end)
    {
        var from = text.IndexOf(begin, StringComparison.Ordinal);
        var to = text.IndexOf(end, Math.Max(from, 0), StringComparison.Ordinal);
        return from < 0 || to < from ? throw new InvalidDataException($"The markers '{begin}' and '{end}' are not there.") : text.Substring(from + begin.Length, to - from - begin.Length);
    }
}
