using System;
using System.Diagnostics;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Multipass;
using Xunit;

namespace Multipass.HyperV.Tests.Multipass;

/// <summary>The client as a process, played by the stand-in: it may do whatever it likes, and the answer comes in bounded time.</summary>
public sealed class ClientProcessTests : IDisposable
{
    private static readonly string[] List = { "list", "--format", "json" };

    /// <summary>Enough for a program to start on a busy machine, where an answer is expected.</summary>
    private static readonly TimeSpan Patient = TimeSpan.FromMinutes(2);

    private readonly StandIn _standIn = new StandIn().Knows("foo", "Starting").Knows("bar", "Running");

    public void Dispose() => _standIn.Dispose();

    [Fact]
    public async Task It_lists_and_stops()
    {
        _standIn.Behaves("Answers");
        var answer = await _standIn.Client.RunAsync(List, Patient, CancellationToken.None);
        Assert.True(answer.HasSucceeded, answer.Describe(Patient));
        Assert.Equal(2, MultipassClientOutput.ReadList(answer.Output).Records.Count);
        Assert.True((await _standIn.Client.RunAsync(new[] { "stop", "--force", "foo" }, Patient, CancellationToken.None)).HasSucceeded);
        answer = await _standIn.Client.RunAsync(new[] { "info", "--format", "json" }, Patient, CancellationToken.None);
        Assert.Equal("Stopped", MultipassClientOutput.ReadInfo(answer.Output).Records[0].State);
        Assert.Equal(new[] { "list --format json", "stop --force foo", "info --format json" }, _standIn.Calls);
    }

    [Fact]
    public async Task Its_failure_is_told_with_its_words()
    {
        _standIn.Behaves("Fails");
        var answer = await _standIn.Client.RunAsync(List, Patient, CancellationToken.None);
        Assert.Equal((ClientOutcome.Ended, 2), (answer.Outcome, answer.ExitCode));
        Assert.Contains("exit code 2 (list failed: cannot connect to the multipass socket)", answer.Describe(Patient), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_asks_gets_no_answer()
    {
        _standIn.Behaves("Asks");
        var answer = await _standIn.Client.RunAsync(List, Patient, CancellationToken.None);
        Assert.Equal((ClientOutcome.Ended, 2), (answer.Outcome, answer.ExitCode));
    }

    [Fact]
    public async Task One_that_hangs_is_ended_at_the_limit()
    {
        _standIn.Behaves("Hangs");
        var watch = Stopwatch.StartNew();
        var answer = await _standIn.Client.RunAsync(List, TimeSpan.FromSeconds(1), CancellationToken.None);
        Assert.Equal(ClientOutcome.DidNotEnd, answer.Outcome);
        Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(0.9), TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task One_that_writes_without_end_is_ended_and_fills_no_memory()
    {
        _standIn.Behaves("Floods");
        Assert.Equal(ClientOutcome.WroteTooMuch, (await _standIn.Client.RunAsync(List, Patient, CancellationToken.None)).Outcome);
        _standIn.Behaves("FloodsErrors");
        Assert.Equal(ClientOutcome.WroteTooMuch, (await _standIn.Client.RunAsync(List, Patient, CancellationToken.None)).Outcome);
    }

    [Fact]
    public async Task What_it_has_started_is_ended_with_it()
    {
        _standIn.Behaves("Forks");

        // Within the limit two programs have to start, and how long that takes is the machine's affair.
        for (var seconds = 2; _standIn.Lingering is null && seconds <= 128; seconds *= 4)
        {
            Assert.Equal(ClientOutcome.DidNotEnd, (await _standIn.Client.RunAsync(List, TimeSpan.FromSeconds(seconds), CancellationToken.None)).Outcome);
        }

        await HasEndedAsync(_standIn.Lingering);
    }

    [Fact]
    public async Task An_answer_counts_although_something_keeps_the_output_open()
    {
        _standIn.Behaves("ForksAndEnds");
        var watch = Stopwatch.StartNew();
        var answer = await _standIn.Client.RunAsync(List, Patient, CancellationToken.None);
        Assert.True(answer.HasSucceeded, answer.Describe(Patient));
        Assert.Equal(2, MultipassClientOutput.ReadList(answer.Output).Records.Count);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        if (OperatingSystem.IsWindows() || OperatingSystem.IsLinux())
        {
            await HasEndedAsync(_standIn.Lingering);
        }
    }

    [Fact]
    public async Task The_users_stop_ends_it()
    {
        _standIn.Behaves("Hangs");
        using var stop = new CancellationTokenSource();
        var answer = _standIn.Client.RunAsync(List, Patient, stop.Token);
        Assert.True(SpinWait.SpinUntil(() => _standIn.Calls.Count > 0, Patient));
        var watch = Stopwatch.StartNew();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    [Theory]
    [InlineData("foo bar")]
    [InlineData("foo\"bar")]
    [InlineData("foo;bar")]
    [InlineData("$(foo)")]
    [InlineData("foo%PATH%")]
    [InlineData("")]
    public async Task A_name_that_is_none_never_reaches_a_command_line(string name)
    {
        Assert.Equal(ClientOutcome.NotStarted, (await _standIn.Client.RunAsync(new[] { "stop", "--force", name }, Patient, CancellationToken.None)).Outcome);
        Assert.Empty(_standIn.Calls);
    }

    [Fact]
    public async Task One_that_is_not_there_is_not_found_and_one_that_is_no_program_is_not_started()
    {
        Assert.Equal(ClientOutcome.NotFound, (await new ClientProcess(() => null).RunAsync(List, Patient, CancellationToken.None)).Outcome);
        var file = Path.Combine(_standIn.Folder, "no-program");
        await File.WriteAllTextAsync(file, "no program", TestContext.Current.CancellationToken);
        Assert.Equal(ClientOutcome.NotStarted, (await new ClientProcess(() => file).RunAsync(List, Patient, CancellationToken.None)).Outcome);
    }

    [Fact]
    public void It_is_found_on_the_path_but_not_in_folders_that_are_nowhere_in_particular()
    {
        Assert.Equal(_standIn.Folder, Path.GetDirectoryName(LocalMultipass.FindClient(new[] { string.Empty, ".", "bin", "\0", "\"" + _standIn.Folder + "\"" }, string.Empty)));

        // The program that was built lies on the drive of the tests, and the temporary folder may lie on another, to which no relative path leads.
        var relative = Path.GetRelativePath(Directory.GetCurrentDirectory(), StandIn.Built);
        Assert.True(File.Exists(Path.Combine(relative, OperatingSystem.IsWindows() ? "multipass.exe" : "multipass")), relative);
        Assert.False(Path.IsPathRooted(relative), relative);
        Assert.Null(LocalMultipass.FindClient(new[] { ".", relative }, string.Empty));
        Assert.Null(LocalMultipass.FindClient(Array.Empty<string>(), _standIn.Folder));
    }

    private static async Task HasEndedAsync(int? id)
    {
        Assert.NotNull(id);
        try
        {
            using var process = Process.GetProcessById(id.Value);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patient, TestContext.Current.CancellationToken);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            // It had ended before.
        }
        catch (TimeoutException)
        {
            Assert.Fail($"Process {id} lives on.");
        }
    }
}
