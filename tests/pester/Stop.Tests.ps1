BeforeAll {
    . (Join-Path $PSScriptRoot 'Story.ps1')
}

Describe 'Stopping' {
    BeforeEach {
        Connect-Story
    }

    It 'asks the guest to shut down' {
        (Stop-MpInstance bar -PassThru).State | Should -Be 'Stopped'
        Get-ChangeCount | Should -Be 1
    }

    It 'asks for nothing under -WhatIf' {
        Stop-MpInstance bar, baz -WhatIf
        Get-ChangeCount | Should -Be 0
    }

    It 'powers off what does not answer, if it may' {
        Add-MpSimulatedFault -Name bar -Operation Shutdown -Kind NeverEnds
        (Stop-MpInstance bar -Timeout 1 -Force -PassThru).State | Should -Be 'Stopped'
    }

    It 'frees an instance that hangs in Starting' {
        Add-MpSimulatedFault -Name small -Operation Start -Kind NeverEnds
        Start-MpInstance small -Timeout 1 -OnTimeout Leave -ErrorAction SilentlyContinue
        (Get-MpInstance small).State | Should -Be 'Starting'
        (Stop-MpInstance small -TurnOff -PassThru).State | Should -Be 'Stopped'
    }

    It 'keeps a saved state' {
        { Stop-MpInstance saved -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidState,Multipass.HyperV.Commands.StopMpInstanceCommand'
        (Get-MpInstance saved).State | Should -Be 'Suspended'
    }

    It 'throws a saved state away when told to' {
        (Stop-MpInstance saved -DiscardSavedState -Confirm:$false -PassThru).State | Should -Be 'Stopped'
    }

    It 'never touches what is not Multipass''s by name' {
        { Stop-MpInstance vm -ErrorAction Stop } | Should -Throw -ErrorId 'InstanceNotFound,Multipass.HyperV.Commands.StopMpInstanceCommand'
    }
}
