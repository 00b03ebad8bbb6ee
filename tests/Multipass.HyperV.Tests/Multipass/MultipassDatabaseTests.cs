using System;
using System.Diagnostics;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Multipass.HyperV.Multipass;
using Multipass.HyperV.Json;
using Xunit;

namespace Multipass.HyperV.Tests.Multipass;

public sealed class MultipassDatabaseTests
{
    private const string Record = """{ "deleted": false, "disk_space": "5368709120", "mac_addr": "52:54:00:6b:1f:02", "mem_size": "1073741824", "metadata": {}, "mounts": [], "num_cores": 1, "ssh_username": "ubuntu", "state": 4 }""";

    private static readonly byte[] Sample = MemoryFiles.Data("multipassd-vm-instances.sample.json");

    [Fact]
    public void Every_kind_of_record_is_read_as_Multipass_reads_it()
    {
        var database = MultipassDatabase.Read(Sample);
        Assert.Equal(
            new[] { ("primary", "Running", false), ("foo", "Starting", false), ("old-box", "Stopped", true), ("new-era", "Unknown", false) },
            database.Records.Select(record => (record.Name, record.State, record.IsDeleted)));
        Assert.Contains("42", database.Records.Single(record => record.Name == "new-era").Note, StringComparison.Ordinal);
        Assert.Contains("'ghost'", Assert.Single(database.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_documented_state_has_its_word()
        => Assert.Equal(
            new[] { "Stopped", "Stopped", "Starting", "Restarting", "Running", "Delayed Shutdown", "Suspending", "Suspended", "Unknown", "Unavailable" },
            Enumerable.Range(0, 10).Select(number => Read($$"""{ "foo": {{Record.Replace("\"state\": 4", $"\"state\": {number}", StringComparison.Ordinal)}} }""").Records.Single().State));

    [Theory]
    [InlineData("17")]
    [InlineData("\"x\"")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{ "state": "4" }""")]
    [InlineData("""{ "state": 4.0 }""")]
    [InlineData("""{ "state": 99999999999999999999 }""")]
    [InlineData("""{ "state": null }""")]
    [InlineData("""{ "deleted": false }""")]
    [InlineData("""{ "state": 4, "deleted": "no" }""")]
    public void A_record_that_cannot_be_understood_does_not_hide_the_others(string bad)
    {
        var database = Read($$"""{ "first": {{Record}}, "bad": {{bad}}, "last": {{Record}} }""");
        Assert.Equal(new[] { "Running", "Unknown", "Running" }, database.Records.Select(record => record.State));
        Assert.NotNull(database.Records[1].Note);
        Assert.Contains("'bad'", Assert.Single(database.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_record_is_told_of_for_Multipass_will_take_the_whole_for_empty()
    {
        var database = Read($$"""{ "foo": {}, "bar": {{Record}} }""");
        Assert.Equal(2, database.Records.Count);
        Assert.Contains("whole database", Assert.Single(database.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_record_that_lacks_only_something_is_no_ghost()
        => Assert.Equal("Stopped", Read("""{ "foo": { "num_cores": 0, "deleted": true, "state": 0 } }""").Records.Single().State);

    [Fact]
    public void What_a_newer_version_adds_is_left_alone()
        => Assert.Empty(Read($$"""{ "foo": {{Record.Replace("{ \"deleted\"", "{ \"zone\": \"zone1\", \"new\": { \"deep\": [1, 2] }, \"deleted\"", StringComparison.Ordinal)}} }""").Warnings);

    [Fact]
    public void A_name_that_is_none_is_told_of()
    {
        var database = Read($$"""{ "": {{Record}}, "a\u0007b": {{Record}}, "{{new string('x', 101)}}": {{Record}}, "foo": {{Record}} }""");
        Assert.Equal("foo", Assert.Single(database.Records).Name);
        Assert.Single(database.Warnings);
    }

    [Fact]
    public void Very_many_faults_make_no_endless_warning()
    {
        var database = Read("{ " + string.Join(", ", Enumerable.Range(0, 2000).Select(number => $"\"i{number}\": 1")) + " }");
        Assert.Equal(2000, database.Records.Count);
        Assert.InRange(Assert.Single(database.Warnings).Length, 1, 1500);
    }

    [Fact]
    public void Cut_off_at_every_byte_it_is_refused_with_a_place_and_nothing_else()
    {
        var end = Sample.AsSpan().LastIndexOf((byte)'}');
        for (var length = 0; length < end; length++)
        {
            var exception = Assert.Throws<JsonFormatException>(() => MultipassDatabase.Read(Sample.AsSpan(0, length).ToArray()));
            Assert.True(exception.Line >= 1, $"cut off at {length}");
        }
    }

    [Fact]
    public void Every_byte_changed_gives_a_database_or_a_refusal()
    {
        foreach (var value in new byte[] { 0, (byte)'"', (byte)'{', (byte)'}', 0xFF })
        {
            for (var at = 0; at < Sample.Length; at++)
            {
                var bytes = (byte[])Sample.Clone();
                bytes[at] = value;
                try
                {
                    MultipassDatabase.Read(bytes);
                }
                catch (JsonFormatException)
                {
                    // Refused: the only other way.
                }
            }
        }
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("17")]
    [InlineData("\"\"")]
    [InlineData("{} {}")]
    [InlineData("""{ "foo": 1, "foo": 2 }""")]
    [InlineData("""{ "foo": 1, }""")]
    public void What_is_no_database_is_refused(string text) => Assert.Throws<JsonFormatException>(() => Read(text));

    [Fact]
    public void Deep_nesting_and_great_size_are_refused_in_no_time()
    {
        var watch = Stopwatch.StartNew();
        Assert.Equal(JsonFormatErrorKind.Limit, Assert.Throws<JsonFormatException>(() => Read("{ \"foo\": " + new string('[', 1_000_000))).Kind);
        Assert.Equal(JsonFormatErrorKind.Limit, Assert.Throws<JsonFormatException>(() => MultipassDatabase.Read(new byte[100 * 1024 * 1024])).Kind);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(40));
    }

    [Theory]
    [InlineData("utf-8", true)]
    [InlineData("utf-8", false)]
    [InlineData("utf-16", true)]
    [InlineData("utf-16BE", true)]
    public void Encodings_that_tell_themselves_are_read(string encoding, bool withMark)
    {
        var text = Encoding.GetEncoding(encoding);
        var bytes = (withMark ? text.GetPreamble() : Array.Empty<byte>()).Concat(text.GetBytes($$"""{ "foo": {{Record}} }""")).ToArray();
        Assert.Equal("Running", MultipassDatabase.Read(bytes).Records.Single().State);
    }

    [Fact]
    public void Other_encodings_are_refused()
    {
        Assert.Throws<JsonFormatException>(() => MultipassDatabase.Read(Encoding.Unicode.GetBytes($$"""{ "foo": {{Record}} }""")));
        Assert.Throws<JsonFormatException>(() => MultipassDatabase.Read(Encoding.UTF32.GetPreamble().Concat(Encoding.UTF32.GetBytes("{}")).ToArray()));
        Assert.Throws<JsonFormatException>(() => MultipassDatabase.Read(Encoding.Latin1.GetBytes("{ \"f\u00F6\u00F6\": 1 }")));
    }

    [Fact]
    public void Disks_are_found_in_the_vaults_own_records()
    {
        var images = Images("""{ "foo": { "image": { "path": "C:/x/foo.vhdx", "id": "0d1e", "original_release": "24.04 LTS" } }, "bar": 1, "baz": { "image": { "path": 2 } } }""");
        Assert.Equal(new ImageRecord("C:/x/foo.vhdx", "0d1e", "24.04 LTS"), images["foo"]);
        Assert.Null(images["baz"].Path);
        Assert.Equal(2, images.Count);
        Assert.Empty(Images("{ \"foo\""));
        Assert.Empty(Images("[1]"));
        Assert.Empty(ImageRecords.Read(FileAnswer.Not(FileOutcome.Denied)));

        static IReadOnlyDictionary<string, ImageRecord> Images(string text) => ImageRecords.Read(FileAnswer.Of(Encoding.UTF8.GetBytes(text)));
    }

    [Theory]
    [InlineData("[General]\nlocal.driver=hyperv\n", "hyperv")]
    [InlineData("[local]\r\ndriver=hyperv_api\r\n", "hyperv_api")]
    [InlineData("\uFEFFlocal.driver=hcs", "hcs")]
    [InlineData("local.driver=hcs\n;local.driver=virtualbox\nlocal.driver=\"hyperv\"", "hyperv")]
    [InlineData("[local]\npassphrase=driver=x\nbridged-network=y", null)]
    [InlineData("[gui]\ndriver=hcs\n", null)]
    [InlineData("[local]\ndriver=\n", null)]
    [InlineData("", null)]
    public void The_driver_is_found_in_the_settings(string text, string? driver) => Assert.Equal(driver, MultipassSettings.DriverOf(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData("hyperv", "HyperV")]
    [InlineData("Hyper-V", "HyperV")]
    [InlineData("hyperv_api", "Hcs")]
    [InlineData("hcs", "Hcs")]
    [InlineData("virtualbox", "VirtualBox")]
    [InlineData("VBOX", "VirtualBox")]
    [InlineData("qemu", "Unknown")]
    [InlineData("", "Unknown")]
    public void Each_word_of_the_setting_means_one_driver(string word, string kind) => Assert.Equal(kind, MultipassDriver.Of(word).Kind.ToString());

    private static MultipassDatabase Read(string text) => MultipassDatabase.Read(Encoding.UTF8.GetBytes(text));
}
