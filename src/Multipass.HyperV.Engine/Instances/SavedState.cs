using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Instances;

/// <summary>The saved state of a virtual machine, which one that is being restored still has.</summary>
internal static class SavedState
{
    /// <summary>Whether the configuration refers to a saved state; null when that cannot be read.</summary>
    public static async Task<bool?> ExistsAsync(HostSession session, Guid id, Deadline deadline, CancellationToken cancellationToken)
    {
        var query = new CimQuery(
            CimNames.Virtualization,
            CimNames.VirtualSystemSettingData,
            new[] { "InstanceID", "VirtualSystemType", "IsSaved" },
            CimCondition.StartsWith("InstanceID", CimNames.InstanceIdPrefix(id)));
        return (await session.TryQueryAsync(query, deadline, cancellationToken).ConfigureAwait(false))?
            .Where(record => string.Equals(record.Text("VirtualSystemType"), CimNames.RealizedSystem, StringComparison.OrdinalIgnoreCase))
            .Select(record => record.Flag("IsSaved"))
            .FirstOrDefault();
    }
}
