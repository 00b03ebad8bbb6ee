namespace Multipass.HyperV.Cim;

/// <summary>Return values of <c>RequestStateChange</c> that decide what happens next; all of them are named in <see cref="CodeNames.ReturnValue"/>.</summary>
internal static class ReturnValue
{
    public const uint Completed = 0;
    public const uint JobStarted = 4096;
    public const uint Failed = 32768;
    public const uint AccessDenied = 32769;
    public const uint NotSupported = 32770;
    public const uint StatusUnknown = 32771;
    public const uint InvalidParameter = 32773;
    public const uint InUse = 32774;

    /// <summary>Ambiguous: the target is already reached, a change is in progress, or the request does not fit the state.</summary>
    public const uint InvalidState = 32775;
    public const uint OutOfMemory = 32778;

    /// <summary>Of the guest's shutdown service: it is not ready yet.</summary>
    public const uint GuestNotReady = 32780;

    /// <summary>Of the guest's shutdown service: the guest shuts down or restarts already.</summary>
    public const uint ShutdownInProgress = 32782;

    public static bool IsAccepted(uint value) => value is Completed or JobStarted;

    /// <summary>Zero, null and 4096 in a job's <c>ErrorCode</c> are no errors.</summary>
    public static bool IsJobError(long? errorCode) => errorCode is not (null or 0 or JobStarted);
}
