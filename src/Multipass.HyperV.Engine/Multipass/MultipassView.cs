using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Json;

namespace Multipass.HyperV.Multipass;

/// <summary>What Multipass believes, from its files and its client. Any of them may be missing, damaged or silent; none is ever written.</summary>
internal sealed class MultipassView : IMultipassView
{
    /// <summary>The client asks Hyper-V about each instance, which takes a moment; a client that needs longer hangs.</summary>
    public static readonly TimeSpan ClientLimit = TimeSpan.FromSeconds(10);

    /// <summary>The daemon knows its settings by heart.</summary>
    public static readonly TimeSpan DriverLimit = TimeSpan.FromSeconds(5);

    /// <summary>Without the option Multipass logs into every running guest for its addresses (list.cpp; hidden, since February 2021).</summary>
    private static readonly string[] ListArguments = { "list", "--format", "json", "--no-ipv4" };

    /// <summary>The option keeps it from logging into the guests (info.cpp; hidden, since 1.10).</summary>
    private static readonly string[] InfoArguments = { "info", "--format", "json", "--no-runtime-information" };

    private static readonly string[] DriverArguments = { "get", "local.driver" };
    private static readonly string[] VersionArguments = { "version", "--format", "json" };

    /// <summary>No version before it moves instances to the newer backend (canonical/multipass #5160, #5292).</summary>
    private static readonly Version FirstThatMigrates = new(1, 17);

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
        var locations = await MultipassLocations.FindAsync(_environment, _files, cancellationToken).ConfigureAwait(false);
        var driver = await WrittenDriverAsync(locations, cancellationToken).ConfigureAwait(false);
        var asked = Asked.Nothing;
        if (!driver.IsKnown && effort != MultipassEffort.Database)
        {
            asked = await AskDriverAsync(cancellationToken).ConfigureAwait(false);
            driver = asked.Driver ?? MultipassDriver.Not($"{driver.Silence}, and {asked.Silence}");
        }

        // Both at once where both are wanted: the client takes much longer than the files.
        var listing = effort == MultipassEffort.Both && driver.IsKnown && asked.MayAskAgain ? AskAsync(cancellationToken) : null;
        var scope = MultipassDriver.Rows.Where(row => row.Kind == driver.Kind).Select(row => row.Scope).FirstOrDefault() ?? string.Empty;
        var database = await DatabaseAsync(locations, scope, cancellationToken).ConfigureAwait(false);
        if (database.Content is null && effort == MultipassEffort.Either && driver.IsKnown && asked.MayAskAgain)
        {
            listing = AskAsync(cancellationToken);
        }

        // What Hyper-V still has of the other scope is explained by that scope's own records.
        var other = scope.Length == 0 ? Source.Nothing : await DatabaseAsync(locations, string.Empty, cancellationToken).ConfigureAwait(false);
        var written = await RecordsAsync(locations, scope, database.Content, driver, cancellationToken).ConfigureAwait(false);
        var client = listing is null ? null : await listing.ConfigureAwait(false);
        var predatesMigration = database.Content is null && client?.Output is not null && await PredatesMigrationAsync(cancellationToken).ConfigureAwait(false);
        if (!driver.IsKnown && effort == MultipassEffort.Database && written.Any(record => record.Contents.HasHcsTraces || record.Marker.Kind != MarkerKind.None))
        {
            asked = await AskDriverAsync(cancellationToken).ConfigureAwait(false);
            driver = asked.Driver ?? MultipassDriver.Not($"{driver.Silence}, and {asked.Silence}");
            written = written.Select(record => record with { Driver = driver.Kind, IsInUse = IsInScope(driver.Kind, scope) }).ToList();
        }

        var records = await LookUpAsync(locations, scope, Join(written, client?.Output, driver), predatesMigration, cancellationToken).ConfigureAwait(false);
        records.AddRange((await RecordsAsync(locations, string.Empty, other.Content, driver, cancellationToken).ConfigureAwait(false)).Select(record => record with { IsInUse = false }));
        var clientSilence = client?.Silence ?? (effort == MultipassEffort.Database ? string.Empty : asked.Silence);
        return new MultipassReading(records, string.Join(", ", SourcesOf(database.Content ?? other.Content, client?.Output)))
        {
            Warnings = database.Warnings.Concat(client?.Warnings ?? asked.Warnings).ToList(),
            Silence = new[] { database.Silence, clientSilence }.Where(text => text.Length > 0).Distinct().ToList(),
            HasAskedClient = client?.Output is not null,
            HasReadDatabase = database.Content is not null,
            ClientSilence = clientSilence,
            IsClientNotAuthenticated = asked.IsNotAuthenticated || client?.IsNotAuthenticated == true,
            PredatesMigration = predatesMigration,
            Driver = driver,
        };
    }

    /// <summary>Whether the daemon is of a version that moves nothing to the newer backend; false where that is not known. Asked only where the vault cannot be looked into.</summary>
    private async Task<bool> PredatesMigrationAsync(CancellationToken cancellationToken)
    {
        var answer = await Client!.RunAsync(VersionArguments, DriverLimit, cancellationToken).ConfigureAwait(false);
        return answer.HasSucceeded && MultipassClientOutput.ReadVersion(answer.Output) is { } version && version < FirstThatMigrates;
    }

    private static bool IsInScope(DriverKind driver, string scope)
        => driver == DriverKind.Unknown || MultipassDriver.Rows.Any(row => row.Kind == driver && row.Scope == scope);

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

    /// <summary>The driver as the settings have it. A file that cannot be read may say anything: then no other is read in its place.</summary>
    private async Task<MultipassDriver> WrittenDriverAsync(MultipassLocations locations, CancellationToken cancellationToken)
    {
        const long MostBytes = 64 * 1024;
        const string NotWritten = "which driver it uses is not written in its settings";
        foreach (var path in locations.Settings)
        {
            var answer = await _files.ReadAsync(path, MostBytes, cancellationToken).ConfigureAwait(false);
            switch (answer.Outcome)
            {
                case FileOutcome.Read:
                    return MultipassSettings.DriverOf(answer.Bytes) is { } word ? MultipassDriver.Of(word) : MultipassDriver.Not(NotWritten);

                // Multipass takes the first folder that is there, with or without a file in it (daemon_config_home in platform_win.cpp).
                case FileOutcome.Missing when await _files.HasFolderAsync(MultipassLocations.FolderOfFile(path), cancellationToken).ConfigureAwait(false):
                    return MultipassDriver.Not(NotWritten);

                case FileOutcome.Missing:
                    break;

                default:
                    return MultipassDriver.Not("which driver it uses could not be read in its settings");
            }
        }

        return MultipassDriver.Not(NotWritten);
    }

    /// <summary>Asks the client for the driver.</summary>
    private async Task<Asked> AskDriverAsync(CancellationToken cancellationToken)
    {
        if (Client is null)
        {
            return Asked.Not("there is no multipass client on this computer", mayAskAgain: false);
        }

        var answer = await Client.RunAsync(DriverArguments, DriverLimit, cancellationToken).ConfigureAwait(false);
        if (answer.HasSucceeded)
        {
            return new Asked(MultipassDriver.Of(Encoding.UTF8.GetString(answer.Output).Trim()), string.Empty, true);
        }

        var reason = answer.Describe(DriverLimit);
        return Asked.Not(answer.Outcome == ClientOutcome.NotFound ? reason : "its client did not tell: " + reason, mayAskAgain: false) with
        {
            IsNotAuthenticated = answer.IsNotAuthenticated,
            Warnings = answer.Outcome == ClientOutcome.NotFound ? Array.Empty<string>() : new[] { $"`multipass get local.driver` gave no answer: {reason}." },
        };
    }

    private async Task<Source> DatabaseAsync(MultipassLocations locations, string scope, CancellationToken cancellationToken)
    {
        var path = locations.DatabaseOf(scope);
        var answer = await _files.ReadAsync(path, MultipassDatabase.MostBytes, cancellationToken).ConfigureAwait(false);
        if (answer.Outcome == FileOutcome.Missing)
        {
            path = locations.OldDatabaseOf(scope);
            answer = await _files.ReadAsync(path, MultipassDatabase.MostBytes, cancellationToken).ConfigureAwait(false);
        }

        switch (answer.Outcome)
        {
            case FileOutcome.Read:
                try
                {
                    var database = MultipassDatabase.Read(answer.Bytes);
                    return new Source(database, string.Empty, database.Warnings);
                }
                catch (JsonFormatException exception)
                {
                    return Source.Not("its database is damaged", $"Multipass's database '{path}' is damaged and was not used: {exception.Message}");
                }

            case FileOutcome.Missing:
                return Source.Not($"there is no database in '{locations.Data}'");

            case FileOutcome.Denied:
                return Source.Not($"you have no right to read its database '{path}' (an elevated prompt has)");

            case FileOutcome.TooLarge:
                return Source.Not(
                    "its database is too large to be one",
                    FormattableString.Invariant($"Multipass's database '{path}' was not read: it is larger than {MultipassDatabase.MostBytes / (1024 * 1024)} MB, which no database is."));

            default:
                return Source.Not(
                    "its database could not be read",
                    $"Multipass's database '{path}' could not be read: {(answer.Outcome == FileOutcome.Locked ? "another process has locked it." : answer.Detail)}");
        }
    }

    /// <summary>Asks the client for a list; one that cannot give it is asked for everything that it knows, unless it has said why.</summary>
    private async Task<Listing> AskAsync(CancellationToken cancellationToken)
    {
        if (Client is null)
        {
            return new Listing(null, "there is no multipass client on this computer", Array.Empty<string>());
        }

        var answer = await Client.RunAsync(ListArguments, ClientLimit, cancellationToken).ConfigureAwait(false);
        if (answer.Outcome == ClientOutcome.NotFound)
        {
            return new Listing(null, answer.Describe(ClientLimit), Array.Empty<string>());
        }

        var (output, reason) = Understand(answer, MultipassClientOutput.ReadList);
        if (output is null && answer is { Outcome: ClientOutcome.Ended, IsNotAuthenticated: false })
        {
            var (all, _) = Understand(await Client.RunAsync(InfoArguments, ClientLimit, cancellationToken).ConfigureAwait(false), MultipassClientOutput.ReadInfo);
            output = all;
        }

        return output is null
            ? new Listing(null, answer.IsNotAuthenticated ? reason : "its client gave no list", new[] { $"`multipass list` gave no list: {reason}." }) { IsNotAuthenticated = answer.IsNotAuthenticated }
            : new Listing(output, string.Empty, output.LeftOut == 0
                ? Array.Empty<string>()
                : new[] { FormattableString.Invariant($"`multipass list` gave {output.LeftOut} rows that cannot be understood. The others were read.") });
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

    /// <summary>The records of one scope's database, with what lies in the vault.</summary>
    private async Task<List<MultipassRecord>> RecordsAsync(
        MultipassLocations locations, string scope, MultipassDatabase? database, MultipassDriver driver, CancellationToken cancellationToken)
    {
        if (database is null || database.Records.Count == 0)
        {
            return new List<MultipassRecord>();
        }

        var images = ImageRecords.Read(await _files.ReadAsync(locations.ImageRecordsOf(scope), MultipassDatabase.MostBytes, cancellationToken).ConfigureAwait(false));
        var folders = await FoldersAsync(locations, scope, database.Records.Select(record => record.Name), cancellationToken).ConfigureAwait(false);
        var records = new List<MultipassRecord>();
        foreach (var record in database.Records.GroupBy(record => record.Name, StringComparer.OrdinalIgnoreCase).Select(group => group.First()))
        {
            var (folder, content, marker) = folders[record.Name];
            images.TryGetValue(record.Name, out var image);
            records.Add(new MultipassRecord(record.Name, record.State, marker.ActiveDisk ?? image?.Path, record.IsDeleted)
            {
                Driver = driver.Kind,
                IsInUse = IsInScope(driver.Kind, scope),
                Folder = folder,
                Contents = content,
                Marker = marker,
                Note = record.Note,
                IsWritten = record.Note is null,
                Zone = record.Zone,
                Details = new MultipassDetails
                {
                    DiskSize = record.DiskSize,
                    Mounts = record.Mounts,
                    Release = image?.Release,
                    ImageId = image?.Id,
                    Snapshots = content.Outcome == FileOutcome.Read ? content.SnapshotFiles : null,
                },
            });
        }

        return records;
    }

    /// <summary>The folders of instances, with what lies in them. A folder is asked for only where a name cannot lead out of the vault.</summary>
    private async Task<Dictionary<string, (string? Folder, VaultFolder Content, MigrationMarker Marker)>> FoldersAsync(
        MultipassLocations locations, string scope, IEnumerable<string> names, CancellationToken cancellationToken)
    {
        var paths = names.Distinct(StringComparer.OrdinalIgnoreCase).ToDictionary(name => name, name => IsFolderName(name) ? locations.FolderOf(scope, name) : null, StringComparer.OrdinalIgnoreCase);
        var contents = await _files.ListAsync(paths.Values.Where(path => path is not null).Select(path => path!).ToList(), cancellationToken).ConfigureAwait(false);
        var folders = new Dictionary<string, (string?, VaultFolder, MigrationMarker)>(StringComparer.OrdinalIgnoreCase);
        foreach (var pair in paths)
        {
            var content = pair.Value is not null && contents.TryGetValue(pair.Value, out var found) ? found : VaultFolder.NotRead;
            var marker = pair.Value is not null && content.Files.Contains(MigrationMarker.FileName, StringComparer.OrdinalIgnoreCase)
                ? MigrationMarker.Of(await _files.ReadAsync(MultipassLocations.Join(pair.Value, MigrationMarker.FileName), MigrationMarker.MostBytes, cancellationToken).ConfigureAwait(false))
                : MigrationMarker.None;
            folders[pair.Key] = (pair.Value, content, marker);
        }

        return folders;
    }

    /// <summary>What lies in the vault for instances that only the client told of. Their folder itself is not taken for theirs: without the database nobody knows that it is.</summary>
    private async Task<List<MultipassRecord>> LookUpAsync(
        MultipassLocations locations, string scope, List<MultipassRecord> records, bool predatesMigration, CancellationToken cancellationToken)
    {
        var unseen = records.Where(record => !record.IsWritten && record.Folder is null && record.Contents == VaultFolder.NotRead).Select(record => record.Name).ToList();
        if (unseen.Count == 0)
        {
            return records;
        }

        var folders = await FoldersAsync(locations, scope, unseen, cancellationToken).ConfigureAwait(false);
        return records.ConvertAll(record => folders.TryGetValue(record.Name, out var found)
            ? record with { Contents = found.Content, Marker = found.Marker, MayHaveMoved = !found.Content.IsKnown && !predatesMigration }
            : record);
    }

    /// <summary>One record for each name. The client's word counts, for it is the newer one; what only the database tells is added.</summary>
    private static List<MultipassRecord> Join(List<MultipassRecord> written, MultipassClientOutput? client, MultipassDriver driver)
    {
        var byName = written.ToDictionary(record => record.Name, StringComparer.OrdinalIgnoreCase);
        foreach (var row in client?.Records ?? Array.Empty<ClientRecord>())
        {
            var record = byName.TryGetValue(row.Name, out var known) ? known : new MultipassRecord(row.Name, row.State, null, row.IsDeleted) { Driver = driver.Kind };
            byName[row.Name] = record with
            {
                State = row.IsDeleted ? (known?.State ?? MultipassWords.Deleted) : row.State,
                IsDeleted = row.IsDeleted,
                IsListed = true,
                Note = null,
                Zone = row.Zone ?? record.Zone,
                IsZoneAvailable = row.IsZoneAvailable,
            };
        }

        return byName.Values.OrderBy(record => record.Name, StringComparer.OrdinalIgnoreCase).ToList();
    }

    private static bool IsFolderName(string name) => name.Length > 0 && name.All(character => char.IsLetterOrDigit(character) || character is '-' or '_');

    private sealed record Source(MultipassDatabase? Content, string Silence, IReadOnlyList<string> Warnings)
    {
        public static readonly Source Nothing = new(null, string.Empty, Array.Empty<string>());

        public static Source Not(string silence, params string[] warnings) => new(null, silence, warnings);
    }

    private sealed record Listing(MultipassClientOutput? Output, string Silence, IReadOnlyList<string> Warnings)
    {
        public bool IsNotAuthenticated { get; init; }
    }

    private sealed record Asked(MultipassDriver? Driver, string Silence, bool MayAskAgain)
    {
        public static readonly Asked Nothing = new(null, string.Empty, true);

        public IReadOnlyList<string> Warnings { get; init; } = Array.Empty<string>();

        public bool IsNotAuthenticated { get; init; }

        public static Asked Not(string silence, bool mayAskAgain) => new(null, silence, mayAskAgain);
    }
}
