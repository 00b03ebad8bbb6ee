using System;
using System.Collections.Generic;
using System.Globalization;

namespace Multipass.HyperV.Cim;

/// <summary>An instance as a host returned it: a class name and property values. A snapshot; it never changes.</summary>
/// <remarks>
/// Values are null, string, bool, char, the integer and floating-point types, <see cref="DateTimeOffset"/> (datetime), <see cref="TimeSpan"/> (interval),
/// <see cref="CimPath"/> (reference), <see cref="CimRecord"/> (embedded instance), or arrays of these.
/// The getters read what is there and give null for what is missing or of another kind: hosts of different ages show different properties.
/// </remarks>
public sealed class CimRecord
{
    private readonly Dictionary<string, object?> _values;

    /// <summary>Creates a record; property names are compared without regard to case, as in CIM.</summary>
    public CimRecord(string className, IEnumerable<KeyValuePair<string, object?>> values)
    {
        ClassName = className;
        _values = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        foreach (var value in values)
        {
            _values[value.Key] = value.Value;
        }
    }

    /// <summary>The instance's class.</summary>
    public string ClassName { get; }

    /// <summary>The names of the properties that came with it.</summary>
    public IReadOnlyCollection<string> PropertyNames => _values.Keys;

    /// <summary>The raw value, or null.</summary>
    public object? this[string property] => _values.TryGetValue(property, out var value) ? value : null;

    /// <summary>A string, or null.</summary>
    public string? Text(string property) => this[property] as string;

    /// <summary>A truth value, or null.</summary>
    public bool? Flag(string property) => this[property] as bool?;

    /// <summary>A number that fits into 16 bits, or null.</summary>
    public ushort? UInt16(string property) => Number(property) is { } number and >= ushort.MinValue and <= ushort.MaxValue ? (ushort)number : null;

    /// <summary>A number that fits into 32 bits, or null.</summary>
    public uint? UInt32(string property) => Number(property) is { } number and >= uint.MinValue and <= uint.MaxValue ? (uint)number : null;

    /// <summary>A number that fits into 63 bits, or null. Transports differ in the width they give; the value does not.</summary>
    public long? Number(string property) => ToNumber(this[property]);

    /// <summary>A moment, or null.</summary>
    public DateTimeOffset? Moment(string property) => this[property] as DateTimeOffset?;

    /// <summary>An interval, or null.</summary>
    public TimeSpan? Interval(string property) => this[property] as TimeSpan?;

    /// <summary>A reference, or null.</summary>
    public CimPath? Reference(string property) => this[property] as CimPath;

    /// <summary>Strings; empty when there are none. Null elements are left out.</summary>
    public IReadOnlyList<string> Texts(string property)
        => this[property] switch
        {
            string[] texts => Array.FindAll(texts, text => text is not null),
            string text => new[] { text },
            _ => Array.Empty<string>(),
        };

    /// <summary>Numbers that fit into 16 bits; empty when there are none.</summary>
    public IReadOnlyList<ushort> UInt16s(string property)
    {
        if (this[property] is ushort[] exact)
        {
            return exact;
        }

        var numbers = new List<ushort>();
        if (this[property] is Array array)
        {
            foreach (var element in array)
            {
                if (ToNumber(element) is { } number and >= ushort.MinValue and <= ushort.MaxValue)
                {
                    numbers.Add((ushort)number);
                }
            }
        }

        return numbers;
    }

    /// <summary>The class, for debugging.</summary>
    public override string ToString() => ClassName;

    private static long? ToNumber(object? value)
        => value switch
        {
            byte or sbyte or short or ushort or int or uint or long => Convert.ToInt64(value, CultureInfo.InvariantCulture),
            ulong number and <= long.MaxValue => (long)number,
            _ => null,
        };
}
