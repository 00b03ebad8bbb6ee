using System.Collections.Generic;
using System.Threading.Tasks;
using Multipass.HyperV.Failures;

namespace Multipass.HyperV.Repair;

/// <summary>What a repair tells while it goes on, and asks. Called from whatever thread the engine runs on; an implementation must not block.</summary>
internal interface IRepairSink
{
    /// <summary>A detail for the curious.</summary>
    void Verbose(string text);

    /// <summary>How far an instance is. The percentage is the host's own; null when it tells none.</summary>
    void Progress(MpInstance instance, string status, int? percent);

    /// <summary>Whether a step may be taken that cannot be undone.</summary>
    Task<bool> ConfirmAsync(MpInstance instance, RepairStep step);

    /// <summary>An instance has ended; nothing more is told of it.</summary>
    void Ended(RepairOutcome outcome);
}

/// <summary>How the repair of one instance ended.</summary>
/// <param name="Report">What was found, what was done, what is true now.</param>
/// <param name="Failure">Why it failed; null for success.</param>
internal sealed record RepairOutcome(MpRepair Report, MpOperationFailure? Failure);
