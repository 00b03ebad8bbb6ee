using System;
using System.Text;

namespace Multipass.HyperV.Json;

/// <summary>Turns the bytes of a document into text: UTF-8 with or without a byte order mark, UTF-16 of either order with one.</summary>
internal static class JsonTextDecoder
{
    public static string Decode(byte[] bytes, JsonLimits limits)
    {
        // No encoding takes more than three bytes for a UTF-16 unit; three more are for the mark.
        if (bytes.Length > (3L * limits.MaxCharacters) + 3)
        {
            throw new JsonFormatException(
                JsonFormatErrorKind.Limit, 1, 1, FormattableString.Invariant($"The text is longer than the {limits.MaxCharacters} characters allowed."));
        }

        if (StartsWith(bytes, 0xFF, 0xFE, 0x00, 0x00) || StartsWith(bytes, 0x00, 0x00, 0xFE, 0xFF))
        {
            throw new JsonFormatException(JsonFormatErrorKind.Syntax, 1, 1, "The text is in UTF-32; only UTF-8 and UTF-16 are read.");
        }

        return StartsWith(bytes, 0xFF, 0xFE) ? DecodeUtf16(bytes, lowByteFirst: true)
            : StartsWith(bytes, 0xFE, 0xFF) ? DecodeUtf16(bytes, lowByteFirst: false)
            : DecodeUtf8(bytes, StartsWith(bytes, 0xEF, 0xBB, 0xBF) ? 3 : 0);
    }

    private static bool StartsWith(byte[] bytes, params byte[] mark)
    {
        for (int i = 0; i < mark.Length; i++)
        {
            if (i >= bytes.Length || bytes[i] != mark[i])
            {
                return false;
            }
        }

        return true;
    }

    private static string DecodeUtf8(byte[] bytes, int start)
    {
        int valid = start;
        while (valid < bytes.Length)
        {
            int length = SequenceLength(bytes, valid);
            if (length == 0)
            {
                throw Fault(
                    Encoding.UTF8.GetString(bytes, start, valid - start), FormattableString.Invariant($"The byte 0x{bytes[valid]:X2} is not valid UTF-8 here."));
            }

            valid += length;
        }

        return Encoding.UTF8.GetString(bytes, start, bytes.Length - start);
    }

    /// <summary>The length of the UTF-8 sequence at a place (table 3-7 of the Unicode Standard), or zero when there is no valid one.</summary>
    private static int SequenceLength(byte[] bytes, int at)
    {
        byte first = bytes[at];
        int length = first switch
        {
            < 0x80 => 1,
            >= 0xC2 and <= 0xDF => 2,
            >= 0xE0 and <= 0xEF => 3,
            >= 0xF0 and <= 0xF4 => 4,
            _ => 0,
        };
        if (at + length > bytes.Length)
        {
            return 0;
        }

        for (int i = 1; i < length; i++)
        {
            int low = i > 1 ? 0x80 : first switch { 0xE0 => 0xA0, 0xF0 => 0x90, _ => 0x80 };
            int high = i > 1 ? 0xBF : first switch { 0xED => 0x9F, 0xF4 => 0x8F, _ => 0xBF };
            if (bytes[at + i] < low || bytes[at + i] > high)
            {
                return 0;
            }
        }

        return length;
    }

    // By hand, so that a lone surrogate reaches the parser, which names its place, instead of being replaced.
    private static string DecodeUtf16(byte[] bytes, bool lowByteFirst)
    {
        char[] units = new char[(bytes.Length / 2) - 1];
        for (int i = 0; i < units.Length; i++)
        {
            int first = bytes[(2 * i) + 2];
            int second = bytes[(2 * i) + 3];
            units[i] = (char)(lowByteFirst ? first | (second << 8) : (first << 8) | second);
        }

        string text = new(units);
        return bytes.Length % 2 == 0 ? text : throw Fault(text, "The text ends in the middle of a UTF-16 unit.");
    }

    private static JsonFormatException Fault(string before, string reason)
    {
        int line = 1;
        int lineStart = 0;
        for (int i = 0; i < before.Length; i++)
        {
            if (before[i] == '\n' || (before[i] == '\r' && (i + 1 == before.Length || before[i + 1] != '\n')))
            {
                line++;
                lineStart = i + 1;
            }
        }

        return new JsonFormatException(JsonFormatErrorKind.Syntax, line, before.Length - lineStart + 1, reason);
    }
}
