using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Wsman.Client;

namespace Multipass.HyperV.Wsman;

/// <summary>Connects over WS-Management, from any operating system.</summary>
/// <remarks>
/// HTTPS checks the certificate unless told otherwise. Over HTTP a name and password are sent only when <see cref="CimEndpoint.AllowUnencrypted"/> says so.
/// </remarks>
public sealed class WsmanTransport : ICimTransport
{
    private const string Localhost = "localhost";

    /// <inheritdoc/>
    public async Task<ICimConnection> ConnectAsync(CimEndpoint endpoint, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        var address = AddressOf(endpoint);
        var channel = await ChannelOpener.OpenAsync(endpoint, address, cancellationToken).ConfigureAwait(false);
        try
        {
            var unnamed = new CimHost(endpoint.ComputerName ?? Localhost, CimTransport.Wsman, IsLocal: false) { Account = endpoint.Account };
            using var connection = new WsmanConnection(new Borrowed(channel), address, unnamed);
            var name = await NameAsync(connection, cancellationToken).ConfigureAwait(false);
            return new WsmanConnection(channel, address, unnamed with { Name = name ?? unnamed.Name, IsLocal = endpoint.ComputerName is null && OperatingSystem.IsWindows() });
        }
        catch
        {
            channel.Dispose();
            throw;
        }
    }

    private static Uri AddressOf(CimEndpoint endpoint)
    {
        try
        {
            return HttpExchange.AddressOf(endpoint);
        }
        catch (Exception exception) when (exception is UriFormatException or ArgumentOutOfRangeException)
        {
            throw ChannelFaults.Of(CimStatus.InvalidParameter, WbemError.InvalidParameter, $"'{endpoint.ComputerName}' is not the name or address of a computer.", exception);
        }
    }

    private static async Task<string?> NameAsync(WsmanConnection connection, CancellationToken cancellationToken)
    {
        var rows = await connection.QueryAsync(new CimQuery(CimNames.Cimv2, CimNames.Win32ComputerSystem, new[] { "Name" }), cancellationToken).ConfigureAwait(false);
        return rows.FirstOrDefault()?.Text("Name");
    }

    /// <summary>A channel that goes on after the connection that uses it.</summary>
    private sealed class Borrowed : IWsmanChannel
    {
        private readonly IWsmanChannel _channel;

        public Borrowed(IWsmanChannel channel) => _channel = channel;

        public Task<WsmanAnswer> SendAsync(byte[] envelope, CancellationToken cancellationToken) => _channel.SendAsync(envelope, cancellationToken);

        public void Dispose()
        {
        }
    }
}
