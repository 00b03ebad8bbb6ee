using System;
using System.Collections.Generic;
using System.Linq;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Cim;
using static Multipass.HyperV.MpInstanceState;

namespace Multipass.HyperV.Operations;

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
/// <param name="RequestedState">The value for <c>RequestStateChange</c>; null for what is asked of the guest's own service.</param>
/// <param name="Target">The state that success means.</param>
/// <param name="From">States in which the request is submitted, each with the transitional state that the host then shows.</param>
/// <param name="WaitIn">Transitional states that are waited for.</param>
/// <param name="TimedOut">The cause when the host has not ended in time.</param>
internal sealed record Transition(
    MpOperation Operation,
    ushort? RequestedState,
    MpInstanceState Target,
    IReadOnlyList<(MpInstanceState From, MpInstanceState Through)> From,
    IReadOnlyList<MpInstanceState> WaitIn,
    FailureCause TimedOut)
{
    /// <summary>It begins and ends in the same state: it is reached when the uptime has fallen, and never reached already.</summary>
    public bool IsRestart { get; init; }

    /// <summary>Nothing happens without the guest's shutdown service.</summary>
    public bool AsksGuest { get; init; }

    /// <summary>Power or data is taken by it: it goes through the guard.</summary>
    public bool TakesPower { get; init; }
}

/// <summary>The one table of operations and states. The state diagram and the table of steps in the documentation are made from it.</summary>
/// <remarks>Allowed states as in Hyper-V's own cmdlets, but for power-off, which here is tried from transitional states too: that is where people need it. A save that is under way is waited for: what it saves is a user's work.</remarks>
internal static class TransitionTable
{
    public static readonly IReadOnlyList<Transition> Rows = new[]
    {
        new Transition(
            MpOperation.Start,
            EnabledState.Enabled,
            Running,
            new[] { (Stopped, Starting), (Suspended, Starting), (Paused, Starting) },
            StateTable.Transitional,
            FailureCatalogue.StartTimedOut),
        new Transition(
            MpOperation.Resume,
            EnabledState.Enabled,
            Running,
            new[] { (Suspended, Starting), (Paused, Starting) },
            StateTable.Transitional,
            FailureCatalogue.ResumeTimedOut),
        new Transition(
            MpOperation.Shutdown,
            EnabledState.ShuttingDown,
            Stopped,
            new[] { (Running, Stopping) },
            StateTable.Transitional,
            FailureCatalogue.StopTimedOut) { AsksGuest = true },
        new Transition(
            MpOperation.TurnOff,
            EnabledState.Disabled,
            Stopped,
            new[] { (Running, Stopping), (Paused, Stopping), (Starting, Stopping), (Restarting, Stopping), (Stopping, Stopping), (Unknown, Stopping) },
            new[] { Suspending },
            FailureCatalogue.StopTimedOut) { TakesPower = true },
        new Transition(
            MpOperation.DiscardSavedState,
            EnabledState.Disabled,
            Stopped,
            new[] { (Suspended, Stopping) },
            Array.Empty<MpInstanceState>(),
            FailureCatalogue.StopTimedOut) { TakesPower = true },
        new Transition(
            MpOperation.Save,
            EnabledState.EnabledButOffline,
            Suspended,
            new[] { (Running, Suspending), (Paused, Suspending) },
            StateTable.Transitional,
            FailureCatalogue.SaveTimedOut),
        new Transition(
            MpOperation.Reboot,
            null,
            Running,
            new[] { (Running, Running) },
            StateTable.Transitional,
            FailureCatalogue.RestartTimedOut) { IsRestart = true, AsksGuest = true },
        new Transition(
            MpOperation.Reset,
            EnabledState.Reset,
            Running,
            new[] { (Running, Restarting) },
            StateTable.Transitional,
            FailureCatalogue.RestartTimedOut) { IsRestart = true, TakesPower = true },
    };

    public static Transition Of(MpOperation operation) => Rows.First(row => row.Operation == operation);

    public static TransitionStep Decide(Transition transition, MpInstanceState state)
        => state == transition.Target && !transition.IsRestart ? TransitionStep.Done
            : transition.From.Any(from => from.From == state) ? TransitionStep.Submit
            : transition.WaitIn.Contains(state) ? TransitionStep.Wait
            : TransitionStep.Refuse;

    /// <summary>True for a transitional state that leads to another one, if all goes well.</summary>
    public static bool LeadsTo(MpInstanceState transitional, MpInstanceState target)
        => Rows.Any(row => row.Target == target && row.From.Any(from => from.Through == transitional && from.Through != target));
}
