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
            Invoke-DotNet pack (Join-Path (Join-Path $root 'src') 'Package') -c $Configuration
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
