using System;
using System.Collections;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;
using Microsoft.PowerShell;

namespace Multipass.HyperV.Tests.Hosting;

/// <summary>
/// The PowerShell engine with the module imported from its manifest. Scripts run one after another in a scope of their own; errors and preferences of one do not reach the next.
/// PowerShell's own commands are there; of other modules none is loaded by itself.
/// </summary>
public sealed class HostedPowerShell : IDisposable
{
    private static readonly (string Name, Func<object> Value)[] Defaults =
    [
        ("ErrorActionPreference", () => ActionPreference.Continue),
        ("WarningPreference", () => ActionPreference.Continue),
        ("VerbosePreference", () => ActionPreference.SilentlyContinue),
        ("DebugPreference", () => ActionPreference.SilentlyContinue),
        ("InformationPreference", () => ActionPreference.SilentlyContinue),
        ("ProgressPreference", () => ActionPreference.Continue),
        ("ConfirmPreference", () => ConfirmImpact.High),
        ("WhatIfPreference", () => false),
        ("ErrorView", () => ErrorView.ConciseView),
        ("PSDefaultParameterValues", () => new DefaultParameterDictionary()),
    ];

    private readonly Runspace _runspace;

    static HostedPowerShell()
    {
        Environment.SetEnvironmentVariable("POWERSHELL_TELEMETRY_OPTOUT", "1");
        PSStyle.Instance.OutputRendering = OutputRendering.PlainText;
    }

    public HostedPowerShell()
    {
        // One test program has the bare engine only: the rest would bring another MI than the stand-in.
        InitialSessionState state = File.Exists(Path.Combine(Path.GetDirectoryName(typeof(PSObject).Assembly.Location)!, "Microsoft.PowerShell.ConsoleHost.dll"))
            ? InitialSessionState.CreateDefault()
            : InitialSessionState.CreateDefault2();
        state.Variables.Add(new SessionStateVariableEntry("PSModuleAutoLoadingPreference", PSModuleAutoLoadingPreference.None, "The same commands on every machine."));
        if (OperatingSystem.IsWindows())
        {
            state.ExecutionPolicy = ExecutionPolicy.Bypass;
        }

        Host = new RecordingHost();
        _runspace = Open(RunspaceFactory.CreateRunspace(Host, state));
        try
        {
            using PowerShell import = PowerShell.Create(_runspace);
            import.AddCommand("Import-Module").AddParameter("Name", ManifestPath).AddParameter("ErrorAction", ActionPreference.Stop).Invoke();
        }
        catch
        {
            _runspace.Dispose();
            throw;
        }
    }

    /// <summary>No script of a test may take longer.</summary>
    public static TimeSpan Limit { get; } = TimeSpan.FromSeconds(120);

    /// <summary>The checkout, with the drive that it is on where the program runs.</summary>
    public static string RepositoryRoot { get; } = Path.GetFullPath(
        Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(attribute => attribute.Key == "RepositoryRoot")?.Value
        ?? throw new InvalidOperationException("The test project does not tell where the repository is."));

    public static string ManifestPath { get; } = Path.Combine(RepositoryRoot, "Multipass.HyperV.psd1");

    /// <summary>What scripts write to, and who answers their questions. It is cleared when a script begins.</summary>
    public RecordingHost Host { get; }

    /// <summary>
    /// Opens a runspace whose paths lead somewhere. PowerShell asks the system for its drives when a runspace opens, and leaves out each that it cannot look at in that moment. Where that was
    /// the root, the next listing of drives may give its name to whatever is mounted first, such as /proc. Asked for by name, it is mounted as it should be.
    /// </summary>
    public static Runspace Open(Runspace runspace)
    {
        runspace.Open();
        string root = Path.GetPathRoot(RepositoryRoot)!;
        DriveManagementIntrinsics drives = runspace.SessionStateProxy.Drive;
        if (!string.Equals(drives.Get(root[..1]).Root, root, StringComparison.OrdinalIgnoreCase))
        {
            drives.Remove(root[..1], force: true, "global");
            drives.Get(root[..1]);
        }

        return runspace;
    }

    /// <summary>Runs a script to its end.</summary>
    /// <param name="script">PowerShell text.</param>
    /// <param name="variables">Variables that the script finds, and the next one does not.</param>
    public Result Run(string script, params (string Name, object? Value)[] variables) => Begin(script, variables).WaitAsync().GetAwaiter().GetResult();

    /// <summary>The text that somebody at a prompt would see: views, errors, warnings, in order.</summary>
    public string Show(string script, params (string Name, object? Value)[] variables)
    {
        Result result = Begin(script, variables, shown: true).WaitAsync().GetAwaiter().GetResult();
        if (result.Terminating is not ErrorRecord error)
        {
            return result.HostText;
        }

        // Marked so that it is written as an error, not as an object that the script returned.
        PSObject marked = PSObject.AsPSObject(error);
        marked.Properties.Add(new PSNoteProperty("writeErrorStream", true));
        using PowerShell last = PowerShell.Create(_runspace);
        last.AddCommand("Out-Default").Invoke(new[] { marked });
        return Host.Text;
    }

    /// <summary>Begins a script and returns at once, for tests that act while it runs.</summary>
    public HostedRun Begin(string script, params (string Name, object? Value)[] variables) => Begin(script, variables, shown: false);

    public void Dispose() => _runspace.Dispose();

    private HostedRun Begin(string script, (string Name, object? Value)[] variables, bool shown)
    {
        SessionStateProxy session = _runspace.SessionStateProxy;
        foreach ((string name, Func<object> value) in Defaults)
        {
            session.SetVariable(name, value());
        }

        ((IList)session.GetVariable("Error")).Clear();
        foreach ((string name, object? value) in variables)
        {
            session.SetVariable(name, value);
        }

        Host.Clear();

        PowerShell powerShell = PowerShell.Create(_runspace);
        if (!shown)
        {
            // At the top of a script PowerShell goes on after a cmdlet's terminating error; here it must not pass for one that the cmdlet went on after.
            powerShell.AddScript($"try {{\n{script}\n}}\ncatch {{ throw }}", useLocalScope: true);
        }
        else
        {
            powerShell.AddScript(script, useLocalScope: true);
            powerShell.Commands.Commands[0].MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
            powerShell.AddCommand("Out-Default");
        }

        return new HostedRun(powerShell, Host, () =>
        {
            foreach ((string name, _) in variables)
            {
                session.PSVariable.Remove(name);
            }
        });
    }
}
