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
