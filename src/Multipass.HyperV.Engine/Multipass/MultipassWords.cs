using System;
using System.Collections.Generic;

namespace Multipass.HyperV.Multipass;

/// <summary>Multipass's states: the numbers in its database and the words of its client (virtual_machine.h, format_utils.cpp in canonical/multipass).</summary>
internal static class MultipassWords
{
    public const string Deleted = "Deleted";
    public const string Unknown = "Unknown";
    public const string Unavailable = "Unavailable";

    /// <summary>Off and stopped are two numbers for one word.</summary>
    public static readonly IReadOnlyList<(int Number, string Word)> Rows = new[]
    {
        (0, "Stopped"),
        (1, "Stopped"),
        (2, "Starting"),
        (3, "Restarting"),
        (4, "Running"),
        (5, "Delayed Shutdown"),
        (6, "Suspending"),
        (7, "Suspended"),
        (8, Unknown),
        (9, Unavailable),
    };

    /// <summary>The word for a number of the database; null when there is none.</summary>
    public static string? Of(long number)
    {
        foreach (var row in Rows)
        {
            if (row.Number == number)
            {
                return row.Word;
            }
        }

        return null;
    }

    /// <summary>The number that the database has for a word; null when there is none.</summary>
    public static int? NumberOf(string word)
    {
        // From the end: 1, not 0, is what a daemon writes for an instance that was stopped.
        for (var index = Rows.Count - 1; index >= 0; index--)
        {
            if (string.Equals(Rows[index].Word, word, StringComparison.OrdinalIgnoreCase))
            {
                return Rows[index].Number;
            }
        }

        return null;
    }
}
