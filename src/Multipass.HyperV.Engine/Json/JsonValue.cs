using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Linq;
using System.Numerics;
using System.Text;

namespace Multipass.HyperV.Json;

/// <summary>One value of a JSON text, with its place. A value never changes once the reader has returned it.</summary>
public sealed class JsonValue
{
    /// <summary>Objects with at most this many members are searched member by member, larger ones through an index.</summary>
    internal const int LongestScan = 8;

    // The largest double has 309 digits before the point.
    private const int LongestDouble = 310;

    private readonly string _text;
    private readonly JsonValue? _parent;
    private readonly string? _key;
    private readonly int _position;
    private SortedDictionary<string, JsonMember>? _index;

    internal JsonValue(JsonKind kind, string text, int line, int column, JsonValue? parent, string? key, int position)
    {
        Kind = kind;
        Line = line;
        Column = column;
        _text = text;
        _parent = parent;
        _key = key;
        _position = position;
    }

    /// <summary>Which sort of value this is.</summary>
    public JsonKind Kind { get; }

    /// <summary>The line of the value's first character, counted from 1.</summary>
    public int Line { get; }

    /// <summary>The column of the value's first character, counted from 1 in UTF-16 units.</summary>
    public int Column { get; }

    /// <summary>The elements of an array in their order; empty for every other kind.</summary>
    public IReadOnlyList<JsonValue> Items { get; private set; } = [];

    /// <summary>The members of an object in the order of the text; empty for every other kind.</summary>
    public IReadOnlyList<JsonMember> Members { get; private set; } = [];

    /// <summary>The number exactly as it was written; null for every other kind.</summary>
    public string? NumberText => Kind == JsonKind.Number ? _text : null;

    /// <summary>The way from the root to this value, such as <c>$.instances[0].name</c>. It is put together at each call.</summary>
    public string Path
    {
        get
        {
            var line = new List<JsonValue>();
            for (JsonValue value = this; value._parent is not null; value = value._parent)
            {
                line.Add(value);
            }

            var path = new StringBuilder("$");
            for (int i = line.Count - 1; i >= 0; i--)
            {
                AppendStep(path, line[i]._key, line[i]._position);
            }

            return path.ToString();
        }
    }

    /// <summary>Looks up the member of an object. Keys are compared letter by letter, with case.</summary>
    /// <param name="name">The key.</param>
    /// <param name="member">The member, or null when there is none.</param>
    /// <returns>Whether this is an object that has the key.</returns>
    public bool TryGetMember(string name, [NotNullWhen(true)] out JsonMember? member)
    {
        member = Find(Members, _index, name ?? throw new ArgumentNullException(nameof(name)));
        return member is not null;
    }

    /// <summary>Gets the text of a string, with its escapes resolved.</summary>
    /// <param name="value">The text, or null when this is no string.</param>
    /// <returns>Whether this is a string.</returns>
    public bool TryGetString([NotNullWhen(true)] out string? value)
    {
        value = Kind == JsonKind.String ? _text : null;
        return value is not null;
    }

    /// <summary>Gets a truth value.</summary>
    /// <param name="value">The value; false when this is no Boolean.</param>
    /// <returns>Whether this is true or false.</returns>
    public bool TryGetBoolean(out bool value)
    {
        value = Kind == JsonKind.Boolean && _text == "true";
        return Kind == JsonKind.Boolean;
    }

    /// <summary>Gets an integer. A number written with a fraction or an exponent is not one, not even 1.0 or 1e3.</summary>
    /// <param name="value">The integer; zero when there is none.</param>
    /// <returns>Whether this is an integer that fits.</returns>
    public bool TryGetInt64(out long value)
    {
        value = 0;
        return IsInteger && long.TryParse(_text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>Gets an integer without a sign. A number written with a fraction or an exponent is not one, not even 1.0 or 1e3.</summary>
    /// <param name="value">The integer; zero when there is none.</param>
    /// <returns>Whether this is an integer that fits.</returns>
    public bool TryGetUInt64(out ulong value)
    {
        value = 0;
        return IsInteger && ulong.TryParse(_text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>
    /// Gets a number in floating point. An integer is handed out only when a double holds it exactly; a number with a fraction or an exponent
    /// becomes the nearest double, but never infinity, and zero only when it is zero.
    /// </summary>
    /// <param name="value">The number; zero when there is none.</param>
    /// <returns>Whether this is a number that a double can stand for.</returns>
    public bool TryGetDouble(out double value)
    {
        value = 0;
        if (Kind != JsonKind.Number)
        {
            return false;
        }

        double number;
        if (IsInteger)
        {
            if (_text.Length > LongestDouble)
            {
                return false;
            }

            var exact = BigInteger.Parse(_text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            number = (double)exact;
            if (double.IsInfinity(number) || new BigInteger(number) != exact)
            {
                return false;
            }
        }
        else if (!double.TryParse(_text, NumberStyles.Float, CultureInfo.InvariantCulture, out number)
            || double.IsInfinity(number)
            || (number == 0 && _text.TakeWhile(c => c is not ('e' or 'E')).Any(c => c is >= '1' and <= '9')))
        {
            return false;
        }

        // The .NET Framework and BigInteger lose the sign of a negative zero.
        value = number == 0 && _text[0] == '-' ? -0.0 : number;
        return true;
    }

    /// <summary>Gets the text of a string or fails.</summary>
    /// <returns>The text, with its escapes resolved.</returns>
    /// <exception cref="JsonFormatException">This is no string.</exception>
    public string AsString() => TryGetString(out string? value) ? value : throw WrongType("a string");

    /// <summary>Gets a truth value or fails.</summary>
    /// <returns>The value.</returns>
    /// <exception cref="JsonFormatException">This is neither true nor false.</exception>
    public bool AsBoolean() => TryGetBoolean(out bool value) ? value : throw WrongType("true or false");

    /// <summary>Gets an integer within a range or fails.</summary>
    /// <param name="min">The least integer allowed.</param>
    /// <param name="max">The greatest integer allowed.</param>
    /// <returns>The integer.</returns>
    /// <exception cref="JsonFormatException">This is no integer or is outside the range.</exception>
    public long AsInt64(long min = long.MinValue, long max = long.MaxValue)
    {
        if (!IsInteger)
        {
            throw WrongType("an integer");
        }

        return TryGetInt64(out long value) && value >= min && value <= max
            ? value
            : throw Fault(JsonFormatErrorKind.OutOfRange, FormattableString.Invariant($"expected an integer from {min} to {max}, found {Shown}."));
    }

    /// <summary>Gets one of several words or fails. Case does not matter.</summary>
    /// <param name="names">The words allowed.</param>
    /// <returns>The word as it stands in <paramref name="names"/>.</returns>
    /// <exception cref="JsonFormatException">This is no string or none of the words.</exception>
    public string AsEnum(IReadOnlyList<string> names)
    {
        string word = AsString();
        return names.FirstOrDefault(name => string.Equals(name, word, StringComparison.OrdinalIgnoreCase))
            ?? throw Fault(JsonFormatErrorKind.OutOfRange, $"expected one of {string.Join(", ", names)}; found {JsonText.Quote(word)}.");
    }

    /// <summary>Gets the elements of an array or fails.</summary>
    /// <returns>The elements in their order.</returns>
    /// <exception cref="JsonFormatException">This is no array.</exception>
    public IReadOnlyList<JsonValue> AsArray() => Kind == JsonKind.Array ? Items : throw WrongType("an array");

    /// <summary>Gets a reader for the members of an object or fails.</summary>
    /// <returns>A new reader that has handed out nothing yet.</returns>
    /// <exception cref="JsonFormatException">This is no object.</exception>
    public JsonObjectReader AsObject() => new(this);

    /// <summary>Makes an error that names the place and the path of this value, for rules that only the caller knows.</summary>
    /// <param name="kind">Why the value is refused.</param>
    /// <param name="reason">What is wrong, continuing the sentence after the path and a colon.</param>
    /// <returns>The error, to be thrown.</returns>
    public JsonFormatException Fault(JsonFormatErrorKind kind, string reason) =>
        new(kind, Line, Column, $"{JsonText.ShortenPath(Path)}: {reason}");

    internal static JsonMember? Find(IReadOnlyList<JsonMember> members, SortedDictionary<string, JsonMember>? index, string name)
    {
        if (index is not null)
        {
            return index.TryGetValue(name, out JsonMember? indexed) ? indexed : null;
        }

        foreach (JsonMember member in members)
        {
            if (member.Name == name)
            {
                return member;
            }
        }

        return null;
    }

    /// <summary>Appends one step of a path: <c>.name</c>, <c>["other name"]</c> or <c>[0]</c>.</summary>
    internal static void AppendStep(StringBuilder path, string? key, int position)
    {
        if (key is null)
        {
            path.Append('[').Append(position.ToString(CultureInfo.InvariantCulture)).Append(']');
        }
        else if (key.Length > 0 && key[0] is not (>= '0' and <= '9') && key.All(c => c is '_' or (>= '0' and <= '9') or (>= 'a' and <= 'z') or (>= 'A' and <= 'Z')))
        {
            path.Append('.').Append(key);
        }
        else
        {
            path.Append('[');
            JsonText.AppendQuoted(path, key);
            path.Append(']');
        }
    }

    internal void Fill(List<JsonValue> items, List<JsonMember> members, SortedDictionary<string, JsonMember>? index)
    {
        if (items.Count > 0)
        {
            Items = Array.AsReadOnly(items.ToArray());
        }

        if (members.Count > 0)
        {
            Members = Array.AsReadOnly(members.ToArray());
        }

        _index = index;
    }

    internal JsonFormatException WrongType(string expected) => Fault(JsonFormatErrorKind.WrongType, $"expected {expected}, found {Shown}.");

    private bool IsInteger => Kind == JsonKind.Number && _text.All(c => c is not ('.' or 'e' or 'E'));

    // A string is not shown: it may be a secret that stands in the wrong place.
    private string Shown => Kind switch
    {
        JsonKind.Object => "an object",
        JsonKind.Array => "an array",
        JsonKind.String => "a string",
        JsonKind.Number when _text.Length <= 40 => $"the number {_text}",
        JsonKind.Number => FormattableString.Invariant($"a number of {_text.Length} characters"),
        _ => _text,
    };
}
