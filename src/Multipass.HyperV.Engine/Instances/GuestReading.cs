using System;
using System.Linq;

namespace Multipass.HyperV.Instances;

/// <summary>What is asked of a guest, or of the host about it.</summary>
[Flags]
internal enum GuestParts
{
    None = 0,
    Heartbeat = 1,
    Addresses = 2,
}

/// <summary>What a guest showed at one moment; null for what was not asked or could not be read.</summary>
internal sealed record GuestReading(MpHeartbeat? Heartbeat, string[]? IPv4)
{
    /// <summary>An address beyond the guest's own link: 169.254.0.0/16 is what a guest gives itself when nobody gives it one (RFC 3927).</summary>
    public bool HasReachableAddress => IPv4?.Any(address => !address.StartsWith("169.254.", StringComparison.Ordinal)) == true;

    public InstanceFacts ApplyTo(InstanceFacts facts) => facts with { Heartbeat = Heartbeat ?? facts.Heartbeat, IPv4 = IPv4 ?? facts.IPv4 };
}
