# Tests of the runbook beside this file, with Pester 5 or newer. No Hyper-V is needed: the host is simulated.
BeforeAll {
    if (-not (Get-Module Multipass.HyperV)) {
        Import-Module Multipass.HyperV
    }

    $runbook = Join-Path $PSScriptRoot 'Restore-Service.ps1'
    $scenario = Join-Path $TestDrive 'service.json'
    Set-Content -LiteralPath $scenario -Encoding ASCII -Value '{
        "host": { "name": "HV-TEST", "memoryMB": 16384, "reserveMB": 2048, "jobMilliseconds": 20, "powerOffWhileStarting": "Accepted" },
        "instances": [
            { "name": "database", "memoryMB": 8192 },
            { "name": "web", "memoryMB": 4096 },
            { "name": "playground", "state": "Running", "memoryMB": 4096, "guest": { "shutdownMilliseconds": 20 } }
        ]
    }'
}

Describe 'Restore-Service' {
    BeforeEach {
        # A new host for each test: nothing of the one before is left.
        Connect-MpHost -Simulated -Scenario $scenario
    }

    AfterEach {
        Disconnect-MpHost HV-TEST
    }

    It 'starts what can be started and names what stands in the way of the rest' {
        $result = @(& $runbook -Name database, web)
        $result[0].State | Should -Be 'Running'
        $result[1].State | Should -Be 'Stopped'
        $result[1].Problem | Should -Be 'OutOfMemory'
        $result[1].Advice | Should -Match '4096 MB'
    }

    It 'makes room when it is allowed to' {
        (& $runbook -Name database, web -MakeRoomFrom playground).State | Should -Be @('Running', 'Running')
        (Get-MpInstance playground).State | Should -Be 'Stopped'
    }

    It 'does not try again what will fail again' {
        Add-MpSimulatedFault -Name web -Operation Start -Kind DiskNotFound -Times 2
        (& $runbook -Name web -MakeRoomFrom playground).Problem | Should -Be 'DiskNotFound'
        @(Get-MpSimulatedCall | Where-Object ChangesState).Count | Should -Be 1
    }

    It 'does not wait for ever' {
        Add-MpSimulatedFault -Name web -Operation Start -Kind NeverEnds
        $result = & $runbook -Name web -Timeout 1
        $result.Problem | Should -Be 'StartTimedOut'
        $result.State | Should -Be 'Stopped'
    }
}
