<#
.SYNOPSIS
    Runs the acceptance suite with Pester 5 or newer, in a process of its own, on the module in place or on a package.
#>
[CmdletBinding()]
param(
    # The manifest of the module to test; by default the one of this checkout.
    [string] $ModulePath = (Join-Path (Split-Path (Split-Path $PSScriptRoot)) 'Multipass.HyperV.psd1'),

    # The major version of Pester; by default the newest there is.
    [ValidateRange(0, 99)]
    [int] $PesterVersion = 0,

    # Only says which Pester would be used.
    [switch] $List
)

$ErrorActionPreference = 'Stop'

# Where `dotnet restore tests/pester` puts it, or where modules are installed.
$restored = Join-Path (Join-Path (Join-Path $PSScriptRoot 'bin') 'packages') 'pester'
$pester = @(
    Get-ChildItem -Path (Join-Path $restored '*') -Filter Pester.psd1 -Recurse -Depth 2 -ErrorAction SilentlyContinue | ForEach-Object { Test-ModuleManifest -Path $_.FullName }
    Get-Module -ListAvailable Pester
) | Where-Object { $_.Version.Major -ge 5 -and ($PesterVersion -eq 0 -or $_.Version.Major -eq $PesterVersion) } | Sort-Object Version -Descending | Select-Object -First 1
if (-not $pester) {
    throw "There is no Pester $(if ($PesterVersion) { $PesterVersion } else { '5 or newer' }) here: 'dotnet restore tests/pester' or 'Install-Module Pester' brings it."
}

if ($List) {
    "Pester $($pester.Version): $($pester.Path)"
    return
}

Import-Module $pester.Path
$env:MULTIPASS_HYPERV_MODULE = (Resolve-Path -LiteralPath $ModulePath).ProviderPath
$configuration = New-PesterConfiguration
$configuration.Run.Path = @(Get-ChildItem -Path $PSScriptRoot -Filter *.Tests.ps1).FullName
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = 'Normal'
$result = Invoke-Pester -Configuration $configuration
"Acceptance: $($result.PassedCount) passed, $($result.FailedCount) failed, $($result.SkippedCount + $result.NotRunCount + $result.InconclusiveCount) skipped (Pester $($pester.Version), PowerShell $($PSVersionTable.PSVersion))"
exit ([int] ($result.FailedCount -gt 0 -or $result.Result -ne 'Passed' -or $result.PassedCount -eq 0))
