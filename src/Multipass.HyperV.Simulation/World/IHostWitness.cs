using System;

namespace Multipass.HyperV.Simulation.World;

/// <summary>
/// Is told what happens on a host in truth, in order and with its moment by the host's clock: whoever asked for it, and whatever is answered to those who ask.
/// Called while the host is busy with itself: whoever is told must not ask it anything.
/// </summary>
internal interface IHostWitness
{
    /// <summary>A virtual machine is there: from the beginning, or made just now.</summary>
    void Appeared(VirtualMachine machine, DateTimeOffset at);

    /// <summary>A virtual machine has been deleted.</summary>
    void Removed(VirtualMachine machine, DateTimeOffset at);

    /// <summary>A virtual machine shows another state.</summary>
    void Shown(VirtualMachine machine, DateTimeOffset at);

    /// <summary>The guest begins to boot, or goes on from its saved state: its uptime begins anew.</summary>
    void Booted(VirtualMachine machine, DateTimeOffset at);

    /// <summary>A job has been made.</summary>
    void JobBegan(Job job, DateTimeOffset at);

    /// <summary>A job has ended, well or not.</summary>
    void JobEnded(Job job, DateTimeOffset at);

    /// <summary>A job can no longer be read: its time is over, or vmms has forgotten it.</summary>
    void JobRemoved(Job job, DateTimeOffset at);
}
