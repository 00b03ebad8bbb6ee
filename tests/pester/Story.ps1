# What all acceptance tests begin with: the module under test, and the story of canonical/multipass #3351 as a scenario.
Import-Module $env:MULTIPASS_HYPERV_MODULE
$onWindows = $PSVersionTable.PSVersion.Major -lt 6 -or $IsWindows

# foo wants more memory than its host can give; bar and baz run; saved is suspended; vm is not Multipass's.
$scenario = Join-Path $TestDrive 'story.json'
Set-Content -LiteralPath $scenario -Encoding ASCII -Value '{
    "host": { "name": "HV-DEMO", "memoryMB": 16384, "reserveMB": 2048, "jobMilliseconds": 50, "powerOffWhileStarting": "Accepted" },
    "instances": [
        { "name": "foo", "state": "Stopped", "memoryMB": 10240, "multipassState": "Starting" },
        { "name": "bar", "state": "Running", "memoryMB": 4096, "guest": { "bootMilliseconds": 50, "shutdownMilliseconds": 50, "ipv4": "172.20.48.6" } },
        { "name": "baz", "state": "Running", "memoryMB": 4096, "guest": { "bootMilliseconds": 50, "shutdownMilliseconds": 50, "ipv4": "172.20.48.7" } },
        { "name": "saved", "state": "Suspended" },
        { "name": "small", "state": "Stopped", "memoryMB": 512, "guest": { "bootMilliseconds": 50, "shutdownMilliseconds": 50, "ipv4": "172.20.48.8" } },
        { "name": "vm", "managed": false }
    ]
}'

function Connect-Story {
    Disconnect-MpHost
    Connect-MpHost -Simulated -Scenario $scenario
}

# How many calls have asked the host to change something.
function Get-ChangeCount {
    @(Get-MpSimulatedCall | Where-Object ChangesState).Count
}
