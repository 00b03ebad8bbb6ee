using System.Threading;
using System.Threading.Tasks;

namespace Multipass.HyperV.Multipass;

/// <summary>What Multipass itself believes of its instances, read from its own files and client. Exists for the local host only; never written.</summary>
internal interface IMultipassView
{
    /// <summary>The client, through which Multipass can be made to look again; null where there is none.</summary>
    IMultipassClient? Client { get; }

    /// <summary>Multipass's records as they are now. Ends in bounded time, and throws for nothing but cancellation.</summary>
    /// <param name="effort">How much is done to learn them.</param>
    /// <param name="cancellationToken">Abandons the reading.</param>
    Task<MultipassReading> ReadAsync(MultipassEffort effort, CancellationToken cancellationToken);
}

/// <summary>One instance as Multipass knows it.</summary>
/// <param name="Name">The instance's name.</param>
/// <param name="State">Multipass's own word for its state, such as <c>Running</c> or <c>Delayed Shutdown</c>.</param>
/// <param name="Disk">The path of its disk, where the source tells.</param>
/// <param name="IsDeleted">Deleted, but not yet purged.</param>
/// <param name="Backend">What runs it, if the host has no virtual machine for it.</param>
internal sealed record MultipassRecord(string Name, string State, string? Disk, bool IsDeleted, MpBackend Backend)
{
    /// <summary>The folder in Multipass's vault that its disk lies in; null where only the client was asked.</summary>
    public string? Folder { get; init; }

    /// <summary>What is odd about the record, in half a sentence; null when nothing is.</summary>
    public string? Note { get; init; }
}
