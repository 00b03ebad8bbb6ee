using System;
using Multipass.HyperV.Simulation.Scenarios;

namespace Multipass.HyperV.Simulation.World;

/// <summary>The system inside a virtual machine: it boots while it runs, and stands still while it is paused or saved.</summary>
internal sealed class GuestModel
{
    private readonly TimeSpan _bootTime;
    private readonly bool _boots;
    private bool _isUp;
    private DateTimeOffset _since;
    private TimeSpan _bootLeft;
    private TimeSpan _onTime;

    public GuestModel(ScenarioGuest scenario, bool secureBoot)
    {
        Scenario = scenario;
        _boots = scenario.Signed || !secureBoot;
        _bootTime = _bootLeft = TimeSpan.FromMilliseconds(scenario.BootMilliseconds);
    }

    public ScenarioGuest Scenario { get; }

    /// <summary>Begins to boot: after a start, a reset or a reboot.</summary>
    public void PowerOn(DateTimeOffset now)
    {
        _isUp = true;
        _since = now;
        _bootLeft = _bootTime;
        _onTime = TimeSpan.Zero;
    }

    /// <summary>Goes on from where its saved state left it; the uptime begins anew (Msvm_ComputerSystem class page, OnTimeInMilliseconds).</summary>
    public void Restore(DateTimeOffset now)
    {
        _isUp = true;
        _since = now;
        _onTime = TimeSpan.Zero;
    }

    /// <summary>Goes on after a pause; paused time does not count as uptime.</summary>
    public void Resume(DateTimeOffset now)
    {
        _isUp = true;
        _since = now;
    }

    /// <summary>Stands still: paused or saved.</summary>
    public void Halt(DateTimeOffset now)
    {
        if (!_isUp)
        {
            return;
        }

        var passed = now - _since;
        _onTime += passed;
        _bootLeft = passed >= _bootLeft ? TimeSpan.Zero : _bootLeft - passed;
        _isUp = false;
    }

    /// <summary>Stands still on disk, without uptime.</summary>
    public void Save(DateTimeOffset now)
    {
        Halt(now);
        _onTime = TimeSpan.Zero;
    }

    public void PowerOff()
    {
        _isUp = false;
        _bootLeft = _bootTime;
        _onTime = TimeSpan.Zero;
    }

    /// <summary>Has been up for so long, and has booted.</summary>
    public void AssumeUp(DateTimeOffset since)
    {
        _isUp = true;
        _since = since;
        _bootLeft = TimeSpan.Zero;
    }

    public TimeSpan OnTime(DateTimeOffset now) => _isUp ? _onTime + (now - _since) : _onTime;

    /// <summary>True while it runs and has booted: it answers.</summary>
    public bool Answers(DateTimeOffset now) => _isUp && _boots && now - _since >= _bootLeft;
}
