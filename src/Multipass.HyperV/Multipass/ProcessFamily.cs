using System;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Multipass.HyperV.Multipass;

/// <summary>
/// A process and all that it starts, so that all of it can be ended. Windows keeps them together in a job object. On Linux they carry a mark in their environment: .NET itself
/// finds only children of processes that still live.
/// </summary>
internal sealed class ProcessFamily : IDisposable
{
    private const string MarkName = "MULTIPASS_HYPERV_CALL";

    private readonly string? _mark;
    private readonly JobHandle? _job;

    private ProcessFamily(string? mark, JobHandle? job)
    {
        _mark = mark;
        _job = job;
    }

    /// <summary>Prepares a family for a process that is about to be started.</summary>
    public static ProcessFamily For(ProcessStartInfo start)
    {
        if (RuntimeInformation.IsOSPlatform(OSPlatform.Windows))
        {
            // The environment is left alone: .NET Framework copies it into a dictionary as soon as it is looked at, and throws where two variables differ in case only.
            return new ProcessFamily(mark: null, JobHandle.Create());
        }

        if (!RuntimeInformation.IsOSPlatform(OSPlatform.Linux))
        {
            return new ProcessFamily(mark: null, job: null);
        }

        var mark = Guid.NewGuid().ToString("N");
        start.Environment[MarkName] = mark;
        return new ProcessFamily(mark, job: null);
    }

    /// <summary>Takes the process in, just after it has been started.</summary>
    public void Adopt(Process process)
    {
        try
        {
            _job?.Take(process.Handle);
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception)
        {
            // It has ended already.
        }
    }

    /// <summary>Ends whatever still lives.</summary>
    public void End(Process process)
    {
        _job?.Terminate();
        KillTree(process);
        if (_mark is not null)
        {
            KillMarked(_mark);
        }
    }

    public void Dispose() => _job?.Dispose();

    private static void KillTree(Process process)
    {
        try
        {
            if (process.HasExited)
            {
                return;
            }

            // Not in .NET Framework; there the job object has done it.
            var whole = typeof(Process).GetMethod("Kill", new[] { typeof(bool) });
            if (whole is not null)
            {
                whole.Invoke(process, new object[] { true });
            }
            else
            {
                process.Kill();
            }
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception or NotSupportedException or System.Reflection.TargetInvocationException)
        {
            // It has ended meanwhile.
        }
    }

    /// <summary>Ends processes whose parent has ended before them: they are nobody's children, but they carry the mark.</summary>
    private static void KillMarked(string value)
    {
        var mark = MarkName + "=" + value;
        foreach (var folder in Directory.GetDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            {
                continue;
            }

            try
            {
                if (Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(folder, "environ"))).IndexOf(mark, StringComparison.Ordinal) >= 0)
                {
                    using var process = Process.GetProcessById(id);
                    process.Kill();
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or InvalidOperationException or Win32Exception)
            {
                // Somebody else's process, or one that has just ended.
            }
        }
    }

    /// <summary>A job object of Windows that ends its processes when it is closed.</summary>
    private sealed class JobHandle : SafeHandleZeroOrMinusOneIsInvalid
    {
        private const int ExtendedLimitInformation = 9;
        private const uint KillOnJobClose = 0x2000;

        private JobHandle()
            : base(ownsHandle: true)
        {
        }

        public static JobHandle? Create()
        {
            var job = CreateJobObject(IntPtr.Zero, null);
            var limits = new ExtendedLimits { Basic = new BasicLimits { LimitFlags = KillOnJobClose } };
            if (!job.IsInvalid && SetInformationJobObject(job, ExtendedLimitInformation, ref limits, (uint)Marshal.SizeOf<ExtendedLimits>()))
            {
                return job;
            }

            job.Dispose();
            return null;
        }

        public void Take(IntPtr process) => AssignProcessToJobObject(this, process);

        public void Terminate() => TerminateJobObject(this, 1);

        protected override bool ReleaseHandle() => CloseHandle(handle);

        [DllImport("kernel32.dll", CharSet = CharSet.Unicode, SetLastError = true, EntryPoint = "CreateJobObjectW")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
        private static extern JobHandle CreateJobObject(IntPtr attributes, string? name);

        [DllImport("kernel32.dll", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
        [return: MarshalAs(UnmanagedType.Bool)]
        private static extern bool SetInformationJobObject(JobHandle job, int informationClass, ref ExtendedLimits information, uint length);

        [DllImport("kernel32.dll", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
        [return: MarshalAs(UnmanagedType.Bool)]
        private static extern bool AssignProcessToJobObject(JobHandle job, IntPtr process);

        [DllImport("kernel32.dll", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
        [return: MarshalAs(UnmanagedType.Bool)]
        private static extern bool TerminateJobObject(JobHandle job, uint exitCode);

        [DllImport("kernel32.dll", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
        [return: MarshalAs(UnmanagedType.Bool)]
        private static extern bool CloseHandle(IntPtr handle);

        /// <summary>JOBOBJECT_BASIC_LIMIT_INFORMATION (winnt.h).</summary>
        [StructLayout(LayoutKind.Sequential)]
        private struct BasicLimits
        {
            public long PerProcessUserTimeLimit;
            public long PerJobUserTimeLimit;
            public uint LimitFlags;
            public UIntPtr MinimumWorkingSetSize;
            public UIntPtr MaximumWorkingSetSize;
            public uint ActiveProcessLimit;
            public UIntPtr Affinity;
            public uint PriorityClass;
            public uint SchedulingClass;
        }

        /// <summary>JOBOBJECT_EXTENDED_LIMIT_INFORMATION (winnt.h), with IO_COUNTERS in the middle.</summary>
        [StructLayout(LayoutKind.Sequential)]
        private struct ExtendedLimits
        {
            public BasicLimits Basic;
            public ulong ReadOperationCount;
            public ulong WriteOperationCount;
            public ulong OtherOperationCount;
            public ulong ReadTransferCount;
            public ulong WriteTransferCount;
            public ulong OtherTransferCount;
            public UIntPtr ProcessMemoryLimit;
            public UIntPtr JobMemoryLimit;
            public UIntPtr PeakProcessMemoryUsed;
            public UIntPtr PeakJobMemoryUsed;
        }
    }
}
