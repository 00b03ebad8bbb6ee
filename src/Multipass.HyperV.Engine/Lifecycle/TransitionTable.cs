using System.Collections.Generic;
using System.Linq;
using Multipass.HyperV.Vocabulary;
using static Multipass.HyperV.MpInstanceState;

namespace Multipass.HyperV.Lifecycle;

/// <summary>What is to be done about an instance in a given state.</summary>
internal enum TransitionStep
{
    /// <summary>Not possible from here: one error, no request.</summary>
    Refuse,

    /// <summary>Submit the request.</summary>
    Submit,

    /// <summary>The target is reached already.</summary>
    Done,

    /// <summary>A change is in progress: wait until it has settled, then decide again.</summary>
    Wait,
}

/// <summary>One row: an operation, its request, where it leads, and through what.</summary>
/// <param name="Operation">The operation.</param>
/// <param name="RequestedState">The value for <c>RequestStateChange</c>.</param>
/// <param name="Target">The state that success means.</param>
/// <param name="From">States in which the request is submitted, each with the transitional state that the host then shows.</param>
/// <param name="WaitIn">Transitional states that are waited for.</param>
internal sealed record Transition(
    MpOperation Operation,
    ushort RequestedState,
    MpInstanceState Target,
    IReadOnlyList<(MpInstanceState From, MpInstanceState Through)> From,
    IReadOnlyList<MpInstanceState> WaitIn);

/// <summary>The one table of operations and states. The state diagram in the documentation is made from it.</summary>
/// <remarks>Allowed states as in Hyper-V's own cmdlets, but for power-off, which here is tried from transitional states too: that is where people need it.</remarks>
internal static class TransitionTable
{
    public static readonly IReadOnlyList<Transition> Rows = new[]
    {
        new Transition(
            MpOperation.Start,
            EnabledState.Enabled,
            Running,
            new[] { (Stopped, Starting), (Suspended, Starting), (Paused, Starting) },
            new[] { Starting, Restarting, Stopping, Suspending }),
        new Transition(
            MpOperation.Shutdown,
            EnabledState.ShuttingDown,
            Stopped,
            new[] { (Running, Stopping) },
            new[] { Starting, Restarting, Stopping, Suspending }),
        new Transition(
            MpOperation.TurnOff,
            EnabledState.Disabled,
            Stopped,
            new[] { (Running, Stopping), (Paused, Stopping), (Starting, Stopping), (Restarting, Stopping), (Stopping, Stopping), (Suspending, Stopping), (Unknown, Stopping) },
            System.Array.Empty<MpInstanceState>()),
        new Transition(
            MpOperation.DiscardSavedState,
            EnabledState.Disabled,
            Stopped,
            new[] { (Suspended, Stopping) },
            System.Array.Empty<MpInstanceState>()),
    };

    private static readonly IReadOnlyList<(MpOperation Operation, MpInstanceState State, string Hint)> Hints = new[]
    {
        (MpOperation.Shutdown, Suspended, "Its memory is saved on disk. Start it and stop it then, or throw the saved state away with `Stop-MpInstance {0} -DiscardSavedState`."),
        (MpOperation.TurnOff, Suspended, "It holds no memory and no processor. To throw its saved state away as well, use `Stop-MpInstance {0} -DiscardSavedState`."),
        (MpOperation.Shutdown, Paused, "A paused guest cannot shut down. Continue it with `Start-MpInstance {0}` and stop it then, or power it off with `Stop-MpInstance {0} -TurnOff`."),
        (MpOperation.Shutdown, Unknown, "Power it off with `Stop-MpInstance {0} -TurnOff` if nothing else helps."),
        (MpOperation.Start, Unknown, "Look at its HostState with `Get-MpInstance {0} | Format-List`; if it does not settle, power it off with `Stop-MpInstance {0} -TurnOff` and start it again."),
    };

    public static Transition Of(MpOperation operation) => Rows.First(row => row.Operation == operation);

    public static TransitionStep Decide(Transition transition, MpInstanceState state)
        => state == transition.Target ? TransitionStep.Done
            : transition.From.Any(from => from.From == state) ? TransitionStep.Submit
            : transition.WaitIn.Contains(state) ? TransitionStep.Wait
            : TransitionStep.Refuse;

    /// <summary>True for a state that ends by itself, or should.</summary>
    public static bool IsTransitional(MpInstanceState state) => state is Starting or Restarting or Stopping or Suspending;

    /// <summary>What to do when an operation is refused in a state; the name goes into <c>{0}</c>. Null when there is nothing special to say.</summary>
    public static string? RefusalHint(MpOperation operation, MpInstanceState state)
        => Hints.Where(row => row.Operation == operation && row.State == state).Select(row => row.Hint).FirstOrDefault();
}
