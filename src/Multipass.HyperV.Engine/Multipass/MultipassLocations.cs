using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace Multipass.HyperV.Multipass;

/// <summary>What of the computer decides where Multipass keeps its files.</summary>
/// <param name="Storage"><c>MULTIPASS_STORAGE</c>, as its service has it; null when it is not set.</param>
/// <param name="ProgramData">The folder for programs' common data.</param>
/// <param name="SystemProfile">The profile folder of the account that the service runs as.</param>
internal sealed record MultipassEnvironment(string? Storage, string ProgramData, string SystemProfile);

/// <summary>Where Multipass keeps its files (platform_win.cpp and daemon_config.cpp in canonical/multipass).</summary>
internal sealed class MultipassLocations
{
    public const string DatabaseName = "multipassd-vm-instances.json";
    public const string ImageRecordsName = "multipassd-instance-image-records.json";
    public const string SettingsName = "multipassd.conf";

    private MultipassLocations(string data, string cache, IReadOnlyList<string> settings)
    {
        Data = data;
        Cache = cache;
        Settings = settings;
    }

    /// <summary>The data folder: the database is there, and the vault with the disks.</summary>
    public string Data { get; }

    /// <summary>Where old versions kept the database.</summary>
    public string Cache { get; }

    /// <summary>Where the daemon's settings may be. The second counts only where the folder of the first is not there.</summary>
    public IReadOnlyList<string> Settings { get; }

    /// <summary>The database of a scope; the empty one is that of Hyper-V, old and new backend.</summary>
    public string DatabaseOf(string scope) => Join(Below(Data, scope), DatabaseName);

    /// <summary>Where old versions kept it.</summary>
    public string OldDatabaseOf(string scope) => Join(Below(Cache, scope), DatabaseName);

    public string ImageRecordsOf(string scope) => Join(Below(Data, scope), "vault", ImageRecordsName);

    /// <summary>The folder of an instance's disk and DVD image.</summary>
    public string FolderOf(string scope, string name) => Join(Below(Data, scope), "vault", "instances", name);

    /// <summary>The places on this computer, found as Multipass finds them.</summary>
    public static async Task<MultipassLocations> FindAsync(MultipassEnvironment environment, IMultipassFiles files, CancellationToken cancellationToken)
    {
        var ownSettings = Join(environment.SystemProfile, "AppData", "Local", "multipassd", SettingsName);
        if (environment.Storage is { Length: > 0 } storage)
        {
            return new MultipassLocations(Join(storage, "data"), Join(storage, "cache"), new[] { ownSettings, Join(storage, SettingsName) });
        }

        var root = Join(environment.ProgramData, "Multipass");
        var legacy = Join(environment.SystemProfile, "AppData", "Roaming", "multipassd");
        return await files.HasFolderAsync(root, cancellationToken).ConfigureAwait(false) || !await files.HasFolderAsync(legacy, cancellationToken).ConfigureAwait(false)
            ? new MultipassLocations(Join(root, "data"), Join(root, "cache"), new[] { ownSettings, Join(root, SettingsName) })
            : new MultipassLocations(legacy, Join(environment.SystemProfile, "AppData", "Local", "multipassd"), new[] { ownSettings });
    }

    /// <summary>The folder that a file lies in.</summary>
    public static string FolderOfFile(string path) => path.Substring(0, Math.Max(path.LastIndexOf('/'), path.LastIndexOf('\\')));

    private static string Below(string folder, string scope) => scope.Length == 0 ? folder : Join(folder, scope);

    /// <summary>A path below another, with the separator that the other has.</summary>
    public static string Join(string folder, params string[] parts)
    {
        var separator = folder.IndexOf('\\') >= 0 ? "\\" : "/";
        return folder.TrimEnd('/', '\\') + separator + string.Join(separator, parts);
    }
}
