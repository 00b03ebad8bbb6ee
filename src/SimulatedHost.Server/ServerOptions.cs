using System;
using System.Collections.Generic;
using System.Security.Cryptography.X509Certificates;

namespace Multipass.HyperV.Server;

/// <summary>How a simulated host is served.</summary>
public sealed record ServerOptions
{
    /// <summary>Where to listen: <c>http://</c> or <c>https://</c>, an address, and a port; port 0 takes a free one.</summary>
    public IReadOnlyList<Uri> Urls { get; init; } = Array.Empty<Uri>();

    /// <summary>Who may ask.</summary>
    public required string UserName { get; init; }

    /// <summary>What proves it.</summary>
    public required string Password { get; init; }

    /// <summary>The certificate for HTTPS.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Takes a line for each request; null for none. Credentials are never in it.</summary>
    public Action<string>? Log { get; init; }

    /// <summary>Never the password.</summary>
    public override string ToString() => $"{UserName} at {string.Join(", ", Urls)}";
}
