<#
.SYNOPSIS
    Builds, tests, packages or cleans the module. Thin: each task is one or two dotnet commands.
#>
[CmdletBinding()]
param(
    [ValidateSet('Build', 'Test', 'Package', 'Clean')]
    [string[]] $Task = 'Build',

    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Release'
)

$ErrorActionPreference = 'Stop'
$root = $PSScriptRoot

function Invoke-DotNet {
    & dotnet @args
    if ($LASTEXITCODE -ne 0) {
        throw "dotnet $args ended with exit code $LASTEXITCODE."
    }
}

foreach ($name in $Task) {
    switch ($name) {
        'Build' {
            Invoke-DotNet build (Join-Path $root 'HvModule.sln') -c $Configuration
        }
        'Test' {
            Invoke-DotNet test (Join-Path $root 'HvModule.sln') -c $Configuration
        }
        'Package' {
            Invoke-DotNet build (Join-Path $root 'HvModule.sln') -c $Configuration
            $version = (Import-PowerShellDataFile -Path (Join-Path $root 'Multipass.HyperV.psd1')).ModuleVersion
            $target = Join-Path (Join-Path (Join-Path $root 'out') 'Multipass.HyperV') $version
            if (Test-Path -LiteralPath $target) {
                Remove-Item -LiteralPath $target -Recurse -Force
            }

            $null = New-Item -ItemType Directory -Path (Join-Path $target 'module')
            foreach ($file in 'Multipass.HyperV.psd1', 'README.md', 'CHANGELOG.md', 'LICENSE') {
                Copy-Item -LiteralPath (Join-Path $root $file) -Destination $target
            }

            foreach ($file in 'bin', 'Multipass.HyperV.Format.ps1xml') {
                Copy-Item -LiteralPath (Join-Path (Join-Path $root 'module') $file) -Destination (Join-Path $target 'module') -Recurse
            }

            Write-Output $target
        }
        'Clean' {
            foreach ($folder in 'out', 'module/bin') {
                $path = Join-Path $root $folder
                if (Test-Path -LiteralPath $path) {
                    Remove-Item -LiteralPath $path -Recurse -Force
                }
            }

            Invoke-DotNet clean (Join-Path $root 'HvModule.sln') -c $Configuration
        }
    }
}
