using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Xml;
using System.Xml.Linq;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Wsman.Protocol;

namespace Multipass.HyperV.Wsman.Values;

/// <summary>Reads CIM values from XML. The wire does not carry types, so they come from the class reference; what it does not know is taken as it looks.</summary>
internal static class CimValueReader
{
    /// <summary>Reads an instance: each child is a property, whatever its namespace, since answers to select lists have none.</summary>
    /// <param name="element">The element that holds the properties.</param>
    /// <param name="className">The instance's class.</param>
    /// <param name="typeOf">What is known of a property or parameter.</param>
    /// <exception cref="WsmanFormatException">A value is not of its type.</exception>
    public static CimRecord Record(XElement element, string className, Func<string, CimElement?> typeOf)
        => new(className, Properties(element, typeOf));

    /// <summary>Reads properties or parameters.</summary>
    /// <exception cref="WsmanFormatException">A value is not of its type.</exception>
    public static IEnumerable<KeyValuePair<string, object?>> Properties(XElement element, Func<string, CimElement?> typeOf)
        => element.Elements()
            .GroupBy(child => child.Name.LocalName, StringComparer.OrdinalIgnoreCase)
            .Select(group => new KeyValuePair<string, object?>(group.Key, Value(group.ToArray(), typeOf(group.Key))))
            .ToArray();

    /// <summary>Reads the elements of one value.</summary>
    /// <param name="elements">At least one; several are an array.</param>
    /// <param name="known">What is known of it, or null.</param>
    /// <exception cref="WsmanFormatException">It is not of its type.</exception>
    public static object? Value(IReadOnlyList<XElement> elements, CimElement? known)
    {
        if (known is null)
        {
            return elements.Count == 1 ? Untyped(elements[0]) : Array(elements.Select(Untyped).ToArray());
        }

        if (!known.IsArray)
        {
            return elements.Count == 1 ? One(elements[0], known) : throw new WsmanFormatException($"'{known.Name}' has several values, and takes one.");
        }

        // One nil stands for an array that is not there.
        return elements.Count == 1 && IsNil(elements[0]) ? null : Array(elements.Select(element => One(element, known)).ToArray(), TypeOf(known.Type));
    }

    /// <summary>Reads a value's text.</summary>
    /// <exception cref="WsmanFormatException">It is not of the type.</exception>
    public static object Parse(string text, CimType type, string name)
    {
        var trimmed = text.Trim();
        try
        {
            return type switch
            {
                CimType.String => text,
                CimType.Boolean => Flag(trimmed),
                CimType.UInt8 => byte.Parse(trimmed, NumberStyles.Integer, CultureInfo.InvariantCulture),
                CimType.SInt8 => sbyte.Parse(trimmed, NumberStyles.Integer, CultureInfo.InvariantCulture),
                CimType.UInt16 => ushort.Parse(trimmed, NumberStyles.Integer, CultureInfo.InvariantCulture),
                CimType.SInt16 => short.Parse(trimmed, NumberStyles.Integer, CultureInfo.InvariantCulture),
                CimType.UInt32 => uint.Parse(trimmed, NumberStyles.Integer, CultureInfo.InvariantCulture),
                CimType.SInt32 => int.Parse(trimmed, NumberStyles.Integer, CultureInfo.InvariantCulture),
                CimType.UInt64 => ulong.Parse(trimmed, NumberStyles.Integer, CultureInfo.InvariantCulture),
                CimType.SInt64 => long.Parse(trimmed, NumberStyles.Integer, CultureInfo.InvariantCulture),
                CimType.Real32 => float.Parse(trimmed, NumberStyles.Float, CultureInfo.InvariantCulture),
                CimType.Real64 => double.Parse(trimmed, NumberStyles.Float, CultureInfo.InvariantCulture),
                CimType.Char16 => (char)ushort.Parse(trimmed, NumberStyles.Integer, CultureInfo.InvariantCulture),
                CimType.DateTime => Time(trimmed),
                _ => throw new FormatException(),
            };
        }
        catch (Exception exception) when (exception is FormatException or OverflowException)
        {
            throw new WsmanFormatException($"The value of '{name}' is not of the type {type}.", exception);
        }
    }

    public static bool IsNil(XElement element) => element.Attribute(WsmanNames.Instance + "nil")?.Value.Trim() is "true" or "1";

    private static object? One(XElement element, CimElement known)
        => IsNil(element) ? null
            : known.Type switch
            {
                CimType.Reference => EndpointReference.Read(element) as object ?? throw new WsmanFormatException($"The value of '{known.Name}' is not a reference."),
                CimType.Instance => Embedded(element),

                // A datetime stands in an element of its own, or plainly; a string may hold an instance as elements instead of as text.
                CimType.DateTime when element.Elements().FirstOrDefault() is { } inner => Parse(inner.Value, CimType.DateTime, known.Name),
                CimType.String when element.HasElements => string.Concat(element.Nodes().Select(node => node.ToString(SaveOptions.DisableFormatting))),
                _ => Parse(element.Value, known.Type, known.Name),
            };

    private static object? Untyped(XElement element)
        => IsNil(element) ? null
            : EndpointReference.IsIn(element) ? EndpointReference.Read(element)
            : element.Elements().FirstOrDefault() is { } inner
                ? inner.Name.LocalName is "Datetime" or "Interval" ? Parse(inner.Value, CimType.DateTime, element.Name.LocalName) : Embedded(element)
                : element.Value;

    private static CimRecord Embedded(XElement element)
    {
        var type = element.Attribute(WsmanNames.Instance + "type")?.Value ?? string.Empty;
        var name = type[(type.IndexOf(':', StringComparison.Ordinal) + 1)..];
        name = name.EndsWith("_Type", StringComparison.Ordinal) ? name[..^"_Type".Length] : name;

        // Its class is known by the name that stands in the type: of the namespaces here, only base classes have the same names.
        var declared = ClassReference.All.FirstOrDefault(known => string.Equals(known.Name, name, StringComparison.OrdinalIgnoreCase));
        return Record(element, name, property => declared?.Property(property));
    }

    /// <summary>An array of what its elements are; of objects when they differ or are null, since numbers cannot be null.</summary>
    private static Array Array(object?[] values, Type? type = null)
    {
        var kind = type ?? (values[0]?.GetType() is { } first && values.All(value => value is null || value.GetType() == first) ? first : typeof(object));
        if (kind.IsValueType && values.Contains(null))
        {
            kind = typeof(object);
        }

        var array = System.Array.CreateInstance(kind, values.Length);
        for (var at = 0; at < values.Length; at++)
        {
            array.SetValue(kind.IsInstanceOfType(values[at]) || values[at] is null ? values[at] : throw new WsmanFormatException("The values of an array are of different types."), at);
        }

        return array;
    }

    /// <summary>Null for a datetime: an array of them may hold moments or intervals.</summary>
    private static Type? TypeOf(CimType type)
        => type switch
        {
            CimType.Boolean => typeof(bool),
            CimType.UInt8 => typeof(byte),
            CimType.SInt8 => typeof(sbyte),
            CimType.UInt16 => typeof(ushort),
            CimType.SInt16 => typeof(short),
            CimType.UInt32 => typeof(uint),
            CimType.SInt32 => typeof(int),
            CimType.UInt64 => typeof(ulong),
            CimType.SInt64 => typeof(long),
            CimType.Real32 => typeof(float),
            CimType.Real64 => typeof(double),
            CimType.Char16 => typeof(char),
            CimType.String => typeof(string),
            CimType.Reference => typeof(CimPath),
            CimType.Instance => typeof(CimRecord),
            _ => null,
        };

    /// <summary>OMI writes TRUE, XML Schema also allows 1.</summary>
    private static bool Flag(string text) => text switch { "1" => true, "0" => false, _ => bool.Parse(text) };

    /// <summary>XML Schema's dateTime or duration, or CIM's own writing.</summary>
    private static object Time(string text)
        => CimDateTime.Parse(text) is { } time ? time
            : text.StartsWith('P') || text.StartsWith("-P", StringComparison.Ordinal) ? XmlConvert.ToTimeSpan(text)
            : DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
