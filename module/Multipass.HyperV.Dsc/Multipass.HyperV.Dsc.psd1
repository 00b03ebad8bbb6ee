@{
    RootModule           = 'Multipass.HyperV.Dsc.psm1'
    ModuleVersion        = '0.1.0'
    GUID                 = 'b6a1d0c7-0b5e-4f0e-9c39-6d2f8a41c5e2'
    CompatiblePSEditions = @('Desktop', 'Core')
    Author               = 'The Multipass.HyperV contributors'
    CompanyName          = 'The Multipass.HyperV contributors'
    Copyright            = 'Copyright (c) 2026 The Multipass.HyperV contributors. MIT License.'
    Description          = 'The DSC resource MpInstance: keeps a Multipass instance on Hyper-V Running, Stopped or Suspended. Works through the cmdlets of the module Multipass.HyperV.'
    PowerShellVersion    = '5.1'
    RequiredModules      = @(@{ ModuleName = 'Multipass.HyperV'; ModuleVersion = '0.1.0'; GUID = '7c0b3a52-5f1e-4d2b-9a86-3b1c0f6f4e17' })
    DscResourcesToExport = @('MpInstance')
    FunctionsToExport    = @()
    CmdletsToExport      = @()
    VariablesToExport    = @()
    AliasesToExport      = @()
    PrivateData          = @{
        PSData = @{
            Tags            = @('Multipass', 'HyperV', 'DSC', 'DSCResource', 'PSEdition_Desktop', 'PSEdition_Core', 'Windows')
            LicenseUri      = 'https://opensource.org/license/mit'
            DscCapabilities = @('get', 'test', 'set', 'export')
        }
    }
}
