BeforeAll {
    . (Join-Path $PSScriptRoot 'Story.ps1')
}

Describe 'Suspending and resuming' {
    BeforeEach {
        Connect-Story
    }

    It 'saves to disk and goes on from there' {
        (Suspend-MpInstance bar -PassThru).State | Should -Be 'Suspended'
        (Get-MpInstance bar).MemoryAssigned | Should -Be 0
        (Resume-MpInstance bar -PassThru).State | Should -Be 'Running'
    }

    It 'names the cause when the save fails, and the state that is true' {
        Add-MpSimulatedFault -Name bar -Operation Save -Kind HyperVGenericFailure
        Suspend-MpInstance bar -ErrorAction SilentlyContinue -ErrorVariable failure
        $failure.Count | Should -Be 1
        $failure[0].FullyQualifiedErrorId | Should -Be 'InsufficientSystemResources,Multipass.HyperV.Commands.SuspendMpInstanceCommand'
        $failure[0].TargetObject.State | Should -Be 'Running'
    }

    It 'does not boot what was meant to be continued' {
        { Resume-MpInstance small -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidState,Multipass.HyperV.Commands.ResumeMpInstanceCommand'
        Get-ChangeCount | Should -Be 0
    }
}

Describe 'Restarting' {
    BeforeEach {
        Connect-Story
    }

    It 'is known by the uptime' {
        $before = (Get-MpInstance bar).Uptime
        $after = Restart-MpInstance bar -PassThru
        $after.State | Should -Be 'Running'
        $after.Uptime | Should -BeLessThan $before
    }

    It 'can be had the hard way' {
        (Restart-MpInstance bar -Force -PassThru).State | Should -Be 'Running'
        Get-ChangeCount | Should -Be 1
    }

    It 'needs an instance that runs' {
        { Restart-MpInstance small -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidState,Multipass.HyperV.Commands.RestartMpInstanceCommand'
    }
}

Describe 'Waiting' {
    BeforeEach {
        Connect-Story
    }

    It 'ends when the guest has an address' {
        Start-MpInstance small
        (Wait-MpInstance small -For IPAddress -PassThru).IPv4 | Should -Be '172.20.48.8'
    }

    It 'ends when somebody else''s start has ended' {
        Start-MpInstance small -NoWait
        (Wait-MpInstance small -State Running -PassThru).State | Should -Be 'Running'
    }

    It 'ends with the cause when that start has failed' {
        Add-MpSimulatedFault -Name small -Operation Start -Kind DiskNotFound -AfterMilliseconds 1000
        Start-MpInstance small -NoWait
        { Wait-MpInstance small -State Running -ErrorAction Stop } | Should -Throw -ErrorId 'DiskNotFound,Multipass.HyperV.Commands.WaitMpInstanceCommand'
    }

    It 'ends at its timeout' {
        { Wait-MpInstance small -State Running -Timeout 1 -ErrorAction Stop } | Should -Throw -ErrorId '*,Multipass.HyperV.Commands.WaitMpInstanceCommand'
    }

    It 'is part of a start that is asked to' {
        (Start-MpInstance small -WaitFor IPAddress -PassThru).IPv4 | Should -Be '172.20.48.8'
    }
}

Describe 'Testing before starting' {
    BeforeEach {
        Connect-Story
    }

    It 'finds what stands against a start, and changes nothing' {
        $findings = @(Test-MpInstance foo)
        $findings.Severity | Should -Contain 'Error'
        ($findings | Where-Object Severity -eq 'Error').Check | Should -Contain 'Memory'
        Test-MpInstance foo -Quiet | Should -BeFalse
        Test-MpInstance small -Quiet | Should -BeTrue
        Get-ChangeCount | Should -Be 0
    }
}
