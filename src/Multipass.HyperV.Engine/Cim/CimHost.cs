using System;

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
    /// <summary>The account that the host sees, such as <c>DOMAIN\user</c>; null when it is not known. It is no part of which host this is.</summary>
    public string? Account { get; init; }

    /// <summary>Whether it is the same host, reached in the same way.</summary>
    public bool Equals(CimHost? other) => other is not null && Name == other.Name && Transport == other.Transport && IsLocal == other.IsLocal;

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Name);

    /// <summary>The host's name.</summary>
    public override string ToString() => Name;
}
