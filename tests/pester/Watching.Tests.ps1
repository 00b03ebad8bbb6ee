BeforeAll {
    . (Join-Path $PSScriptRoot 'Story.ps1')
}

Describe 'Watching' {
    It 'shows what changes, whoever changed it' {
        Connect-Story
        Start-MpInstance small -NoWait
        $changes = @(Watch-MpInstance small -IncludeCurrent -Timeout 2 -IntervalMilliseconds 100)
        $changes[-1].Name | Should -Be 'small'
        $changes[-1].State | Should -Be 'Running'
    }

    It 'ends when the pipeline has enough' {
        Connect-Story
        Watch-MpInstance -IncludeCurrent | Select-Object -First 1 | Should -HaveCount 1
    }
}

Describe 'A host' {
    It 'is tested step by step' {
        Connect-Story
        Test-MpHost -Quiet | Should -BeTrue
        @(Test-MpHost).Count | Should -BeGreaterThan 0
        Get-ChangeCount | Should -Be 0
    }

    It 'without its service is not fit' {
        $broken = Join-Path $TestDrive 'broken.json'
        Set-Content -LiteralPath $broken -Encoding ASCII -Value '{ "host": { "name": "HV-BROKEN", "vmmsRunning": false } }'
        Disconnect-MpHost
        Connect-MpHost -Simulated -Scenario $broken
        Test-MpHost -Quiet | Should -BeFalse
    }
}

Describe 'Repairing' {
    It 'frees what hangs in Starting, and changes nothing under -WhatIf' {
        Connect-Story
        Add-MpSimulatedFault -Name small -Operation Start -Kind NeverEnds
        Start-MpInstance small -Timeout 1 -OnTimeout Leave -ErrorAction SilentlyContinue
        $before = Get-ChangeCount
        Repair-MpInstance small -WhatIf
        Get-ChangeCount | Should -Be $before
        Repair-MpInstance small -Confirm:$false
        (Get-MpInstance small).State | Should -Be 'Stopped'
    }
}

Describe 'A job' {
    It 'runs in the background and keeps its errors whole' {
        Connect-Story
        $job = Start-MpInstance foo, small -AsJob
        $null = Wait-Job $job -Timeout 60
        Receive-Job $job -ErrorAction SilentlyContinue -ErrorVariable failure
        $failure.FullyQualifiedErrorId -like 'OutOfMemory,Multipass.HyperV.Commands.StartMpInstanceCommand*' | Should -Not -BeNullOrEmpty
        (Get-MpInstance small).State | Should -Be 'Running'
        Remove-Job $job
    }
}
