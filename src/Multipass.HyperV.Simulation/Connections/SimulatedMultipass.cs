using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
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
    private const string Data = Root + "/data";
    private const string Vault = Data + "/vault/instances/";

    /// <summary>Exit code of the client for a command that failed (return_codes.h in canonical/multipass).</summary>
    private const int CommandFail = 2;

    private readonly SimulatedHost _host;
    private readonly IClock _clock;

    public SimulatedMultipass(SimulatedHost host, IClock clock)
    {
        _host = host;
        _clock = clock;
    }

    public bool IsPresent => _host.OfMultipass(model => model.Scenario.Client != ClientBehaviour.Missing);

    public Task<FileAnswer> ReadAsync(string path, long mostBytes, CancellationToken cancellationToken)
        => Answer(
            () => _host.OfMultipass(model => path switch
            {
                Data + "/" + MultipassLocations.DatabaseName => Database(model),
                Data + "/vault/" + MultipassLocations.ImageRecordsName => model.Scenario.Database == DatabaseAccess.Denied ? FileAnswer.Not(FileOutcome.Denied) : FileAnswer.Of(Images(model)),
                Root + "/" + MultipassLocations.SettingsName => FileAnswer.Of(Encoding.UTF8.GetBytes($"[local]\ndriver={model.Scenario.Driver}\n")),
                _ => FileAnswer.Not(FileOutcome.Missing),
            }),
            cancellationToken);

    public Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> ListAsync(IReadOnlyCollection<string> folders, CancellationToken cancellationToken)
        => Answer(
            () => _host.OfMultipass(model =>
            {
                var listing = new Dictionary<string, IReadOnlyList<string>>(StringComparer.OrdinalIgnoreCase);
                if (model.Scenario.Database != DatabaseAccess.Denied)
                {
                    var asked = new HashSet<string>(folders, StringComparer.OrdinalIgnoreCase);
                    foreach (var row in model.Rows.Where(row => row.Instance.Managed && asked.Contains(Vault + row.Instance.Name)))
                    {
                        var disk = row.Disk.Substring(row.Disk.LastIndexOf('/') + 1);
                        listing[Vault + row.Instance.Name] = row.Instance.Backend == MpBackend.Hcs ? new[] { disk, disk + ".vmgs", disk + ".vmrs" } : new[] { disk };
                    }
                }

                return (IReadOnlyDictionary<string, IReadOnlyList<string>>)listing;
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

    /// <summary>What the client answers; null when it never does.</summary>
    private ClientAnswer? Run(MultipassModel model, IReadOnlyList<string> arguments)
    {
        var isStop = arguments[0] == "stop";
        var answer = model.Scenario.Client switch
        {
            ClientBehaviour.Missing => ClientAnswer.Not(ClientOutcome.NotFound),
            ClientBehaviour.Hangs => null,
            ClientBehaviour.StopHangs when isStop => null,
            ClientBehaviour.Fails => Failed("cannot connect to the multipass socket"),
            ClientBehaviour.Garbage => Printed("?"),
            _ when !model.IsServiceRunning => Failed("cannot connect to the multipass socket"),
            _ => arguments[0] switch
            {
                "list" => Printed(List(model)),
                "info" => Printed(Info(model)),
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

    private static ClientAnswer Failed(string error) => new(ClientOutcome.Ended, CommandFail, Array.Empty<byte>(), error);

    private static ClientAnswer Printed(string text) => new(ClientOutcome.Ended, 0, Encoding.UTF8.GetBytes(text), string.Empty);

    private static FileAnswer Database(MultipassModel model)
        => model.Scenario.Database switch
        {
            DatabaseAccess.Denied => FileAnswer.Not(FileOutcome.Denied, "Access is denied."),
            DatabaseAccess.Locked => FileAnswer.Not(FileOutcome.Locked, "The process cannot access the file because it is being used by another process."),
            DatabaseAccess.Missing => FileAnswer.Not(FileOutcome.Missing),
            DatabaseAccess.Damaged => FileAnswer.Of(Records(model).Take(1 + (Records(model).Length / 2)).ToArray()),
            _ => FileAnswer.Of(Records(model)),
        };

    private static byte[] Records(MultipassModel model) => Write(model.Rows.Select(row => (row.Instance.Name, Record(row))));

    private static string Record(MultipassRow row)
    {
        // A state that has no number is written as one that no version knows.
        const int NoState = 99;
        var bytes = row.Instance.MemoryMB * 1024L * 1024L;
        return row.Instance.Record switch
        {
            RecordPresence.Empty => "{}",
            RecordPresence.Damaged => "{ \"deleted\": false, \"state\": \"running\" }",
            RecordPresence.Ghost => "{ \"deleted\": false, \"disk_space\": \"0\", \"mac_addr\": \"\", \"mem_size\": \"0\", \"metadata\": {}, \"mounts\": [], \"num_cores\": 0, \"ssh_username\": \"\", \"state\": 0 }",
            _ => FormattableString.Invariant($"{{ \"clone_count\": 0, \"deleted\": {(row.Instance.Deleted ? "true" : "false")}, \"disk_space\": \"5368709120\", \"extra_interfaces\": [], ")
                + FormattableString.Invariant($"\"mac_addr\": \"\", \"mem_size\": \"{bytes}\", \"metadata\": {{}}, \"mounts\": [], \"num_cores\": {row.Instance.Processors}, ")
                + FormattableString.Invariant($"\"ssh_username\": \"ubuntu\", \"state\": {MultipassWords.NumberOf(row.State) ?? NoState} }}"),
        };
    }

    private static byte[] Images(MultipassModel model) => Write(model.Rows.Select(row => (row.Instance.Name, "{ \"image\": { \"path\": " + Quote(row.Disk) + " } }")));

    private static string List(MultipassModel model)
        => "{ \"list\": [" + string.Join(", ", Shown(model).Select(row =>
            $"{{ \"ipv4\": [], \"name\": {Quote(row.Instance.Name)}, \"release\": \"Ubuntu 24.04 LTS\", \"state\": {Quote(WordOf(row))} }}")) + "] }";

    private static string Info(MultipassModel model)
        => "{ \"errors\": [], \"info\": {" + string.Join(", ", Shown(model).Select(row => $"{Quote(row.Instance.Name)}: {{ \"state\": {Quote(WordOf(row))} }}")) + "} }";

    /// <summary>The daemon itself leaves ghosts out.</summary>
    private static IEnumerable<MultipassRow> Shown(MultipassModel model) => model.Rows.Where(row => row.Instance.Record != RecordPresence.Ghost);

    private static string WordOf(MultipassRow row) => row.Instance.Deleted ? MultipassWords.Deleted : row.State;

    private static byte[] Write(IEnumerable<(string Name, string Value)> members)
        => Encoding.UTF8.GetBytes("{\n" + string.Join(",\n", members.Select(member => "    " + Quote(member.Name) + ": " + member.Value)) + "\n}\n");

    private static string Quote(string text) => "\"" + text.Replace("\\", "\\\\").Replace("\"", "\\\"") + "\"";
}
