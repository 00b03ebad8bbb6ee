BeforeAll {
    Import-Module $env:MULTIPASS_HYPERV_MODULE -Force

    # The story of canonical/multipass #3351: an instance that wants more memory than its host can give.
    $scenario = Join-Path $TestDrive 'story.json'
    Set-Content -LiteralPath $scenario -Encoding ASCII -Value '{
        "host": { "name": "HV-DEMO", "memoryMB": 16384, "reserveMB": 2048, "jobMilliseconds": 50 },
        "instances": [
            { "name": "foo", "state": "Stopped", "memoryMB": 10240, "multipassState": "Starting" },
            { "name": "bar", "state": "Running", "memoryMB": 4096, "guest": { "shutdownMilliseconds": 50 } },
            { "name": "baz", "state": "Running", "memoryMB": 4096 },
            { "name": "saved", "state": "Suspended" },
            { "name": "vm", "managed": false }
        ]
    }'
}

Describe 'A start that Hyper-V rejects' {
    BeforeEach {
        Connect-MpHost -Simulated -Scenario $scenario
    }

    It 'is one error that names the cause and the state that is true' {
        Start-MpInstance foo -ErrorAction SilentlyContinue -ErrorVariable failure
        $failure.Count | Should -Be 1
        $failure[0].FullyQualifiedErrorId | Should -Be 'OutOfMemory,Multipass.HyperV.Commands.StartMpInstanceCommand'
        $failure[0].CategoryInfo.Category | Should -Be 'ResourceUnavailable'
        $failure[0].TargetObject.State | Should -Be 'Stopped'
        $failure[0].Exception.HResults | Should -Contain 0x8007000E
        $failure[0].ErrorDetails.RecommendedAction | Should -Match '10240 MB.*6144 MB'
    }

    It 'throws its own error id under -ErrorAction Stop' {
        { Start-MpInstance foo -ErrorAction Stop } | Should -Throw -ErrorId 'OutOfMemory,Multipass.HyperV.Commands.StartMpInstanceCommand'
    }

    It 'leaves the instance as the host shows it' {
        Start-MpInstance foo -ErrorAction SilentlyContinue
        (Get-MpInstance foo).State | Should -Be 'Stopped'
        (Get-MpInstance foo).MultipassState | Should -Be 'Starting'
    }

    It 'works when the advice is followed' {
        Stop-MpInstance bar
        (Start-MpInstance foo -PassThru).State | Should -Be 'Running'
    }

    It 'can be piped on to other commands' {
        Get-MpInstance | Where-Object State -eq 'Running' | Sort-Object Name | Select-Object -ExpandProperty Name | Should -Be @('bar', 'baz')
    }

    It 'is shown as a list' {
        Get-MpInstance foo | Format-List | Out-String | Should -Match 'HostState\s*:\s*Disabled \(3\)'
    }
}

Describe 'Stopping' {
    BeforeEach {
        Connect-MpHost -Simulated -Scenario $scenario
    }

    It 'asks for nothing under -WhatIf' {
        Stop-MpInstance bar, baz -WhatIf
        Get-MpSimulatedCall | Where-Object ChangesState | Should -BeNullOrEmpty
    }

    It 'keeps a saved state' {
        { Stop-MpInstance saved -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidState,Multipass.HyperV.Commands.StopMpInstanceCommand'
        (Get-MpInstance saved).State | Should -Be 'Suspended'
    }

    It 'never touches what is not Multipass''s by name' {
        { Stop-MpInstance vm -ErrorAction Stop } | Should -Throw -ErrorId 'InstanceNotFound,Multipass.HyperV.Commands.StopMpInstanceCommand'
    }
}

Describe 'Connections' {
    It 'come and go' {
        $connection = Connect-MpHost -Simulated -Scenario $scenario -PassThru
        (Get-MpHost HV-DEMO).Name | Should -Be 'HV-DEMO'
        $connection | Disconnect-MpHost
        Get-MpHost HV-* | Should -BeNullOrEmpty
    }

    It 'say what a bad scenario has' {
        $bad = Join-Path $TestDrive 'bad.json'
        Set-Content -LiteralPath $bad -Encoding ASCII -Value '{ "host": { "colour": "red" } }'
        { Connect-MpHost -Simulated -Scenario $bad } | Should -Throw -ErrorId 'ScenarioInvalid,Multipass.HyperV.Commands.ConnectMpHostCommand'
    }
}

Describe 'Faults' {
    It 'can be added and cleared' {
        Connect-MpHost -Simulated -Scenario $scenario
        Add-MpSimulatedFault -Name saved -Operation Start -Kind DiskNotFound
        { Start-MpInstance saved -ErrorAction Stop } | Should -Throw -ErrorId 'DiskNotFound,Multipass.HyperV.Commands.StartMpInstanceCommand'
        Add-MpSimulatedFault -Name saved -Operation Start -Kind DiskNotFound
        Clear-MpSimulatedFault saved
        Start-MpInstance saved -ErrorAction Stop
    }
}
