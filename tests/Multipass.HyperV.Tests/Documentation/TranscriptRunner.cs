using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Threading;
using Microsoft.PowerShell;
using Multipass.HyperV.Tests.Hosting;

namespace Multipass.HyperV.Tests.Documentation;

/// <summary>Types a transcript's statements at a prompt of their own, one after another: variables and $Error last from one to the next, as for a person.</summary>
internal sealed class TranscriptRunner : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    private readonly RecordingHost _host = new();
    private readonly Runspace _runspace;

    static TranscriptRunner() => PSStyle.Instance.OutputRendering = OutputRendering.PlainText;

    internal TranscriptRunner()
    {
        // Where long lines break, how numbers and moments are written: as the documents show it, whatever the reader's own system would. It lasts as long as the runner's own thread.
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("en-US");
        var state = InitialSessionState.CreateDefault();
        state.Variables.Add(new SessionStateVariableEntry("PSModuleAutoLoadingPreference", PSModuleAutoLoadingPreference.None, "The same commands on every machine."));
        if (OperatingSystem.IsWindows())
        {
            state.ExecutionPolicy = ExecutionPolicy.Bypass;
        }

        _runspace = HostedPowerShell.Open(RunspaceFactory.CreateRunspace(_host, state));
        Invoke(shell => shell.AddCommand("Import-Module").AddParameter("Name", HostedPowerShell.ManifestPath).AddParameter("ErrorAction", ActionPreference.Stop));
        // Documents name files as seen from the top of the repository.
        _runspace.SessionStateProxy.Path.SetLocation(WildcardPattern.Escape(HostedPowerShell.RepositoryRoot));
    }

    /// <summary>A session as a reader has it who has just connected to the small simulated host.</summary>
    internal Transcript Run(Transcript transcript)
    {
        Type("Disconnect-MpHost; Connect-MpHost -Simulated; $Error.Clear()");
        return Transcript.Of(transcript.Exchanges.Select(exchange => new Exchange(exchange.Statement, Type(exchange.Statement))).ToList());
    }

    public void Dispose() => _runspace.Dispose();

    private string Type(string statement)
    {
        _host.Clear();
        using var pipeline = _runspace.CreatePipeline(statement, addToHistory: true);
        var isLate = false;
        using Timer timer = new(
            _ =>
            {
                isLate = true;
                pipeline.StopAsync();
            },
            null,
            Limit,
            Timeout.InfiniteTimeSpan);
        pipeline.Commands[0].MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
        pipeline.Commands.Add(new Command("Out-Default", isScript: false, useLocalScope: true));
        try
        {
            pipeline.Input.Close();
            pipeline.Invoke();
        }
        catch (PipelineStoppedException)
        {
        }
        catch (RuntimeException exception)
        {
            // Marked so that it is written as an error, not as an object that the statement returned.
            var marked = PSObject.AsPSObject(new ErrorRecord(exception.ErrorRecord, exception));
            marked.Properties.Add(new PSNoteProperty("writeErrorStream", true));
            using var last = PowerShell.Create(_runspace);
            last.AddCommand("Out-Default").Invoke(new[] { marked });
        }

        // A stopped pipeline does not always say so by an exception.
        return isLate ? throw new TimeoutException($"'{statement}' did not end within {Limit.TotalSeconds} s.") : Transcript.Tidy(_host.Text);
    }

    private void Invoke(Action<PowerShell> build)
    {
        using var shell = PowerShell.Create(_runspace);
        build(shell);
        shell.Invoke();
    }
}
