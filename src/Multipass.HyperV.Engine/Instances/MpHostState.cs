using System;
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

    private readonly bool _isReading;
    private ushort? _enabledState;
    private string? _otherEnabledState;
    private ushort? _requestedState;
    private ushort? _healthState;
    private ushort[] _operationalStatus = Array.Empty<ushort>();

    /// <summary>Creates one for tests; what is not said is empty.</summary>
    public MpHostState()
    {
    }

    internal MpHostState(CimRecord record)
    {
        _isReading = true;
        _enabledState = record.UInt16("EnabledState");
        _otherEnabledState = record.Text("OtherEnabledState");
        _requestedState = record.UInt16("RequestedState");
        _healthState = record.UInt16("HealthState");
        _operationalStatus = record.UInt16s("OperationalStatus").ToArray();
    }

    /// <summary><c>Msvm_ComputerSystem.EnabledState</c>: 2 running, 3 off, 4 shutting down, 6 saved, 9 paused, 10 starting, 1 see <see cref="OtherEnabledState"/>.</summary>
    public ushort? EnabledState
    {
        get => _enabledState;
        set => Reading.Set(_isReading, ref _enabledState, value);
    }

    /// <summary>The transitional state's token when <see cref="EnabledState"/> is 1, such as <c>Saving</c>.</summary>
    public string? OtherEnabledState
    {
        get => _otherEnabledState;
        set => Reading.Set(_isReading, ref _otherEnabledState, value);
    }

    /// <summary>The state last asked for while a change is in progress; 12 when none is.</summary>
    public ushort? RequestedState
    {
        get => _requestedState;
        set => Reading.Set(_isReading, ref _requestedState, value);
    }

    /// <summary><c>HealthState</c>: 5 OK, 20 major failure, 25 critical failure.</summary>
    public ushort? HealthState
    {
        get => _healthState;
        set => Reading.Set(_isReading, ref _healthState, value);
    }

    /// <summary><c>OperationalStatus</c>: the status and, where there is a second value, an operation in progress.</summary>
    public ushort[] OperationalStatus
    {
        get => _operationalStatus;
        set => Reading.Set(_isReading, ref _operationalStatus, value);
    }

    /// <summary>What the host does to it by itself, such as <c>Merging Disks</c>; null when nothing is under way, or nothing that has a name.</summary>
    public string? Activity
        => OperationalStatus.Skip(1).Where(status => Activities.Contains(status)).Select(status => CodeNames.OperationalStatus[status]).FirstOrDefault();

    /// <summary>A request is being processed: a new one is refused until that has ended (class page, <c>OperationalStatus</c>).</summary>
    internal bool IsInService => OperationalStatus.Length > 0 && OperationalStatus[0] == InService;

    /// <summary>Nothing is being processed (class page, <c>OperationalStatus</c> 2).</summary>
    internal bool IsIdle => OperationalStatus.Length > 0 && OperationalStatus[0] == 2;

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
