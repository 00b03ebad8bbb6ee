using System;
using System.Collections.Generic;
using System.Globalization;
using System.Xml;

namespace Multipass.HyperV.Failures;

/// <summary>An event of the host's log that speaks of one virtual machine. Only its numbers count: its text is in the language of the host.</summary>
/// <param name="Id">The event's id.</param>
/// <param name="Channel">The log, such as <c>Microsoft-Windows-Hyper-V-VMMS-Admin</c>.</param>
/// <param name="HResults">The failure codes in its data.</param>
internal sealed record HostEvent(int Id, string Channel, IReadOnlyList<int> HResults)
{
    /// <summary>The log of Hyper-V's management service.</summary>
    public const string ManagementChannel = "Microsoft-Windows-Hyper-V-VMMS-Admin";

    /// <summary>The log of the worker processes.</summary>
    public const string WorkerChannel = "Microsoft-Windows-Hyper-V-Worker-Admin";

    /// <summary>An event has a few thousand characters.</summary>
    private const int LongestXml = 64 * 1024;

    private const string ChannelPrefix = "Microsoft-Windows-Hyper-V-";

    private static readonly XmlReaderSettings Settings = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = LongestXml, CheckCharacters = false };

    /// <summary>The event in short: its id and its channel without what all channels begin with.</summary>
    public override string ToString()
        => string.Format(
            CultureInfo.InvariantCulture,
            "event {0} ({1})",
            Id,
            Channel.StartsWith(ChannelPrefix, StringComparison.OrdinalIgnoreCase) ? Channel.Substring(ChannelPrefix.Length) : Channel);

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
