namespace Multipass.HyperV.Cim;

/// <summary><c>Msvm_ConcreteJob.JobState</c>, and what it means for whoever waits. Only the listed end states end a job: 5, 6 and 11 do not.</summary>
internal static class JobState
{
    public const ushort New = 2;
    public const ushort Starting = 3;
    public const ushort Running = 4;
    public const ushort Suspended = 5;
    public const ushort ShuttingDown = 6;
    public const ushort Completed = 7;
    public const ushort Terminated = 8;
    public const ushort Killed = 9;
    public const ushort Exception = 10;
    public const ushort CompletedWithWarnings = 32768;

    /// <summary>Value of <c>Msvm_ConcreteJob.RequestStateChange</c> that asks a job to end cleanly.</summary>
    public const ushort RequestTerminate = 4;

    public static bool HasEnded(ushort? state) => state is Completed or Terminated or Killed or Exception or CompletedWithWarnings;

    public static bool HasSucceeded(ushort? state) => state is Completed or CompletedWithWarnings;
}
