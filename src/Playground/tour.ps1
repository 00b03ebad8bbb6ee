# Multipass issue #3351: Hyper-V refuses to start an instance, and Multipass goes on
# saying "Starting". Here is the same story on a simulated host, with a truthful end.
# Nothing on this machine is touched.

# The host has 16 GB of memory, 2 GB of them for itself. Two instances run already.
Connect-MpHost -Simulated -Scenario src/Playground/tour.json -PassThru
# expect: @(Get-MpHost).Count -eq 1

# Multipass believes that foo is starting. The host knows that it is not, and the column
# Drift says that the two disagree.
Get-MpInstance
# expect: (Get-MpInstance foo).State -eq 'Stopped'
# expect: (Get-MpInstance foo).MultipassState -eq 'Starting'

# foo wants 10 GB, and 6 GB are left. The start fails, and says why at once.
Start-MpInstance foo
# expect: $Error[0].FullyQualifiedErrorId -like 'OutOfMemory,*'
# expect: $Error[0].ErrorDetails.RecommendedAction

# A script need not read that text: the error has a name, the codes that Hyper-V gave,
# and the instance as the host showed it after the failure.
$Error[0].FullyQualifiedErrorId
$Error[0].Exception.HResults.ForEach{ '0x{0:X8}' -f $_ }
$Error[0].TargetObject
# expect: $Error[0].Exception.HResults -contains 0x8007000E
# expect: $Error[0].TargetObject.Name -eq 'foo' -and $Error[0].TargetObject.State -eq 'Stopped'

# Nothing says "Starting" from memory. Asked again, the host answers the same.
(Get-MpInstance foo).State
# expect: (Get-MpInstance foo).State -eq 'Stopped'

# Multipass still says so, for nobody has told it. Repair-MpInstance has it look again, by the
# mildest step that helps; with -WhatIf it only prints what it would do.
Repair-MpInstance foo
# expect: (Get-MpInstance foo).MultipassState -eq 'Stopped'
# expect: (Get-MpInstance foo).Drift -eq 'None'

# The advice is to free memory. Stopping bar is enough.
Stop-MpInstance bar
Start-MpInstance foo -PassThru
# expect: (Get-MpInstance bar).State -eq 'Stopped'
# expect: (Get-MpInstance foo).State -eq 'Running'

# Worse than a refusal is a start that never ends. foo makes room, bar will hang,
# and two seconds are all the time it gets.
Stop-MpInstance foo -TurnOff
Add-MpSimulatedFault -Name bar -Operation Start -Kind NeverEnds
Start-MpInstance bar -Timeout 2
# expect: $Error[0].FullyQualifiedErrorId -like 'StartTimedOut,*'

# Its job was asked to end and did not, and the host refuses to power off what it is starting.
# The error says so, and bar is what the host shows: it hangs.
Get-MpInstance bar
# expect: (Get-MpInstance bar).State -eq 'Starting'

# Repair-MpInstance ends what hangs. It watches first, takes the mildest step that helps, and asks
# before it ends the worker process of exactly this instance.
Repair-MpInstance bar -Timeout 5 -Confirm:$false
Get-MpInstance bar
# expect: (Get-MpInstance bar).State -eq 'Stopped'

# Everything that was asked of the host to change something, in order:
Get-MpSimulatedCall | Where-Object ChangesState
# expect: @(Get-MpSimulatedCall | Where-Object ChangesState).Count -ge 5

Disconnect-MpHost HV-DEMO
# expect: @(Get-MpHost).Count -eq 0

# That was the tour. Go on by yourself: dotnet run --project src/Playground -- shell
