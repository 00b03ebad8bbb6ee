using System.Collections.Generic;

namespace Multipass.HyperV.Failures;

/// <summary><c>Msvm_ConcreteJob.JobType</c>: what a job that somebody else has asked for is about.</summary>
internal static class JobTypes
{
    /// <summary>What the job was about, in words; 10 is seen beside 12 for starts, and 21 beside the documented 27 for a resume (Msvm_ConcreteJob class page; clients of real hosts).</summary>
    public static readonly IReadOnlyDictionary<ushort, MpOperation> Operations = new Dictionary<ushort, MpOperation>
    {
        [10] = MpOperation.Start,
        [11] = MpOperation.Start,
        [12] = MpOperation.Start,
        [13] = MpOperation.TurnOff,
        [14] = MpOperation.Save,
        [15] = MpOperation.Start,
        [16] = MpOperation.Shutdown,
        [21] = MpOperation.Resume,
        [27] = MpOperation.Resume,
        [28] = MpOperation.Reset,
        [29] = MpOperation.Reboot,
    };

    /// <summary>Where a job leads; null where its type does not tell.</summary>
    public static MpInstanceState? TargetOf(ushort? jobType)
        => !Operations.TryGetValue(jobType ?? 0, out var operation) ? null : operation switch
        {
            MpOperation.Start or MpOperation.Resume or MpOperation.Reset or MpOperation.Reboot => MpInstanceState.Running,
            MpOperation.TurnOff or MpOperation.Shutdown => MpInstanceState.Stopped,
            MpOperation.Save => MpInstanceState.Suspended,
            _ => null,
        };
}
