BeforeAll {
    Import-Module $env:MULTIPASS_HYPERV_MODULE -Force

    $scenario = Join-Path $TestDrive 'drift.json'
    Set-Content -LiteralPath $scenario -Encoding ASCII -Value '{
        "host": { "name": "HV-DRIFT", "jobMilliseconds": 50, "powerOffWhileStarting": "Refused", "jobCancellable": false },
        "instances": [
            { "name": "stuck", "multipassState": "Starting" },
            { "name": "hung", "state": "Starting" },
            { "name": "fine", "state": "Running" },
            { "name": "saved", "state": "Suspended", "multipassState": "Running" },
            { "name": "gone", "machine": "Missing" },
            { "name": "newer", "backend": "Hcs" }
        ]
    }'
}

Describe 'What Multipass believes' {
    BeforeEach {
        Disconnect-MpHost
        Connect-MpHost -Simulated -Scenario $scenario
    }

    AfterAll {
        Disconnect-MpHost
    }

    It 'stands beside what the host shows' {
        $stuck = Get-MpInstance stuck
        $stuck.State | Should -Be 'Stopped'
        $stuck.MultipassState | Should -Be 'Starting'
        $stuck.Drift | Should -Be 'StuckStarting'
        $stuck.DriftReason | Should -Match 'Multipass says Starting'
        (Get-MpInstance gone).Drift | Should -Be 'MissingOnHost'
        (Get-MpInstance newer).Backend | Should -Be 'Hcs'
        (Get-MpInstance fine).Drift | Should -Be 'None'
    }

    It 'is put right, until both say stopped' {
        $repair = Repair-MpInstance stuck
        $repair.Result | Should -Be 'Repaired'
        $repair.Now | Should -Be 'The host shows Stopped, and Multipass says Stopped.'
        (Get-MpInstance stuck).Drift | Should -Be 'None'
    }

    It 'is left alone where that would cost a saved state' {
        Repair-MpInstance saved -ErrorAction SilentlyContinue -ErrorVariable failure | Out-Null
        $failure.Count | Should -Be 1
        $failure[0].FullyQualifiedErrorId | Should -Be 'DriftNotRepairable,Multipass.HyperV.Commands.RepairMpInstanceCommand'
        (Get-MpInstance saved).State | Should -Be 'Suspended'
    }

    It 'is repaired for all at once, and what is healthy is not touched' {
        Repair-MpInstance * -Timeout 2 -Confirm:$false -ErrorAction SilentlyContinue -ErrorVariable failure | Out-Null
        ($failure | ForEach-Object { $_.FullyQualifiedErrorId.Split(',')[0] } | Sort-Object) | Should -Be @('DriftNotRepairable', 'DriftNotRepairable', 'UnsupportedBackend')
        (Get-MpInstance hung).State | Should -Be 'Stopped'
        (Get-MpInstance fine).State | Should -Be 'Running'
        Get-MpSimulatedCall | Where-Object { $_.ChangesState -and $_.Instance -in 'fine', 'saved', 'gone', 'newer' } | Should -BeNullOrEmpty
    }

    It 'changes nothing under WhatIf' {
        Repair-MpInstance * -WhatIf | Should -BeNullOrEmpty
        Get-MpSimulatedCall | Where-Object ChangesState | Should -BeNullOrEmpty
    }
}
