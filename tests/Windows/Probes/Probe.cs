using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Net.Security;
using System.Runtime.InteropServices;
using System.Security.AccessControl;
using System.Security.Cryptography;
using System.Security.Principal;

namespace Multipass.HyperV.Windows.Probes;

/// <summary>The probes, by name. Each answers null when the system can do it, or says what happened instead; an exception says it too.</summary>
internal static class Probe
{
    public static IReadOnlyDictionary<string, Func<string?>> All { get; } = new Dictionary<string, Func<string?>>
    {
        ["private-keys"] = PrivateKeys,
        ["negotiate"] = Negotiate,
        ["cim"] = Cim,
        ["event-log"] = EventLog,
        ["dotnet-command"] = DotnetCommand,
        ["job-objects"] = JobObjects,
        ["denied-files"] = DeniedFiles,
    };

    /// <summary>A key that lives in a key storage provider: certificates that a test makes have one as soon as a server is to use them.</summary>
    private static string? PrivateKeys()
    {
        using var key = CngKey.Create(CngAlgorithm.Rsa, null, new CngKeyCreationParameters { ExportPolicy = CngExportPolicies.AllowPlaintextExport });
        return key.Algorithm == CngAlgorithm.Rsa ? null : key.Algorithm?.ToString();
    }

    /// <summary>NTLM by the system's security packages, with an account in clear.</summary>
    private static string? Negotiate()
    {
        using var client = new NegotiateAuthentication(new NegotiateAuthenticationClientOptions { Package = "NTLM", Credential = new System.Net.NetworkCredential("user", "password", "domain"), TargetName = "HTTP/host" });
        var token = client.GetOutgoingBlob(ReadOnlySpan<byte>.Empty, out var status);
        return status == NegotiateAuthenticationStatusCode.ContinueNeeded && token is { Length: > 0 } ? null : status.ToString();
    }

    /// <summary>Windows' CIM client: an application handle of mi.dll.</summary>
    private static string? Cim()
    {
        var result = ApplicationInitialize(0, null, IntPtr.Zero, out _);
        return result == 0 ? null : $"MI_Result {result}";

        [DllImport("mi.dll", EntryPoint = "MI_Application_InitializeV1", CharSet = CharSet.Unicode)]
        static extern int ApplicationInitialize(uint flags, string? id, IntPtr error, out Application application);
    }

    /// <summary>A query of the event log that every Windows has.</summary>
    private static string? EventLog()
    {
        var query = Query(IntPtr.Zero, "System", "*", 1);
        return query != IntPtr.Zero ? null : $"EvtQuery failed with error {Marshal.GetLastWin32Error()}";

        [DllImport("wevtapi.dll", EntryPoint = "EvtQuery", CharSet = CharSet.Unicode, SetLastError = true)]
        static extern IntPtr Query(IntPtr session, string path, string query, int flags);
    }

    /// <summary>The command of that name, which no package brings for Windows.</summary>
    private static string? DotnetCommand()
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet.exe", "--list-runtimes") { UseShellExecute = false, RedirectStandardOutput = true })!;
        process.WaitForExit();
        return process.ExitCode == 0 ? null : $"exit code {process.ExitCode}";
    }

    /// <summary>A process of a job object ends with the job.</summary>
    private static string? JobObjects()
    {
        using var process = Process.Start(new ProcessStartInfo(Environment.GetFolderPath(Environment.SpecialFolder.System) + "\\cmd.exe", "/c pause") { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true })!;
        var job = CreateJob(IntPtr.Zero, null);
        if (!Assign(job, process.Handle))
        {
            process.Kill();
            return $"AssignProcessToJobObject failed with error {Marshal.GetLastWin32Error()}";
        }

        if (!Terminate(job, 7) || !process.WaitForExit(10_000))
        {
            process.Kill();
            return "the process lives on";
        }

        return process.ExitCode == 7 ? null : $"exit code {process.ExitCode}";

        [DllImport("kernel32.dll", EntryPoint = "CreateJobObjectW", CharSet = CharSet.Unicode, SetLastError = true)]
        static extern IntPtr CreateJob(IntPtr attributes, string? name);

        [DllImport("kernel32.dll", EntryPoint = "AssignProcessToJobObject", SetLastError = true)]
        static extern bool Assign(IntPtr job, IntPtr process);

        [DllImport("kernel32.dll", EntryPoint = "TerminateJobObject", SetLastError = true)]
        static extern bool Terminate(IntPtr job, uint exitCode);
    }

    /// <summary>A file whose access list denies reading cannot be read.</summary>
    private static string? DeniedFiles()
    {
        var path = Path.GetTempFileName();
        try
        {
            var file = new FileInfo(path);
            var security = file.GetAccessControl();
            security.AddAccessRule(new FileSystemAccessRule(new SecurityIdentifier(WellKnownSidType.WorldSid, null), FileSystemRights.Read, AccessControlType.Deny));
            file.SetAccessControl(security);
            try
            {
                File.ReadAllBytes(path);
                return "it was read all the same";
            }
            catch (UnauthorizedAccessException)
            {
                return null;
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>MI_Application (mi.h): two numbers and a table of functions.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Application
    {
        public ulong Reserved1;
        public IntPtr Reserved2;
        public IntPtr Functions;
    }
}
