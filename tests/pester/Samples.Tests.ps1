BeforeDiscovery {
    $samples = Join-Path (Split-Path (Split-Path $PSScriptRoot)) 'docs/samples'
    $tests = @(Get-ChildItem -Path $samples -Filter *.Tests.ps1 | ForEach-Object { @{ Name = $_.Name; Path = $_.FullName } })
}

Describe 'The sample <Name>' -ForEach $tests {
    It 'passes' {
        # In a process of its own, as a reader would run it.
        $run = Join-Path $TestDrive 'run.ps1'
        Set-Content -LiteralPath $run -Encoding ASCII -Value '
            param($Pester, $Module, $Path)
            $ErrorActionPreference = "Stop"
            Import-Module $Pester
            Import-Module $Module
            $result = Invoke-Pester -Path $Path -PassThru -Output None
            "$($result.PassedCount) passed, $($result.FailedCount) failed"
            exit ($result.FailedCount + [int]($result.PassedCount -eq 0))'
        # As a .NET tool, PowerShell has no program of its own.
        $shell = @('powershell.exe', 'pwsh.exe', 'pwsh') | ForEach-Object { Join-Path $PSHOME $_ } | Where-Object { Test-Path -LiteralPath $_ -PathType Leaf } | Select-Object -First 1
        $start = if ($shell) { @() } else { @(Join-Path $PSHOME 'pwsh.dll') }
        if (-not $shell) { $shell = 'dotnet' }
        $text = & $shell $start -NoProfile -NonInteractive -ExecutionPolicy Bypass -File $run -Pester (Get-Module Pester).Path -Module $env:MULTIPASS_HYPERV_MODULE -Path $Path
        $LASTEXITCODE | Should -Be 0 -Because ($text -join "`n")
    }
}
