using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace Multipass.HyperV.Instances;

/// <summary>What Multipass itself believes of its instances, read from its own files or client. Exists for the local host only; never written.</summary>
internal interface IMultipassView
{
    /// <summary>Which source speaks, in one or two words.</summary>
    string Source { get; }

    /// <summary>Multipass's records as they are now.</summary>
    Task<IReadOnlyList<MultipassRecord>> ReadAsync(CancellationToken cancellationToken);
}

/// <summary>One instance as Multipass knows it.</summary>
/// <param name="Name">The instance's name.</param>
/// <param name="State">Multipass's own word for its state, such as <c>Running</c> or <c>Delayed Shutdown</c>.</param>
/// <param name="Disk">The path of its disk, where the source tells.</param>
/// <param name="IsDeleted">Deleted, but not yet purged.</param>
/// <param name="Backend">What runs it.</param>
internal sealed record MultipassRecord(string Name, string State, string? Disk, bool IsDeleted, MpBackend Backend);
