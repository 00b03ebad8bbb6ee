@{
    RootModule             = 'module/bin/Multipass.HyperV.dll'
    ModuleVersion          = '0.1.0'
    GUID                   = '7c0b3a52-5f1e-4d2b-9a86-3b1c0f6f4e17'
    CompatiblePSEditions   = @('Desktop', 'Core')
    Author                 = 'The Multipass.HyperV contributors'
    CompanyName            = 'The Multipass.HyperV contributors'
    Copyright              = 'Copyright (c) 2026 The Multipass.HyperV contributors. MIT License.'
    Description            = 'Starts, stops and shows Multipass instances on Hyper-V, and tells the truth when Hyper-V says no: a structured error within a blink, and the state that is true now. Brings a simulated Hyper-V host on which scripts can be tested on any system.'
    PowerShellVersion      = '5.1'
    DotNetFrameworkVersion = '4.7.2'
    FormatsToProcess       = @('module/Multipass.HyperV.Format.ps1xml')
    CmdletsToExport        = @(
        'Add-MpSimulatedFault'
        'Clear-MpSimulatedFault'
        'Connect-MpHost'
        'Disconnect-MpHost'
        'Export-MpScenario'
        'Get-MpHost'
        'Get-MpInstance'
        'Get-MpSimulatedCall'
        'Repair-MpInstance'
        'Restart-MpInstance'
        'Resume-MpInstance'
        'Start-MpInstance'
        'Stop-MpInstance'
        'Suspend-MpInstance'
        'Test-MpHost'
        'Test-MpInstance'
        'Wait-MpInstance'
        'Watch-MpInstance'
    )
    FunctionsToExport      = @()
    VariablesToExport      = @()
    AliasesToExport        = @()
    FileList               = @(
        'Multipass.HyperV.psd1'
        'en-US/Multipass.HyperV.dll-Help.xml'
        'en-US/about_Multipass_HyperV.help.txt'
        'en-US/about_Multipass_HyperV_Testing.help.txt'
        'module/Multipass.HyperV.Format.ps1xml'
        'module/bin/Multipass.HyperV.dll'
        'module/bin/Multipass.HyperV.Engine.dll'
        'module/bin/Multipass.HyperV.Simulation.dll'
        'module/bin/Multipass.HyperV.Wsman.dll'
    )
    PrivateData            = @{
        PSData = @{
            Tags         = @('Multipass', 'HyperV', 'Hyper-V', 'VirtualMachine', 'Ubuntu', 'PSEdition_Desktop', 'PSEdition_Core', 'Windows')
            LicenseUri   = 'https://opensource.org/license/mit'
            ReleaseNotes = 'See CHANGELOG.md in the module folder.'
        }
    }
}
