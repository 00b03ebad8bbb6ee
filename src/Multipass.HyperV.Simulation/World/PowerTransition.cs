using System.Collections.Generic;
using System.Linq;
using Multipass.HyperV.Simulation.Faults;
using Multipass.HyperV.Cim;

namespace Multipass.HyperV.Simulation.World;

/// <summary>The states that a virtual machine can rest in.</summary>
internal enum PowerState
{
    Off,
    Running,
    Saved,
    Paused,
}

/// <summary>One row of <see cref="PowerTransitions"/>.</summary>
/// <param name="Name">What is done; the key of the job's texts.</param>
/// <param name="From">The state it begins in.</param>
/// <param name="Request">The value of <c>RequestedState</c>.</param>
/// <param name="To">The state it leads to.</param>
/// <param name="JobType"><c>Msvm_ConcreteJob.JobType</c>, with the numbers that hosts really show for pause and resume.</param>
/// <param name="ShownState"><c>EnabledState</c> while it is under way.</param>
/// <param name="ShownToken"><c>OtherEnabledState</c> while it is under way.</param>
/// <param name="Operation">The faults that strike it; null when none can.</param>
internal sealed record PowerTransition(
    string Name, PowerState From, ushort Request, PowerState To, ushort JobType, ushort ShownState, string? ShownToken, FaultOperation? Operation)
{
    /// <summary>True for a start from off or from saved state, which is what takes the host's memory.</summary>
    public bool TakesMemory => To == PowerState.Running && From is PowerState.Off or PowerState.Saved;

    /// <summary>How long it was recorded to take: the median, or the middle of the few (OpenStack Nova's recorded sessions, hardware of 2012).</summary>
    public int RecordedMilliseconds { get; init; }

    /// <summary>True for jobs that can be undone half-way.</summary>
    public bool IsCancellable { get; init; }
}

/// <summary>Every change of state that a request can bring about; what is not listed is refused.</summary>
internal static class PowerTransitions
{
    /// <summary>What an operation brings about; null for readings, and for what is no change of the host's own.</summary>
    public static PowerTransition? Of(FaultOperation operation)
        => operation switch
        {
            FaultOperation.Start => Start,
            FaultOperation.Shutdown => Shutdown,
            FaultOperation.TurnOff => TurnOff,
            FaultOperation.Save => Save,
            FaultOperation.Resume => Resume,
            FaultOperation.Restart => Reset,
            _ => null,
        };

    public static readonly PowerTransition Start = new("Start", PowerState.Off, EnabledState.Enabled, PowerState.Running, 12, EnabledState.Starting, null, FaultOperation.Start)
    {
        IsCancellable = true,
        RecordedMilliseconds = 2060,
    };

    public static readonly PowerTransition Restore = Start with { From = PowerState.Saved, JobType = 15, RecordedMilliseconds = 3142 };

    public static readonly PowerTransition Resume =
        new("Resume", PowerState.Paused, EnabledState.Enabled, PowerState.Running, 21, EnabledState.Other, "Resuming", FaultOperation.Resume) { RecordedMilliseconds = 83 };

    public static readonly PowerTransition TurnOff =
        new("TurnOff", PowerState.Running, EnabledState.Disabled, PowerState.Off, 13, EnabledState.ShuttingDown, null, FaultOperation.TurnOff) { RecordedMilliseconds = 366 };

    public static readonly PowerTransition TurnOffPaused = TurnOff with { From = PowerState.Paused };

    /// <summary>Nothing is running: the saved state is thrown away, and until then the virtual machine is shown as saved.</summary>
    public static readonly PowerTransition Discard = TurnOff with { From = PowerState.Saved, ShownState = EnabledState.EnabledButOffline };

    public static readonly PowerTransition Shutdown =
        new("Shutdown", PowerState.Running, EnabledState.ShuttingDown, PowerState.Off, 16, EnabledState.ShuttingDown, null, FaultOperation.Shutdown) { IsCancellable = true, RecordedMilliseconds = 366 };

    public static readonly PowerTransition Save =
        new("Save", PowerState.Running, EnabledState.EnabledButOffline, PowerState.Saved, 14, EnabledState.Other, "Saving", FaultOperation.Save) { IsCancellable = true, RecordedMilliseconds = 1542 };

    public static readonly PowerTransition SavePaused = Save with { From = PowerState.Paused };

    public static readonly PowerTransition Pause = new("Pause", PowerState.Running, EnabledState.Quiesce, PowerState.Paused, 20, EnabledState.Other, "Quiescing", null) { RecordedMilliseconds = 100 };

    public static readonly PowerTransition Reset = new("Restart", PowerState.Running, EnabledState.Reset, PowerState.Running, 28, EnabledState.Reset, null, FaultOperation.Restart) { RecordedMilliseconds = 1166 };

    public static readonly IReadOnlyList<PowerTransition> Rows = new[] { Start, Restore, Resume, TurnOff, TurnOffPaused, Discard, Shutdown, Save, SavePaused, Pause, Reset };

    /// <summary>Values that hosts know but that lead nowhere here: reboot, the numbers of the first version of the provider, and those of newer clients (class page).</summary>
    private static readonly HashSet<ushort> Unsupported = new() { 10, 32768, 32769, 32770, 32771, 32773, 32774, 32776, 32777, 32779, 32780, 32781, 32782 };

    public static PowerTransition? Find(PowerState from, ushort request) => Rows.FirstOrDefault(row => row.From == from && row.Request == request);

    /// <summary>True for a value that a host understands.</summary>
    public static bool IsKnown(ushort request) => Rows.Any(row => row.Request == request) || Unsupported.Contains(request);

    /// <summary><c>EnabledState</c> of a virtual machine at rest.</summary>
    public static ushort ShownAtRest(PowerState power)
        => power switch
        {
            PowerState.Running => EnabledState.Enabled,
            PowerState.Saved => EnabledState.EnabledButOffline,
            PowerState.Paused => EnabledState.Quiesce,
            _ => EnabledState.Disabled,
        };
}
