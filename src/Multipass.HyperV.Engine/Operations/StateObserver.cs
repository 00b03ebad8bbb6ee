using System;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Operations;

/// <summary>The last reading of one instance, and how the next one is made. Nothing older than the last reading is ever believed.</summary>
internal sealed class StateObserver
{
    /// <summary>A host that cannot be read for so long while an operation waits is given up: a restart of vmms takes a few seconds.</summary>
    public static readonly TimeSpan UnreadableFor = TimeSpan.FromSeconds(10);

    private readonly HostSession _session;
    private readonly HostPoll _poll;
    private readonly MpInstance _before;
    private readonly Action<string> _show;
    private readonly CancellationToken _cancellationToken;
    private GuestReading? _guest;

    public StateObserver(HostSession session, HostPoll poll, MpInstance instance, Action<string> show, CancellationToken cancellationToken)
    {
        _session = session;
        _poll = poll;
        _before = instance;
        _show = show;
        _cancellationToken = cancellationToken;
    }

    /// <summary>Whether it was read at all since it was found.</summary>
    public bool HasRead { get; private set; }

    /// <summary>Null before the first reading, when the host does not have it, and when the host could not be read.</summary>
    public MachineReading? Last { get; private set; }

    /// <summary>Why the last reading failed.</summary>
    public CimFault? Unreadable { get; private set; }

    /// <summary>What Hyper-V said last.</summary>
    public MpHostState? HostState => HasRead ? Last?.HostState : _before.HostState;

    /// <summary>Watches the uptime of a restart that was asked for.</summary>
    public RestartProof? Restart { get; set; }

    /// <summary>The instance as last read: before any reading of its own the one that it was found by, after a reading that failed Unknown.</summary>
    public MpInstance Now
    {
        get
        {
            if (!HasRead)
            {
                return _before;
            }

            if (Last is not { } reading)
            {
                return new MpInstance(InstanceReader.Unread(_before.Facts));
            }

            var facts = InstanceReader.Apply(_before.Facts, reading);
            return new MpInstance(_guest is { } guest && reading.State == MpInstanceState.Running ? guest.ApplyTo(facts) : facts);
        }
    }

    public void Observe(MachineReading? reading, GuestReading? guest = null)
    {
        HasRead = true;
        Last = reading;
        Unreadable = null;
        _guest = guest;
        if (reading is not null)
        {
            Restart?.See(reading);
        }
    }

    /// <summary>A request is about to be sent: what was read before it says nothing about what is true after it.</summary>
    public void Expire() => Lose(new CimFault(CimStatus.Failed, WbemError.TimedOut, "The host was not read again after the request."));

    public void Lose(CimFault fault)
    {
        HasRead = true;
        Last = null;
        Unreadable = fault;
    }

    /// <summary>One reading at once, outside the poll.</summary>
    public async Task<MachineReading?> ReadAsync(Deadline deadline)
    {
        try
        {
            Observe(await MachineReading.ReadAsync(_session, _before.Id, deadline, _cancellationToken).ConfigureAwait(false));
        }
        catch (CimFaultException exception)
        {
            Lose(exception.Fault);
        }

        return Last;
    }

    /// <summary>Reads until a reading is what is awaited, or shows the same state twice that may last. Null when the limit passes first, the instance is gone or the host cannot be read.</summary>
    /// <param name="limit">How long.</param>
    /// <param name="isAwaited">What ends the wait at once.</param>
    /// <param name="mayLast">What ends it when it is seen twice; null for nothing.</param>
    /// <param name="confirm">Whether once is not enough for <paramref name="mayLast"/>.</param>
    public async Task<MpInstanceState?> SettleAsync(Deadline limit, Func<MachineReading, bool> isAwaited, Func<MachineReading, bool>? mayLast, bool confirm = true)
    {
        var since = _session.Clock.Now;
        Deadline? giveUp = null;
        MpInstanceState? previous = null;
        while (!limit.HasPassed)
        {
            var look = await _poll.NextAsync(_before.Id, null, since, limit).ConfigureAwait(false);
            if (look.Fault is { } fault)
            {
                if (limit.HasPassed)
                {
                    if (Last is null)
                    {
                        Lose(fault);
                    }

                    break;
                }

                giveUp ??= Deadline.In(_session.Clock, UnreadableFor);
                if (!fault.IsTransient || giveUp.HasPassed)
                {
                    Lose(fault);
                    return null;
                }

                continue;
            }

            giveUp = null;
            Observe(look.Machine);
            if (look.Machine is not { } machine)
            {
                return null;
            }

            _show(machine.State.ToString());
            if (isAwaited(machine) || (mayLast?.Invoke(machine) == true && (machine.State == previous || !confirm)))
            {
                return machine.State;
            }

            previous = machine.State;
        }

        return null;
    }
}
