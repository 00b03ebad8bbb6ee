using System;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Operations;

/// <summary>Why a step of an operation has ended.</summary>
internal enum StepEnd
{
    /// <summary>The host shows what was awaited.</summary>
    Reached,

    /// <summary>The host shows something else, and nothing goes on any more.</summary>
    Lasting,

    /// <summary>The time is up.</summary>
    Limit,

    /// <summary>The host was read, and no longer has the instance.</summary>
    Gone,

    /// <summary>The host could not be read for too long.</summary>
    Unreadable,

    /// <summary>The host has refused what was asked of it, or it was not asked: the instance was not what it had to be.</summary>
    Refused,
}

/// <summary>How a wait has ended.</summary>
/// <param name="End">Why.</param>
/// <param name="Seen">The last look that showed something; where the last one failed, that failure.</param>
internal sealed record Sight(StepEnd End, Look Seen)
{
    public MachineReading? Machine => Seen.Machine;
}

/// <summary>The one way to wait for an instance: look after look through the host's shared poll, with one rule for outages.</summary>
internal sealed class InstanceEye
{
    private readonly HostSession _session;
    private readonly HostPoll _poll;
    private readonly Guid _id;
    private readonly CancellationToken _cancellationToken;

    public InstanceEye(HostSession session, HostPoll poll, Guid id, CancellationToken cancellationToken)
    {
        _session = session;
        _poll = poll;
        _id = id;
        _cancellationToken = cancellationToken;
    }

    /// <summary>Looks until a look decides.</summary>
    /// <param name="wish">What is looked at, asked before each look: a job that has ended need not be read again.</param>
    /// <param name="limit">How long.</param>
    /// <param name="judge">Says of a look that the host answered why the wait ends; null to go on.</param>
    /// <param name="isFirstAtOnce">Whether the first look does not wait for the poll's interval.</param>
    /// <param name="atLeast">The shortest time between two looks, for what changes slowly.</param>
    public async Task<Sight> UntilAsync(Func<LookWish> wish, Deadline limit, Func<Look, StepEnd?> judge, bool isFirstAtOnce = false, TimeSpan atLeast = default)
    {
        var outage = new Outage(_session.Clock);
        var since = _session.Clock.Elapsed;
        var isFirst = true;
        Look? seen = null;
        while (!limit.HasPassed)
        {
            var interval = HostPoll.Interval(_session.Clock.Elapsed - since);
            interval = isFirst && isFirstAtOnce ? TimeSpan.Zero : !isFirst && interval < atLeast ? atLeast : interval;
            isFirst = false;
            var look = await _poll.NextAsync(wish(), interval, limit).ConfigureAwait(false);
            if ((look.Fault ?? look.JobFault) is not null)
            {
                if (ReferenceEquals(look, Look.TooLate) && seen is not null)
                {
                    break;
                }

                // What the host showed before it fell silent is out of date. Where only the job cannot be read, the look still shows the machine.
                seen = look;
                if (!limit.HasPassed && outage.GoesOn())
                {
                    return new Sight(StepEnd.Unreadable, look);
                }

                continue;
            }

            outage.End();
            seen = look;
            if (look.IsGone)
            {
                return new Sight(StepEnd.Gone, look);
            }

            if (judge(look) is { } end)
            {
                return new Sight(end, look);
            }
        }

        return new Sight(StepEnd.Limit, seen ?? Look.TooLate);
    }

    /// <summary>Asks the host something else, by the same rule: as often as it takes, but not for longer than an outage may last.</summary>
    public async Task<T> AskAsync<T>(Func<Task<T>> ask, Deadline limit)
    {
        var outage = new Outage(_session.Clock);
        var since = _session.Clock.Elapsed;
        while (true)
        {
            try
            {
                return await ask().ConfigureAwait(false);
            }
            catch (CimFaultException) when (!limit.HasPassed && !outage.GoesOn())
            {
                await _session.Clock.Delay(limit.AtMost(HostPoll.Interval(_session.Clock.Elapsed - since)).Remaining, _cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>One look at the machine, and at its job although that may go on; as many as it takes until the host answers.</summary>
    public Task<Sight> LookAsync(Deadline limit, string? jobId = null)
        => UntilAsync(
            () => new LookWish(_id, jobId) { Always = true },
            limit,
            _ => StepEnd.Reached,
            isFirstAtOnce: true);
}
