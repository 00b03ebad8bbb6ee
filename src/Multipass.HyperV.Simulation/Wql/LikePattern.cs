using System.Collections.Generic;
using System.Linq;

namespace Multipass.HyperV.Simulation.Wql;

/// <summary>The pattern of LIKE: % stands for any characters, _ for one, [a-f] for one of these, [^a-f] for one of the others. Without regard to case.</summary>
internal sealed class LikePattern
{
    private readonly List<Place> _places = new();

    private LikePattern()
    {
    }

    /// <summary>The plain text that it begins with, when nothing but "any characters" follows; null for any other pattern.</summary>
    public string? Prefix { get; private set; }

    public static LikePattern Parse(string text)
    {
        var pattern = new LikePattern();
        for (var at = 0; at < text.Length; at++)
        {
            var end = text[at] == '[' ? text.IndexOf(']', at + 1) : -1;
            pattern._places.Add(text[at] switch
            {
                '%' => new Place(true, false, null),
                '_' => new Place(false, false, null),
                '[' when end > at + 1 => Place.OneOf(text.Substring(at + 1, end - at - 1)),
                _ => Place.Of(text[at]),
            });
            at = end > at + 1 ? end : at;
        }

        var last = pattern._places.Count - 1;
        if (last >= 0 && pattern._places[last].IsAny && pattern._places.Take(last).All(place => place.Plain is not null))
        {
            pattern.Prefix = string.Concat(pattern._places.Take(last).Select(place => place.Plain));
        }

        return pattern;
    }

    /// <summary>Compares in time of at most text times pattern.</summary>
    public bool Matches(string text)
    {
        int at = 0, place = 0, star = -1, from = 0;
        while (at < text.Length)
        {
            if (place < _places.Count && !_places[place].IsAny && _places[place].Takes(text[at]))
            {
                at++;
                place++;
            }
            else if (place < _places.Count && _places[place].IsAny)
            {
                star = place++;
                from = at;
            }
            else if (star >= 0)
            {
                place = star + 1;
                at = ++from;
            }
            else
            {
                return false;
            }
        }

        while (place < _places.Count && _places[place].IsAny)
        {
            place++;
        }

        return place == _places.Count;
    }

    /// <summary>One place of a pattern. No ranges: any character.</summary>
    private sealed record Place(bool IsAny, bool IsOther, IReadOnlyList<(char First, char Last)>? Ranges)
    {
        /// <summary>The one character that it stands for.</summary>
        public char? Plain => !IsAny && !IsOther && Ranges is { Count: 1 } && Ranges[0].First == Ranges[0].Last ? Ranges[0].First : null;

        public static Place Of(char letter) => new(false, false, new[] { (letter, letter) });

        public static Place OneOf(string set)
        {
            var isOther = set.Length > 1 && set[0] == '^';
            var ranges = new List<(char, char)>();
            for (var at = isOther ? 1 : 0; at < set.Length; at++)
            {
                var isRange = at + 2 < set.Length && set[at + 1] is '-' or '=';
                ranges.Add((set[at], set[isRange ? at + 2 : at]));
                at += isRange ? 2 : 0;
            }

            return new Place(false, isOther, ranges);
        }

        public bool Takes(char letter)
            => Ranges is null || Ranges.Any(range => IsWithin(char.ToUpperInvariant(letter), range) || IsWithin(char.ToLowerInvariant(letter), range)) != IsOther;

        private static bool IsWithin(char letter, (char First, char Last) range)
            => (letter >= range.First && letter <= range.Last) || (range.First == range.Last && char.ToUpperInvariant(letter) == char.ToUpperInvariant(range.First));
    }
}
