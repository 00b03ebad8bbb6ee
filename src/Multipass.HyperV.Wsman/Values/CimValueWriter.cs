using System;
using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Wsman.Protocol;

namespace Multipass.HyperV.Wsman.Values;

/// <summary>Writes CIM values as XML (DSP0230): an element for a value, the element repeated for an array (so that an empty one leaves nothing), nil for null.</summary>
internal static class CimValueWriter
{
    /// <summary>Writes a value under a name.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="element">The element's name; without a namespace it is written without a prefix.</param>
    /// <param name="prefix">The prefix of the namespace.</param>
    /// <param name="value">The value.</param>
    public static void Write(XmlWriter writer, XName element, string prefix, object? value)
    {
        if (value is Array array)
        {
            foreach (var item in array)
            {
                WriteOne(writer, element, prefix, item);
            }

            return;
        }

        WriteOne(writer, element, prefix, value);
    }

    /// <summary>An instance's properties as elements.</summary>
    public static void WriteProperties(XmlWriter writer, XNamespace elements, string prefix, CimRecord record)
    {
        foreach (var name in record.PropertyNames)
        {
            Write(writer, elements + name, prefix, record[name]);
        }
    }

    /// <summary>An interval as XML Schema writes it, the way WinRM does: all places, and no months, which have no fixed length.</summary>
    public static string Format(TimeSpan interval)
    {
        var sign = interval < TimeSpan.Zero ? "-" : string.Empty;
        var fraction = Math.Abs(interval.Ticks % TimeSpan.TicksPerSecond);
        return string.Format(
            CultureInfo.InvariantCulture,
            "{0}P{1}DT{2}H{3}M{4}{5}S",
            sign,
            Math.Abs(interval.Days),
            Math.Abs(interval.Hours),
            Math.Abs(interval.Minutes),
            Math.Abs(interval.Seconds),
            fraction == 0 ? string.Empty : "." + fraction.ToString("D7", CultureInfo.InvariantCulture).TrimEnd('0'));
    }

    /// <summary>A moment as XML Schema writes it, in UTC.</summary>
    public static string Format(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture) + "Z";

    private static void WriteOne(XmlWriter writer, XName element, string prefix, object? value)
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
                EndpointReference.WriteContent(writer, path);
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
        var elements = XNamespace.Get(owner.NamespaceName[..(owner.NamespaceName.LastIndexOf('/') + 1)] + record.ClassName);
        writer.WriteAttributeString("xmlns", "e", null, elements.NamespaceName);
        writer.WriteAttributeString("xsi", "type", WsmanNames.Instance.NamespaceName, $"e:{record.ClassName}_Type");
        WriteProperties(writer, elements, "e", record);
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
