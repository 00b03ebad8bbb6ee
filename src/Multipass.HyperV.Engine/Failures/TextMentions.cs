using System;
using System.Collections.Generic;
using System.Linq;

namespace Multipass.HyperV.Failures;

/// <summary>
/// What stands in a host's text and is no word: paths of files, and ids. They are the same in every language, and tell which device was meant where its code does not.
/// </summary>
internal sealed record TextMentions(IReadOnlyList<string> Paths, IReadOnlyList<Guid> Ids, IReadOnlyList<Guid> IdsAtEnd)
{
    public static readonly TextMentions None = new(Array.Empty<string>(), Array.Empty<Guid>(), Array.Empty<Guid>());

    /// <summary>More of each are noise.</summary>
    private const int Most = 64;

    /// <summary>The longest path that Windows takes without a prefix (MAX_PATH).</summary>
    private const int LongestPath = 260;

    private const int GuidLength = 36;

    /// <summary>What a virtual machine is made of: virtual disks, images, saved states, configuration.</summary>
    private static readonly string[] Extensions = { ".avhdx", ".vhdx", ".avhd", ".vhds", ".vhd", ".iso", ".vmrs", ".vmcx", ".vmgs", ".vsv", ".bin" };

    private static readonly string[] StateExtensions = { ".vmrs", ".vsv", ".bin" };

    /// <summary>What no path contains, and the quotes of other languages, which stand around paths.</summary>
    private const string EndsPath = "\"'<>|*?\r\n\t\0\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u00ab\u00bb\u2039\u203a\u300c\u300d\u300e\u300f";

    /// <summary>The file for a virtual machine's memory or its saved state is named.</summary>
    public bool NamesStateFile => Paths.Any(path => StateExtensions.Any(extension => path.EndsWith(extension, StringComparison.OrdinalIgnoreCase)));

    /// <summary>
    /// Finds them. An id that a sentence ends with, in brackets or without, is that of the virtual machine, as Hyper-V lays its texts out; one that more text follows is that of a device.
    /// </summary>
    public static TextMentions Find(IEnumerable<string> texts)
    {
        var paths = new List<string>();
        var ids = new List<Guid>();
        var idsAtEnd = new List<Guid>();
        foreach (var text in texts)
        {
            Find(text, Math.Min(text.Length, HResultText.MostCharacters), paths, ids, idsAtEnd);
        }

        return paths.Count + ids.Count + idsAtEnd.Count == 0 ? None : new TextMentions(paths, ids.Except(idsAtEnd).ToList(), idsAtEnd);
    }

    private static void Find(string text, int end, List<string> paths, List<Guid> ids, List<Guid> idsAtEnd)
    {
        for (var at = 0; at < end; at++)
        {
            if (PathAt(text, at, end) is { } path)
            {
                Add(paths, path);
                at += path.Length - 1;
            }
            else if (at + GuidLength <= end && text[at + 8] == '-' && text[at + 13] == '-' && (at == 0 || !char.IsLetterOrDigit(text[at - 1]) || text[at - 1] > '~') && Guid.TryParseExact(text.Substring(at, GuidLength), "D", out var id))
            {
                Add(IsAtEnd(text, at + GuidLength, end) ? idsAtEnd : ids, id);
                at += GuidLength - 1;
            }
        }
    }

    private static void Add<T>(List<T> list, T value)
    {
        if (list.Count < Most && !list.Contains(value))
        {
            list.Add(value);
        }
    }

    /// <summary>A path of a drive or of a share that begins here and ends in an extension of Hyper-V's; null when there is none.</summary>
    private static string? PathAt(string text, int at, int end)
    {
        var isDrive = at + 3 < end && text[at + 1] == ':' && text[at + 2] is '\\' or '/' && IsLetter(text[at]) && (at == 0 || !IsLetter(text[at - 1]));
        var isShare = !isDrive && at + 3 < end && text[at] == '\\' && text[at + 1] == '\\' && (at == 0 || text[at - 1] != '\\') && (char.IsLetterOrDigit(text[at + 2]) || text[at + 2] == '[');
        if (!isDrive && !isShare)
        {
            return null;
        }

        var last = Math.Min(end, at + LongestPath);
        for (var next = at + 3; next < last && EndsPath.IndexOf(text[next]) < 0; next++)
        {
            if (text[next] == '.' && Extensions.FirstOrDefault(extension => string.Compare(text, next, extension, 0, extension.Length, StringComparison.OrdinalIgnoreCase) == 0) is { } found
                && (next + found.Length >= end || !IsLetter(text[next + found.Length])))
            {
                return text.Substring(at, next + found.Length - at);
            }
        }

        return null;
    }

    /// <summary>Only brackets, full stops and blanks follow before the paragraph ends.</summary>
    private static bool IsAtEnd(string text, int at, int end)
    {
        while (at < end && text[at] is not ('\r' or '\n') && (char.IsWhiteSpace(text[at]) || text[at] is '}' or ')' or ']' or '\uff09' or '.' or '\u3002' or '\'' or '"'))
        {
            at++;
        }

        return at >= end || text[at] is '\r' or '\n';
    }

    private static bool IsLetter(char character) => character is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z');
}
