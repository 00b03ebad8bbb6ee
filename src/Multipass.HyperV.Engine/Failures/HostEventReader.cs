using System;
using System.Collections.Generic;
using System.Globalization;
using System.Xml;
using Multipass.HyperV.Hosts;

namespace Multipass.HyperV.Failures;

/// <summary>Reads events of the host's log.</summary>
internal static class HostEventReader
{
    /// <summary>An event has a few thousand characters.</summary>
    private const int LongestXml = 64 * 1024;

    /// <summary>Of the crash of a guest the event has that guest's own numbers, which are no codes of the host (event 18590).</summary>
    private const string GuestsOwn = "VmErrorCode";

    private static readonly XmlReaderSettings Settings = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = LongestXml, CheckCharacters = false };

    /// <summary>Reads an event from its XML (as <c>EventLogRecord.ToXml</c> gives it). Null when it cannot be read, or is not about this virtual machine.</summary>
    /// <param name="xml">The event.</param>
    /// <param name="machine">The virtual machine's id: one of the event's values must be it.</param>
    /// <param name="instanceName">Its name: a code that is part of it says nothing.</param>
    public static HostEvent? Read(string xml, Guid machine, string instanceName)
    {
        int? id = null;
        var channel = string.Empty;
        var isAboutIt = false;
        var codes = new List<int>();
        if (xml.Length > LongestXml || !EmbeddedXml.TryRead(xml, Settings, (name, value) =>
        {
            switch (name)
            {
                case "EventID" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number):
                    id ??= number;
                    break;
                case "Channel":
                    channel = value;
                    break;
                case var guests when guests.StartsWith(GuestsOwn, StringComparison.OrdinalIgnoreCase):
                    break;
                default:
                    isAboutIt |= Guid.TryParse(value, out var found) && found == machine;
                    HResultText.Find(value, instanceName, codes);
                    AddMessageNumber(value, codes);
                    break;
            }
        }))
        {
            return null;
        }

        return id is { } known && isAboutIt ? new HostEvent(known, channel, codes) : null;
    }

    /// <summary>Where a message has to be looked up, the event has its number: two percent signs and the HRESULT in decimal digits.</summary>
    private static void AddMessageNumber(string value, List<int> codes)
    {
        if (value.StartsWith("%%", StringComparison.Ordinal)
            && uint.TryParse(value.Substring(2), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && unchecked((int)number) is < 0 and var code
            && !codes.Contains(code))
        {
            codes.Add(code);
        }
    }
}
