BeforeAll {
    . (Join-Path $PSScriptRoot 'Story.ps1')
}

Describe 'Connections' {
    It 'come and go' {
        $connection = Connect-MpHost -Simulated -Scenario $scenario -PassThru
        (Get-MpHost HV-DEMO).Name | Should -Be 'HV-DEMO'
        $connection | Disconnect-MpHost
        Get-MpHost HV-* | Should -BeNullOrEmpty
    }

    It 'are needed: a script that simulates never falls through to real machines' {
        Connect-Story
        Disconnect-MpHost
        $id = if ($onWindows) { 'HostNotConnected,*' } else { 'PlatformNotSupported,*' }
        { Get-MpInstance -ErrorAction Stop } | Should -Throw -ErrorId $id
    }

    It 'are several, and a cmdlet works on those that are named' {
        Connect-Story
        Connect-MpHost -Simulated
        (Get-MpInstance foo).HostName | Sort-Object | Should -Be @('HV-DEMO', 'HV-SIM')
        (Get-MpInstance foo -MpHost HV-SIM).HostName | Should -Be 'HV-SIM'
        (Get-MpInstance foo -MpHost (Get-MpHost HV-DEMO)).HostName | Should -Be 'HV-DEMO'
        Disconnect-MpHost HV-SIM
    }

    It 'say what a bad scenario has' {
        $bad = Join-Path $TestDrive 'bad.json'
        Set-Content -LiteralPath $bad -Encoding ASCII -Value '{ "host": { "colour": "red" } }'
        { Connect-MpHost -Simulated -Scenario $bad } | Should -Throw -ErrorId 'ScenarioInvalid,Multipass.HyperV.Commands.ConnectMpHostCommand'
        { Connect-MpHost -Simulated -Scenario (Join-Path $TestDrive 'nowhere.json') } | Should -Throw -ErrorId 'ScenarioNotReadable,*'
    }

    It 'belong to their runspace, and can be handed over' {
        Connect-Story
        $connection = Get-MpHost HV-DEMO
        $other = [powershell]::Create()
        try {
            $null = $other.AddScript('param($module, $connection) Import-Module $module; @(Get-MpHost).Count; (Get-MpInstance bar -MpHost $connection).State').AddArgument($env:MULTIPASS_HYPERV_MODULE).AddArgument($connection)
            $written = $other.Invoke()
            $written[0] | Should -Be 0
            $written[1] | Should -Be 'Running'
        }
        finally {
            $other.Dispose()
        }
    }
}
