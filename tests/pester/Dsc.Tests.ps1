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

    It 'says why it is not as it should be' {
        $got = (New-Resource bar Stopped).Get()
        $got.Reasons | Should -HaveCount 1
        $got.Reasons[0].Code | Should -Be 'MpInstance:MpInstance:State'
        $got.Reasons[0].Phrase | Should -BeLike "*'bar' on HV-DEMO is Running*Stopped*"
        (New-Resource bar Running).Get().Reasons | Should -HaveCount 0
    }

    It 'exports what there is' {
        $all = & (Get-Module Multipass.HyperV.Dsc) { [MpInstance]::Export() }
        ($all | Sort-Object Name).Name | Should -Be @('bar', 'baz', 'foo', 'saved', 'small')
        ($all | Where-Object Name -EQ saved).State | Should -Be 'Suspended'
        ($all | Where-Object Name -EQ saved).HostName | Should -Be 'HV-DEMO'
    }

    It 'refuses a name that means several, and takes the host' {
        $second = Join-Path $TestDrive 'second.json'
        Set-Content -LiteralPath $second -Encoding ASCII -Value '{ "host": { "name": "HV-2", "jobMilliseconds": 50 }, "instances": [ { "name": "bar", "state": "Running", "guest": { "shutdownMilliseconds": 50 } } ] }'
        Connect-MpHost -Simulated -Scenario $second
        { (New-Resource bar Stopped).Test() } | Should -Throw -ErrorId 'AmbiguousName*'
        { (New-Resource bar Stopped).Set() } | Should -Throw -ErrorId 'AmbiguousName*'
        Get-ChangeCount | Should -Be 0

        $resource = New-Resource bar Stopped
        $resource.HostName = 'HV-2'
        $resource.Set()
        (Get-MpInstance bar -MpHost HV-2).State | Should -Be 'Stopped'
        (Get-MpInstance bar -MpHost HV-DEMO).State | Should -Be 'Running'
    }

    It 'can be published to a gallery and taken from there' {
        if (-not (Get-Command Publish-PSResource -ErrorAction Ignore)) {
            Set-ItResult -Skipped -Because 'this machine has no Publish-PSResource: it comes with PowerShell 7.4 and newer, and as the module Microsoft.PowerShell.PSResourceGet'
        }

        # Folders as a module path has them.
        $source = Join-Path $TestDrive 'source'
        foreach ($module in 'Multipass.HyperV', 'Multipass.HyperV.Dsc') {
            $null = New-Item -ItemType Directory -Path (Join-Path $source $module) -Force
        }

        Copy-Item -Path (Join-Path $folder 'Multipass.HyperV.psd1'), (Join-Path $folder 'en-US'), (Join-Path $folder 'module') -Destination (Join-Path $source 'Multipass.HyperV') -Recurse

        # The resource is a package of its own.
        Remove-Item -LiteralPath (Join-Path $source 'Multipass.HyperV/module/Multipass.HyperV.Dsc') -Recurse
        Copy-Item -Path (Join-Path $folder 'module/Multipass.HyperV.Dsc/*') -Destination (Join-Path $source 'Multipass.HyperV.Dsc')
        $gallery = Join-Path $TestDrive 'gallery'
        $taken = Join-Path $TestDrive 'taken'
        $null = New-Item -ItemType Directory -Path $gallery, $taken -Force
        Register-PSResourceRepository -Name mp-acceptance -Uri $gallery -Trusted
        $modulePath = $env:PSModulePath
        try {
            # What a manifest requires must be found when it is published.
            $env:PSModulePath = $source + [System.IO.Path]::PathSeparator + $modulePath
            Publish-PSResource -Path (Join-Path $source 'Multipass.HyperV') -Repository mp-acceptance
            Publish-PSResource -Path (Join-Path $source 'Multipass.HyperV.Dsc') -Repository mp-acceptance
            Save-PSResource -Name Multipass.HyperV.Dsc -Repository mp-acceptance -Path $taken -TrustRepository
        }
        finally {
            $env:PSModulePath = $modulePath
            Unregister-PSResourceRepository -Name mp-acceptance
        }

        # What it needs comes with it.
        Get-ChildItem $taken -Recurse -Filter *.psd1 | ForEach-Object Name | Sort-Object | Should -Be @('Multipass.HyperV.Dsc.psd1', 'Multipass.HyperV.psd1')
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
