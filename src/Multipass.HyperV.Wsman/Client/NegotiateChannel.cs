using System;
using System.Collections.Concurrent;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;

namespace Multipass.HyperV.Wsman.Client;

/// <summary>Kerberos or NTLM. The proof belongs to a TCP connection, so that each connection carries one exchange at a time; there are as many as calls in flight.</summary>
internal sealed class NegotiateChannel : IWsmanChannel
{
    private readonly CimEndpoint _endpoint;
    private readonly Uri _address;
    private readonly ConcurrentStack<NegotiateLane> _idle = new();
    private volatile bool _isDisposed;

    public NegotiateChannel(CimEndpoint endpoint, Uri address)
    {
        _endpoint = endpoint;
        _address = address;
    }

    public async Task<WsmanAnswer> SendAsync(byte[] envelope, CancellationToken cancellationToken)
    {
        var lane = _idle.TryPop(out var idle) ? idle : new NegotiateLane(_endpoint, _address);
        var isWhole = false;
        try
        {
            var answer = await lane.SendAsync(envelope, cancellationToken).ConfigureAwait(false);
            isWhole = true;
            return answer;
        }
        finally
        {
            // After whatever went wrong nobody knows what the connection and its keys are good for.
            if (isWhole && !_isDisposed)
            {
                _idle.Push(lane);
            }
            else
            {
                lane.Dispose();
            }
        }
    }

    public void Dispose()
    {
        _isDisposed = true;
        while (_idle.TryPop(out var lane))
        {
            lane.Dispose();
        }
    }
}
