using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;

namespace Multipass.HyperV.Benchmarks;

/// <summary>PowerShell's engine with the module imported from its manifest.</summary>
internal sealed class HostedModule : IDisposable
{
    private readonly Runspace _runspace;

    public HostedModule()
    {
        Environment.SetEnvironmentVariable("POWERSHELL_TELEMETRY_OPTOUT", "1");
        var state = InitialSessionState.CreateDefault2();
        state.Variables.Add(new SessionStateVariableEntry("ProgressPreference", ActionPreference.SilentlyContinue, null));
        _runspace = RunspaceFactory.CreateRunspace(state);
        _runspace.Open();
        Run("Import-Module $path", ("path", Path.Combine(Root, "Multipass.HyperV.psd1")));
    }

    private static string Root { get; } = Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    /// <summary>Runs a script. An error of any kind ends the measurement: a figure of something that failed is none.</summary>
    public PSObject[] Run(string script, params (string Name, object Value)[] variables)
    {
        foreach (var (name, value) in variables)
        {
            _runspace.SessionStateProxy.SetVariable(name, value);
        }

        using var powerShell = PowerShell.Create(_runspace);
        var output = powerShell.AddScript(script).Invoke().ToArray();
        return powerShell.Streams.Error.Count == 0 ? output : throw new InvalidOperationException($"'{script}' failed: {powerShell.Streams.Error[0]}");
    }

    public void Dispose() => _runspace.Dispose();
}
