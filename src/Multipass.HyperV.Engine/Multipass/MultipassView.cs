using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Json;

namespace Multipass.HyperV.Multipass;

/// <summary>What Multipass believes, from its database and its client. Either may be missing, damaged or silent; neither is ever written.</summary>
internal sealed class MultipassView : IMultipassView
{
    /// <summary>The client asks Hyper-V about each instance, which takes a moment; a client that needs longer hangs.</summary>
    public static readonly TimeSpan ClientLimit = TimeSpan.FromSeconds(10);

    /// <summary>Files that the newer backend keeps beside a disk: Hyper-V's management service keeps its own elsewhere.</summary>
    private static readonly string[] HcsFiles = { ".vmgs", ".vmrs" };

    private static readonly string[] ListArguments = { "list", "--format", "json" };
    private static readonly string[] InfoArguments = { "info", "--format", "json" };

    private readonly IMultipassFiles _files;
    private readonly MultipassEnvironment _environment;

    public MultipassView(IMultipassFiles files, IMultipassClient? client, MultipassEnvironment environment)
    {
        _files = files;
        Client = client;
        _environment = environment;
    }

    public IMultipassClient? Client { get; }

    public async Task<MultipassReading> ReadAsync(MultipassEffort effort, CancellationToken cancellationToken)
    {
        var warnings = new List<string>();
        var silence = new List<string>();
        var clientWarnings = new List<string>();
        var clientSilence = new List<string>();

        // Both at once where both are wanted: the client takes much longer than the files.
        var asking = effort == MultipassEffort.Both ? AskAsync(clientWarnings, clientSilence, cancellationToken) : null;
        var locations = await MultipassLocations.FindAsync(_environment, _files, cancellationToken).ConfigureAwait(false);
        var driver = _environment.Driver ?? await DriverAsync(locations, cancellationToken).ConfigureAwait(false);
        var database = await DatabaseAsync(locations, warnings, silence, cancellationToken).ConfigureAwait(false);
        if (database is null && effort == MultipassEffort.Either)
        {
            asking = AskAsync(clientWarnings, clientSilence, cancellationToken);
        }

        var client = asking is null ? null : await asking.ConfigureAwait(false);
        var records = await JoinAsync(locations, database, client, driver, cancellationToken).ConfigureAwait(false);
        return new MultipassReading(records, string.Join(", ", SourcesOf(database, client)))
        {
            Warnings = warnings.Concat(clientWarnings).ToList(),
            Silence = silence.Concat(clientSilence).ToList(),
            HasAskedClient = client is not null,
            Driver = driver,
        };
    }

    private static IEnumerable<string> SourcesOf(MultipassDatabase? database, MultipassClientOutput? client)
    {
        if (database is not null)
        {
            yield return MultipassReading.Database;
        }

        if (client is not null)
        {
            yield return MultipassReading.Client;
        }
    }

    private async Task<string?> DriverAsync(MultipassLocations locations, CancellationToken cancellationToken)
    {
        const long MostBytes = 64 * 1024;
        foreach (var path in locations.Settings)
        {
            var answer = await _files.ReadAsync(path, MostBytes, cancellationToken).ConfigureAwait(false);
            if (answer.Outcome == FileOutcome.Read)
            {
                return MultipassSettings.DriverOf(answer.Bytes);
            }
        }

        return null;
    }

    private async Task<MultipassDatabase?> DatabaseAsync(MultipassLocations locations, List<string> warnings, List<string> silence, CancellationToken cancellationToken)
    {
        var path = locations.Database;
        var answer = await _files.ReadAsync(path, MultipassDatabase.MostBytes, cancellationToken).ConfigureAwait(false);
        if (answer.Outcome == FileOutcome.Missing)
        {
            path = locations.OldDatabase;
            answer = await _files.ReadAsync(path, MultipassDatabase.MostBytes, cancellationToken).ConfigureAwait(false);
        }

        switch (answer.Outcome)
        {
            case FileOutcome.Read:
                try
                {
                    var database = MultipassDatabase.Read(answer.Bytes);
                    warnings.AddRange(database.Warnings);
                    return database;
                }
                catch (JsonFormatException exception)
                {
                    warnings.Add($"Multipass's database '{path}' is damaged and was not used: {exception.Message}");
                    silence.Add("its database is damaged");
                    return null;
                }

            case FileOutcome.Missing:
                silence.Add($"there is no database in '{locations.Data}'");
                return null;

            case FileOutcome.Denied:
                silence.Add($"you have no right to read its database '{path}' (an elevated prompt has)");
                return null;

            case FileOutcome.TooLarge:
                warnings.Add(FormattableString.Invariant($"Multipass's database '{path}' was not read: it is larger than {MultipassDatabase.MostBytes / (1024 * 1024)} MB, which no database is."));
                silence.Add("its database is too large to be one");
                return null;

            default:
                warnings.Add($"Multipass's database '{path}' could not be read: {(answer.Outcome == FileOutcome.Locked ? "another process has locked it." : answer.Detail)}");
                silence.Add("its database could not be read");
                return null;
        }
    }

    /// <summary>Asks the client for a list; one that cannot give it is asked for everything that it knows.</summary>
    private async Task<MultipassClientOutput?> AskAsync(List<string> warnings, List<string> silence, CancellationToken cancellationToken)
    {
        if (Client is null)
        {
            silence.Add("there is no multipass client on this computer");
            return null;
        }

        var answer = await Client.RunAsync(ListArguments, ClientLimit, cancellationToken).ConfigureAwait(false);
        if (answer.Outcome == ClientOutcome.NotFound)
        {
            silence.Add(answer.Describe(ClientLimit));
            return null;
        }

        var (output, reason) = Understand(answer, MultipassClientOutput.ReadList);
        if (output is null && answer.Outcome == ClientOutcome.Ended)
        {
            var (all, _) = Understand(await Client.RunAsync(InfoArguments, ClientLimit, cancellationToken).ConfigureAwait(false), MultipassClientOutput.ReadInfo);
            output = all;
        }

        if (output is null)
        {
            warnings.Add($"`multipass list` gave no list: {reason}.");
            silence.Add("its client gave no list");
        }
        else if (output.LeftOut > 0)
        {
            warnings.Add(FormattableString.Invariant($"`multipass list` gave {output.LeftOut} rows that cannot be understood. The others were read."));
        }

        return output;
    }

    private static (MultipassClientOutput? Output, string Reason) Understand(ClientAnswer answer, Func<byte[], MultipassClientOutput> read)
    {
        if (!answer.HasSucceeded)
        {
            return (null, answer.Describe(ClientLimit));
        }

        try
        {
            return (read(answer.Output), string.Empty);
        }
        catch (JsonFormatException exception)
        {
            return (null, "its answer cannot be understood (" + exception.Message.TrimEnd('.') + ")");
        }
    }

    /// <summary>One record for each name. The client's word counts, for it is the newer one; what only the database tells is added.</summary>
    private async Task<IReadOnlyList<MultipassRecord>> JoinAsync(
        MultipassLocations locations, MultipassDatabase? database, MultipassClientOutput? client, string? driver, CancellationToken cancellationToken)
    {
        if (database is null && client is null)
        {
            return Array.Empty<MultipassRecord>();
        }

        var written = (database?.Records ?? Array.Empty<DatabaseRecord>()).GroupBy(record => record.Name, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(group => group.Key, group => group.First(), StringComparer.OrdinalIgnoreCase);
        var listed = (client?.Records ?? Array.Empty<ClientRecord>()).ToDictionary(record => record.Name, StringComparer.OrdinalIgnoreCase);
        var names = written.Keys.Concat(listed.Keys).Distinct(StringComparer.OrdinalIgnoreCase).OrderBy(name => name, StringComparer.OrdinalIgnoreCase).ToList();
        var images = await _files.ReadAsync(locations.ImageRecords, MultipassDatabase.MostBytes, cancellationToken).ConfigureAwait(false);
        var paths = images.Outcome == FileOutcome.Read ? ImageRecords.Read(images.Bytes) : new Dictionary<string, string>();

        // A folder is asked for only where a name cannot lead out of the vault.
        var folders = names.Where(IsFolderName).ToDictionary(name => name, locations.FolderOf, StringComparer.OrdinalIgnoreCase);
        var files = await _files.ListAsync(folders.Values, cancellationToken).ConfigureAwait(false);
        return names.Select(name =>
        {
            written.TryGetValue(name, out var record);
            listed.TryGetValue(name, out var row);
            var folder = folders.TryGetValue(name, out var path) ? path : null;
            var beside = folder is not null && files.TryGetValue(folder, out var found) ? found : Array.Empty<string>();
            return new MultipassRecord(
                record?.Name ?? row!.Name,
                row is null || row.IsDeleted ? (record?.State ?? MultipassWords.Deleted) : row.State,
                paths.TryGetValue(name, out var disk) ? disk : null,
                row?.IsDeleted ?? record!.IsDeleted,
                MultipassSettings.IsHcs(driver) || beside.Any(file => HcsFiles.Any(ending => file.EndsWith(ending, StringComparison.OrdinalIgnoreCase)))
                    ? MpBackend.Hcs
                    : MpBackend.HyperV)
            {
                Folder = database is null ? null : folder,
                Note = row is null ? record?.Note : null,
            };
        }).ToList();
    }

    private static bool IsFolderName(string name) => name.Length > 0 && name.All(character => char.IsLetterOrDigit(character) || character is '-' or '_');
}
