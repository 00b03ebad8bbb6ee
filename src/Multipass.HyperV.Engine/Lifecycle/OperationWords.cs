namespace Multipass.HyperV.Lifecycle;

/// <summary>An operation in words.</summary>
internal static class OperationWords
{
    public static string Verb(MpOperation operation)
        => operation switch
        {
            MpOperation.Start => "start",
            MpOperation.Shutdown => "shut down",
            MpOperation.TurnOff => "power off",
            MpOperation.DiscardSavedState => "power off and discard the saved state",
            MpOperation.Repair => "repair",
            _ => "read",
        };

    public static string Noun(MpOperation operation)
        => operation switch
        {
            MpOperation.Start => "Start",
            MpOperation.Shutdown => "Shutdown",
            MpOperation.TurnOff => "Power-off",
            MpOperation.DiscardSavedState => "Power-off",
            MpOperation.Repair => "Repair",
            _ => "Reading",
        };
}
