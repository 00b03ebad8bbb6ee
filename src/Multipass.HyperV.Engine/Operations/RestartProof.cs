using System;
using Multipass.HyperV.Instances;

namespace Multipass.HyperV.Operations;

/// <summary>What proves a restart: the host counts the uptime anew (Msvm_ComputerSystem class page, OnTimeInMilliseconds). An uptime that is missing proves nothing.</summary>
internal sealed class RestartProof
{
    private TimeSpan? _highest;

    public RestartProof(TimeSpan? uptimeBefore) => _highest = uptimeBefore;

    /// <summary>The uptime was seen to fall since the restart was asked for.</summary>
    public bool HasFallen { get; private set; }

    /// <summary>Compares with the highest so far, not only with the first one: an instance that has just booted may soon have been up for as long again.</summary>
    public void See(MachineReading reading)
    {
        HasFallen |= reading.Uptime < _highest;
        _highest = reading.Uptime is { } uptime && !(uptime <= _highest) ? uptime : _highest;
    }
}
