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
                default:
                    isAboutIt |= Guid.TryParse(value, out var found) && found == machine;
                    HResultText.Find(value, instanceName, codes);
                    break;
            }
        }))
        {
            return null;
        }

        return id is { } known && isAboutIt ? new HostEvent(known, channel, codes) : null;
    }
}
