using System.Globalization;
using System.Text;

namespace Multipass.HyperV.Json;

/// <summary>Turns pieces of a document into text that is safe and short enough to stand in a message.</summary>
internal static class JsonText
{
    private const int LongestQuote = 80;
    private const int LongestPath = 200;

    /// <summary>The text in double quotes, shortened, with everything invisible written as an escape.</summary>
    public static string Quote(string text)
    {
        var result = new StringBuilder();
        int length = CutLength(text, LongestQuote);
        AppendQuoted(result, text, length, length < text.Length ? "..." : "");
        return result.ToString();
    }

    /// <summary>Appends the whole text in double quotes, with everything invisible written as an escape.</summary>
    public static void AppendQuoted(StringBuilder result, string text) => AppendQuoted(result, text, text.Length, "");

    /// <summary>A path cut down to what a message can bear; its end, which tells the key, is kept.</summary>
    public static string ShortenPath(string path)
    {
        if (path.Length <= LongestPath)
        {
            return path;
        }

        int start = path.Length - LongestPath;
        return "$..." + path.Substring(char.IsLowSurrogate(path[start]) ? start + 1 : start);
    }

    /// <summary>The character at a place of a text, as itself when it can be seen and by its code point otherwise.</summary>
    public static string DescribeCharacter(string text, int at)
    {
        char c = text[at];
        if (char.IsHighSurrogate(c) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]))
        {
            return "U+" + char.ConvertToUtf32(c, text[at + 1]).ToString("X4", CultureInfo.InvariantCulture);
        }

        string point = "U+" + ((int)c).ToString("X4", CultureInfo.InvariantCulture);
        return c switch
        {
            '\'' => "\"'\"",
            '\0' => point + " (is this UTF-16 without a byte order mark?)",
            '\uFEFF' => point + " (a byte order mark)",
            > ' ' and < '\u007F' => "'" + c + "'",
            _ when char.IsLetterOrDigit(c) => "'" + c + "' (" + point + ")",
            _ => point,
        };
    }

    private static void AppendQuoted(StringBuilder result, string text, int length, string tail)
    {
        result.Append('"');
        for (int i = 0; i < length; i++)
        {
            char c = text[i];
            if (c is '"' or '\\')
            {
                result.Append('\\').Append(c);
            }
            else if (MustEscape(c))
            {
                result.Append("\\u").Append(((int)c).ToString("X4", CultureInfo.InvariantCulture));
            }
            else
            {
                result.Append(c);
            }
        }

        result.Append(tail).Append('"');
    }

    private static int CutLength(string text, int longest) =>
        text.Length <= longest ? text.Length : char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest;

    // Control and format characters (line breaks, changes of the writing direction) would let a document forge the look of a message.
    private static bool MustEscape(char c) => char.GetUnicodeCategory(c)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
