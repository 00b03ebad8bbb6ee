using System;
using System.Collections.Generic;
using System.Linq;
using Multipass.HyperV.Failures;

namespace Multipass.HyperV.Operations;

/// <summary>What a user asked for, the same for all instances of a call.</summary>
internal sealed record OperationRequest(MpOperation Operation)
{
    /// <summary>How long is waited for the host, and by <see cref="MpOperation.Shutdown"/> and <see cref="MpOperation.Reboot"/> for the guest.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>Whether a start that has not ended in time is undone.</summary>
    public bool RollbackOnTimeout { get; init; } = true;

    /// <summary>Whether an instance whose guest does not shut down in time is powered off.</summary>
    public bool Force { get; init; }

    /// <summary>Whether a saved state is thrown away to stop an instance that is Suspended.</summary>
    public bool DiscardsSavedState { get; init; }

    /// <summary>Whether an instance is started although something else may run with its disk, or has a saved state that belongs to it.</summary>
    public bool AllowsSharedDisk { get; init; }

    /// <summary>Whether the operation ends as soon as the host has accepted the request. Nothing is waited for then, neither before nor after.</summary>
    public bool NoWait { get; init; }

    /// <summary>What the guest must show after the operation; all of it.</summary>
    public IReadOnlyList<MpReadiness> WaitFor { get; init; } = Array.Empty<MpReadiness>();

    /// <summary>By <see cref="MpOperation.Wait"/>: any of these states ends it; none means that only <see cref="WaitFor"/> counts.</summary>
    public IReadOnlyList<MpInstanceState> States { get; init; } = Array.Empty<MpInstanceState>();

    /// <summary>Whether the final instance must be complete, and not only its state.</summary>
    public bool ReadsAll { get; init; }

    /// <summary>Whether a guest has to be asked, and not only the host.</summary>
    public bool WaitsForGuest => WaitFor.Any(readiness => readiness != MpReadiness.Running);
}
