using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace Multipass.HyperV.Hosts;

/// <summary>The event log of a host, as far as it can be read: for evidence that CIM does not show.</summary>
internal interface IHostEvents
{
    /// <summary>The events of Hyper-V's own channels that speak of a virtual machine. Best effort: an implementation that cannot read gives none, or fails.</summary>
    /// <param name="machine">The virtual machine.</param>
    /// <param name="instanceName">Its name.</param>
    /// <param name="from">The beginning of the time window.</param>
    /// <param name="to">Its end.</param>
    /// <param name="cancellationToken">Abandons the reading.</param>
    Task<IReadOnlyList<HostEvent>> ReadAsync(Guid machine, string instanceName, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken);
}
