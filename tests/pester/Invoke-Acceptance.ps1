<#
.SYNOPSIS
    Runs the acceptance suite with Pester 5 or newer, in a process of its own, on the module in place or on a package.
#>
[CmdletBinding()]
param(
    # The manifest of the module to test; by default the one of this checkout.
    [string] $ModulePath = (Join-Path (Split-Path (Split-Path $PSScriptRoot)) 'Multipass.HyperV.psd1')
)

$ErrorActionPreference = 'Stop'
Import-Module Pester -MinimumVersion 5.0
$env:MULTIPASS_HYPERV_MODULE = $ModulePath
$configuration = New-PesterConfiguration
$configuration.Run.Path = $PSScriptRoot
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = 'Normal'
$result = Invoke-Pester -Configuration $configuration
"Acceptance: $($result.PassedCount) passed, $($result.FailedCount) failed, $($result.SkippedCount + $result.NotRunCount) skipped"
exit ([int]($result.FailedCount -gt 0 -or $result.Result -ne 'Passed'))
