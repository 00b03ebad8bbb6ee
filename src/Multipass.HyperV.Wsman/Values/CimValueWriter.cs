using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Xml;
using System.Xml.Linq;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Wsman.Protocol;

namespace Multipass.HyperV.Wsman.Values;

/// <summary>Writes CIM values as XML (DSP0230): an element for a value, the element repeated for an array (so that an empty one leaves nothing), nil for null.</summary>
/// <remarks>As WinRM was recorded to write: properties in alphabetical order; of an array that is null nothing, as of an empty one.</remarks>
internal static class CimValueWriter
{
    /// <summary>Writes a value under a name.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="element">The element's name; without a namespace it is written without a prefix.</param>
    /// <param name="prefix">The prefix of the namespace.</param>
    /// <param name="value">The value.</param>
    /// <param name="side">Who writes.</param>
    public static void Write(XmlWriter writer, XName element, string prefix, object? value, WireSide side)
    {
        if (value is Array array)
        {
            foreach (var item in array)
            {
                WriteOne(writer, element, prefix, item, side);
            }

            return;
        }

        WriteOne(writer, element, prefix, value, side);
    }

    /// <summary>The values of an answer as elements: an instance's properties, or what a method gives.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="elements">The namespace of the elements.</param>
    /// <param name="prefix">Its prefix.</param>
    /// <param name="values">The values.</param>
    /// <param name="typeOf">What is known of one.</param>
    public static void WriteProperties(XmlWriter writer, XNamespace elements, string prefix, CimRecord values, Func<string, CimElement?> typeOf)
    {
        foreach (var name in values.PropertyNames.OrderBy(name => name, StringComparer.OrdinalIgnoreCase))
        {
            if (values[name] is not null || typeOf(name) is not { IsArray: true })
            {
                Write(writer, elements + name, prefix, values[name], WireSide.Service);
            }
        }
    }

    /// <summary>An interval as XML Schema writes it, the way WinRM does: all places, and no months, which have no fixed length.</summary>
    public static string Format(TimeSpan interval)
    {
        var sign = interval < TimeSpan.Zero ? "-" : string.Empty;
        var fraction = Math.Abs(interval.Ticks % TimeSpan.TicksPerSecond) / 10;
        return string.Format(
            CultureInfo.InvariantCulture,
            "{0}P{1}DT{2}H{3}M{4}{5}S",
            sign,
            Math.Abs(interval.Days),
            Math.Abs(interval.Hours),
            Math.Abs(interval.Minutes),
            Math.Abs(interval.Seconds),
            fraction == 0 ? string.Empty : "." + fraction.ToString("D6", CultureInfo.InvariantCulture).TrimEnd('0'));
    }

    /// <summary>A moment as XML Schema writes it, in UTC; CIM's datetime has microseconds.</summary>
    public static string Format(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFF", CultureInfo.InvariantCulture) + "Z";

    private static void WriteOne(XmlWriter writer, XName element, string prefix, object? value, WireSide side)
    {
        writer.WriteStartElement(element.Namespace == XNamespace.None ? string.Empty : prefix, element.LocalName, element.NamespaceName);
        switch (value)
        {
            case null:
                writer.WriteAttributeString("xsi", "nil", WsmanNames.Instance.NamespaceName, "true");
                break;
            case DateTimeOffset moment:
                writer.WriteElementString("cim", "Datetime", WsmanNames.Common.NamespaceName, Format(moment));
                break;
            case TimeSpan interval:
                writer.WriteElementString("cim", "Interval", WsmanNames.Common.NamespaceName, Format(interval));
                break;
            case CimPath path:
                EndpointReference.WriteContent(writer, path, side);
                break;
            case CimRecord record:
                WriteEmbedded(writer, element.Namespace, record);
                break;
            default:
                writer.WriteString(Text(value));
                break;
        }

        writer.WriteEndElement();
    }

    /// <summary>An instance within an instance: its class stands in xsi:type.</summary>
    private static void WriteEmbedded(XmlWriter writer, XNamespace owner, CimRecord record)
    {
        // Beside the class of its owner; a part of an instance has no namespace to stand beside.
        var elements = XNamespace.Get((owner == XNamespace.None ? WsmanNames.DmtfPrefix : owner.NamespaceName[..(owner.NamespaceName.LastIndexOf('/') + 1)]) + record.ClassName);
        writer.WriteAttributeString("xmlns", "e", null, elements.NamespaceName);
        writer.WriteAttributeString("xsi", "type", WsmanNames.Instance.NamespaceName, $"e:{record.ClassName}_Type");
        var declared = ClassReference.All.FirstOrDefault(known => string.Equals(known.Name, record.ClassName, StringComparison.OrdinalIgnoreCase));
        WriteProperties(writer, elements, "e", record, name => declared?.Property(name));
    }

    private static string Text(object value)
        => value switch
        {
            string text => SafeXml.Writable(text),
            bool flag => flag ? "true" : "false",
            char letter => ((ushort)letter).ToString(CultureInfo.InvariantCulture),
            float number => number.ToString("R", CultureInfo.InvariantCulture),
            double number => number.ToString("R", CultureInfo.InvariantCulture),
            byte or sbyte or short or ushort or int or uint or long or ulong => Convert.ToString(value, CultureInfo.InvariantCulture)!,
            _ => throw new ArgumentException($"A value of type {value.GetType().Name} cannot be sent.", nameof(value)),
        };
}
