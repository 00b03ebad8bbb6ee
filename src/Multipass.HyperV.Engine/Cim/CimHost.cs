namespace Multipass.HyperV.Cim;

/// <summary>How a host is reached.</summary>
public enum CimTransport
{
    /// <summary>A simulated host in this process.</summary>
    Simulated,

    /// <summary>The Windows Management Infrastructure API.</summary>
    Mmi,

    /// <summary>WS-Management over HTTP or HTTPS.</summary>
    Wsman,
}

/// <summary>Which host a connection speaks to.</summary>
/// <param name="Name">The host's name, as users know it.</param>
/// <param name="Transport">How it is reached.</param>
/// <param name="IsLocal">True for the computer that this process runs on: only there can Multipass's own files and client be read.</param>
public sealed record CimHost(string Name, CimTransport Transport, bool IsLocal)
{
    /// <summary>The account that the host sees, such as <c>DOMAIN\user</c>; null when it is not known.</summary>
    public string? Account { get; init; }

    /// <summary>The host's name.</summary>
    public override string ToString() => Name;
}
