using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace Multipass.HyperV.Multipass;

/// <summary>Runs Multipass's client as a process of its own: no shell, nothing to read from, a bound on its time and on what it may write.</summary>
internal sealed class ClientProcess : IMultipassClient
{
    /// <summary>A list of thousands of instances has less than a megabyte.</summary>
    private const int MostBytes = 4 * 1024 * 1024;

    private const int LongestError = 300;

    /// <summary>When the client has ended, something that it started may keep its output open; what has come by then is its answer.</summary>
    private static readonly TimeSpan AfterEnd = TimeSpan.FromMilliseconds(500);

    private readonly Func<string?> _find;

    public ClientProcess(Func<string?> find) => _find = find;

    public bool IsPresent => _find() is not null;

    public async Task<ClientAnswer> RunAsync(IReadOnlyList<string> arguments, TimeSpan limit, CancellationToken cancellationToken)
    {
        // One word each, so that there is nothing to quote and nothing that could be misread.
        if (arguments.FirstOrDefault(argument => !IsPlain(argument)) is { } strange)
        {
            return ClientAnswer.Not(ClientOutcome.NotStarted, $"'{strange}' is no name that Multipass takes");
        }

        // Starting a process takes a while, and not on the caller's thread.
        var answer = await Task.Run(() => RunToEndAsync(arguments, limit, cancellationToken), CancellationToken.None).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return answer;
    }

    private async Task<ClientAnswer> RunToEndAsync(IReadOnlyList<string> arguments, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (_find() is not { } path)
        {
            return ClientAnswer.Not(ClientOutcome.NotFound);
        }

        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(path, string.Join(" ", arguments))
            {
                UseShellExecute = false,
                CreateNoWindow = true,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = Path.GetDirectoryName(path) ?? string.Empty,
            },
            EnableRaisingEvents = true,
        };
        using var family = ProcessFamily.For(process.StartInfo);
        var exited = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        process.Exited += (_, _) => exited.TrySetResult(true);
        try
        {
            process.Start();
        }
        catch (Exception exception) when (exception is Win32Exception or InvalidOperationException or PlatformNotSupportedException)
        {
            return ClientAnswer.Not(ClientOutcome.NotStarted, exception.Message);
        }

        family.Adopt(process);
        var output = new Drain(process.StandardOutput.BaseStream);
        var error = new Drain(process.StandardError.BaseStream);
        CloseInput(process);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var deadline = Task.Delay(limit, end.Token);
        var overflow = Task.WhenAny(output.Overflow, error.Overflow);
        try
        {
            var first = await Task.WhenAny(exited.Task, overflow, deadline).ConfigureAwait(false);
            if (first == exited.Task)
            {
                await Task.WhenAny(Task.WhenAll(output.End, error.End), overflow, deadline, Task.Delay(AfterEnd, end.Token)).ConfigureAwait(false);
            }

            return overflow.IsCompleted ? ClientAnswer.Not(ClientOutcome.WroteTooMuch)
                : first == exited.Task ? new ClientAnswer(ClientOutcome.Ended, process.ExitCode, output.Bytes, Shorten(error.Bytes))
                : ClientAnswer.Not(ClientOutcome.DidNotEnd);
        }
        finally
        {
            end.Cancel();
            family.End(process);
        }
    }

    private static bool IsPlain(string argument) => argument.Length is > 0 and <= 100 && argument.All(character => character is '-' or '_' or '.' or (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9'));

    /// <summary>Whoever asks a question gets no answer.</summary>
    private static void CloseInput(Process process)
    {
        try
        {
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended already.
        }
    }

    private static string Shorten(byte[] bytes)
    {
        var text = new string(Encoding.UTF8.GetString(bytes).Select(character => char.IsControl(character) ? ' ' : character).ToArray()).Trim();
        return text.Length <= LongestError ? text : text.Substring(0, LongestError) + "...";
    }

    /// <summary>Takes what a process writes, up to a bound.</summary>
    private sealed class Drain
    {
        private readonly List<byte> _bytes = new();
        private readonly TaskCompletionSource<bool> _overflow = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Drain(Stream stream) => End = ReadAsync(stream);

        public Task End { get; }

        public Task Overflow => _overflow.Task;

        public byte[] Bytes
        {
            get
            {
                lock (_bytes)
                {
                    return _bytes.ToArray();
                }
            }
        }

        private async Task ReadAsync(Stream stream)
        {
            var buffer = new byte[16 * 1024];
            try
            {
                int count;
                while ((count = await stream.ReadAsync(buffer, 0, buffer.Length).ConfigureAwait(false)) > 0)
                {
                    lock (_bytes)
                    {
                        if (_bytes.Count + count > MostBytes)
                        {
                            _overflow.TrySetResult(true);
                            return;
                        }

                        _bytes.AddRange(new ArraySegment<byte>(buffer, 0, count));
                    }
                }
            }
            catch (Exception exception) when (exception is IOException or ObjectDisposedException or InvalidOperationException or OperationCanceledException)
            {
                // The process is gone, and its pipe with it.
            }
        }
    }
}
