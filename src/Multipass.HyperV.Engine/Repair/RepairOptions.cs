using System;

namespace Multipass.HyperV.Repair;

/// <summary>What a user allows a repair, the same for all instances of a call.</summary>
internal sealed record RepairOptions
{
    /// <summary>How long each step is waited for; most have a shorter limit of their own.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>Whether Multipass's service may be restarted.</summary>
    public bool RestartsService { get; init; }

    /// <summary>Whether a saved state may be thrown away.</summary>
    public bool DiscardsSavedState { get; init; }
}
