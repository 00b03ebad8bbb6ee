# Why an instance is not as it should be, in the words that machine configuration shows.
class MpReason {
    [DscProperty()]
    [string] $Code

    [DscProperty()]
    [string] $Phrase
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

    # The host it is on: one that the session is connected to, else a computer that is connected for this alone. Without it, the hosts of the session, or this computer.
    [DscProperty()]
    [string] $HostName

    # Seconds that each step may take.
    [DscProperty()]
    [int] $Timeout = 300

    # What the host shows, in Multipass's words.
    [DscProperty(NotConfigurable)]
    [string] $ActualState

    # Hyper-V's own words for it, with their numbers.
    [DscProperty(NotConfigurable)]
    [string] $HostState

    # Empty where the instance is as it should be.
    [DscProperty(NotConfigurable)]
    [MpReason[]] $Reasons

    [MpInstance] Get() {
        $instance = $this.Read()
        $result = [MpInstance]::Of($instance)
        $result.Timeout = $this.Timeout
        if ($this.State -and $result.ActualState -ne $this.State) {
            $reason = [MpReason]::new()
            $reason.Code = 'MpInstance:MpInstance:State'
            $reason.Phrase = "'$($instance.Name)' on $($instance.HostName) is $($instance.State) ($($instance.HostState)), and should be $($this.State)."
            $result.Reasons = @($reason)
        }

        return $result
    }

    [bool] Test() {
        return [string] $this.Read().State -eq $this.State
    }

    [void] Set() {
        $instance = $this.Read()
        $actual = [string] $instance.State
        if ($actual -eq $this.State) {
            return
        }

        # By name, and on the host where it has just been read.
        $step = $this.Target()
        if (-not $this.HostName -and @(Get-MpHost).Count -gt 0) {
            $step.MpHost = [System.Management.Automation.WildcardPattern]::Escape($instance.HostName)
        }

        $step += @{ Timeout = $this.Timeout; ErrorAction = 'Stop'; Confirm = $false }
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

    # All instances as they are, for DSC v3.
    static [MpInstance[]] Export() {
        return @(Get-MpInstance -ErrorAction Stop | ForEach-Object { [MpInstance]::Of($_) })
    }

    hidden static [MpInstance] Of([object] $instance) {
        $result = [MpInstance]::new()
        $result.Name = $instance.Name
        $result.HostName = $instance.HostName
        $result.ActualState = [string] $instance.State
        $result.HostState = $instance.HostState
        $result.Reasons = @()
        if (@('Running', 'Stopped', 'Suspended') -contains $result.ActualState) {
            $result.State = $result.ActualState
        }

        return $result
    }

    hidden [object] Read() {
        $target = $this.Target()
        $found = @(Get-MpInstance @target -StateOnly -ErrorAction Stop)
        if ($found.Count -gt 1) {
            $places = ($found | ForEach-Object { "$($_.Id) on $($_.HostName)" }) -join ', '
            $exception = [System.InvalidOperationException]::new("There are $($found.Count) instances named '$($this.Name)': $places. Say which host with HostName; of two on one host rename one.")
            throw [System.Management.Automation.ErrorRecord]::new($exception, 'AmbiguousName', 'InvalidArgument', $this.Name)
        }

        return $found[0]
    }

    # A key names one instance: characters that are wildcards elsewhere stand for themselves here.
    hidden [hashtable] Target() {
        $target = @{ Name = [System.Management.Automation.WildcardPattern]::Escape($this.Name) }
        if ($this.HostName) {
            $connected = [System.Management.Automation.WildcardPattern]::Escape($this.HostName)
            if (Get-MpHost $connected -ErrorAction Ignore) {
                $target.MpHost = $connected
            }
            else {
                $target.ComputerName = $this.HostName
            }
        }

        return $target
    }
}
