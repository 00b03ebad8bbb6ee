using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Instances;

namespace Multipass.HyperV;

/// <summary>What Hyper-V itself said of a virtual machine, in its own numbers.</summary>
public sealed class MpHostState
{
    private const ushort InService = 11;
    private const ushort WaitingToStart = 32771;

    /// <summary>Of the second values those that say what is done: checkpoints made, applied, deleted; disks merged; export, migration, backup, changes of storage (class page; from 32776 on clients of newer hosts).</summary>
    private static readonly ushort[] Activities = { 32768, 32769, 32770, 32772, 32773, 32774, 32776, 32777, 32778, 32779, 32780 };

    internal MpHostState(CimRecord record)
    {
        EnabledState = record.UInt16("EnabledState");
        OtherEnabledState = record.Text("OtherEnabledState");
        RequestedState = record.UInt16("RequestedState");
        HealthState = record.UInt16("HealthState");
        OperationalStatus = record.UInt16s("OperationalStatus").ToArray();
    }

    /// <summary><c>Msvm_ComputerSystem.EnabledState</c>: 2 running, 3 off, 4 shutting down, 6 saved, 9 paused, 10 starting, 1 see <see cref="OtherEnabledState"/>.</summary>
    public ushort? EnabledState { get; }

    /// <summary>The transitional state's token when <see cref="EnabledState"/> is 1, such as <c>Saving</c>.</summary>
    public string? OtherEnabledState { get; }

    /// <summary>The state last asked for while a change is in progress; 12 when none is.</summary>
    public ushort? RequestedState { get; }

    /// <summary><c>HealthState</c>: 5 OK, 20 major failure, 25 critical failure.</summary>
    public ushort? HealthState { get; }

    /// <summary><c>OperationalStatus</c>: the status and, where there is a second value, an operation in progress.</summary>
    public ushort[] OperationalStatus { get; }

    /// <summary>What the host does to it by itself, such as <c>Merging Disks</c>; null when nothing is under way, or nothing that has a name.</summary>
    public string? Activity
        => OperationalStatus.Skip(1).Where(status => Activities.Contains(status)).Select(status => CodeNames.OperationalStatus[status]).FirstOrDefault();

    /// <summary>A request is being processed: a new one is refused until that has ended (class page, <c>OperationalStatus</c>).</summary>
    internal bool IsInService => OperationalStatus.Length > 0 && OperationalStatus[0] == InService;

    /// <summary>Where the request leads that is being processed, whatever is shown still; null when none is.</summary>
    internal MpInstanceState? ChangesTo
        => !IsInService ? null : RequestedState switch
        {
            Cim.EnabledState.Enabled or Cim.EnabledState.Starting or Cim.EnabledState.Reset => MpInstanceState.Running,
            Cim.EnabledState.Disabled or Cim.EnabledState.ShuttingDown => MpInstanceState.Stopped,
            Cim.EnabledState.EnabledButOffline => MpInstanceState.Suspended,
            Cim.EnabledState.Quiesce => MpInstanceState.Paused,
            _ => null,
        };

    /// <summary>It is off, and the host is going to start it by itself: delayed automatic start after the host's own boot.</summary>
    internal bool IsWaitingToStart => OperationalStatus.Skip(1).Contains(WaitingToStart);

    /// <summary>The state in one line: name and number, and whatever is out of the ordinary.</summary>
    public override string ToString()
    {
        var parts = new List<string>();
        if (EnabledState is not { } enabledState)
        {
            parts.Add("no EnabledState");
        }
        else if (enabledState == Cim.EnabledState.Other)
        {
            parts.Add($"{OtherEnabledState ?? "Other"} (1)");
        }
        else
        {
            var number = enabledState.ToString(CultureInfo.InvariantCulture);
            parts.Add(StateTable.NameOf(enabledState) is { } name ? $"{name} ({number})" : number);
        }

        if (HealthState is { } health and not 5)
        {
            parts.Add("health " + CodeNames.HealthState.Describe(health));
        }

        parts.AddRange(OperationalStatus.Where(status => status != 2).Select(status => CodeNames.OperationalStatus.Describe(status)));
        return string.Join(", ", parts);
    }
}
