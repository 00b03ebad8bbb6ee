BeforeAll {
    Import-Module $env:MULTIPASS_HYPERV_MODULE -Force

    $scenario = Join-Path $TestDrive 'checks.json'
    Set-Content -LiteralPath $scenario -Encoding ASCII -Value '{
        "host": { "name": "HV-DEMO", "memoryMB": 16384, "reserveMB": 2048, "jobMilliseconds": 50 },
        "instances": [
            { "name": "foo", "memoryMB": 10240 },
            { "name": "bar", "state": "Running", "memoryMB": 8192 },
            { "name": "lost", "disk": "Missing" },
            { "name": "good" }
        ]
    }'
    $down = Join-Path $TestDrive 'down.json'
    Set-Content -LiteralPath $down -Encoding ASCII -Value '{ "host": { "name": "HV-DOWN", "vmmsRunning": false }, "instances": [ { "name": "foo" } ] }'
}

AfterAll {
    Get-MpHost | Disconnect-MpHost
}

Describe 'A look before the leap' {
    BeforeEach {
        Get-MpHost | Disconnect-MpHost
        Connect-MpHost -Simulated -Scenario $scenario
    }

    It 'finds what a start of <name> then fails by' -TestCases @(
        @{ name = 'foo'; check = 'Memory'; cause = 'OutOfMemory' }
        @{ name = 'lost'; check = 'Disk'; cause = 'DiskNotFound' }
    ) {
        $finding = Test-MpInstance $name
        $finding.Severity | Should -Be 'Error'
        $finding.Check | Should -Be $check
        $finding.Cause | Should -Be $cause
        Start-MpInstance $name -ErrorAction SilentlyContinue -ErrorVariable failure
        $failure[0].FullyQualifiedErrorId | Should -Be "$cause,Multipass.HyperV.Commands.StartMpInstanceCommand"
        $failure[0].ErrorDetails.RecommendedAction | Should -Be $finding.Recommendation
    }

    It 'names the figures' {
        (Test-MpInstance foo).Detail | Should -Match '10240 MB.*6144 MB'
        (Test-MpInstance foo).Recommendation | Should -Match "'bar' \(8192 MB\)"
    }

    It 'says what would start, and that starts' {
        (Test-MpInstance good).Check | Should -Be 'Start'
        (Start-MpInstance good -PassThru).State | Should -Be 'Running'
    }

    It 'is one truth for each instance with -Quiet' {
        Test-MpInstance bar, foo, good -Quiet | Should -Be @($true, $false, $true)
    }

    It 'changes nothing' {
        $null = Test-MpInstance
        $null = Test-MpHost
        Get-MpSimulatedCall | Where-Object ChangesState | Should -BeNullOrEmpty
    }

    It 'is shown with what to do' {
        Test-MpInstance foo | Out-String | Should -Match 'foo on HV-DEMO: Error, Memory'
        Test-MpInstance foo | Format-Table | Out-String | Should -Match 'Severity'
    }

    It 'takes a name that does not exist for an error' {
        { Test-MpInstance nosuch -ErrorAction Stop } | Should -Throw -ErrorId 'InstanceNotFound,Multipass.HyperV.Commands.TestMpInstanceCommand'
    }

    It 'remembers nothing: the host does' {
        Start-MpInstance foo -ErrorAction SilentlyContinue
        (Get-MpInstance foo).LastFailure | Should -BeNullOrEmpty
        (Get-MpInstance foo -Detailed).LastFailure.Cause | Should -Be 'OutOfMemory'
        Get-MpInstance foo -Detailed | Format-List | Out-String | Should -Match 'LastFailure\s*:\s*OutOfMemory at '
    }
}

Describe 'The check of a host' {
    BeforeEach {
        Get-MpHost | Disconnect-MpHost
        Connect-MpHost -Simulated -Scenario $scenario, $down
    }

    It 'goes step by step' {
        (Test-MpHost HV-DEMO).Check | Should -Be @('Reachable', 'Windows', 'HyperV', 'Hypervisor', 'Service', 'Permission', 'DefaultSwitch', 'Memory')
        (Test-MpHost HV-DEMO).Result | Sort-Object -Unique | Should -Be 'Passed'
    }

    It 'gives the fix for what fails, and judges nothing that hangs on it' {
        $failed = Test-MpHost HV-DOWN | Where-Object Result -eq 'Failed'
        $failed.Check | Should -Be 'Service'
        $failed.Recommendation | Should -Match 'Start-Service vmms'
        (Test-MpHost HV-DOWN | Where-Object Result -eq 'NotChecked').Check | Should -Be @('Permission', 'DefaultSwitch')
    }

    It 'is one truth for each host with -Quiet' {
        Get-MpHost | Test-MpHost -Quiet | Should -Be @($true, $false)
    }
}
