using System;
using System.Collections.Generic;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace Multipass.HyperV.Tests.Wire;

/// <summary>A computer that takes HTTP requests and answers as no service should: what it sends is up to the test.</summary>
internal sealed class RawHost : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Func<Socket, CancellationToken, Task> _answer;
    private readonly Task _accepting;
    private int _requests;

    public RawHost(Func<Socket, CancellationToken, Task> answer)
    {
        _answer = answer;
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/wsman");
        _accepting = AcceptAsync();
    }

    public Uri Address { get; }

    /// <summary>How many requests have come in full.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Sends bytes.</summary>
    public static Task SendAsync(Socket socket, string text) => socket.SendAsync(Encoding.UTF8.GetBytes(text), SocketFlags.None);

    /// <summary>An HTTP answer; its length may be a lie.</summary>
    public static string Http(string status, string body, string contentType = "application/soap+xml;charset=UTF-8", int? length = null)
        => string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status}\r\nContent-Type: {contentType}\r\nContent-Length: {length ?? Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");

    /// <summary>Ends the connection at once, with a reset.</summary>
    public static void Reset(Socket socket)
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Close();
    }

    public async ValueTask DisposeAsync()
    {
        // In this order: a listener that is disposed of between two connections says neither that it was cancelled nor that it is closed.
        await _end.CancelAsync();
        await _accepting;
        _listener.Dispose();
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
            {
                serving.Add(ServeAsync(await _listener.AcceptSocketAsync(_end.Token)));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using (socket)
        {
            try
            {
                while (await ReadRequestAsync(socket))
                {
                    Interlocked.Increment(ref _requests);
                    await _answer(socket, _end.Token);
                }
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // The test or the client has ended it.
            }
        }
    }

    private async Task<bool> ReadRequestAsync(Socket socket)
    {
        var text = new StringBuilder();
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var read = await socket.ReceiveAsync(buffer, SocketFlags.None, _end.Token);
            if (read == 0)
            {
                return false;
            }

            text.Append(Encoding.Latin1.GetString(buffer, 0, read));
            var request = text.ToString();
            var end = request.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end < 0)
            {
                continue;
            }

            const string Length = "Content-Length: ";
            var at = request.IndexOf(Length, StringComparison.OrdinalIgnoreCase);
            var length = at < 0 ? 0 : int.Parse(request[(at + Length.Length)..request.IndexOf("\r\n", at, StringComparison.Ordinal)], CultureInfo.InvariantCulture);
            if (request.Length >= end + 4 + length)
            {
                return true;
            }
        }
    }
}
