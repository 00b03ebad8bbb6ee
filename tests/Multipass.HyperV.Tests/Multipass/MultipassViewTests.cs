using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Multipass;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Json;
using Xunit;

namespace Multipass.HyperV.Tests.Multipass;

public sealed class MultipassViewTests
{
    private const string OneInList = """{ "list": [ { "ipv4": [], "name": "foo", "release": "Ubuntu 24.04 LTS", "state": "Starting" } ] }""";
    private const string OneInDatabase = """{ "foo": { "deleted": false, "num_cores": 1, "state": 4 } }""";

    private readonly MemoryFiles _files = new MemoryFiles().With(Settings, "[General]\nlocal.driver=hyperv\n");
    private readonly ScriptedClient _client = new();

    private const string Settings = "P:/Multipass/multipassd.conf";

    [Fact]
    public void List_and_info_are_read()
    {
        var list = MultipassClientOutput.ReadList(MemoryFiles.Data("multipass-list.sample.json"));
        Assert.Equal(
            new[] { ("primary", "Running", false), ("foo", "Starting", false), ("old-box", "Deleted", true), ("new-era", "Unavailable", false) },
            list.Records.Select(record => (record.Name, record.State, record.IsDeleted)));
        var info = MultipassClientOutput.ReadInfo(MemoryFiles.Data("multipass-info.sample.json"));
        Assert.Equal(new[] { ("primary", "Running"), ("foo", "Starting") }, info.Records.Select(record => (record.Name, record.State)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{ "list": {} }""")]
    [InlineData("""{ "list": [ { "name": "foo" } """)]
    [InlineData("Waiting for multipassd...")]
    public void What_is_no_list_is_refused(string output) => Assert.Throws<JsonFormatException>(() => MultipassClientOutput.ReadList(System.Text.Encoding.UTF8.GetBytes(output)));

    [Fact]
    public void Rows_that_cannot_be_understood_are_counted_and_hide_nothing()
    {
        var output = MultipassClientOutput.ReadList("""{ "list": [ 1, { "name": "foo" }, { "name": 2, "state": "Running" }, { "name": "bar", "state": "Running", "new": {} }, { "name": "bar", "state": "Stopped" } ] }"""u8.ToArray());
        Assert.Equal(("bar", "Running"), (Assert.Single(output.Records).Name, output.Records[0].State));
        Assert.Equal(4, output.LeftOut);
    }

    [Fact]
    public async Task The_database_suffices_while_nobody_wants_more()
    {
        _files.With(MemoryFiles.Database, OneInDatabase);
        var reading = await ReadAsync(MultipassEffort.Either);
        Assert.Equal("Database", reading.Source);
        Assert.Equal("Running", reading.Records.Single().State);
        Assert.Empty(_client.Calls);
        Assert.Empty(reading.Warnings);
    }

    [Fact]
    public async Task With_both_the_clients_word_counts_and_the_database_adds_the_folder()
    {
        _files.With(MemoryFiles.Database, OneInDatabase);
        _client.With("list", OneInList);
        var reading = await ReadAsync(MultipassEffort.Both);
        Assert.Equal("Database, Client", reading.Source);
        var record = reading.Records.Single();
        Assert.Equal("Starting", record.State);
        Assert.Equal(MemoryFiles.Vault + "foo", record.Folder);
        Assert.Equal(new[] { "list --format json --no-ipv4" }, _client.Calls);
    }

    [Theory]
    [InlineData("Missing", false)]
    [InlineData("Denied", false)]
    [InlineData("Locked", true)]
    [InlineData("TooLarge", true)]
    [InlineData("Failed", true)]
    public async Task Without_the_database_the_client_is_asked(string outcome, bool isWarnedOf)
    {
        _files.With(MemoryFiles.Database, FileAnswer.Not(Enum.Parse<FileOutcome>(outcome), "because."));
        _client.With("list", OneInList);
        var reading = await ReadAsync(MultipassEffort.Either);
        Assert.Equal("Client", reading.Source);
        Assert.Equal("Starting", reading.Records.Single().State);
        Assert.Equal(isWarnedOf, reading.Warnings.Count == 1);
    }

    [Fact]
    public async Task A_damaged_database_is_warned_of_and_not_believed()
    {
        _files.With(MemoryFiles.Database, OneInDatabase[..^3]);
        _client.With("list", OneInList);
        var reading = await ReadAsync(MultipassEffort.Either);
        Assert.Equal("Client", reading.Source);
        Assert.Contains("Line 1", Assert.Single(reading.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nobody_speaks_nothing_is_known_and_that_is_said()
    {
        var reading = await ReadAsync(MultipassEffort.Either);
        Assert.False(reading.IsKnown);
        Assert.Empty(reading.Records);
        Assert.Equal(2, reading.Silence.Count);
    }

    [Fact]
    public async Task The_cheap_reading_runs_no_client()
    {
        _client.With("list", OneInList);
        Assert.False((await ReadAsync(MultipassEffort.Database)).IsKnown);
        Assert.Empty(_client.Calls);
    }

    [Theory]
    [InlineData("nonsense", 0, 2)]
    [InlineData("", 2, 2)]
    public async Task A_client_without_a_list_is_asked_for_everything(string output, int exitCode, int calls)
    {
        _client.With("list", output, exitCode).With("info", """{ "errors": [], "info": { "foo": { "state": "Running" } } }""");
        var reading = await ReadAsync(MultipassEffort.Either);
        Assert.Equal("Running", reading.Records.Single().State);
        Assert.Equal(calls, _client.Calls.Count(call => !call.StartsWith("version", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("DidNotEnd", "within 10 s")]
    [InlineData("WroteTooMuch", "far more")]
    [InlineData("NotStarted", "could not be started")]
    public async Task A_client_that_fails_is_warned_of_and_not_asked_twice(string outcome, string text)
    {
        _files.With(MemoryFiles.Database, OneInDatabase);
        _client.With("list", ClientAnswer.Not(Enum.Parse<ClientOutcome>(outcome)));
        var reading = await ReadAsync(MultipassEffort.Both);
        Assert.Equal("Database", reading.Source);
        Assert.Contains(text, Assert.Single(reading.Warnings), StringComparison.Ordinal);
        Assert.Single(_client.Calls);
    }

    [Fact]
    public async Task Deleted_is_what_the_client_says_or_else_the_database()
    {
        _files.With(MemoryFiles.Database, """{ "foo": { "deleted": true, "num_cores": 1, "state": 1 }, "bar": { "deleted": false, "num_cores": 1, "state": 1 } }""");
        Assert.True((await ReadAsync(MultipassEffort.Either)).Records.Single(record => record.Name == "foo").IsDeleted);
        _client.With("list", """{ "list": [ { "name": "foo", "state": "Stopped" }, { "name": "bar", "state": "Deleted" } ] }""");
        var records = (await ReadAsync(MultipassEffort.Both)).Records;
        Assert.Equal(new[] { ("bar", true), ("foo", false) }, records.Select(record => (record.Name, record.IsDeleted)));
    }

    [Fact]
    public async Task A_driver_that_is_written_is_not_asked_for()
    {
        _files.With(MemoryFiles.Database, OneInDatabase);
        Assert.Equal(DriverKind.HyperV, (await ReadAsync(MultipassEffort.Either)).Driver.Kind);
        Assert.Empty(_client.Calls);
    }

    [Theory]
    [InlineData("Incomplete")]
    [InlineData("Missing")]
    [InlineData("Denied")]
    [InlineData("Locked")]
    [InlineData("Meaningless")]
    public async Task A_driver_that_is_not_written_is_asked_for_once_and_without_it_no_list_is_read(string settings)
    {
        _files.With(MemoryFiles.Database, OneInDatabase).With(Settings, settings switch
        {
            "Incomplete" => FileAnswer.Of("[General]\nlocal.privileged-mounts=true"u8.ToArray()),
            "Meaningless" => FileAnswer.Of("[General]\nlocal.driver=qemu"u8.ToArray()),
            _ => FileAnswer.Not(Enum.Parse<FileOutcome>(settings)),
        });
        _client.WithDriver("hyperv_api").With("list", OneInList);
        var reading = await ReadAsync(MultipassEffort.Both);
        Assert.Equal(DriverKind.Hcs, reading.Driver.Kind);
        Assert.Equal(DriverKind.Hcs, reading.Records.Single().Driver);
        Assert.Equal(new[] { "get local.driver", "list --format json --no-ipv4" }, _client.Calls);

        _client.Calls.Clear();
        _client.With("get", ClientAnswer.Not(ClientOutcome.DidNotEnd));
        reading = await ReadAsync(MultipassEffort.Both);
        Assert.False(reading.Driver.IsKnown);
        Assert.Equal(new[] { "get local.driver" }, _client.Calls);
        Assert.Equal("Running", reading.Records.Single().State);
        Assert.Contains("did not answer within 5 s", Assert.Single(reading.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_settings_that_Multipass_reads_are_read_and_no_others()
    {
        // Its own folder is there: what lies elsewhere is an old file.
        _files.With(MemoryFiles.Database, OneInDatabase);
        _files.Folders.Add("S:/AppData/Local/multipassd");
        Assert.False((await ReadAsync(MultipassEffort.Database)).Driver.IsKnown);
        _files.With("S:/AppData/Local/multipassd/multipassd.conf", "[General]\nlocal.driver=vbox\n");
        Assert.Equal(DriverKind.VirtualBox, (await ReadAsync(MultipassEffort.Database)).Driver.Kind);
        _files.With("S:/AppData/Local/multipassd/multipassd.conf", FileAnswer.Not(FileOutcome.Denied));
        Assert.False((await ReadAsync(MultipassEffort.Database)).Driver.IsKnown);
    }

    [Fact]
    public async Task The_cheap_reading_asks_for_the_driver_only_where_the_newer_backend_has_left_traces()
    {
        _files.With(MemoryFiles.Database, OneInDatabase).With(Settings, string.Empty);
        _client.WithDriver("hcs");
        Assert.False((await ReadAsync(MultipassEffort.Database)).Driver.IsKnown);
        Assert.Empty(_client.Calls);
        _files.With(MemoryFiles.Vault + "foo/foo.vmgs", string.Empty);
        Assert.Equal(DriverKind.Hcs, (await ReadAsync(MultipassEffort.Database)).Driver.Kind);
        Assert.Equal(new[] { "get local.driver" }, _client.Calls);
    }

    [Fact]
    public async Task Each_driver_has_a_scope_and_the_client_speaks_of_the_one_in_use()
    {
        _files.With(MemoryFiles.Database, OneInDatabase)
            .With("P:/Multipass/data/virtualbox/multipassd-vm-instances.json", """{ "foo": { "deleted": false, "num_cores": 1, "state": 1 }, "vb": { "deleted": false, "num_cores": 1, "state": 1 } }""")
            .With(Settings, "local.driver=virtualbox");
        _client.With("list", OneInList);
        var reading = await ReadAsync(MultipassEffort.Both);
        Assert.Equal(
            new[] { ("foo", true, "Starting", "P:/Multipass/data/virtualbox/vault/instances/foo"), ("vb", true, "Stopped", "P:/Multipass/data/virtualbox/vault/instances/vb"), ("foo", false, "Running", MemoryFiles.Vault + "foo") },
            reading.Records.Select(record => (record.Name, record.IsInUse, record.State, record.Folder!)));
        Assert.Equal(RecordOwner.VirtualBox, RecordOwners.Of(reading.Records[0], hasMachine: true));
        Assert.Equal(RecordOwner.NotInUse, RecordOwners.Of(reading.Records[2], hasMachine: true));
    }

    [Theory]
    [InlineData("get")]
    [InlineData("list")]
    public async Task A_client_that_is_not_authenticated_is_not_asked_again(string command)
    {
        _files.With(Settings, command == "get" ? string.Empty : "local.driver=hyperv");
        var refusal = new ClientAnswer(ClientOutcome.Ended, 2, Array.Empty<byte>(), "the service does not know you, see 'multipass authenticate'");
        _client.With("get", refusal).With("list", refusal).With("info", refusal);
        var reading = await ReadAsync(MultipassEffort.Both);
        Assert.True(reading.IsClientNotAuthenticated);
        Assert.StartsWith(command, Assert.Single(_client.Calls), StringComparison.Ordinal);
        Assert.Contains("multipass authenticate", Assert.Single(reading.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_leads_out_of_the_vault_leads_nowhere()
    {
        _files.With(MemoryFiles.Database, """{ "../../secret": { "deleted": false, "num_cores": 1, "state": 1 } }""");
        Assert.Null((await ReadAsync(MultipassEffort.Either)).Records.Single().Folder);
    }

    [Theory]
    [InlineData(null, true, false, "P:/Multipass/data", "P:/Multipass/multipassd.conf")]
    [InlineData(null, true, true, "P:/Multipass/data", "P:/Multipass/multipassd.conf")]
    [InlineData(null, false, false, "P:/Multipass/data", "P:/Multipass/multipassd.conf")]
    [InlineData(null, false, true, "S:/AppData/Roaming/multipassd", null)]
    [InlineData("D:\\mp", true, true, "D:\\mp\\data", "D:\\mp\\multipassd.conf")]
    public async Task Files_are_where_Multipass_puts_them(string? storage, bool hasProgramData, bool hasLegacy, string data, string? settings)
    {
        _files.Folders.Clear();
        if (hasProgramData)
        {
            _files.Folders.Add("P:/Multipass");
        }

        if (hasLegacy)
        {
            _files.Folders.Add("S:/AppData/Roaming/multipassd");
        }

        var locations = await MultipassLocations.FindAsync(MemoryFiles.Environment with { Storage = storage }, _files, CancellationToken.None);
        Assert.Equal(data, locations.Data);
        Assert.Equal("S:/AppData/Local/multipassd/multipassd.conf", locations.Settings[0]);
        Assert.Equal(settings, locations.Settings.ElementAtOrDefault(1));
    }

    [Fact]
    public async Task An_old_database_is_found_where_old_versions_kept_it()
    {
        _files.With("P:/Multipass/cache/multipassd-vm-instances.json", OneInDatabase);
        Assert.Equal("Database", (await ReadAsync(MultipassEffort.Database)).Source);
    }

    private Task<MultipassReading> ReadAsync(MultipassEffort effort, MultipassEnvironment? environment = null)
        => new MultipassView(_files, _client, environment ?? MemoryFiles.Environment).ReadAsync(effort, CancellationToken.None);
}
