# Writes this computer's Hyper-V as a scenario, without names and addresses, so that the simulated host of the comparison has what it has.
param([Parameter(Mandatory)] [string] $Path)
$ErrorActionPreference = 'Stop'
if (-not (Get-Command Export-MpScenario -ErrorAction SilentlyContinue)) {
    'There is no Export-MpScenario in this version: the default scenario is compared with.'
    return
}

Connect-MpHost
Export-MpScenario -Path $Path -Anonymous -Force
