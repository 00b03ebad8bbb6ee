using System;
using System.Collections.Generic;
using System.IO;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Threading;
using Microsoft.PowerShell;

namespace Playground;

/// <summary>How a pipeline ended.</summary>
internal enum RunOutcome
{
    /// <summary>It ran to its end, whatever errors it wrote on the way.</summary>
    Completed,

    /// <summary>An error that nothing caught ended it.</summary>
    Failed,

    /// <summary>Ctrl+C ended it.</summary>
    Stopped,
}

/// <summary>The PowerShell engine with the module loaded, and this process's console as its host.</summary>
internal sealed class HostedSession : IDisposable
{
    // A pipeline that has not stopped by then may be given up: the second Ctrl+C ends the process.
    private const int PatienceMilliseconds = 2000;

    private readonly Lock _gate = new();
    private readonly ConsoleHost _host;
    private readonly Runspace _runspace;
    private Pipeline? _running;
    private long? _stopAsked;

    private HostedSession(string repositoryRoot, bool errorsToOutput, Terminal terminal)
    {
        RepositoryRoot = repositoryRoot;
        PSStyle.Instance.OutputRendering = terminal.UsesColour ? OutputRendering.Host : OutputRendering.PlainText;
        UI = new ConsoleHostUserInterface(terminal, errorsToOutput);
        _host = new ConsoleHost(UI);

        InitialSessionState state = InitialSessionState.CreateDefault2();
        state.Commands.Add(new SessionStateCmdletEntry(AddEngineHintCommand.Name, typeof(AddEngineHintCommand), helpFileName: null));
        // The same commands everywhere: modules that happen to be installed on a machine come only when a script imports them.
        state.Variables.Add(new SessionStateVariableEntry("PSModuleAutoLoadingPreference", PSModuleAutoLoadingPreference.None, "Modules are imported explicitly."));
        if (OperatingSystem.IsWindows())
        {
            // For this process only; a fresh Windows would refuse the module's own view file.
            state.ExecutionPolicy = ExecutionPolicy.Bypass;
        }

        _runspace = RunspaceFactory.CreateRunspace(_host, state);
        _runspace.ThreadOptions = PSThreadOptions.ReuseThread;
        _runspace.Open();
        // Cmdlets that look for the caller's session, such as completion and nested script blocks, find it on this thread too.
        Runspace.DefaultRunspace = _runspace;
        Console.CancelKeyPress += OnCancelKey;
    }

    internal ConsoleHostUserInterface UI { get; }

    internal string RepositoryRoot { get; }

    /// <summary>What was given to <c>exit</c>; null while nothing was.</summary>
    internal int? ExitCode => _host.ExitCode;

    /// <exception cref="PlaygroundException">The module could not be loaded.</exception>
    internal static HostedSession Open(bool errorsToOutput, Terminal? terminal = null)
    {
        string manifest = ModuleManifest.Find();
        // Read by the engine once, before its first use.
        Environment.SetEnvironmentVariable("POWERSHELL_TELEMETRY_OPTOUT", "1");

        HostedSession session = new(Path.GetDirectoryName(manifest)!, errorsToOutput, terminal ?? new Terminal());
        try
        {
            session.Import(manifest);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Runs what somebody would type at a prompt.</summary>
    internal RunOutcome RunText(string text)
    {
        using Pipeline pipeline = _runspace.CreatePipeline(text, addToHistory: true);
        return Run(pipeline);
    }

    /// <summary>
    /// Runs a script file as <c>pwsh -File</c> does: words that begin with a dash name parameters, all others are values. A file's own <c>exit</c> ends only
    /// the file, so its number is passed on; so is the failure of a file that never ran.
    /// </summary>
    internal RunOutcome RunFile(string path, IReadOnlyList<string> arguments) => RunText($$"""
        & {{ScriptArguments.Quote(path)}} {{ScriptArguments.Format(arguments)}}
        if (-not $?) {
            if ($LASTEXITCODE) { exit $LASTEXITCODE }
            switch ($Error[0].Exception) {
                { $_ -is [System.Management.Automation.ParameterBindingException] } { exit {{ExitCodes.Failure}} }
                { $_ -is [System.Management.Automation.ParseException] } { exit {{ExitCodes.Failure}} }
                { $_ -is [System.Management.Automation.ScriptRequiresException] } { exit {{ExitCodes.Failure}} }
            }
        }
        """);

    /// <summary>The value of an expression, without showing anything.</summary>
    internal IReadOnlyList<PSObject> Evaluate(string expression)
    {
        using Pipeline pipeline = _runspace.CreatePipeline(expression);
        return pipeline.Invoke();
    }

    internal void SetLocation(string folder) => _runspace.SessionStateProxy.Path.SetLocation(WildcardPattern.Escape(folder));

    public void Dispose()
    {
        Console.CancelKeyPress -= OnCancelKey;
        _runspace.Dispose();
    }

    private void Import(string manifest)
    {
        using Pipeline pipeline = _runspace.CreatePipeline();
        Command command = new("Import-Module");
        command.Parameters.Add("Name", manifest);
        command.Parameters.Add("ErrorAction", ActionPreference.Stop);
        pipeline.Commands.Add(command);
        try
        {
            pipeline.Invoke();
        }
        catch (RuntimeException exception)
        {
            throw new PlaygroundException($"The module could not be loaded from '{manifest}': {exception.Message}");
        }
    }

    private RunOutcome Run(Pipeline pipeline)
    {
        try
        {
            Show(pipeline);
            // A stopped pipeline does not always say so by an exception, and may have reached its end just before.
            lock (_gate)
            {
                return _stopAsked is null ? RunOutcome.Completed : RunOutcome.Stopped;
            }
        }
        catch (PipelineStoppedException)
        {
            return RunOutcome.Stopped;
        }
        catch (RuntimeException exception)
        {
            // The record of an exception may hold a stand-in for the exception itself.
            Report(new ErrorRecord(exception.ErrorRecord, exception));
            return RunOutcome.Failed;
        }
    }

    private void Report(ErrorRecord error)
    {
        // Marked so that it is written as an error, not as an object that a script returned.
        PSObject marked = PSObject.AsPSObject(error);
        marked.Properties.Add(new PSNoteProperty("writeErrorStream", true));

        using Pipeline pipeline = _runspace.CreatePipeline("$input", addToHistory: false);
        pipeline.Input.Write(marked);
        try
        {
            Show(pipeline);
        }
        catch (RuntimeException exception)
        {
            // The error's own view failed; its plain words remain.
            UI.WriteErrorLine(error.ToString());
            UI.WriteErrorLine(exception.Message);
        }
    }

    /// <summary>Ends the pipeline in Out-Default with errors merged in: all is shown as PowerShell shows it.</summary>
    private void Show(Pipeline pipeline)
    {
        pipeline.Commands[0].MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
        pipeline.Commands.Add(new Command(AddEngineHintCommand.Name));
        pipeline.Commands.Add(new Command("Out-Default", isScript: false, useLocalScope: true));

        lock (_gate)
        {
            _running = pipeline;
            _stopAsked = null;
        }

        try
        {
            pipeline.Input.Close();
            pipeline.Invoke();
        }
        finally
        {
            lock (_gate)
            {
                _running = null;
            }

            UI.ClearProgress();
            UI.EndLine();
        }
    }

    private void OnCancelKey(object? sender, ConsoleCancelEventArgs e)
    {
        lock (_gate)
        {
            bool waiting = UI.Input.Interrupt();
            if (_running is null)
            {
                e.Cancel = waiting;
                return;
            }

            long now = Environment.TickCount64;
            e.Cancel = now - (_stopAsked ?? now) < PatienceMilliseconds;
            _stopAsked ??= now;
            _running.StopAsync();
        }
    }
}
