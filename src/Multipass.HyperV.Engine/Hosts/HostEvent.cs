using System;
using System.Collections.Generic;
using System.Globalization;

namespace Multipass.HyperV.Hosts;

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

    private const string ChannelPrefix = "Microsoft-Windows-Hyper-V-";

    /// <summary>The event in short: its id and its channel without what all channels begin with.</summary>
    public override string ToString()
        => string.Format(
            CultureInfo.InvariantCulture,
            "event {0} ({1})",
            Id,
            Channel.StartsWith(ChannelPrefix, StringComparison.OrdinalIgnoreCase) ? Channel.Substring(ChannelPrefix.Length) : Channel);
}
