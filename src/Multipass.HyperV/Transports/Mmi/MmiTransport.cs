using System;
using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Hosts;
using Mi = Microsoft.Management.Infrastructure;

namespace Multipass.HyperV.Transports.Mmi;

/// <summary>Connects through Windows' own CIM client: to this computer without any remoting, to others over WS-Management, or over a session that the user has made.</summary>
internal sealed class MmiTransport : ICimTransport
{
    private static readonly string[] LocalNames = { "localhost", ".", "127.0.0.1", "::1", "[::1]" };

    private static string CurrentUser => Environment.UserDomainName + "\\" + Environment.UserName;

    private static readonly CimQuery NameQuery = new(CimNames.Cimv2, CimNames.Win32ComputerSystem, new[] { "Name" });

    /// <inheritdoc/>
    public Task<ICimConnection> ConnectAsync(CimEndpoint endpoint, CancellationToken cancellationToken)
    {
        var isLocal = IsLocal(endpoint);
        return OpenAsync(endpoint.ToString(), isLocal, endpoint.Account ?? CurrentUser, new MmiSessions(() => Open(endpoint, isLocal)), cancellationToken);
    }

    /// <summary>Connects over a session that somebody else owns.</summary>
    /// <param name="session">A <c>CimSession</c>.</param>
    /// <param name="cancellationToken">Abandons the attempt.</param>
    public static Task<ICimConnection> ConnectAsync(object session, CancellationToken cancellationToken)
    {
        var given = (Mi.CimSession)session;
        var isLocal = IsLocalName(given.ComputerName);
        return OpenAsync(given.ComputerName ?? "localhost", isLocal, isLocal ? CurrentUser : null, new MmiSessions(given), cancellationToken);
    }

    /// <summary>Whether an object is a session that can be connected over.</summary>
    public static bool IsSession(object? value) => value is Mi.CimSession;

    private static async Task<ICimConnection> OpenAsync(string address, bool isLocal, string? account, MmiSessions sessions, CancellationToken cancellationToken)
    {
        try
        {
            // Making a session asks nobody: only this shows whether there is a host.
            var connection = new MmiConnection(new CimHost(address, CimTransport.Mmi, isLocal) { Account = account }, sessions);
            var name = (await connection.QueryAsync(NameQuery, cancellationToken).ConfigureAwait(false)).Select(row => row.Text("Name")).FirstOrDefault();
            return new MmiConnection(new CimHost(string.IsNullOrEmpty(name) ? address : name!, CimTransport.Mmi, isLocal) { Account = account }, sessions);
        }
        catch
        {
            sessions.Dispose();
            throw;
        }
    }

    private static Mi.CimSession Open(CimEndpoint endpoint, bool isLocal)
    {
        if (isLocal)
        {
            // COM, as PowerShell's own cmdlets do without -ComputerName: WinRM need not run.
            using var local = new Mi.Options.DComSessionOptions();
            return Mi.CimSession.Create(null, local);
        }

        using var options = new Mi.Options.WSManSessionOptions { Timeout = HostSession.LongestCall, UseSsl = endpoint.UseSsl };
        if (endpoint.Port is { } port)
        {
            options.DestinationPort = (uint)port;
        }

        if (endpoint.SkipCertificateCheck)
        {
            options.CertCACheck = false;
            options.CertCNCheck = false;
            options.CertRevocationCheck = false;
        }

        if (CredentialOf(endpoint) is { } credential)
        {
            options.AddDestinationCredentials(credential);
        }

        return Mi.CimSession.Create(endpoint.ComputerName, options);
    }

    private static Mi.Options.CimCredential? CredentialOf(CimEndpoint endpoint)
    {
        if (endpoint.Credential is { } credential)
        {
            var mechanism = endpoint.Authentication switch
            {
                CimAuthentication.Negotiate => Mi.Options.PasswordAuthenticationMechanism.Negotiate,
                CimAuthentication.Kerberos => Mi.Options.PasswordAuthenticationMechanism.Kerberos,
                CimAuthentication.Basic => Mi.Options.PasswordAuthenticationMechanism.Basic,
                _ => Mi.Options.PasswordAuthenticationMechanism.Default,
            };
            return new Mi.Options.CimCredential(mechanism, credential.Domain, credential.UserName, credential.SecurePassword);
        }

        return endpoint.Authentication switch
        {
            CimAuthentication.Negotiate => new Mi.Options.CimCredential(Mi.Options.ImpersonatedAuthenticationMechanism.Negotiate),
            CimAuthentication.Kerberos => new Mi.Options.CimCredential(Mi.Options.ImpersonatedAuthenticationMechanism.Kerberos),
            _ => null,
        };
    }

    /// <summary>This computer, and nothing said that only makes sense over the network.</summary>
    private static bool IsLocal(CimEndpoint endpoint)
        => endpoint is { Credential: null, Port: null, UseSsl: false, Authentication: CimAuthentication.Default } && IsLocalName(endpoint.ComputerName);

    private static bool IsLocalName(string? name)
        => string.IsNullOrEmpty(name)
            || LocalNames.Contains(name, StringComparer.OrdinalIgnoreCase)
            || string.Equals(name, Environment.MachineName, StringComparison.OrdinalIgnoreCase);
}
