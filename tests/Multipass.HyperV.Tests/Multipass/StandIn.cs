using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;
using Multipass.HyperV.Multipass;

namespace Multipass.HyperV.Tests.Multipass;

/// <summary>The stand-in for Multipass's client (tests/MultipassStandIn) in a folder of its own, with its control file.</summary>
internal sealed class StandIn : IDisposable
{
    private static readonly string[] Files = { ".dll", ".runtimeconfig.json", OperatingSystem.IsWindows() ? ".exe" : string.Empty };

    private readonly Dictionary<string, string> _instances = new(StringComparer.Ordinal);

    public StandIn()
    {
        Folder = Directory.CreateTempSubdirectory("mp-client-").FullName;
        foreach (var ending in Files)
        {
            File.Copy(Path.Combine(Built, "multipass" + ending), Path.Combine(Folder, "multipass" + ending));
        }

        Client = new ClientProcess(() => LocalMultipass.FindClient(new[] { Folder }, string.Empty));
    }

    /// <summary>Where the build has put it: beside .../tests/Multipass.HyperV.Tests/bin/CONFIGURATION/net10.0.</summary>
    public static string Built { get; } = Repository.PathOf(
        "tests", "MultipassStandIn", "bin", Path.GetFileName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)))!, "net10.0");

    public string Folder { get; }

    public ClientProcess Client { get; }

    /// <summary>The calls it has received.</summary>
    public IReadOnlyList<string> Calls
    {
        get
        {
            var path = Path.Combine(Folder, "calls.txt");
            if (!File.Exists(path))
            {
                return Array.Empty<string>();
            }

            // It may be written to in this very moment.
            using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            return reader.ReadToEnd().Split(new[] { '\r', '\n' }, StringSplitOptions.RemoveEmptyEntries);
        }
    }

    /// <summary>The process that it has started; null when it has not.</summary>
    public int? Lingering
        => File.Exists(Path.Combine(Folder, "linger.pid")) && int.TryParse(File.ReadAllText(Path.Combine(Folder, "linger.pid")), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;

    public StandIn Knows(string name, string state)
    {
        _instances[name] = state;
        return this;
    }

    public StandIn Behaves(string behaviour, int milliseconds = 0, params string[] commands)
    {
        File.WriteAllText(Path.Combine(Folder, "multipass.json"), JsonSerializer.Serialize(new { instances = _instances, behaviour, milliseconds, commands }));
        return this;
    }

    public void Dispose()
    {
        try
        {
            Directory.Delete(Folder, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A program that has just ended may still be held for a moment.
        }
    }
}
