using Multipass.HyperV.Failures;
using Multipass.HyperV.Instances;

namespace Multipass.HyperV.Operations;

/// <summary>What is refused whatever the state: for reasons that lie in Multipass, and not in Hyper-V.</summary>
internal static class Refusals
{
    public static (FailureCause Cause, string? Detail)? Of(InstanceFacts facts, MpOperation operation)
    {
        if (facts.Backend == MpBackend.Hcs)
        {
            return (FailureCatalogue.UnsupportedBackend, null);
        }

        if (facts.Record is { IsDeleted: true } && operation is MpOperation.Start or MpOperation.Resume)
        {
            return (FailureCatalogue.InstanceDeleted, null);
        }

        // A record of Multipass's without a virtual machine.
        return facts.Id == System.Guid.Empty ? (FailureCatalogue.InstanceNotFound, facts.DriftReason.Length > 0 ? facts.DriftReason : null) : null;
    }
}
