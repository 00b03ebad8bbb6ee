BeforeDiscovery {
    Import-Module $env:MULTIPASS_HYPERV_MODULE
    $commands = @(Get-Command -Module Multipass.HyperV | ForEach-Object { @{ Command = $_.Name } })
}

BeforeAll {
    . (Join-Path $PSScriptRoot 'Story.ps1')
}

Describe 'In parallel' {
    BeforeEach {
        Connect-Story
    }

    It 'a pipeline may work on one connection' {
        if ($PSVersionTable.PSVersion.Major -lt 7) {
            Set-ItResult -Skipped -Because 'Windows PowerShell has no ForEach-Object -Parallel'
        }

        $connection = Get-MpHost HV-DEMO
        $module = $env:MULTIPASS_HYPERV_MODULE
        # A script block that only PowerShell 7 can run must not keep 5.1 from reading this file.
        $written = & ([scriptblock]::Create('param($connection, $module) "bar", "baz" | ForEach-Object -Parallel { Import-Module $using:module; Stop-MpInstance $_ -MpHost $using:connection -PassThru }')) $connection $module
        $written.State | Should -Be @('Stopped', 'Stopped')
    }

    It 'thread jobs may work on one connection' {
        if (-not (Get-Command Start-ThreadJob -ErrorAction Ignore)) {
            Set-ItResult -Skipped -Because 'this PowerShell has no Start-ThreadJob: it comes with PowerShell 7, and for 5.1 with the module ThreadJob'
        }

        $connection = Get-MpHost HV-DEMO
        $module = $env:MULTIPASS_HYPERV_MODULE
        $jobs = 'bar', 'baz' | ForEach-Object {
            Start-ThreadJob -ArgumentList $_, $connection, $module -ScriptBlock { param($name, $connection, $module) Import-Module $module; Stop-MpInstance $name -MpHost $connection -PassThru }
        }
        ($jobs | Receive-Job -Wait -AutoRemoveJob).State | Should -Be @('Stopped', 'Stopped')
    }
}

Describe 'A pipeline that ends early' {
    It 'does not disturb what comes next' {
        Connect-Story
        'bar', 'baz' | Stop-MpInstance -PassThru | Select-Object -First 1 | Should -HaveCount 1
        (Start-MpInstance small -PassThru).State | Should -Be 'Running'
    }
}

Describe 'Help' {
    It 'tells what <Command> is for, with examples' -ForEach $commands {
        $help = Get-Help $Command -Full
        $help.Synopsis | Should -Not -BeNullOrEmpty
        $help.Synopsis | Should -Not -Match ([regex]::Escape("$Command ["))
        @($help.examples.example).Count | Should -BeGreaterOrEqual 3
        foreach ($parameter in (Get-Command $Command).Parameters.Values) {
            if ([System.Management.Automation.Cmdlet]::CommonParameters -notcontains $parameter.Name) {
                (Get-Help $Command -Parameter $parameter.Name).description.Text | Should -Not -BeNullOrEmpty -Because "-$($parameter.Name) needs a description"
            }
        }
    }

    It 'has the topic <_>' -ForEach 'about_Multipass_HyperV', 'about_Multipass_HyperV_Testing' {
        Get-Help $_ | Out-String | Should -Match $_
    }
}

Describe 'Completion' {
    It 'offers the names that fit the verb' {
        Connect-Story
        $line = 'Start-MpInstance '
        $names = (TabExpansion2 -inputScript $line -cursorColumn $line.Length).CompletionMatches.CompletionText
        $names | Should -Contain 'foo'
        $names | Should -Not -Contain 'bar'
    }

    It 'offers the kinds of faults' {
        $line = 'Add-MpSimulatedFault -Name foo -Operation Start -Kind Disk'
        (TabExpansion2 -inputScript $line -cursorColumn $line.Length).CompletionMatches.CompletionText | Should -Contain 'DiskNotFound'
    }
}

Describe 'This suite' {
    It 'uses <Command>' -ForEach $commands {
        $use = "(?m)^(?!\s*#).*\b$Command\b"
        @(Get-ChildItem -Path $PSScriptRoot -Filter *.Tests.ps1 | Where-Object { (Get-Content -LiteralPath $_.FullName -Raw) -match $use }) | Should -Not -BeNullOrEmpty
    }
}
