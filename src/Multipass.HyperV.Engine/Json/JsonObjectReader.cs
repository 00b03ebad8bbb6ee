using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Linq;
using System.Text;

namespace Multipass.HyperV.Json;

/// <summary>
/// Hands out the members of an object by type, each once. Every key asked for counts as known; <see cref="Complete"/> then refuses all others,
/// so that a misspelt key is an error and not a setting silently ignored. A member that is null is of the wrong type, not absent.
/// </summary>
public sealed class JsonObjectReader
{
    private readonly List<string> _known = [];

    /// <summary>Wraps an object.</summary>
    /// <param name="value">The object.</param>
    /// <exception cref="JsonFormatException">The value is no object.</exception>
    public JsonObjectReader(JsonValue value)
    {
        Value = value ?? throw new ArgumentNullException(nameof(value));
        if (value.Kind != JsonKind.Object)
        {
            throw value.WrongType("an object");
        }
    }

    /// <summary>The object that is read.</summary>
    public JsonValue Value { get; }

    /// <summary>Tells whether the object has a key, without asking for it.</summary>
    /// <param name="key">The key.</param>
    /// <returns>Whether the key is there.</returns>
    public bool Has(string key) => Value.TryGetMember(key, out _);

    /// <summary>Gets a member of whatever kind.</summary>
    /// <param name="key">The key, which has not been asked for before.</param>
    /// <returns>The value, or null when the key is absent.</returns>
    /// <exception cref="InvalidOperationException">The key was asked for before: a mistake of the program, not of the text.</exception>
    public JsonValue? GetValue(string key)
    {
        if (_known.Contains(key))
        {
            throw new InvalidOperationException($"The key {JsonText.Quote(key)} has already been read.");
        }

        _known.Add(key);
        return Value.TryGetMember(key, out JsonMember? member) ? member.Value : null;
    }

    /// <summary>Gets a member of whatever kind, which must be there.</summary>
    /// <param name="key">The key, which has not been asked for before.</param>
    /// <returns>The value.</returns>
    /// <exception cref="JsonFormatException">The key is absent.</exception>
    public JsonValue RequireValue(string key) => GetValue(key) ?? throw Missing(key);

    /// <summary>Gets a string.</summary>
    /// <param name="key">The key, which has not been asked for before.</param>
    /// <param name="fallback">What to return when the key is absent.</param>
    /// <returns>The string or the fallback.</returns>
    /// <exception cref="JsonFormatException">The member is no string.</exception>
    [return: NotNullIfNotNull(nameof(fallback))]
    public string? GetString(string key, string? fallback = null) => GetValue(key)?.AsString() ?? fallback;

    /// <summary>Gets a string that must be there.</summary>
    /// <param name="key">The key, which has not been asked for before.</param>
    /// <returns>The string.</returns>
    /// <exception cref="JsonFormatException">The member is absent or no string.</exception>
    public string RequireString(string key) => RequireValue(key).AsString();

    /// <summary>Gets an integer within a range.</summary>
    /// <param name="key">The key, which has not been asked for before.</param>
    /// <param name="fallback">What to return when the key is absent; the range does not apply to it.</param>
    /// <param name="min">The least integer allowed.</param>
    /// <param name="max">The greatest integer allowed.</param>
    /// <returns>The integer or the fallback.</returns>
    /// <exception cref="JsonFormatException">The member is no integer or is outside the range.</exception>
    public long GetInt64(string key, long fallback, long min = long.MinValue, long max = long.MaxValue) => GetValue(key)?.AsInt64(min, max) ?? fallback;

    /// <summary>Gets an integer that must be there, within a range.</summary>
    /// <param name="key">The key, which has not been asked for before.</param>
    /// <param name="min">The least integer allowed.</param>
    /// <param name="max">The greatest integer allowed.</param>
    /// <returns>The integer.</returns>
    /// <exception cref="JsonFormatException">The member is absent, no integer or outside the range.</exception>
    public long RequireInt64(string key, long min = long.MinValue, long max = long.MaxValue) => RequireValue(key).AsInt64(min, max);

    /// <summary>Gets a truth value.</summary>
    /// <param name="key">The key, which has not been asked for before.</param>
    /// <param name="fallback">What to return when the key is absent.</param>
    /// <returns>The value or the fallback.</returns>
    /// <exception cref="JsonFormatException">The member is neither true nor false.</exception>
    public bool GetBoolean(string key, bool fallback) => GetValue(key)?.AsBoolean() ?? fallback;

    /// <summary>Gets one of several words. Case does not matter.</summary>
    /// <param name="key">The key, which has not been asked for before.</param>
    /// <param name="names">The words allowed.</param>
    /// <param name="fallback">What to return when the key is absent.</param>
    /// <returns>The word as it stands in <paramref name="names"/>, or the fallback.</returns>
    /// <exception cref="JsonFormatException">The member is no string or none of the words.</exception>
    [return: NotNullIfNotNull(nameof(fallback))]
    public string? GetEnum(string key, IReadOnlyList<string> names, string? fallback = null) => GetValue(key)?.AsEnum(names) ?? fallback;

    /// <summary>Gets a reader for an object.</summary>
    /// <param name="key">The key, which has not been asked for before.</param>
    /// <returns>A reader, or null when the key is absent. The caller completes it.</returns>
    /// <exception cref="JsonFormatException">The member is no object.</exception>
    public JsonObjectReader? GetObject(string key) => GetValue(key)?.AsObject();

    /// <summary>Gets the elements of an array.</summary>
    /// <param name="key">The key, which has not been asked for before.</param>
    /// <returns>The elements in their order, or null when the key is absent.</returns>
    /// <exception cref="JsonFormatException">The member is no array.</exception>
    public IReadOnlyList<JsonValue>? GetArray(string key) => GetValue(key)?.AsArray();

    /// <summary>Fails when the object has a key that was not asked for. Call it after the last key was read.</summary>
    /// <exception cref="JsonFormatException">There is an unknown key; the error names the first one and the keys known.</exception>
    public void Complete()
    {
        var known = new HashSet<string>(_known, StringComparer.Ordinal);
        JsonMember? stranger = Value.Members.FirstOrDefault(member => !known.Contains(member.Name));
        if (stranger is not null)
        {
            string allowed = _known.Count == 0 ? "none is known here" : "known here: " + string.Join(", ", _known);
            throw new JsonFormatException(
                JsonFormatErrorKind.UnknownKey,
                stranger.Line,
                stranger.Column,
                $"{JsonText.ShortenPath(Value.Path)}: the key {JsonText.Quote(stranger.Name)} is not known; {allowed}.");
        }
    }

    private JsonFormatException Missing(string key)
    {
        var path = new StringBuilder(Value.Path);
        JsonValue.AppendStep(path, key, position: 0);
        return new JsonFormatException(JsonFormatErrorKind.MissingKey, Value.Line, Value.Column, $"{JsonText.ShortenPath(path.ToString())}: the key is missing.");
    }
}
