namespace Multipass.HyperV.Failures;

/// <summary>An operation in words.</summary>
internal static class OperationWords
{
    public static string Verb(MpOperation operation)
        => operation switch
        {
            MpOperation.Start => "start",
            MpOperation.Resume => "resume",
            MpOperation.Shutdown => "shut down",
            MpOperation.TurnOff => "power off",
            MpOperation.DiscardSavedState => "power off and discard the saved state",
            MpOperation.Save => "suspend",
            MpOperation.Reboot => "restart",
            MpOperation.Reset => "reset",
            MpOperation.Wait => "wait",
            MpOperation.Repair => "repair",
            _ => "read",
        };

    /// <summary>How a message about it begins; the instance's name follows.</summary>
    public static string Subject(MpOperation operation)
        => operation switch
        {
            MpOperation.Start => "Start of",
            MpOperation.Resume => "Resume of",
            MpOperation.Shutdown => "Shutdown of",
            MpOperation.TurnOff => "Power-off of",
            MpOperation.DiscardSavedState => "Power-off of",
            MpOperation.Save => "Suspension of",
            MpOperation.Reboot => "Restart of",
            MpOperation.Reset => "Reset of",
            MpOperation.Repair => "Repair of",
            MpOperation.Wait => "Wait for",
            _ => "Reading of",
        };
}
