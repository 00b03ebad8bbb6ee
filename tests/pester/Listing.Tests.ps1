BeforeAll {
    . (Join-Path $PSScriptRoot 'Story.ps1')
    Connect-Story
}

Describe 'A listing' {
    It 'shows what the host shows, and where Multipass believes otherwise' {
        $foo = Get-MpInstance foo
        $foo.State | Should -Be 'Stopped'
        $foo.MultipassState | Should -Be 'Starting'
        $foo.Drift | Should -Not -Be 'None'
        $foo.DriftReason | Should -Not -BeNullOrEmpty
        $foo.ObservedAt | Should -Not -BeNullOrEmpty
    }

    It 'filters by state' {
        (Get-MpInstance -State Running).Name | Should -Be @('bar', 'baz')
    }

    It 'can be cheap' {
        Connect-Story
        $null = Get-MpInstance -StateOnly
        @(Get-MpSimulatedCall).Count | Should -Be 2
    }

    It 'shows what is not Multipass''s only when asked' {
        (Get-MpInstance).Name | Should -Not -Contain 'vm'
        (Get-MpInstance -IncludeUnmanaged).Name | Should -Contain 'vm'
    }

    It 'takes no offence at a wildcard that finds nothing' {
        Get-MpInstance nobody* -ErrorAction Stop | Should -BeNullOrEmpty
        { Get-MpInstance nobody -ErrorAction Stop } | Should -Throw -ErrorId 'InstanceNotFound,Multipass.HyperV.Commands.GetMpInstanceCommand'
    }

    It 'can be piped on to other commands' {
        Get-MpInstance | Where-Object State -eq 'Running' | Sort-Object Name | Select-Object -ExpandProperty Name | Should -Be @('bar', 'baz')
        (Get-MpInstance | Measure-Object MemoryAssigned -Sum).Sum | Should -Be (8192MB)
        Get-MpInstance | Select-Object -First 1 | Should -HaveCount 1
    }

    It 'is shown as a table that fits 80 columns' {
        $lines = (Get-MpInstance | Out-String -Width 80) -split "`r?`n"
        ($lines | Where-Object { $_.Length -gt 80 }) | Should -BeNullOrEmpty
        $lines -match '^foo\s+Stopped' | Should -HaveCount 1
    }

    It 'is shown as a list' {
        Get-MpInstance foo | Format-List | Out-String | Should -Match 'HostState\s*:\s*Disabled \(3\)'
    }

    It 'survives being sent to another process' {
        $file = Join-Path $TestDrive 'instance.xml'
        Get-MpInstance foo | Export-Clixml -LiteralPath $file
        (Import-Clixml -LiteralPath $file | Get-MpInstance).Name | Should -Be 'foo'
    }

    It 'can be made by a mock' {
        (Get-Command Get-MpInstance).Parameters.Values | Where-Object IsDynamic | Should -BeNullOrEmpty
        Mock Get-MpInstance { [pscustomobject] @{ Name = 'mocked'; State = 'Running' } }
        (Get-MpInstance any).Name | Should -Be 'mocked'
    }
}
