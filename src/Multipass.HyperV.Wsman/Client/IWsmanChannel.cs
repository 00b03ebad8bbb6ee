using System;
using System.Threading;
using System.Threading.Tasks;

namespace Multipass.HyperV.Wsman.Client;

/// <summary>Carries envelopes to a service and back, and proves who sends them. May be used from several threads at once.</summary>
internal interface IWsmanChannel : IDisposable
{
    /// <summary>Sends an envelope and waits for what comes back.</summary>
    /// <exception cref="Cim.CimFaultException">The service cannot be reached, does not let the caller in, or breaks off.</exception>
    Task<WsmanAnswer> SendAsync(byte[] envelope, CancellationToken cancellationToken);
}
