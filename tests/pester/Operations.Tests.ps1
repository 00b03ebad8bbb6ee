BeforeAll {
    Import-Module $env:MULTIPASS_HYPERV_MODULE -Force

    $scenario = Join-Path $TestDrive 'operations.json'
    Set-Content -LiteralPath $scenario -Encoding ASCII -Value '{
        "host": { "name": "HV-DEMO", "memoryMB": 16384, "jobMilliseconds": 100 },
        "instances": [
            { "name": "up", "state": "Running", "guest": { "bootMilliseconds": 100, "shutdownMilliseconds": 50, "ipv4": "172.20.48.6" } },
            { "name": "down", "guest": { "bootMilliseconds": 200, "ipv4": "172.20.48.7" } },
            { "name": "saved", "state": "Suspended" },
            { "name": "two words" },
            { "name": "hangs", "faults": [ { "operation": "Start", "kind": "NeverEnds" } ] },
            { "name": "late", "appearsAfterMilliseconds": 800 }
        ]
    }'

    function Get-Offer([string] $Line) {
        (TabExpansion2 -inputScript $Line -cursorColumn $Line.Length).CompletionMatches |
            Where-Object { $_.ResultType -eq 'ParameterValue' } | Select-Object -ExpandProperty CompletionText
    }
}

Describe 'Operations' {
    BeforeEach {
        Connect-MpHost -Simulated -Scenario $scenario
    }

    It 'suspends, resumes and restarts' {
        (Suspend-MpInstance up -PassThru).State | Should -Be 'Suspended'
        (Resume-MpInstance up -PassThru).State | Should -Be 'Running'
        (Restart-MpInstance up -PassThru).Uptime.TotalSeconds | Should -BeLessThan 5
        (Restart-MpInstance up -Force -PassThru).State | Should -Be 'Running'
    }

    It 'refuses what cannot be with one error that says what to do' {
        { Resume-MpInstance down -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidState,Multipass.HyperV.Commands.ResumeMpInstanceCommand'
        Get-MpSimulatedCall | Where-Object ChangesState | Should -BeNullOrEmpty
    }

    It 'waits for the guest' {
        $instance = Start-MpInstance down -WaitFor Heartbeat, IPAddress -PassThru
        $instance.Heartbeat | Should -Be 'OK'
        $instance.IPv4 | Should -Be '172.20.48.7'
    }

    It 'returns at once without waiting, and can be waited for later' {
        Start-MpInstance down -NoWait
        Wait-MpInstance down -State Running
        (Get-MpInstance down).State | Should -Be 'Running'
    }

    It 'waits for an instance that does not exist yet' {
        (Wait-MpInstance late -State Stopped -PassThru).Name | Should -Be 'late'
    }

    It 'ends when the pipeline has enough' {
        $time = [System.Diagnostics.Stopwatch]::StartNew()
        $first = Start-MpInstance down, hangs -PassThru | Select-Object -First 1
        $first.Name | Should -Be 'down'
        $time.Elapsed.TotalSeconds | Should -BeLessThan 20
        (Watch-MpInstance -IncludeCurrent | Select-Object -First 2).Count | Should -Be 2
    }

    It 'asks for nothing under -WhatIf' {
        Restart-MpInstance up -WhatIf
        Suspend-MpInstance up -WhatIf
        Resume-MpInstance saved -WhatIf
        Get-MpSimulatedCall | Where-Object ChangesState | Should -BeNullOrEmpty
    }
}

Describe 'Jobs' {
    BeforeEach {
        Connect-MpHost -Simulated -Scenario $scenario
    }

    AfterEach {
        Get-Job | Remove-Job -Force
    }

    It 'give their instances and errors to Receive-Job' {
        $job = Start-MpInstance down, hangs -Timeout 1 -PassThru -AsJob
        $job | Wait-Job | Select-Object -ExpandProperty State | Should -Be 'Failed'
        $received = Receive-Job $job -ErrorAction SilentlyContinue -ErrorVariable failure
        $received.Name | Sort-Object | Should -Be @('down', 'hangs')
        $failure[0].FullyQualifiedErrorId | Should -Be 'StartTimedOut,Multipass.HyperV.Commands.StartMpInstanceCommand'
        $job.ChildJobs | ForEach-Object { $_.Name + ' ' + $_.State } | Sort-Object | Should -Be @('down Completed', 'hangs Failed')
    }

    It 'stop at once and undo nothing' {
        $job = Start-MpInstance hangs -AsJob
        while (-not (Get-MpSimulatedCall | Where-Object ChangesState)) { Start-Sleep -Milliseconds 20 }
        $job | Stop-Job
        $job.State | Should -Be 'Stopped'
        @(Get-MpSimulatedCall | Where-Object ChangesState).Count | Should -Be 1
    }

    It 'can be waited for in one line' {
        (Suspend-MpInstance up -AsJob -PassThru | Receive-Job -Wait -AutoRemoveJob).State | Should -Be 'Suspended'
        Get-Job | Should -BeNullOrEmpty
    }
}

Describe 'Several runspaces' {
    BeforeEach {
        Connect-MpHost -Simulated -Scenario $scenario
    }

    It 'share a connection in thread jobs' {
        if (-not (Get-Command Start-ThreadJob -ErrorAction Ignore)) {
            Set-ItResult -Skipped -Because 'this PowerShell has no Start-ThreadJob: it comes with PowerShell 7, and for 5.1 with the module ThreadJob'
        }

        $connection = Get-MpHost
        $module = $env:MULTIPASS_HYPERV_MODULE
        $jobs = 'down', 'two words' | ForEach-Object {
            $name = $_
            Start-ThreadJob { Import-Module $using:module; Start-MpInstance $using:name -MpHost $using:connection -PassThru }
        }
        ($jobs | Receive-Job -Wait -AutoRemoveJob).State | Should -Be @('Running', 'Running')
    }
}

Describe 'Completion' {
    BeforeAll {
        Connect-MpHost -Simulated -Scenario $scenario
    }

    It 'offers what the verb can do something with' {
        Get-Offer 'Start-MpInstance ' | Should -Be @('down', 'hangs', 'saved', "'two words'")
        Get-Offer 'Stop-MpInstance ' | Should -Be 'up'
        Get-Offer 'Resume-MpInstance ' | Should -Be 'saved'
        Get-Offer 'Start-MpInstance -MpHost ' | Should -Be 'HV-DEMO'
    }
}

Describe 'Views' {
    BeforeAll {
        Connect-MpHost -Simulated -Scenario $scenario
    }

    It 'colour the state where PowerShell has styles, and only there' {
        if (Get-Variable PSStyle -ErrorAction Ignore) {
            $before = $PSStyle.OutputRendering
            try {
                $PSStyle.OutputRendering = 'Ansi'
                Get-MpInstance up | Out-String | Should -Match ([regex]::Escape($PSStyle.Foreground.Green + 'Running'))
                $PSStyle.OutputRendering = 'PlainText'
                Get-MpInstance up | Out-String | Should -Not -Match ([string][char]27)
            } finally {
                $PSStyle.OutputRendering = $before
            }
        } else {
            Get-MpInstance up | Out-String | Should -Not -Match ([string][char]27)
        }
    }

    It 'show changes of state in a table' {
        Watch-MpInstance up -IncludeCurrent -Timeout 1 | Out-String | Should -Match 'up\s+.*Running.*Present'
    }

    It 'show all of an instance in a list' {
        Get-MpInstance up | Format-List | Out-String | Should -Match 'Heartbeat\s*:\s*OK'
    }
}
