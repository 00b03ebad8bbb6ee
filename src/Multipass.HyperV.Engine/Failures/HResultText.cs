using System;
using System.Collections.Generic;
using System.Globalization;

namespace Multipass.HyperV.Failures;

/// <summary>Finds HRESULTs in a host's text. They are all that survives translation.</summary>
internal static class HResultText
{
    /// <summary>Longer texts are read up to here: a job's text is a few hundred characters, an error list a few thousand.</summary>
    public const int MostCharacters = 256 * 1024;

    /// <summary>More codes than this are noise.</summary>
    public const int MostCodes = 32;

    private const int Digits = 8;

    /// <summary>Facilities of Hyper-V's own (winerror.h): the hypervisor, its infrastructure driver, virtual hard disks.</summary>
    private const int Hypervisor = 0x35, Infrastructure = 0x37, VirtualDisks = 0x3A;

    /// <summary>True for a code that only Hyper-V uses. The facility is the low eleven bits of the upper half.</summary>
    public static bool IsOfHyperV(int code) => ((code >> 16) & 0x7FF) is Hypervisor or Infrastructure or VirtualDisks;

    /// <summary>The code as it is usually written.</summary>
    public static string Format(uint code) => "0x" + code.ToString("X8", CultureInfo.InvariantCulture);

    /// <summary>The code as it is usually written.</summary>
    public static string Format(int code) => Format(unchecked((uint)code));

    /// <summary>Adds each failure code (<c>0x</c> and eight hexadecimal digits, severity bit set) once, in order of appearance.</summary>
    /// <param name="text">The text, in any language.</param>
    /// <param name="instanceName">The instance's own name: a code that is part of it says nothing.</param>
    /// <param name="codes">Receives the codes.</param>
    public static void Find(string text, string instanceName, List<int> codes)
    {
        var end = Math.Min(text.Length, MostCharacters);
        for (var at = 0; at < end && codes.Count < MostCodes; at++)
        {
            if (IsWholeWord(text, at, instanceName, end))
            {
                at += instanceName.Length - 1;
            }
            else if (IsCode(text, at, end))
            {
                var code = int.Parse(text.Substring(at + 2, Digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
                if (code < 0 && !codes.Contains(code))
                {
                    codes.Add(code);
                }

                at += Digits + 1;
            }
        }
    }

    private static bool IsCode(string text, int at, int end)
    {
        if (text[at] != '0' || at + 2 + Digits > end || text[at + 1] is not ('x' or 'X') || (at > 0 && IsWordCharacter(text[at - 1])))
        {
            return false;
        }

        for (var digit = at + 2; digit < at + 2 + Digits; digit++)
        {
            if (text[digit] is not ((>= '0' and <= '9') or (>= 'a' and <= 'f') or (>= 'A' and <= 'F')))
            {
                return false;
            }
        }

        return at + 2 + Digits == text.Length || !IsWordCharacter(text[at + 2 + Digits]);
    }

    private static bool IsWholeWord(string text, int at, string word, int end)
        => word.Length > 0
            && at + word.Length <= end
            && (at == 0 || !IsNameCharacter(text[at - 1]))
            && (at + word.Length == text.Length || !IsNameCharacter(text[at + word.Length]))
            && string.Compare(text, at, word, 0, word.Length, StringComparison.OrdinalIgnoreCase) == 0;

    // Languages without spaces write a code right after a letter of theirs: only ASCII joins a number.
    private static bool IsWordCharacter(char character) => character is (>= '0' and <= '9') or (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or '_';

    private static bool IsNameCharacter(char character) => IsWordCharacter(character) || character == '-';
}
