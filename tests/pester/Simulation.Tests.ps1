BeforeAll {
    . (Join-Path $PSScriptRoot 'Story.ps1')
}

Describe 'Faults' {
    BeforeEach {
        Connect-Story
    }

    It 'can be added and cleared' {
        Add-MpSimulatedFault -Name small -Operation Start -Kind DiskNotFound
        { Start-MpInstance small -ErrorAction Stop } | Should -Throw -ErrorId 'DiskNotFound,Multipass.HyperV.Commands.StartMpInstanceCommand'
        Add-MpSimulatedFault -Name small -Operation Start -Kind DiskNotFound
        Clear-MpSimulatedFault small
        Start-MpInstance small -ErrorAction Stop
    }

    It 'can be what a real host answered' {
        Add-MpSimulatedFault -Name small -Operation Start -Raw @{ jobErrorCode = 32788; errorDescription = 'Nur dem Host bekannt.' }
        Start-MpInstance small -ErrorAction SilentlyContinue -ErrorVariable failure
        $failure[0].FullyQualifiedErrorId | Should -BeLike 'InsufficientSystemResources,*'
        $failure[0].Exception.JobErrorCode | Should -Be 32788
        $failure[0].Exception.HostMessage | Should -Match 'Nur dem Host bekannt'
    }

    It 'are refused when they make no sense' {
        { Add-MpSimulatedFault -Name small -Operation Start -Kind Sunburn } | Should -Throw -ErrorId 'FaultInvalid,*'
        { Add-MpSimulatedFault -Name nobody -Operation Start -Kind DiskNotFound -ErrorAction Stop } | Should -Throw -ErrorId 'InstanceNotFound,*'
    }
}

Describe 'The calls of a simulated host' {
    It 'are listed' {
        Connect-Story
        Stop-MpInstance bar
        $calls = @(Get-MpSimulatedCall)
        $calls.Count | Should -BeGreaterThan 1
        @($calls | Where-Object ChangesState).Count | Should -Be 1
        $calls[0].Operation | Should -Be 'Query'
    }
}

Describe 'A copy of a host' {
    BeforeEach {
        Connect-Story
    }

    It 'shows the same instances' {
        $copy = Join-Path $TestDrive 'copy.json'
        Export-MpScenario -Path $copy
        $before = Get-MpInstance | Sort-Object Name | ForEach-Object { "$($_.Name) $($_.State)" }
        Disconnect-MpHost
        Connect-MpHost -Simulated -Scenario $copy
        Get-MpInstance | Sort-Object Name | ForEach-Object { "$($_.Name) $($_.State)" } | Should -Be $before
    }
}
