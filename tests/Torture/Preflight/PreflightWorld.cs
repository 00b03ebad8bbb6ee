using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Multipass.HyperV.Torture.Preflight;

/// <summary>
/// A host and an instance, made from a seed: what is found before a start against what the start then does. Whatever is called an error fails by that cause; what passes starts, or fails by
/// something that cannot be seen beforehand.
/// </summary>
internal sealed class PreflightWorld
{
    private readonly Random _random;

    /// <summary>What a start may fail by although nothing shows it: by the flaws that were planted.</summary>
    private readonly HashSet<string> _unseen = new(StringComparer.Ordinal);

    public PreflightWorld(int seed)
    {
        _random = new Random(seed);
        Scenario = Build();
    }

    public string Scenario { get; }

    /// <summary>The cause of the first error that was found; empty when none was.</summary>
    public string Found { get; private set; } = string.Empty;

    /// <summary>What the start failed by; empty when it did not.</summary>
    public string Failed { get; private set; } = string.Empty;

    /// <summary>What is wrong; null when the two agree.</summary>
    public string? Run()
    {
        var run = new StartRun(Scenario, "foo");
        var findings = run.Test();
        var errors = findings.Where(finding => finding.Severity == MpFindingSeverity.Error).ToList();
        var outcome = run.Start();
        Found = errors.Select(error => error.Cause).FirstOrDefault() ?? string.Empty;
        Failed = outcome.Failure?.Cause.Name ?? string.Empty;
        var words = (outcome.Failure?.Message + outcome.Failure?.RecommendedAction + string.Concat(findings.Select(finding => finding.Detail + finding.Recommendation))) ?? string.Empty;
        return words.Contains('{', StringComparison.Ordinal) ? $"a slot is not filled: {words}"
            : errors.Count > 0 && Failed.Length == 0 ? $"{Found} was found, and it started"
            : errors.Count > 0 && Failed != Found && !_unseen.Contains(Failed) ? $"{Found} was found, and it failed by {Failed}: {outcome.Failure!.Message}"
            : errors.Count == 0 && Failed.Length > 0 && !_unseen.Contains(Failed) ? $"nothing was found, and it failed by {Failed}: {outcome.Failure!.Message}"
            : errors.Count == 0 && Failed.Length > 0 && outcome.After.State == MpInstanceState.Running ? $"it failed by {Failed}, and runs"
            : null;
    }

    private string Build()
    {
        var host = new List<string> { "\"memoryMB\": 16384", "\"reserveMB\": 2048" };
        var processors = Pick(1, 2, 4, 8, 16);
        host.Add(Text("processors", processors));
        host.Add($"\"culture\": \"{Pick("en-US", "de-DE", "pl-PL", "zh-CN", "ja-JP")}\"");
        var nodes = Chance(30) ? Math.Min(processors, Pick(2, 4)) : 1;
        if (nodes > 1)
        {
            host.Add(Text("numaNodes", nodes));
            host.Add($"\"numaSpanning\": {Flag(50)}");
        }

        if (Chance(10))
        {
            host.Add("\"switches\": [ \"Other\" ]");
        }

        if (Chance(10))
        {
            host.Add($"\"stoppedServices\": [ \"{Pick("vid", "vmbusr", "hvservice", "vhdmp", "vmcompute", "hns", "mpssvc")}\" ]");
        }

        var isVirtual = Chance(10);
        if (isVirtual)
        {
            host.Add("\"virtualMachine\": true");
            host.Add($"\"nestedVirtualization\": {Flag(60)}");
        }
        else if (Chance(5))
        {
            host.Add("\"hypervisorRunning\": false");
        }

        if (Chance(25))
        {
            host.Add(Text("diskFreeMB", Pick(100, 1023, 4096, 500_000)));
        }

        var hasVolume = Chance(25);
        var fileSystem = Pick("NTFS", "ReFS");
        if (hasVolume)
        {
            host.Add($"\"volumes\": [ {{ \"name\": \"D:\", \"freeMB\": {Number(Pick(50, 2000, 500_000))}, \"fileSystem\": \"{fileSystem}\" }} ]");
        }

        if (Chance(30))
        {
            host.Add("\"memoryShortage\": \"InsufficientResources\"");
        }

        if (Chance(4))
        {
            host.Add("\"access\": \"ReadOnly\"");
        }

        return $"{{ \"host\": {{ {string.Join(", ", host)} }}, \"instances\": [ {Instance(hasVolume, fileSystem)}{Others()} ] }}";
    }

    private string Instance(bool hasVolume, string fileSystem)
    {
        var parts = new List<string> { "\"name\": \"foo\"" };
        var state = Chance(75) ? "Stopped" : Chance(80) ? "Suspended" : "Paused";
        parts.Add($"\"state\": \"{state}\"");
        parts.Add(Text("memoryMB", Chance(75) ? Pick(512, 1024, 2048, 4096) : Pick(1023, 6999, 8192, 14336, 14338, 20480)));
        parts.Add(Text("processors", Chance(75) ? 1 : Pick(2, 4, 8, 32)));
        if (hasVolume && Chance(50))
        {
            parts.Add("\"diskVolume\": \"D:\"");
        }
        else
        {
            fileSystem = "NTFS";
        }

        if (hasVolume && Chance(40))
        {
            parts.Add("\"stateVolume\": \"D:\"");
        }

        var disk = Chance(80) ? "Present" : Pick("Missing", "AccessDenied", "InUse");
        parts.Add($"\"disk\": \"{disk}\"");
        Unseen(disk == "AccessDenied", "DiskAccessDenied");
        Unseen(disk == "InUse", "DiskInUse");
        parts.Add($"\"dvd\": \"{(Chance(92) ? "Present" : "Missing")}\"");
        if (disk != "Missing" && Chance(12))
        {
            var attribute = fileSystem == "ReFS" ? Pick("Sparse", "IntegrityStreams") : Pick("Sparse", "Compressed", "Encrypted");
            parts.Add($"\"diskAttribute\": \"{attribute}\"");
            Unseen(attribute is "Sparse" or "IntegrityStreams", "DiskFormatUnsupported");
        }

        if (Chance(10))
        {
            parts.Add(Text("checkpoints", Pick(1, 3)));
            if (Chance(40))
            {
                parts.Add("\"parentDisk\": \"Missing\"");
                Unseen(true, "DiskNotFound");
            }
        }

        if (Chance(10))
        {
            var fault = Pick("None", "NoResources", "AccessDenied", "NotFunctioning");
            parts.Add($"\"devices\": [ {{ \"type\": \"{Pick("GpuPartition", "PciExpress")}\", \"fault\": \"{fault}\" }} ]");
            Unseen(fault != "None", "DeviceAssignment");
            Unseen(fault != "None", "DeviceFailure");
        }

        if (state == "Suspended" && Chance(25))
        {
            parts.Add($"\"savedState\": \"{Pick("Corrupt", "Missing")}\"");
            Unseen(true, "SavedStateInvalid");
        }

        if (Chance(10))
        {
            parts.Add("\"dynamicMemory\": { \"minimumMB\": " + Number(Pick(512, 513, 4096)) + ", \"maximumMB\": " + Number(Pick(2048, 65536)) + " }");
        }

        if (Chance(4))
        {
            parts.Add("\"deleted\": true");
        }

        return "{ " + string.Join(", ", parts) + " }";
    }

    /// <summary>Others that hold memory.</summary>
    private string Others()
        => string.Concat(Enumerable.Range(0, _random.Next(3)).Select(index => $", {{ \"name\": \"other{Number(index)}\", \"state\": \"Running\", \"memoryMB\": {Number(Pick(1024, 3072))} }}"));

    private void Unseen(bool isPlanted, string cause)
    {
        if (isPlanted)
        {
            _unseen.Add(cause);
        }
    }

    private static string Text(string key, int value) => $"\"{key}\": {Number(value)}";

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private bool Chance(int percent) => _random.Next(100) < percent;

    private string Flag(int percent) => Chance(percent) ? "true" : "false";

    private T Pick<T>(params T[] values) => values[_random.Next(values.Length)];
}
