using System;

namespace Multipass.HyperV.Torture.Worlds.Plan;

/// <summary>The states as users call them, and what Hyper-V's numbers mean. Written anew, so that a fault in the engine's own table cannot hide.</summary>
internal enum MachineState
{
    Unknown,
    Stopped,
    Starting,
    Running,
    Restarting,
    Stopping,
    Suspending,
    Suspended,
    Paused,
}

internal static class MachineStates
{
    public static MachineState Of(int? enabledState, string? token)
        => enabledState switch
        {
            2 => MachineState.Running,
            3 => MachineState.Stopped,
            4 => MachineState.Stopping,
            6 => MachineState.Suspended,
            9 => MachineState.Paused,
            10 => MachineState.Starting,
            11 => MachineState.Restarting,
            1 when Is(token, "Saving") || Is(token, "Quiescing") || Is(token, "FastSaving") => MachineState.Suspending,
            1 when Is(token, "Resuming") => MachineState.Starting,
            1 when Is(token, "FastSaved") || Is(token, "Hibernated") => MachineState.Suspended,
            _ => MachineState.Unknown,
        };

    public static MachineState Parse(string word) => Enum.TryParse<MachineState>(word, out var state) ? state : MachineState.Unknown;

    /// <summary>A state that ends by itself, or should.</summary>
    public static bool IsPassing(MachineState state) => state is MachineState.Starting or MachineState.Restarting or MachineState.Stopping or MachineState.Suspending;

    private static bool Is(string? token, string word) => string.Equals(token, word, StringComparison.OrdinalIgnoreCase);
}
