using System.Linq;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Instances;

namespace Multipass.HyperV.Operations;

/// <summary>What is refused whatever the state: for reasons that lie in Multipass, and not in Hyper-V.</summary>
internal static class Refusals
{
    /// <summary>Why an operation is refused; null where it is not.</summary>
    /// <param name="facts">The instance, as it was read with what Multipass believes.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="allowsSharedDisk">Whether it may run although something else may have its disk.</param>
    public static (FailureCause Cause, string? Detail)? Of(InstanceFacts facts, MpOperation operation, bool allowsSharedDisk = false)
    {
        if (facts.Backend != MpBackend.HyperV)
        {
            return (FailureCatalogue.UnsupportedBackend, facts.Backend == MpBackend.VirtualBox ? "it is run by VirtualBox, the driver that Multipass uses, and not by Hyper-V." : null);
        }

        if (operation is MpOperation.Start or MpOperation.Resume)
        {
            if (facts.Record is { IsDeleted: true })
            {
                return (FailureCatalogue.InstanceDeleted, null);
            }

            if (!allowsSharedDisk && facts.Id != System.Guid.Empty && SharedDiskOf(facts) is { } shared)
            {
                return (FailureCatalogue.UnsupportedBackend, shared);
            }
        }

        // A record of Multipass's without a virtual machine.
        return facts.Id == System.Guid.Empty ? (FailureCatalogue.InstanceNotFound, facts.DriftReason.Length > 0 ? facts.DriftReason : null) : null;
    }

    /// <summary>
    /// Who else may run with the instance's disk, or has a saved state that belongs to it; null for nobody. A virtual machine that runs keeps the disk to itself, and Hyper-V says so when
    /// another is started; one that is suspended does not, and its memory no longer fits a disk that was written to meanwhile.
    /// </summary>
    public static string? SharedDiskOf(InstanceFacts facts)
        => facts.RunsElsewhere is { } elsewhere ? $"{elsewhere}: a start beside it would destroy what is on the disk."
            : facts.DiskMates.FirstOrDefault(mate => mate.State is MpInstanceState.Suspended or MpInstanceState.Suspending or MpInstanceState.Unknown or null) is { } mate
                ? $"{mate.Describe()} has the same disk and is {mate.State?.ToString() ?? "in a state that could not be read"}: a start of this one would destroy what its saved memory belongs to."
                : null;
}
