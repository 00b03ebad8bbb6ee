using System.Collections.Generic;
using System.Linq;
using static Multipass.HyperV.MpInstanceState;

namespace Multipass.HyperV.Failures;

/// <summary>What to do about an operation that is not possible in a state.</summary>
internal static class RefusalHints
{
    private static readonly IReadOnlyList<(MpOperation[] Operations, MpInstanceState State, string Hint)> Rows = new[]
    {
        (new[] { MpOperation.Shutdown }, Suspended, "Its memory is saved on disk. Start it and stop it then, or throw the saved state away with `Stop-MpInstance {0} -DiscardSavedState`."),
        (new[] { MpOperation.TurnOff }, Suspended, "It holds no memory and no processor. To throw its saved state away as well, use `Stop-MpInstance {0} -DiscardSavedState`."),
        (new[] { MpOperation.Shutdown }, Paused, "A paused guest cannot shut down. Continue it with `Start-MpInstance {0}` and stop it then, or power it off with `Stop-MpInstance {0} -TurnOff`."),
        (new[] { MpOperation.Shutdown }, Unknown, "Power it off with `Stop-MpInstance {0} -TurnOff` if nothing else helps."),
        (new[] { MpOperation.Resume }, Stopped, "There is nothing to continue: it is off. Start it with `Start-MpInstance {0}`."),
        (new[] { MpOperation.Save }, Stopped, "There is nothing to save: it is off. Start it with `Start-MpInstance {0}`."),
        (new[] { MpOperation.Reboot, MpOperation.Reset }, Stopped, "It is off. Start it with `Start-MpInstance {0}`."),
        (new[] { MpOperation.Reboot, MpOperation.Reset }, Suspended, "Its memory is saved on disk. Continue it with `Resume-MpInstance {0}` and restart it then."),
        (new[] { MpOperation.Reboot, MpOperation.Reset }, Paused, "It is paused. Continue it with `Resume-MpInstance {0}` and restart it then."),
        (
            new[] { MpOperation.Start, MpOperation.Resume, MpOperation.Save, MpOperation.Reboot, MpOperation.Reset },
            Unknown,
            "Look at its HostState with `Get-MpInstance {0} | Format-List`; if it does not settle, power it off with `Stop-MpInstance {0} -TurnOff` and start it again."),
    };

    /// <summary>What to do when an operation is refused in a state; the name goes into <c>{0}</c>. Null when there is nothing special to say.</summary>
    public static string? Of(MpOperation operation, MpInstanceState state)
        => Rows.Where(row => row.Operations.Contains(operation) && row.State == state).Select(row => row.Hint).FirstOrDefault();
}
