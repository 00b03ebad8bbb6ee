using Multipass.HyperV.Failures;

namespace Multipass.HyperV.Operations;

/// <summary>How an operation on one instance ended.</summary>
/// <param name="Before">The instance as it was.</param>
/// <param name="After">The instance as last read.</param>
/// <param name="Failure">Why it failed; null for success.</param>
internal sealed record OperationOutcome(MpInstance Before, MpInstance After, MpOperationFailure? Failure)
{
    /// <summary>False when there was no such instance, and so there is nothing to show.</summary>
    public bool IsFound { get; init; } = true;
}
