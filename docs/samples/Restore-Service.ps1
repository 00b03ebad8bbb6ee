<#
.SYNOPSIS
    A runbook: brings the instances that a service needs into the state Running, and says what stands in the way where that does not work.
.DESCRIPTION
    It decides by the names of causes, never by the text of messages, and reports the state that is true in the end. It needs nothing but Multipass.HyperV, runs in Windows PowerShell 5.1
    and in PowerShell 7, and works on whatever hosts its session is connected to: real ones, or a simulated one in a test.
.OUTPUTS
    One object for each instance: Name, State, Problem, Advice.
.EXAMPLE
    Connect-MpHost -Simulated
    ./docs/samples/Restore-Service.ps1 -Name foo, big
#>
[CmdletBinding()]
param(
    # The instances, in the order in which they are needed.
    [Parameter(Mandatory = $true)]
    [string[]] $Name,

    # Instances that may be stopped when the host lacks memory, the least needed first.
    [string[]] $MakeRoomFrom = @(),

    # Seconds for each step.
    [int] $Timeout = 120
)

$spare = [System.Collections.Generic.Queue[string]]::new([string[]] $MakeRoomFrom)

foreach ($one in $Name) {
    do {
        $failure = $null
        $again = $false
        $instance = Start-MpInstance -Name $one -Timeout $Timeout -PassThru -ErrorAction SilentlyContinue -ErrorVariable failure

        # The id of an error is '<cause>,<class of the cmdlet>'.
        $cause = ''
        if ($failure) {
            $cause = ($failure[0].FullyQualifiedErrorId -split ',')[0]
        }

        # Only one cause is worth a second attempt here, and only after something has changed.
        if ($cause -eq 'OutOfMemory' -and $spare.Count -gt 0) {
            Stop-MpInstance -Name $spare.Dequeue() -Timeout $Timeout -ErrorAction SilentlyContinue
            $again = $true
        }
    } while ($again)

    $advice = ''
    if ($failure) {
        $advice = $failure[0].ErrorDetails.RecommendedAction
    }

    $state = 'Unknown'
    if ($instance) {
        $state = [string] $instance.State
    }

    [pscustomobject] @{ Name = $one; State = $state; Problem = $cause; Advice = $advice }
}
