namespace Multipass.HyperV;

/// <summary>How ready an instance has to be before a wait for it ends.</summary>
public enum MpReadiness
{
    /// <summary>The host shows it Running.</summary>
    Running,

    /// <summary>Its guest answers the host's heartbeat.</summary>
    Heartbeat,

    /// <summary>It has an IPv4 address that others can reach: one that it gave to itself (169.254.0.0/16, RFC 3927) does not count.</summary>
    IPAddress,
}
