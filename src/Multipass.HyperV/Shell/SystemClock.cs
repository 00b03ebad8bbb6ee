using System;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Shell;

/// <summary>Real time. What is shown is the computer's own clock; what is waited by is counted, so that setting that clock, or letting the computer sleep, disturbs no wait.</summary>
internal sealed class SystemClock : IClock
{
    public static readonly SystemClock Instance = new();

    private static readonly bool IsWindows = RuntimeInformation.IsOSPlatform(OSPlatform.Windows);

    private SystemClock()
    {
    }

    public DateTimeOffset Now => DateTimeOffset.UtcNow;

    /// <summary>On Windows the time that the computer was awake; elsewhere the monotonic clock, which stands still in sleep by itself.</summary>
    public TimeSpan Elapsed
        => IsWindows && NativeMethods.QueryUnbiasedInterruptTime(out var ticks)
            ? TimeSpan.FromTicks((long)ticks)
            : TimeSpan.FromSeconds(Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency);

    public Task Delay(TimeSpan duration, CancellationToken cancellationToken)
        => duration > TimeSpan.Zero ? Task.Delay(duration, cancellationToken) : cancellationToken.IsCancellationRequested ? Task.FromCanceled(cancellationToken) : Task.CompletedTask;

    private static class NativeMethods
    {
        /// <summary>In units of 100 ns; does not count the time in which the system was asleep (realtimeapiset.h, Windows 7 and later).</summary>
        [DllImport("kernel32.dll", ExactSpelling = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
        [return: MarshalAs(UnmanagedType.Bool)]
        public static extern bool QueryUnbiasedInterruptTime(out ulong unbiasedTime);
    }
}
