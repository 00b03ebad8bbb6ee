using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Multipass;
using Xunit;

namespace Multipass.HyperV.Tests.Multipass;

public sealed class LocalFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mp-files-").FullName;
    private readonly LocalFiles _files = new();

    private string File1 => Path.Combine(_folder, "one.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_file_is_read_while_another_process_may_write_it()
    {
        using var writer = new FileStream(File1, FileMode.Create, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        writer.Write("{}"u8);
        await writer.FlushAsync(TestContext.Current.CancellationToken);
        Assert.Equal("{}"u8.ToArray(), (await ReadAsync(File1)).Bytes);
    }

    [Fact]
    public async Task What_is_not_there_or_no_file_is_told()
    {
        Assert.Equal(FileOutcome.Missing, (await ReadAsync(File1)).Outcome);
        Assert.Equal(FileOutcome.Missing, (await ReadAsync(Path.Combine(_folder, "none", "one.json"))).Outcome);
        Assert.Contains((await ReadAsync(_folder)).Outcome, new[] { FileOutcome.Denied, FileOutcome.Failed });
        Assert.Equal(FileOutcome.Failed, (await ReadAsync("\0")).Outcome);
    }

    [Fact]
    public async Task A_locked_file_is_told_after_a_few_attempts()
    {
        using var owner = new FileStream(File1, FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        var watch = Stopwatch.StartNew();
        Assert.Equal(FileOutcome.Locked, (await ReadAsync(File1)).Outcome);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_file_of_100_MB_is_not_read()
    {
        using (var large = new FileStream(File1, FileMode.Create))
        {
            large.SetLength(100L * 1024 * 1024);
        }

        var before = GC.GetTotalAllocatedBytes();
        Assert.Equal(FileOutcome.TooLarge, (await ReadAsync(File1)).Outcome);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 50L * 1024 * 1024);
    }

    [Fact]
    public async Task A_file_without_an_end_is_given_up()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        // By its size, or on a busy machine by the time that a file may take.
        Assert.Contains((await ReadAsync("/dev/zero")).Outcome, new[] { FileOutcome.TooLarge, FileOutcome.Failed });
    }

    [Fact]
    public async Task Folders_are_listed_and_missing_ones_are_empty()
    {
        await File.WriteAllTextAsync(File1, "{}", TestContext.Current.CancellationToken);
        var none = Path.Combine(_folder, "none");
        var listing = await _files.ListAsync(new[] { _folder, none }, CancellationToken.None);
        Assert.Equal((FileOutcome.Read, "one.json"), (listing[_folder].Outcome, Assert.Single(listing[_folder].Files)));
        Assert.Equal((FileOutcome.Missing, 0), (listing[none].Outcome, listing[none].Files.Count));
        Assert.True(await _files.HasFolderAsync(_folder, CancellationToken.None));
        Assert.False(await _files.HasFolderAsync(none, CancellationToken.None));
    }

    [Fact]
    public async Task This_computers_own_Multipass_can_be_asked_without_harm()
    {
        var reading = await LocalMultipass.CreateView().ReadAsync(MultipassEffort.Database, CancellationToken.None);
        Assert.Equal(reading.IsKnown, reading.Source.Length > 0);
        Assert.True(reading.IsKnown || reading.Silence.Any());
    }

    private Task<FileAnswer> ReadAsync(string path) => _files.ReadAsync(path, MultipassDatabase.MostBytes, CancellationToken.None);
}
