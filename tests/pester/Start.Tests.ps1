BeforeAll {
    . (Join-Path $PSScriptRoot 'Story.ps1')
}

Describe 'A start that Hyper-V rejects' {
    BeforeEach {
        Connect-Story
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

    It 'prints the advice, in every PowerShell' {
        Start-MpInstance foo -ErrorAction SilentlyContinue -ErrorVariable failure
        $failure[0] | Out-String -Width 400 | Should -Match 'multipass set local\.foo\.memory'
    }

    It 'throws its own error id under -ErrorAction Stop' {
        { Start-MpInstance foo -ErrorAction Stop } | Should -Throw -ErrorId 'OutOfMemory,Multipass.HyperV.Commands.StartMpInstanceCommand'
    }

    It 'sets $? to false' {
        Start-MpInstance foo -ErrorAction SilentlyContinue
        $? | Should -BeFalse
    }

    It 'leaves the instance as the host shows it' {
        Start-MpInstance foo -ErrorAction SilentlyContinue
        (Get-MpInstance foo).State | Should -Be 'Stopped'
        (Get-MpInstance foo).MultipassState | Should -Be 'Starting'
    }

    It 'does not stop the others, even under -ErrorAction Stop' {
        { Start-MpInstance foo, small -ErrorAction Stop } | Should -Throw -ErrorId 'OutOfMemory,*'
        (Get-MpInstance small).State | Should -Be 'Running'
    }

    It 'works when the advice is followed' {
        Stop-MpInstance bar
        (Start-MpInstance foo -PassThru).State | Should -Be 'Running'
    }
}

Describe 'A start' {
    BeforeEach {
        Connect-Story
    }

    It 'writes nothing without -PassThru' {
        Start-MpInstance small | Should -BeNullOrEmpty
        (Get-MpInstance small).State | Should -Be 'Running'
    }

    It 'takes names and objects from the pipeline' {
        ('small' | Start-MpInstance -PassThru).State | Should -Be 'Running'
        (Get-MpInstance saved | Start-MpInstance -PassThru).State | Should -Be 'Running'
        ([pscustomobject] @{ VMName = 'bar' } | Start-MpInstance -PassThru).Name | Should -Be 'bar'
    }

    It 'asks nothing of an instance that runs' {
        Start-MpInstance bar
        Get-ChangeCount | Should -Be 0
    }

    It 'asks nothing under -WhatIf' {
        Start-MpInstance * -WhatIf
        Get-ChangeCount | Should -Be 0
    }

    It 'never touches what is not Multipass''s by name' {
        { Start-MpInstance vm -ErrorAction Stop } | Should -Throw -ErrorId 'InstanceNotFound,Multipass.HyperV.Commands.StartMpInstanceCommand'
    }

    It 'ends at its timeout and is undone' {
        Add-MpSimulatedFault -Name small -Operation Start -Kind NeverEnds
        $watch = [System.Diagnostics.Stopwatch]::StartNew()
        { Start-MpInstance small -Timeout 1 -ErrorAction Stop } | Should -Throw -ErrorId 'StartTimedOut,*'
        $watch.Elapsed.TotalSeconds | Should -BeLessThan 11.5
        (Get-MpInstance small).State | Should -Be 'Stopped'
    }

    It 'is left as it is with -OnTimeout Leave' {
        Add-MpSimulatedFault -Name small -Operation Start -Kind NeverEnds
        $after = Start-MpInstance small -Timeout 1 -OnTimeout Leave -PassThru -ErrorAction SilentlyContinue
        $after.State | Should -Be 'Starting'
    }
}
