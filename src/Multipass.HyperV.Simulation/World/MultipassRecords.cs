using System.Collections.Generic;
using System.Linq;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Simulation.Scenarios;
using Multipass.HyperV.Vocabulary;

namespace Multipass.HyperV.Simulation.World;

/// <summary>Multipass's records. A state that the scenario gives stays as it is, whatever the host does: that is how records go wrong. Without one the record follows the host.</summary>
internal static class MultipassRecords
{
    public static IReadOnlyList<MultipassRecord> Of(HostWorld world)
        => world.Records.Where(IsKnownToMultipass).Select(instance => Record(world, instance)).ToArray();

    private static bool IsKnownToMultipass(ScenarioInstance instance) => instance.Managed || instance.MultipassState is not null;

    private static MultipassRecord Record(HostWorld world, ScenarioInstance instance)
    {
        var machine = instance.Backend == MpBackend.HyperV ? world.FindMachine(instance.Id) : null;
        var state = machine is null ? instance.State : StateTable.Map(machine.EnabledState, machine.OtherEnabledState);
        return new MultipassRecord(
            instance.Name,
            instance.MultipassState ?? (instance.Deleted ? "Deleted" : WordFor(state)),
            machine?.Disks[0].Path,
            instance.Deleted,
            instance.Backend);
    }

    /// <summary>Multipass has no word for a pause, and goes on saying Running while an instance stops.</summary>
    private static string WordFor(MpInstanceState state)
        => state switch
        {
            MpInstanceState.Paused => "Unknown",
            MpInstanceState.Stopping => "Running",
            _ => state.ToString(),
        };
}
