using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;

namespace Multipass.HyperV.Tests.Hosting;

/// <summary>A script that is running. It must be waited for before the next one begins.</summary>
public sealed class HostedRun
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(30);

    private readonly PowerShell _powerShell;
    private readonly RecordingHost _host;
    private readonly PSDataCollection<PSObject> _output = [];
    private readonly Task<Result> _result;
    private readonly Lock _gate = new();
    private Task? _stopping;
    private bool _ended;

    internal HostedRun(PowerShell powerShell, RecordingHost host, Action ended)
    {
        _powerShell = powerShell;
        _host = host;
        PSDataCollection<PSObject> noInput = [];
        noInput.Complete();
        _result = CompleteAsync(_powerShell.InvokeAsync(noInput, _output), ended);
    }

    /// <summary>What was written so far.</summary>
    public IReadOnlyList<PSObject> OutputSoFar => [.. _output];

    public bool IsCompleted => _result.IsCompleted;

    /// <summary>Stops the pipeline as Ctrl+C does, and returns when it has ended.</summary>
    public void Stop()
    {
        StopAsync().GetAwaiter().GetResult();

        // The runspace is free only when the run has cleared up after itself.
        Task.WaitAny(_result, Task.Delay(StopPatience));
    }

    /// <summary>What the script did. One that takes longer than the limit is a failed test: it is stopped, and TimeoutException says so.</summary>
    public async Task<Result> WaitAsync(TimeSpan? limit = null)
    {
        TimeSpan patience = limit ?? HostedPowerShell.Limit;
        try
        {
            return await _result.WaitAsync(patience).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            await TryStopAsync().ConfigureAwait(false);
            throw new TimeoutException($"The script did not end within {patience.TotalSeconds} s.");
        }
    }

    // So that the runspace is free for the next test; but what does not end may not stop either.
    private async Task TryStopAsync()
    {
        _ = StopAsync();
        await Task.WhenAny(_result, Task.Delay(StopPatience)).ConfigureAwait(false);
    }

    private Task StopAsync()
    {
        lock (_gate)
        {
            return _stopping ??= _ended ? Task.CompletedTask : Task.Run(_powerShell.Stop);
        }
    }

    private async Task<Result> CompleteAsync(Task<PSDataCollection<PSObject>> running, Action ended)
    {
        ErrorRecord? terminating = null;
        bool stopped = false;
        try
        {
            await running.ConfigureAwait(false);
        }
        catch (PipelineStoppedException)
        {
            stopped = true;
        }
        catch (RuntimeException exception)
        {
            // The record of an exception may hold a stand-in for the exception itself.
            terminating = new ErrorRecord(exception.ErrorRecord, exception);
        }

        Result result = new(
            [.. _output],
            [.. _powerShell.Streams.Error],
            terminating,
            stopped,
            [.. _powerShell.Streams.Verbose.Select(record => record.Message)],
            [.. _powerShell.Streams.Warning.Select(record => record.Message)],
            _host.Progress,
            _host.Choices,
            _host.Text);
        // A pipeline ends before the call that stopped it returns, and that call still needs it.
        Task stopping;
        lock (_gate)
        {
            _ended = true;
            stopping = _stopping ?? Task.CompletedTask;
        }

        await stopping.ConfigureAwait(false);
        _powerShell.Dispose();
        ended();
        return result;
    }
}
