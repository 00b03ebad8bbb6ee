using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Multipass;
using Multipass.HyperV.Simulation.Scenarios;
using Multipass.HyperV.Simulation.World;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Simulation.Connections;

/// <summary>The files and the client of the simulated host's Multipass: written as the real ones write, so that they are read as the real ones are.</summary>
internal sealed class SimulatedMultipass : IMultipassFiles, IMultipassClient
{
    /// <summary>Where a simulated host keeps what Multipass needs.</summary>
    public static readonly MultipassEnvironment Environment = new(null, "C:/ProgramData", "C:/WINDOWS/system32/config/systemprofile");

    private const string Root = "C:/ProgramData/Multipass";
    private const string Settings = Root + "/" + MultipassLocations.SettingsName;

    /// <summary>Exit code of the client for a command that failed (return_codes.h in canonical/multipass).</summary>
    private const int CommandFail = 2;

    /// <summary>Exit code of the client that cannot reach its daemon.</summary>
    private const int DaemonFail = 3;

    private static readonly string[] Scopes = { string.Empty, MultipassDriver.VirtualBoxScope };

    private readonly SimulatedHost _host;
    private readonly IClock _clock;

    public SimulatedMultipass(SimulatedHost host, IClock clock)
    {
        _host = host;
        _clock = clock;
    }

    public bool IsPresent => _host.OfMultipass(model => model.Scenario.Client != ClientBehaviour.Missing);

    public Task<FileAnswer> ReadAsync(string path, long mostBytes, CancellationToken cancellationToken)
        => Answer(() => _host.OfMultipass(model => Read(model, path)), cancellationToken);

    public Task<IReadOnlyDictionary<string, VaultFolder>> ListAsync(IReadOnlyCollection<string> folders, CancellationToken cancellationToken)
        => Answer(
            () => _host.OfMultipass(model =>
            {
                var listing = new Dictionary<string, VaultFolder>(StringComparer.OrdinalIgnoreCase);
                var known = Scopes.SelectMany(scope => model.InVault(scope).Select(instance => (Folder: VaultOf(scope) + instance.Name, Instance: instance)))
                    .GroupBy(pair => pair.Folder, StringComparer.OrdinalIgnoreCase)
                    .ToDictionary(group => group.Key, group => group.SelectMany(pair => FilesOf(model, pair.Instance)).Distinct(StringComparer.OrdinalIgnoreCase).ToArray(), StringComparer.OrdinalIgnoreCase);
                foreach (var folder in folders)
                {
                    listing[folder] = model.Scenario.Database == DatabaseAccess.Denied ? new VaultFolder(FileOutcome.Denied, Array.Empty<string>())
                        : known.TryGetValue(folder, out var files) ? new VaultFolder(FileOutcome.Read, files)
                        : new VaultFolder(FileOutcome.Missing, Array.Empty<string>());
                }

                return (IReadOnlyDictionary<string, VaultFolder>)listing;
            }),
            cancellationToken);

    public Task<bool> HasFolderAsync(string path, CancellationToken cancellationToken) => Answer(() => path == Root, cancellationToken);

    public async Task<ClientAnswer> RunAsync(IReadOnlyList<string> arguments, TimeSpan limit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var answer = _host.OfMultipass(model => Run(model, arguments));
        if (answer is null)
        {
            await _clock.Delay(limit, cancellationToken).ConfigureAwait(false);
            return ClientAnswer.Not(ClientOutcome.DidNotEnd);
        }

        return answer;
    }

    private static Task<T> Answer<T>(Func<T> answer, CancellationToken cancellationToken)
        => cancellationToken.IsCancellationRequested ? Task.FromCanceled<T>(cancellationToken) : Task.FromResult(answer());

    private static string DataOf(string scope) => Root + "/data" + (scope.Length == 0 ? string.Empty : "/" + scope);

    private static string VaultOf(string scope) => DataOf(scope) + "/vault/instances/";

    private static FileAnswer Read(MultipassModel model, string path)
    {
        if (path == Settings)
        {
            return model.Scenario.Settings switch
            {
                SettingsFile.Denied => FileAnswer.Not(FileOutcome.Denied, "Access is denied."),
                SettingsFile.Missing => FileAnswer.Not(FileOutcome.Missing),
                SettingsFile.Incomplete => FileAnswer.Of(Encoding.UTF8.GetBytes("[General]\nlocal.privileged-mounts=true\n")),
                _ => FileAnswer.Of(Encoding.UTF8.GetBytes($"[General]\nlocal.driver={model.Scenario.Driver ?? model.Scenario.DefaultDriver}\n")),
            };
        }

        foreach (var scope in Scopes)
        {
            if (path == DataOf(scope) + "/" + MultipassLocations.DatabaseName)
            {
                return Database(model, scope);
            }

            if (path == DataOf(scope) + "/vault/" + MultipassLocations.ImageRecordsName)
            {
                return model.Scenario.Database == DatabaseAccess.Denied ? FileAnswer.Not(FileOutcome.Denied) : FileAnswer.Of(Images(model, scope));
            }

            if (path.StartsWith(VaultOf(scope), StringComparison.OrdinalIgnoreCase) && path.EndsWith("/" + MigrationMarker.FileName, StringComparison.OrdinalIgnoreCase))
            {
                return model.Scenario.Database == DatabaseAccess.Denied ? FileAnswer.Not(FileOutcome.Denied)
                    : model.InVault(scope).Where(instance => path.Equals(VaultOf(scope) + instance.Name + "/" + MigrationMarker.FileName, StringComparison.OrdinalIgnoreCase)).Select(instance => Marker(model, instance)).FirstOrDefault(text => text is not null) is { } marker
                        ? FileAnswer.Of(Encoding.UTF8.GetBytes(marker))
                        : FileAnswer.Not(FileOutcome.Missing);
            }
        }

        return FileAnswer.Not(FileOutcome.Missing);
    }

    /// <summary>What lies in the folder of an instance.</summary>
    private static IEnumerable<string> FilesOf(MultipassModel model, ScenarioInstance instance)
    {
        var path = VirtualMachine.DiskPathOf(instance);
        var disk = path.Substring(path.LastIndexOf('/') + 1);
        if (instance.Disk != FilePresence.Missing && instance.DiskPath is null)
        {
            yield return instance.Migration == MigrationFile.OnHold ? disk + ".multipass-migration-hold" : disk;
        }

        if (instance.Dvd != FilePresence.Missing)
        {
            yield return CimNames.CloudInitImage;
        }

        if (instance.HcsFiles ?? (instance.Backend == MpBackend.Hcs || instance.Migration is MigrationFile.Hcs or MigrationFile.OnHold))
        {
            yield return "ubuntu-24.04-server-cloudimg-amd64.vmgs";
            yield return "ubuntu-24.04-server-cloudimg-amd64.vmrs";
            if (instance.State == MpInstanceState.Suspended)
            {
                yield return "ubuntu-24.04-server-cloudimg-amd64.SavedState.vmrs";
            }
        }

        if (MigrationOf(model, instance) != MigrationFile.None)
        {
            yield return MigrationMarker.FileName;
        }

        if (instance.Migration == MigrationFile.Trial)
        {
            yield return disk + ".a1b2c3d4.trial.avhdx";
            yield return disk + ".a1b2c3d4.trial.avhdx.state.vmgs";
            yield return disk + ".a1b2c3d4.trial.avhdx.state.vmrs";
        }

        for (var index = 1; index <= instance.Snapshots.Count; index++)
        {
            yield return index.ToString("0000", CultureInfo.InvariantCulture) + ".snapshot.json";
        }
    }

    /// <summary>What the driver of old knows as the newer backend's has been moved there.</summary>
    private static MigrationFile MigrationOf(MultipassModel model, ScenarioInstance instance)
        => instance is { Migration: MigrationFile.None, Backend: MpBackend.Hcs } && model.Driver.Kind == DriverKind.HyperV ? MigrationFile.Hcs : instance.Migration;

    private static string? Marker(MultipassModel model, ScenarioInstance instance)
        => MigrationOf(model, instance) switch
        {
            MigrationFile.None => null,
            MigrationFile.Damaged => "{ \"version\": 1, \"backend\": ",
            MigrationFile.Newer => "{ \"version\": 2, \"backend\": \"hcs\" }",
            var kind => $"{{ \"version\": 1, \"backend\": \"{(kind is MigrationFile.Hcs or MigrationFile.OnHold ? "hcs" : "legacy")}\", \"active_disk\": {Quote(VirtualMachine.DiskPathOf(instance))}, "
                + $"\"hcs_state_file_stem\": {Quote(VaultOf(string.Empty) + instance.Name + "/hcs-migrated-state")}, \"snapshots\": [] }}",
        };

    /// <summary>What the client answers; null when it never does.</summary>
    private ClientAnswer? Run(MultipassModel model, IReadOnlyList<string> arguments)
    {
        var isStop = arguments[0] == "stop";
        var answer = model.Scenario.Client switch
        {
            ClientBehaviour.Missing => ClientAnswer.Not(ClientOutcome.NotFound),
            ClientBehaviour.Hangs => null,
            ClientBehaviour.StopHangs when isStop => null,
            ClientBehaviour.Fails => Unreachable(),
            ClientBehaviour.NotAuthenticated => Failed($"{arguments[0]} failed: this user is unknown to the service; see 'multipass authenticate'"),
            ClientBehaviour.Garbage => Printed("?"),
            _ when !model.IsServiceRunning => Unreachable(),
            _ => arguments[0] switch
            {
                "list" => Printed(List(model)),
                "info" => Printed(Info(model)),
                "get" => arguments[arguments.Count - 1] == "local.driver" ? Printed(model.Driver.Word + "\n") : Failed("Unrecognized settings key"),
                "version" => Printed($"{{ \"multipass\": \"{model.Scenario.Version}\", \"multipassd\": \"{model.Scenario.Version}+win\" }}"),
                "stop" => Stop(model, arguments[arguments.Count - 1]),
                _ => new ClientAnswer(ClientOutcome.Ended, 1, Array.Empty<byte>(), $"Unknown command '{arguments[0]}'"),
            },
        };
        if (isStop)
        {
            var result = answer is null ? "does not end" : answer.Outcome == ClientOutcome.Ended ? "exit code " + answer.ExitCode.ToString(CultureInfo.InvariantCulture) : answer.Outcome.ToString();
            _host.Journal(new SimulatedCall(_clock.Now, "Client", "multipass", string.Join(" ", arguments.Take(arguments.Count - 1)), true, result, arguments[arguments.Count - 1]));
        }

        return answer;
    }

    private static ClientAnswer Stop(MultipassModel model, string name)
    {
        if (model.Find(name) is not { } instance)
        {
            return Failed($"instance \"{name}\" does not exist");
        }

        if (instance.Deleted)
        {
            return Failed($"instance \"{name}\" is deleted");
        }

        model.StopByForce(instance);
        return Printed(string.Empty);
    }

    private static ClientAnswer Unreachable() => new(ClientOutcome.Ended, DaemonFail, Array.Empty<byte>(), "cannot connect to the multipass socket");

    private static ClientAnswer Failed(string error) => new(ClientOutcome.Ended, CommandFail, Array.Empty<byte>(), error);

    private static ClientAnswer Printed(string text) => new(ClientOutcome.Ended, 0, Encoding.UTF8.GetBytes(text), string.Empty);

    private static FileAnswer Database(MultipassModel model, string scope)
        => scope != model.Scope && !model.RowsOf(scope).Any() ? FileAnswer.Not(FileOutcome.Missing)
            : model.Scenario.Database switch
            {
                DatabaseAccess.Denied => FileAnswer.Not(FileOutcome.Denied, "Access is denied."),
                DatabaseAccess.Locked => FileAnswer.Not(FileOutcome.Locked, "The process cannot access the file because it is being used by another process."),
                DatabaseAccess.Missing => FileAnswer.Not(FileOutcome.Missing),
                DatabaseAccess.Damaged => FileAnswer.Of(Records(model, scope).Take(1 + (Records(model, scope).Length / 2)).ToArray()),
                _ => FileAnswer.Of(Records(model, scope)),
            };

    private static byte[] Records(MultipassModel model, string scope) => Write(model.RowsOf(scope).Select(row => (row.Instance.Name, Record(row))));

    private static string Record(MultipassRow row)
    {
        // A state that has no number is written as one that no version knows.
        const int NoState = 99;
        var bytes = row.Instance.MemoryMB * 1024L * 1024L;
        var mounts = string.Join(", ", row.Instance.Mounts.Select(mount => $"{{ \"gid_mappings\": [], \"mount_type\": 0, \"source_path\": {Quote(mount.Source)}, \"target_path\": {Quote(mount.Target)}, \"uid_mappings\": [] }}"));
        return row.Instance.Record switch
        {
            RecordPresence.Empty => "{}",
            RecordPresence.Damaged => "{ \"deleted\": false, \"state\": \"running\" }",
            RecordPresence.Ghost => "{ \"deleted\": false, \"disk_space\": \"0\", \"mac_addr\": \"\", \"mem_size\": \"0\", \"metadata\": {}, \"mounts\": [], \"num_cores\": 0, \"ssh_username\": \"\", \"state\": 0 }",
            _ => FormattableString.Invariant($"{{ \"clone_count\": 0, \"deleted\": {(row.Instance.Deleted ? "true" : "false")}, \"disk_space\": \"5368709120\", \"extra_interfaces\": [], ")
                + FormattableString.Invariant($"\"mac_addr\": \"\", \"mem_size\": \"{bytes}\", \"metadata\": {{}}, \"mounts\": [{mounts}], \"num_cores\": {row.Instance.Processors}, ")
                + FormattableString.Invariant($"\"ssh_username\": \"ubuntu\", \"state\": {MultipassWords.NumberOf(row.State) ?? NoState}{(row.Instance.Zone is { } zone ? ", \"zone\": " + Quote(zone) : string.Empty)} }}"),
        };
    }

    private static byte[] Images(MultipassModel model, string scope)
        => Write(model.RowsOf(scope).Select(row => (
            row.Instance.Name,
            "{ \"image\": { \"aliases\": [], \"current_release\": \"24.04 LTS\", \"id\": \"5d4e2a7f0c31\", \"original_release\": \"24.04 LTS\", \"os\": \"Ubuntu\", \"path\": " + Quote(row.Disk) + ", \"release_date\": \"20260801\" }, "
                + "\"last_accessed\": 1, \"query\": { \"persistent\": false, \"query_type\": 0, \"release\": \"24.04\", \"remote_name\": \"release\" } }")));

    private static string List(MultipassModel model)
        => "{ \"list\": [" + string.Join(", ", Shown(model).Select(row =>
            $"{{ \"ipv4\": [], \"name\": {Quote(row.Instance.Name)}, \"release\": \"Ubuntu 24.04 LTS\", \"state\": {Quote(WordOf(row))}{Zone(row.Instance)} }}")) + "] }";

    private static string Zone(ScenarioInstance instance)
        => instance.Zone is { } zone ? $", \"zone\": {{ \"available\": {(instance.ZoneAvailable ? "true" : "false")}, \"name\": {Quote(zone)} }}" : string.Empty;

    private static string Info(MultipassModel model)
        => "{ \"errors\": [], \"info\": {" + string.Join(", ", Shown(model).Select(row => $"{Quote(row.Instance.Name)}: {{ \"state\": {Quote(WordOf(row))}{Zone(row.Instance)} }}")) + "} }";

    /// <summary>The daemon itself leaves ghosts out, and speaks of the driver in use only.</summary>
    private static IEnumerable<MultipassRow> Shown(MultipassModel model) => model.RowsOf(model.Scope).Where(row => row.Instance.Record != RecordPresence.Ghost);

    private static string WordOf(MultipassRow row) => row.Instance.Deleted ? MultipassWords.Deleted : row.State;

    private static byte[] Write(IEnumerable<(string Name, string Value)> members)
        => Encoding.UTF8.GetBytes("{\n" + string.Join(",\n", members.Select(member => "    " + Quote(member.Name) + ": " + member.Value)) + "\n}\n");

    private static string Quote(string text) => "\"" + text.Replace("\\", "\\\\").Replace("\"", "\\\"") + "\"";
}
