using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Operations;

/// <summary>
/// The one poll of a host that all waiting operations share. A round asks once for all pending jobs, then once for the virtual machines whose job
/// has ended or that have none: so a machine's reading is always newer than the end of its job. Guests are asked beside it, and hold up nobody else.
/// </summary>
internal sealed class HostPoll
{
    /// <summary>Up to this many keys are asked for by name; beyond that the whole class is read: WMI limits the length of a condition.</summary>
    private const int MostKeys = 32;

    /// <summary>An answer that has not come after so long holds up nobody: whoever waits for it is looked at again beside it, and takes what comes first.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly HostSession _session;
    private readonly CancellationToken _cancellationToken;
    private readonly object _lock = new();

    /// <summary>Everybody who has had no answer yet.</summary>
    private readonly HashSet<Waiter> _all = new();

    /// <summary>Those of them who are in no round.</summary>
    private List<Waiter> _waiting = new();
    private CancellationTokenSource? _sleep;
    private bool _isRunning;

    public HostPoll(HostSession session, CancellationToken cancellationToken)
    {
        _session = session;
        _cancellationToken = cancellationToken;
    }

    /// <summary>How long after the last look the next one comes: 50 ms in the first 2 s of a wait, then at most 10 a second, growing slower up to one a second.</summary>
    public static TimeSpan Interval(TimeSpan waited)
        => waited < TimeSpan.FromSeconds(2)
            ? TimeSpan.FromMilliseconds(50)
            : TimeSpan.FromMilliseconds(Math.Min(1000, Math.Max(100, waited.TotalMilliseconds / 20)));

    /// <summary>The next look at a virtual machine and its job. Ends at the deadline at the latest.</summary>
    /// <param name="wish">What is to be looked at.</param>
    /// <param name="pause">How long from now, at least.</param>
    /// <param name="deadline">No look is later than this, and no answer is waited for longer.</param>
    public Task<Look> NextAsync(LookWish wish, TimeSpan pause, Deadline deadline)
    {
        _cancellationToken.ThrowIfCancellationRequested();
        var left = deadline.Remaining;
        var waiter = new Waiter(wish, _session.Clock.Elapsed + (left < pause ? left : pause), deadline);
        CancellationTokenSource? sleep;
        bool isFirst;
        lock (_lock)
        {
            _waiting.Add(waiter);
            _all.Add(waiter);
            sleep = _sleep;
            isFirst = !_isRunning;
            _isRunning = true;
        }

        if (isFirst)
        {
            Run();
        }
        else
        {
            Wake(sleep);
        }

        return waiter.Reading.Task;
    }

    private static void Wake(CancellationTokenSource? sleep)
    {
        try
        {
            sleep?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has just woken by itself.
        }
    }

    /// <summary>Goes on while somebody waits: lets go whose deadline has passed, and begins a round when somebody is due and the last one has ended, or takes too long.</summary>
    private async void Run()
    {
        Task? looking = null;
        Deadline? patience = null;
        var round = new List<Waiter>();
        try
        {
            while (true)
            {
                List<Waiter> late;
                lock (_lock)
                {
                    late = _all.Where(waiter => waiter.Deadline.HasPassed).ToList();
                    _waiting.RemoveAll(late.Contains);
                }

                late.ForEach(waiter => Tell(waiter, waiter.Seen ?? Look.TooLate));
                if (looking is { IsCompleted: false } && patience!.HasPassed)
                {
                    lock (_lock)
                    {
                        _waiting.AddRange(round.Where(_all.Contains));
                    }

                    looking = null;
                }

                if (looking is not { IsCompleted: false } && TakeRound() is { } next)
                {
                    round = next;
                    patience = Deadline.In(_session.Clock, Patience);
                    looking = RoundAsync(round);
                    continue;
                }

                if (!await SleepAsync(looking, patience).ConfigureAwait(false))
                {
                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            End(waiter => waiter.Reading.TrySetCanceled());
        }
        catch (Exception exception)
        {
            // Whatever it is, nobody may be left waiting for a poll that has ended.
            End(waiter => waiter.Reading.TrySetException(exception));
        }
    }

    /// <summary>All who wait, if one of them is due.</summary>
    private List<Waiter>? TakeRound()
    {
        lock (_lock)
        {
            if (_waiting.Count == 0 || _waiting.Min(waiter => waiter.Due) > _session.Clock.Elapsed)
            {
                return null;
            }

            var round = _waiting;
            _waiting = new List<Waiter>();
            return round;
        }
    }

    /// <summary>Sleeps until somebody is due, wants to be let go or has come, or the round has ended or takes too long. False when nobody waits any more.</summary>
    private async Task<bool> SleepAsync(Task? looking, Deadline? patience)
    {
        TimeSpan time;
        CancellationTokenSource sleep;
        var isLooking = looking is { IsCompleted: false };
        lock (_lock)
        {
            if (_all.Count == 0)
            {
                _isRunning = false;
                return false;
            }

            time = _all.Min(waiter => waiter.Deadline.Remaining);
            var other = isLooking ? patience!.Remaining : _waiting.Count > 0 ? _waiting.Min(waiter => waiter.Due) - _session.Clock.Elapsed : time;
            time = other < time ? other : time;
            _sleep = sleep = CancellationTokenSource.CreateLinkedTokenSource(_cancellationToken);
        }

        var timer = _session.Clock.Delay(time, sleep.Token);
        await (isLooking ? Task.WhenAny(looking!, timer) : Task.WhenAny(timer)).ConfigureAwait(false);
        lock (_lock)
        {
            _sleep = null;
        }

        sleep.Cancel();
        sleep.Dispose();
        _cancellationToken.ThrowIfCancellationRequested();
        return true;
    }

    /// <summary>One round. It tells its waiters by itself, also why it came to nothing.</summary>
    private async Task RoundAsync(List<Waiter> round)
    {
        try
        {
            await LookAsync(round).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            round.ForEach(waiter => waiter.Reading.TrySetCanceled());
        }
        catch (Exception exception)
        {
            round.ForEach(waiter => Leave(waiter, () => waiter.Reading.TrySetException(exception)));
        }
    }

    private void Tell(Waiter waiter, Look look) => Leave(waiter, () => waiter.Reading.TrySetResult(look));

    private void Leave(Waiter waiter, Action end)
    {
        CancellationTokenSource? sleep;
        lock (_lock)
        {
            // Who has an answer already, from another round, is asked for no more.
            _all.Remove(waiter);
            sleep = _all.Count == 0 ? _sleep : null;
        }

        end();
        Wake(sleep);
    }

    private async Task LookAsync(List<Waiter> round)
    {
        // A host that does not answer at all is bounded by the patience with hosts, not by that of one who waits.
        var limit = Deadline.In(_session.Clock, Outage.Longest);
        var jobs = new Dictionary<string, JobReading>(StringComparer.OrdinalIgnoreCase);
        var asking = AskAsync(
            JobReading.Query,
            "InstanceID",
            round.Where(waiter => waiter.Wish.JobId is not null).Select(waiter => waiter.Wish.JobId!),
            record =>
            {
                var job = new JobReading(record);
                jobs[job.Id] = job;
                return job.Id;
            },
            JobReading.PathOf,
            limit);

        // Whose job is not asked for, or who wants the machine whatever its job does, does not wait for the jobs.
        var atOnce = round.Where(waiter => waiter.Wish.JobId is null || waiter.Wish.Always).ToList();
        var (machines, machineFault) = await AskMachinesAsync(atOnce, limit).ConfigureAwait(false);
        foreach (var waiter in atOnce)
        {
            var machine = machines.TryGetValue(waiter.Wish.Machine, out var read) ? read : null;
            var look = new Look(null, machine, machineFault) { IsGone = machine is null && machineFault is null };
            waiter.Seen = waiter.Wish.JobId is null ? look : look with { JobFault = Look.TooLate.Fault };
            if (waiter.Wish.JobId is null && !WantsGuest(waiter))
            {
                Tell(waiter, look);
            }
        }

        AskGuests(atOnce.Where(waiter => waiter.Wish.JobId is null && WantsGuest(waiter)).ToList());
        var jobFault = await asking.ConfigureAwait(false);
        JobReading? JobOf(Waiter waiter) => jobs.TryGetValue(waiter.Wish.JobId!, out var job) ? job : null;

        var withJob = round.Where(waiter => waiter.Wish.JobId is not null).ToList();
        var ended = withJob.Where(waiter => !waiter.Wish.Always && jobFault is null && JobOf(waiter)?.HasEnded != false).ToList();
        foreach (var waiter in withJob.Except(ended))
        {
            Tell(waiter, waiter.Wish.Always
                ? waiter.Seen! with { Job = JobOf(waiter), JobFault = jobFault }
                : new Look(JobOf(waiter), null, jobFault) { JobFault = jobFault });
        }

        // So a machine's reading is newer than the end of its job.
        if (ended.Count > 0 && IsWanted(ended))
        {
            var (after, fault) = await AskMachinesAsync(ended, limit).ConfigureAwait(false);
            foreach (var waiter in ended)
            {
                var machine = after.TryGetValue(waiter.Wish.Machine, out var read) ? read : null;
                Tell(waiter, new Look(JobOf(waiter), machine, fault) { IsGone = machine is null && fault is null });
            }
        }
    }

    private static bool WantsGuest(Waiter waiter) => waiter.Wish.Guest != GuestParts.None && waiter.Seen?.Machine is { State: MpInstanceState.Running };

    private async Task<(Dictionary<Guid, MachineReading> Machines, CimFault? Fault)> AskMachinesAsync(List<Waiter> waiters, Deadline limit)
    {
        var machines = new Dictionary<Guid, MachineReading>();
        var fault = await AskAsync(
            MachineReading.Query,
            "Name",
            waiters.Select(waiter => MachineReading.KeyOf(waiter.Wish.Machine)),
            record =>
            {
                if (MachineReading.From(record, _session.Clock.Now) is not { } machine)
                {
                    return null;
                }

                machines[machine.Id] = machine;
                return MachineReading.KeyOf(machine.Id);
            },
            key => MachineReading.PathOf(Guid.Parse(key)),
            limit).ConfigureAwait(false);
        return (machines, fault);
    }

    /// <summary>Whether anybody still waits for it: others may have had their answer from a round that was faster, or have been let go.</summary>
    private bool IsWanted(List<Waiter> round)
    {
        lock (_lock)
        {
            return round.Any(_all.Contains);
        }
    }

    /// <summary>Beside the loop: a guest that keeps silent, or a host that does about guests, costs only those who wait for guests.</summary>
    private async void AskGuests(List<Waiter> waiters)
    {
        if (waiters.Count == 0 || !IsWanted(waiters))
        {
            return;
        }

        try
        {
            await AskGuestsAsync(waiters).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            waiters.ForEach(waiter => waiter.Reading.TrySetCanceled());
        }
        catch (Exception exception)
        {
            waiters.ForEach(waiter => Leave(waiter, () => waiter.Reading.TrySetException(exception)));
        }
    }

    private async Task AskGuestsAsync(List<Waiter> waiters)
    {
        var wanted = waiters.GroupBy(waiter => waiter.Wish.Machine).ToDictionary(group => group.Key, group => group.Aggregate(GuestParts.None, (parts, waiter) => parts | waiter.Wish.Guest));
        var guests = await GuestReader.ReadAsync(_session, wanted, Deadline.In(_session.Clock, Outage.Longest), _cancellationToken).ConfigureAwait(false);
        foreach (var waiter in waiters)
        {
            Tell(waiter, waiter.Seen! with { Guest = guests.TryGetValue(waiter.Wish.Machine, out var guest) ? guest : null });
        }
    }

    /// <summary>Asks for some rows of a class. One that the answer does not hold is asked for by its path: an empty answer alone is no proof that something is gone.</summary>
    private async Task<CimFault?> AskAsync(CimQuery query, string key, IEnumerable<string> values, Func<CimRecord, string?> take, Func<string, CimPath> pathOf, Deadline limit)
    {
        var keys = values.Distinct(StringComparer.OrdinalIgnoreCase).OrderBy(value => value, StringComparer.OrdinalIgnoreCase).ToArray();
        if (keys.Length == 0)
        {
            return null;
        }

        try
        {
            var missing = new HashSet<string>(keys, StringComparer.OrdinalIgnoreCase);
            var condition = keys.Length > MostKeys ? null : CimCondition.EqualsAny(key, keys);
            foreach (var record in await _session.QueryAsync(query.With(condition), limit, _cancellationToken).ConfigureAwait(false))
            {
                if (take(record) is { } taken)
                {
                    missing.Remove(taken);
                }
            }

            foreach (var lacking in keys.Where(missing.Contains))
            {
                try
                {
                    take(await _session.GetAsync(pathOf(lacking), limit, _cancellationToken).ConfigureAwait(false));
                }
                catch (CimFaultException exception) when (exception.Fault.Status == CimStatus.NotFound)
                {
                    // It is gone.
                }
            }

            return null;
        }
        catch (CimFaultException exception)
        {
            return exception.Fault;
        }
    }

    private void End(Action<Waiter> end)
    {
        List<Waiter> left;
        lock (_lock)
        {
            left = _all.ToList();
            _all.Clear();
            _waiting = new List<Waiter>();
            _isRunning = false;
        }

        left.ForEach(end);
    }

    private sealed class Waiter
    {
        public Waiter(LookWish wish, TimeSpan due, Deadline deadline)
        {
            Wish = wish;
            Due = due;
            Deadline = deadline;
        }

        public LookWish Wish { get; }

        public TimeSpan Due { get; }

        public Deadline Deadline { get; }

        /// <summary>What is known of it while the rest has not been answered.</summary>
        public Look? Seen { get; set; }

        public TaskCompletionSource<Look> Reading { get; } = new();
    }
}

/// <summary>What is to be looked at.</summary>
/// <param name="Machine">The virtual machine.</param>
/// <param name="JobId">Its job, while that is not known to have ended; its machine is then read only when it has.</param>
/// <param name="Guest">What of its guest is to be read with it, while it runs.</param>
internal sealed record LookWish(Guid Machine, string? JobId = null, GuestParts Guest = GuestParts.None)
{
    /// <summary>Whether the machine is read although its job goes on.</summary>
    public bool Always { get; init; }
}

/// <summary>What one look showed.</summary>
/// <param name="Job">The job; null when none was asked for, it has vanished, or could not be read.</param>
/// <param name="Machine">The virtual machine; null while its job goes on, when the host does not have it, or when it could not be read.</param>
/// <param name="Fault">Why the host could not be read.</param>
internal sealed record Look(JobReading? Job, MachineReading? Machine, CimFault? Fault)
{
    /// <summary>The deadline passed before the answer came.</summary>
    public static readonly Look TooLate = new(null, null, new CimFault(CimStatus.Failed, WbemError.TimedOut, "The host did not answer in time."));

    /// <summary>Why the job could not be read.</summary>
    public CimFault? JobFault { get; init; }

    /// <summary>Its guest; null when it was not asked for, or does not run.</summary>
    public GuestReading? Guest { get; init; }

    /// <summary>The host was read, and does not have it.</summary>
    public bool IsGone { get; init; }
}
