using System;
using System.Collections.Generic;
using Multipass.HyperV.Cim;

namespace Multipass.HyperV.Instances;

/// <summary>The one mapping from what Hyper-V says to the word that users read.</summary>
/// <remarks>
/// Hyper-V's v2 provider reports stable states as plain numbers and most transitional ones as 1 with a token in <c>OtherEnabledState</c>;
/// the v1 numbers that its class page still shows (32768 and up) never come from it. Tokens are not localised. What is not listed is Unknown.
/// </remarks>
internal static class StateTable
{
    /// <summary><c>EnabledState</c> with its name and the word for it.</summary>
    public static readonly IReadOnlyList<(ushort EnabledState, string Name, MpInstanceState State)> ByNumber = new[]
    {
        (EnabledState.Unknown, "Unknown", MpInstanceState.Unknown),
        (EnabledState.Other, "Other", MpInstanceState.Unknown),
        (EnabledState.Enabled, "Enabled", MpInstanceState.Running),
        (EnabledState.Disabled, "Disabled", MpInstanceState.Stopped),
        (EnabledState.ShuttingDown, "Shutting Down", MpInstanceState.Stopping),
        (EnabledState.NotApplicable, "Not Applicable", MpInstanceState.Unknown),
        (EnabledState.EnabledButOffline, "Enabled but Offline", MpInstanceState.Suspended),
        (EnabledState.InTest, "In Test", MpInstanceState.Unknown),
        (EnabledState.Deferred, "Deferred", MpInstanceState.Unknown),
        (EnabledState.Quiesce, "Quiesce", MpInstanceState.Paused),
        (EnabledState.Starting, "Starting", MpInstanceState.Starting),
        (EnabledState.Reset, "Reset", MpInstanceState.Restarting),
    };

    /// <summary><c>OtherEnabledState</c>, valid with <c>EnabledState</c> 1.</summary>
    public static readonly IReadOnlyList<(string Token, MpInstanceState State)> ByToken = new[]
    {
        ("Saving", MpInstanceState.Suspending),
        ("Quiescing", MpInstanceState.Suspending),
        ("Resuming", MpInstanceState.Starting),
        ("FastSaving", MpInstanceState.Suspending),
        ("FastSaved", MpInstanceState.Suspended),
        ("Hibernated", MpInstanceState.Suspended),
    };

    /// <summary>The states that end by themselves, or should.</summary>
    public static readonly IReadOnlyList<MpInstanceState> Transitional = new[] { MpInstanceState.Starting, MpInstanceState.Restarting, MpInstanceState.Stopping, MpInstanceState.Suspending };

    /// <summary>True for a state that ends by itself, or should.</summary>
    public static bool IsTransitional(MpInstanceState state)
        => state is MpInstanceState.Starting or MpInstanceState.Restarting or MpInstanceState.Stopping or MpInstanceState.Suspending;

    /// <summary>The word for a pair as read; Unknown when either part is missing or not listed.</summary>
    public static MpInstanceState Map(ushort? enabledState, string? otherEnabledState)
    {
        if (enabledState == EnabledState.Other)
        {
            foreach (var (token, state) in ByToken)
            {
                if (string.Equals(token, otherEnabledState, StringComparison.OrdinalIgnoreCase))
                {
                    return state;
                }
            }

            return MpInstanceState.Unknown;
        }

        foreach (var (number, _, state) in ByNumber)
        {
            if (number == enabledState)
            {
                return state;
            }
        }

        return MpInstanceState.Unknown;
    }

    /// <summary>Hyper-V's name of a number, or null when it has none.</summary>
    public static string? NameOf(ushort enabledState)
    {
        foreach (var (number, name, _) in ByNumber)
        {
            if (number == enabledState)
            {
                return name;
            }
        }

        return null;
    }
}
