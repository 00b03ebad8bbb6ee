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
/// has ended or that have none: so a machine's reading is always newer than the end of its job.
/// </summary>
internal sealed class HostPoll
{
    /// <summary>Up to this many keys are asked for by name; beyond that the whole class is read: WMI limits the length of a condition.</summary>
    private const int MostKeys = 32;

    private readonly HostSession _session;
    private readonly CancellationToken _cancellationToken;
    private readonly object _lock = new();
    private List<Waiter> _waiting = new();
    private CancellationTokenSource? _sleep;
    private DateTimeOffset _sleepsUntil;
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

    /// <summary>The next reading of a virtual machine and its job.</summary>
    /// <param name="machine">The virtual machine.</param>
    /// <param name="jobId">Its job, while that is not known to have ended.</param>
    /// <param name="since">When the wait began; it decides how soon the next look is.</param>
    /// <param name="deadline">No look is later than this, and no answer is waited for longer.</param>
    /// <param name="guest">What of its guest is to be read with it, while it runs.</param>
    /// <param name="atLeast">The shortest time until the look, for what changes slowly. The first look of a wait does not wait for it.</param>
    public Task<PollReading> NextAsync(
        Guid machine, string? jobId, DateTimeOffset since, Deadline deadline, GuestParts guest = GuestParts.None, TimeSpan atLeast = default)
    {
        _cancellationToken.ThrowIfCancellationRequested();
        var now = _session.Clock.Now;
        var interval = Interval(now - since);
        interval = now > since && interval < atLeast ? atLeast : interval;
        var waiter = new Waiter(machine, jobId, now + (deadline.Remaining < interval ? deadline.Remaining : interval), deadline, guest);
        CancellationTokenSource? sleep;
        bool isFirst;
        lock (_lock)
        {
            _waiting.Add(waiter);
            sleep = waiter.Due < _sleepsUntil ? _sleep : null;
            isFirst = !_isRunning;
            _isRunning = true;
        }

        if (isFirst)
        {
            Run();
        }
        else
        {
            // A loop that sleeps longer than this waiter wants looks at the time again.
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

    private async void Run()
    {
        List<Waiter>? round = null;
        try
        {
            while ((round = await SleepAsync().ConfigureAwait(false)) is not null)
            {
                await LookAsync(round).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            End(round, waiter => waiter.Reading.TrySetCanceled());
        }
        catch (Exception exception)
        {
            // Whatever it is, nobody may be left waiting for a poll that has ended.
            End(round, waiter => waiter.Reading.TrySetException(exception));
        }
    }

    /// <summary>Waits until the first waiter is due; null, and the loop ends, when there is none.</summary>
    private async Task<List<Waiter>?> SleepAsync()
    {
        while (true)
        {
            DateTimeOffset due;
            CancellationTokenSource sleep;
            lock (_lock)
            {
                if (_waiting.Count == 0)
                {
                    _isRunning = false;
                    return null;
                }

                due = _waiting.Min(waiter => waiter.Due);
                if (due <= _session.Clock.Now)
                {
                    var round = _waiting;
                    _waiting = new List<Waiter>();
                    return round;
                }

                _sleepsUntil = due;
                _sleep = sleep = CancellationTokenSource.CreateLinkedTokenSource(_cancellationToken);
            }

            try
            {
                await _session.Clock.Delay(due - _session.Clock.Now, sleep.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!_cancellationToken.IsCancellationRequested)
            {
                // Woken by a new waiter.
            }
            finally
            {
                lock (_lock)
                {
                    _sleep = null;
                }

                sleep.Dispose();
            }
        }
    }

    private async Task LookAsync(List<Waiter> round)
    {
        // Each is looked at once: time goes on, and whoever is neither late nor in the round would wait for ever.
        var isLate = round.ToLookup(waiter => waiter.Deadline.HasPassed);
        round = isLate[false].ToList();
        isLate[true].ToList().ForEach(waiter => waiter.Reading.TrySetResult(PollReading.TooLate));
        if (round.Count == 0)
        {
            return;
        }

        // The least patient waiter bounds the calls; to the others a call that takes longer is a look that failed, and they look again.
        var deadline = round.Select(waiter => waiter.Deadline).OrderBy(limit => limit.Remaining).First();
        var jobs = new Dictionary<string, JobReading>(StringComparer.OrdinalIgnoreCase);
        var jobFault = await AskAsync(
            JobReading.Query,
            "InstanceID",
            round.Where(waiter => waiter.JobId is not null).Select(waiter => waiter.JobId!),
            record =>
            {
                var job = new JobReading(record);
                jobs[job.Id] = job;
            },
            deadline).ConfigureAwait(false);

        JobReading? JobOf(Waiter waiter) => waiter.JobId is not null && jobs.TryGetValue(waiter.JobId, out var job) ? job : null;
        bool IsJobDone(Waiter waiter) => waiter.JobId is null || (jobFault is null && JobOf(waiter)?.HasEnded != false);

        var machines = new Dictionary<Guid, MachineReading>();
        var machineFault = await AskAsync(
            MachineReading.Query,
            "Name",
            round.Where(IsJobDone).Select(waiter => MachineReading.KeyOf(waiter.Machine)),
            record =>
            {
                if (MachineReading.From(record, _session.Clock.Now) is { } machine)
                {
                    machines[machine.Id] = machine;
                }
            },
            deadline).ConfigureAwait(false);

        var wanted = round
            .Where(waiter => waiter.Guest != GuestParts.None && machines.TryGetValue(waiter.Machine, out var machine) && machine.State == MpInstanceState.Running)
            .GroupBy(waiter => waiter.Machine)
            .ToDictionary(group => group.Key, group => group.Aggregate(GuestParts.None, (parts, waiter) => parts | waiter.Guest));
        var guests = wanted.Count == 0 ? null : await GuestReader.ReadAsync(_session, wanted, deadline, _cancellationToken).ConfigureAwait(false);

        foreach (var waiter in round)
        {
            GuestReading? guest = null;
            guests?.TryGetValue(waiter.Machine, out guest);
            waiter.Reading.TrySetResult(IsJobDone(waiter)
                ? new PollReading(JobOf(waiter), machines.TryGetValue(waiter.Machine, out var machine) ? machine : null, machineFault) { Guest = guest }
                : new PollReading(JobOf(waiter), null, jobFault));
        }
    }

    private async Task<CimFault?> AskAsync(CimQuery query, string key, IEnumerable<string> values, Action<CimRecord> take, Deadline deadline)
    {
        var keys = values.Distinct(StringComparer.OrdinalIgnoreCase).OrderBy(value => value, StringComparer.OrdinalIgnoreCase).ToArray();
        if (keys.Length == 0)
        {
            return null;
        }

        try
        {
            var condition = keys.Length > MostKeys ? null : CimCondition.EqualsAny(key, keys);
            foreach (var record in await _session.QueryAsync(query.With(condition), deadline, _cancellationToken).ConfigureAwait(false))
            {
                take(record);
            }

            return null;
        }
        catch (CimFaultException exception)
        {
            return exception.Fault;
        }
    }

    private void End(List<Waiter>? round, Action<Waiter> end)
    {
        List<Waiter> left;
        lock (_lock)
        {
            left = _waiting;
            _waiting = new List<Waiter>();
            _isRunning = false;
        }

        round?.ForEach(end);
        left.ForEach(end);
    }

    private sealed class Waiter
    {
        public Waiter(Guid machine, string? jobId, DateTimeOffset due, Deadline deadline, GuestParts guest)
        {
            Guest = guest;
            Machine = machine;
            JobId = jobId;
            Due = due;
            Deadline = deadline;
        }

        public Guid Machine { get; }

        public string? JobId { get; }

        public DateTimeOffset Due { get; }

        public Deadline Deadline { get; }

        public GuestParts Guest { get; }

        public TaskCompletionSource<PollReading> Reading { get; } = new();
    }
}

/// <summary>What one look showed.</summary>
/// <param name="Job">The job; null when none was asked for, it has vanished, or <paramref name="Fault"/> says why it could not be read.</param>
/// <param name="Machine">The virtual machine; null while its job runs, when the host does not have it, or when it could not be read.</param>
/// <param name="Fault">Why the host could not be read.</param>
internal sealed record PollReading(JobReading? Job, MachineReading? Machine, CimFault? Fault)
{
    /// <summary>Its guest; null when it was not asked for, or does not run.</summary>
    public GuestReading? Guest { get; init; }

    /// <summary>The waiter's deadline passed before its turn came; the host was not asked.</summary>
    public static readonly PollReading TooLate = new(null, null, new CimFault(CimStatus.Failed, WbemError.TimedOut, string.Empty));
}
