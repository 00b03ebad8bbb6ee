using System;
using System.Collections.Frozen;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;

namespace Playground;

/// <summary>
/// Passes everything on, and tells with the error of a missing command when it is one of those that come with pwsh but not with its engine.
/// Stands before Out-Default in the pipeline, so a script that catches the error never sees it.
/// </summary>
[Cmdlet(VerbsCommon.Add, "EngineHint")]
public sealed class AddEngineHintCommand : PSCmdlet
{
    internal const string Name = "Add-EngineHint";

    // Microsoft.PowerShell.Utility and Microsoft.PowerShell.Management: what scripts use most.
    private static readonly FrozenSet<string> NotInTheEngine = new[]
    {
        "Add-Content", "Add-Member", "Add-Type", "Clear-Content", "Clear-Item", "Clear-Variable", "Compare-Object", "ConvertFrom-Csv", "ConvertFrom-Json", "ConvertTo-Csv",
        "ConvertTo-Html", "ConvertTo-Json", "ConvertTo-Xml", "Copy-Item", "Export-Clixml", "Export-Csv", "Format-Custom", "Format-Hex", "Format-List", "Format-Table",
        "Format-Wide", "Get-Alias", "Get-ChildItem", "Get-Content", "Get-Culture", "Get-Date", "Get-Error", "Get-Event", "Get-FileHash", "Get-FormatData", "Get-Host", "Get-Item",
        "Get-ItemProperty", "Get-Location", "Get-Member", "Get-Process", "Get-PSDrive", "Get-Random", "Get-Service", "Get-TimeZone", "Get-TypeData", "Get-Unique", "Get-Variable",
        "Group-Object", "Import-Clixml", "Import-Csv", "Import-LocalizedData", "Import-PowerShellDataFile", "Invoke-Expression", "Invoke-Item", "Invoke-RestMethod", "Invoke-WebRequest",
        "Join-Path", "Join-String", "Measure-Command", "Measure-Object", "Move-Item", "New-Guid", "New-Item", "New-Object", "New-TemporaryFile", "New-TimeSpan", "New-Variable",
        "Out-File", "Out-GridView", "Out-Printer", "Out-String", "Pop-Location", "Push-Location", "Read-Host", "Register-ObjectEvent", "Remove-Item", "Remove-Variable", "Rename-Item",
        "Resolve-Path", "Restart-Service", "Select-Object", "Select-String", "Select-Xml", "Set-Alias", "Set-Content", "Set-Item", "Set-ItemProperty", "Set-Location", "Set-Variable",
        "Sort-Object", "Split-Path", "Start-Process", "Start-Service", "Start-Sleep", "Stop-Process", "Stop-Service", "Tee-Object", "Test-Connection", "Test-Json", "Test-Path",
        "Trace-Command", "Unregister-Event", "Update-FormatData", "Update-TypeData", "Wait-Event", "Wait-Process", "Write-Debug", "Write-Error", "Write-Host", "Write-Information",
        "Write-Output", "Write-Progress", "Write-Verbose", "Write-Warning",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>What the pipeline wrote: objects, and the errors merged with them.</summary>
    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <inheritdoc />
    protected override void ProcessRecord()
    {
        if (InputObject?.BaseObject is ErrorRecord { ErrorDetails: null, Exception: CommandNotFoundException missing } error && Command(missing.CommandName) is string command)
        {
            error.ErrorDetails = new ErrorDetails(missing.Message)
            {
                RecommendedAction = $"The playground hosts only the PowerShell engine; '{command}' is not part of it and needs a real pwsh.",
            };
        }

        WriteObject(InputObject);
    }

    // The engine knows the aliases, though not what they stand for.
    private string? Command(string name) =>
        new[] { name, InvokeCommand.GetCommand(name, CommandTypes.Alias) is AliasInfo alias ? alias.Definition : null }
            .FirstOrDefault(candidate => candidate is not null && NotInTheEngine.Contains(candidate));
}
