using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;

namespace Multipass.HyperV.Wsman.Client;

/// <summary>Finds out how a service wants to be spoken to, and opens a channel so.</summary>
internal static class ChannelOpener
{
    /// <summary>Opens a channel. Asks once without a credential, to see what is offered: a password is never sent to whoever did not ask for it.</summary>
    /// <exception cref="CimFaultException">The service cannot be reached, or there is no way that is allowed.</exception>
    public static async Task<IWsmanChannel> OpenAsync(CimEndpoint endpoint, Uri address, CancellationToken cancellationToken)
    {
        Refuse(endpoint, address);
        var offered = await OfferedAsync(endpoint, address, cancellationToken).ConfigureAwait(false);
        if (offered is null)
        {
            // A service that asks nobody who he is.
            return new BasicChannel(endpoint, endpoint.Authentication == CimAuthentication.Basic ? endpoint.Credential : null);
        }

        bool Offers(string scheme) => offered.Contains(scheme, StringComparer.OrdinalIgnoreCase);
        var mayBasic = Offers("Basic") && endpoint.Credential is not null && (endpoint.UseSsl || endpoint.AllowUnencrypted)
            && endpoint.Authentication is CimAuthentication.Default or CimAuthentication.Basic;

        // Kerberos alone goes over HTTPS only: over HTTP messages are encrypted in NTLM's way.
        // The user's own name and password are known to Windows; a ticket of Kerberos may be there elsewhere.
        var mayNegotiate = Offers(NegotiateLane.Scheme)
            && endpoint.Authentication is not CimAuthentication.Basic
            && (endpoint.UseSsl || (endpoint.Authentication != CimAuthentication.Kerberos && (endpoint.Credential is not null || OperatingSystem.IsWindows())));
        if (mayNegotiate)
        {
            var channel = new NegotiateChannel(endpoint, address);
            try
            {
                await channel.SendAsync(WsmanEnvelopes.Identify(), cancellationToken).ConfigureAwait(false);
                return channel;
            }
            catch (CimFaultException exception) when (mayBasic && exception.Fault.HResult == ChannelFaults.PackageNotFound)
            {
                channel.Dispose();
            }
            catch (CimFaultException exception) when (endpoint.Credential is null && exception.Fault.Status == CimStatus.AccessDenied)
            {
                channel.Dispose();
                throw ChannelFaults.NoCommonScheme(address, string.Join(", ", offered), Advice(endpoint, offered));
            }
            catch
            {
                channel.Dispose();
                throw;
            }
        }

        if (mayBasic)
        {
            return new BasicChannel(endpoint, endpoint.Credential);
        }

        throw ChannelFaults.NoCommonScheme(address, string.Join(", ", offered), Advice(endpoint, offered));
    }

    /// <summary>What can be refused without asking anybody.</summary>
    private static void Refuse(CimEndpoint endpoint, Uri address)
    {
        if (endpoint.Authentication == CimAuthentication.Basic && endpoint.Credential is null)
        {
            throw ChannelFaults.Of(CimStatus.InvalidParameter, WbemError.InvalidParameter, $"Basic authentication at {address} needs a credential.");
        }

        if (endpoint is { Authentication: CimAuthentication.Basic, UseSsl: false, AllowUnencrypted: false })
        {
            throw ChannelFaults.Of(
                CimStatus.InvalidParameter, WbemError.InvalidParameter, $"A password would travel unencrypted to {address}. Use HTTPS (-UseSsl), or allow it with -AllowUnencrypted.");
        }
    }

    private static string Advice(CimEndpoint endpoint, IReadOnlyList<string> offered)
        => endpoint.Credential is null ? "Give a credential (-Credential)."
            : endpoint is { Authentication: CimAuthentication.Kerberos, UseSsl: false } ? "Kerberos needs HTTPS here (-UseSsl)."
            : endpoint.Authentication is CimAuthentication.Default or CimAuthentication.Basic && offered.Contains("Basic", StringComparer.OrdinalIgnoreCase)
                ? "Basic authentication needs HTTPS (-UseSsl), or -AllowUnencrypted."
            : "Enable another on the host, or choose one with -Authentication.";

    /// <summary>The schemes that a service offers; null when it lets everybody in.</summary>
    private static async Task<IReadOnlyList<string>?> OfferedAsync(CimEndpoint endpoint, Uri address, CancellationToken cancellationToken)
    {
        using var client = HttpExchange.Open(endpoint, 1);
        using var request = BasicChannel.Request(address, WsmanEnvelopes.Identify());
        var (answer, headers) = await HttpExchange.SendAsync(client, request, HttpExchange.Patience, cancellationToken).ConfigureAwait(false);
        if (answer.Status == (int)HttpStatusCode.Unauthorized)
        {
            return headers.WwwAuthenticate.Select(header => header.Scheme).Distinct(StringComparer.OrdinalIgnoreCase).ToArray();
        }

        AnswerReader.Read(address, answer);
        return null;
    }
}
