using System.Net;
using System.Threading;
using System.Threading.Tasks;

namespace Multipass.HyperV.Cim;

/// <summary>Makes connections of one kind. An assembly that is loaded only when its transport is asked for is reached through this.</summary>
public interface ICimTransport
{
    /// <summary>Connects, and asks the host for its name: a connection that is returned has been answered once.</summary>
    /// <param name="endpoint">The computer, and how it is reached.</param>
    /// <param name="cancellationToken">Abandons the attempt.</param>
    /// <exception cref="CimFaultException">The host could not be reached, or refused.</exception>
    Task<ICimConnection> ConnectAsync(CimEndpoint endpoint, CancellationToken cancellationToken);
}

/// <summary>How the caller proves who he is.</summary>
public enum CimAuthentication
{
    /// <summary>What the transport prefers.</summary>
    Default,

    /// <summary>Kerberos, or NTLM where that is not possible.</summary>
    Negotiate,

    /// <summary>Kerberos only.</summary>
    Kerberos,

    /// <summary>Name and password, as they are: only over HTTPS.</summary>
    Basic,
}

/// <summary>A computer, and how it is reached.</summary>
/// <param name="ComputerName">Its name or address; null for the computer that this process runs on.</param>
public sealed record CimEndpoint(string? ComputerName)
{
    /// <summary>The port; null for the transport's own (5985 for HTTP, 5986 for HTTPS).</summary>
    public int? Port { get; init; }

    /// <summary>HTTPS instead of HTTP.</summary>
    public bool UseSsl { get; init; }

    /// <summary>How the caller proves who he is.</summary>
    public CimAuthentication Authentication { get; init; }

    /// <summary>The caller; null for the user of this process.</summary>
    public NetworkCredential? Credential { get; init; }

    /// <summary>The caller's name, such as <c>DOMAIN\user</c>; null for the user of this process.</summary>
    public string? Account => Credential is not { } credential ? null : credential.Domain.Length > 0 ? credential.Domain + "\\" + credential.UserName : credential.UserName;

    /// <summary>Accepts any certificate: for hosts with one of their own making.</summary>
    public bool SkipCertificateCheck { get; init; }

    /// <summary>Allows that credentials and answers travel unencrypted.</summary>
    public bool AllowUnencrypted { get; init; }

    /// <summary>The computer's name; never a credential.</summary>
    public override string ToString() => ComputerName ?? "localhost";
}
