# The resource needs the cmdlets: those of the session, else those this folder was shipped with, else those that are installed.
if (-not (Get-Module -Name Multipass.HyperV)) {
    $shipped = [System.IO.Path]::Combine($PSScriptRoot, '..', '..', 'Multipass.HyperV.psd1')
    if ([System.IO.File]::Exists($shipped)) {
        Import-Module -Name $shipped -Global -ErrorAction Stop
    }
    else {
        Import-Module -Name Multipass.HyperV -Global -ErrorAction Stop
    }
}

# Keeps a Multipass instance in a state. What is true is always what its host shows; nothing is remembered between two runs.
[DscResource()]
class MpInstance {
    # The instance's name, without wildcards.
    [DscProperty(Key)]
    [string] $Name

    # The state to keep it in. From Get() it is the state that the host shows, and null while that is none of these: ActualState tells then.
    [DscProperty(Mandatory)]
    [ValidateSet('Running', 'Stopped', 'Suspended')]
    [string] $State

    # Seconds that each step may take.
    [DscProperty()]
    [int] $Timeout = 300

    # What the host shows, in Multipass's words.
    [DscProperty(NotConfigurable)]
    [string] $ActualState

    # Hyper-V's own words for it, with their numbers.
    [DscProperty(NotConfigurable)]
    [string] $HostState

    [MpInstance] Get() {
        $instance = $this.Read()
        $result = [MpInstance]::new()
        $result.Name = $instance.Name
        $result.Timeout = $this.Timeout
        $result.ActualState = [string] $instance.State
        $result.HostState = $instance.HostState
        if (@('Running', 'Stopped', 'Suspended') -contains $result.ActualState) {
            $result.State = $result.ActualState
        }

        return $result
    }

    [bool] Test() {
        return [string] $this.Read().State -eq $this.State
    }

    [void] Set() {
        $actual = [string] $this.Read().State
        if ($actual -eq $this.State) {
            return
        }

        $step = @{ Name = $this.PlainName(); Timeout = $this.Timeout; ErrorAction = 'Stop'; Confirm = $false }
        switch ($this.State) {
            'Running' {
                Start-MpInstance @step
            }
            'Stopped' {
                # A Suspended instance is refused: what its guest had in memory is somebody's work, and no configuration throws it away.
                Stop-MpInstance @step
            }
            'Suspended' {
                # Only what runs can be saved.
                if ($actual -eq 'Stopped') {
                    Start-MpInstance @step
                }

                Suspend-MpInstance @step
            }
        }
    }

    hidden [object] Read() {
        return Get-MpInstance -Name $this.PlainName() -StateOnly -ErrorAction Stop
    }

    # A key names one instance: characters that are wildcards elsewhere stand for themselves here.
    hidden [string] PlainName() {
        return [System.Management.Automation.WildcardPattern]::Escape($this.Name)
    }
}
