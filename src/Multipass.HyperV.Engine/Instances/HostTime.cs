using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Instances;

/// <summary>The host's own clock, by which it dates its jobs and states: it may be hours off this computer's.</summary>
internal static class HostTime
{
    private static readonly CimQuery Query = new(CimNames.Cimv2, CimNames.OperatingSystem, new[] { "LocalDateTime" });

    /// <summary>Reads it; null where the host does not tell.</summary>
    public static async Task<DateTimeOffset?> ReadAsync(HostSession session, Deadline deadline, CancellationToken cancellationToken)
        => (await session.TryQueryAsync(Query, deadline, cancellationToken).ConfigureAwait(false))?.FirstOrDefault()?.Moment("LocalDateTime");
}
