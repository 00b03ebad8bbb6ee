using System;

namespace Multipass.HyperV.Lifecycle;

/// <summary>What a user asked for, the same for all instances of a call.</summary>
internal sealed record OperationRequest(MpOperation Operation)
{
    /// <summary>How long is waited for the host, and by <see cref="MpOperation.Shutdown"/> for the guest.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>Whether a start that has not ended in time is undone.</summary>
    public bool RollbackOnTimeout { get; init; } = true;

    /// <summary>Whether an instance whose guest does not shut down in time is powered off.</summary>
    public bool Force { get; init; }

    /// <summary>Whether a saved state is thrown away to stop an instance that is Suspended.</summary>
    public bool DiscardsSavedState { get; init; }

    /// <summary>Whether the final instance must be complete, and not only its state.</summary>
    public bool ReadsAll { get; init; }
}
