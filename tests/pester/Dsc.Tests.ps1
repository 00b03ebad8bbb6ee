BeforeAll {
    . (Join-Path $PSScriptRoot 'Story.ps1')
    $folder = Split-Path $env:MULTIPASS_HYPERV_MODULE
    Import-Module (Join-Path $folder 'module/Multipass.HyperV.Dsc/Multipass.HyperV.Dsc.psd1') -Force

    function New-Resource {
        param([string] $Name, [string] $State)
        $resource = & (Get-Module Multipass.HyperV.Dsc) { [MpInstance]::new() }
        $resource.Name = $Name
        $resource.State = $State
        $resource
    }
}

Describe 'The DSC resource MpInstance' {
    BeforeEach {
        Connect-Story
    }

    It 'gets what the host shows' {
        $got = (New-Resource bar Stopped).Get()
        $got.Name | Should -Be 'bar'
        $got.State | Should -Be 'Running'
        $got.ActualState | Should -Be 'Running'
        $got.HostState | Should -Be 'Enabled (2)'
    }

    It 'gets a state on the way as what it is' {
        Add-MpSimulatedFault -Name small -Operation Start -Kind NeverEnds
        Start-MpInstance small -Timeout 1 -OnTimeout Leave -ErrorAction SilentlyContinue
        $got = (New-Resource small Running).Get()
        $got.ActualState | Should -Be 'Starting'
        $got.State | Should -BeNullOrEmpty
        (New-Resource small Running).Test() | Should -BeFalse
    }

    It 'brings <Name> to <State>, and the second time does nothing' -ForEach @(
        @{ Name = 'small'; State = 'Running'; Requests = 1 }
        @{ Name = 'saved'; State = 'Running'; Requests = 1 }
        @{ Name = 'bar'; State = 'Stopped'; Requests = 1 }
        @{ Name = 'bar'; State = 'Suspended'; Requests = 1 }
        @{ Name = 'small'; State = 'Suspended'; Requests = 2 }
    ) {
        $resource = New-Resource $Name $State
        $resource.Test() | Should -BeFalse
        $resource.Set()
        $resource.Test() | Should -BeTrue
        Get-ChangeCount | Should -Be $Requests

        $resource.Set()
        $resource.Test() | Should -BeTrue
        Get-ChangeCount | Should -Be $Requests
    }

    It 'leaves alone what is as it should be' {
        $resource = New-Resource bar Running
        $resource.Test() | Should -BeTrue
        $resource.Set()
        Get-ChangeCount | Should -Be 0
    }

    It 'throws no saved state away' {
        { (New-Resource saved Stopped).Set() } | Should -Throw -ErrorId 'InvalidState,Multipass.HyperV.Commands.StopMpInstanceCommand'
        (Get-MpInstance saved).State | Should -Be 'Suspended'
    }

    It 'passes a failure on as it is' {
        { (New-Resource foo Running).Set() } | Should -Throw -ErrorId 'OutOfMemory,Multipass.HyperV.Commands.StartMpInstanceCommand'
        { (New-Resource nobody Running).Test() } | Should -Throw -ErrorId 'InstanceNotFound,*'
    }

    It 'takes no wildcards and no other states' {
        { (New-Resource 'b*' Stopped).Set() } | Should -Throw -ErrorId 'InstanceNotFound,*'
        { New-Resource bar Sleeping } | Should -Throw
    }

    It 'can be used with Invoke-DscResource' {
        if (-not (Get-Command Invoke-DscResource -ErrorAction Ignore)) {
            Set-ItResult -Skipped -Because 'this machine has no Invoke-DscResource: it is a part of Windows PowerShell, and of the module PSDesiredStateConfiguration'
        }

        $manifest = Join-Path $folder 'module/Multipass.HyperV.Dsc/Multipass.HyperV.Dsc.psd1'
        $property = @{ Name = 'bar'; State = 'Stopped' }
        (Invoke-DscResource -Name MpInstance -ModuleName $manifest -Method Test -Property $property).InDesiredState | Should -BeFalse
    }
}
