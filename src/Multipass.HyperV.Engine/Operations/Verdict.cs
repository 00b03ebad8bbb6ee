namespace Multipass.HyperV.Operations;

/// <summary>How a step of an operation ended: with the operation's outcome, or with the state from which to decide again.</summary>
internal readonly record struct Verdict(OperationOutcome? Outcome, MpInstanceState State)
{
    public static Verdict Ended(OperationOutcome outcome) => new(outcome, default);

    public static Verdict DecideAgain(MpInstanceState state) => new(null, state);
}
