using System;
using System.Collections.Generic;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Operations;

/// <summary>One operation on one instance: what all its rooms share, and how it ends.</summary>
internal sealed class OperationRun
{
    /// <summary>Rollback, power-off, error details and the last reading have this much in all, after the wait has ended.</summary>
    private static readonly TimeSpan FollowUpBudget = TimeSpan.FromSeconds(10);

    private readonly IOperationSink _sink;
    private readonly DateTimeOffset _from;
    private Transition? _transition;
    private Deadline? _followUp;
    private bool _isFollowUpLast;

    public OperationRun(HostSession session, HostPoll poll, MpInstance instance, OperationRequest request, Deadline deadline, IOperationSink sink, CancellationToken cancellationToken)
    {
        Session = session;
        Poll = poll;
        Before = instance;
        Request = request;
        Deadline = deadline;
        CancellationToken = cancellationToken;
        _sink = sink;
        _from = session.Clock.Now;
        _transition = request.Operation == MpOperation.Wait ? null : TransitionTable.Of(request.Operation);
        Observer = new StateObserver(session, poll, instance, status => Show(status, null), cancellationToken);
    }

    public HostSession Session { get; }

    public HostPoll Poll { get; }

    public MpInstance Before { get; }

    public OperationRequest Request { get; }

    public StateObserver Observer { get; }

    /// <summary>When the user's wait ends.</summary>
    public Deadline Deadline { get; }

    public CancellationToken CancellationToken { get; }

    public InstanceFacts Facts => Before.Facts;

    public Guid Id => Facts.Id;

    public IClock Clock => Session.Clock;

    /// <summary>The row that is being carried out. It changes when a guest that does not answer is powered off, and when a saved state is discarded.</summary>
    public Transition Transition
    {
        get => _transition ?? throw new InvalidOperationException("A wait has no row in the table.");
        set => _transition = value;
    }

    /// <summary>The host was asked to power it off and refused.</summary>
    public bool RefusesPowerOff { get; set; }

    public MpOperation Operation => _transition?.Operation ?? Request.Operation;

    /// <summary>The budget for what follows; it starts when it is first needed.</summary>
    public Deadline FollowUp
    {
        get
        {
            // What was needed in the middle of the wait does not shorten what follows its end.
            if (_followUp is null || (!_isFollowUpLast && Deadline.HasPassed))
            {
                _followUp = Deadline.In(Clock, FollowUpBudget);
                _isFollowUpLast = Deadline.HasPassed;
            }

            return _followUp;
        }
    }

    public bool HasFollowUpBegun => _followUp is not null;

    /// <summary>What followed was not the end: the operation goes on waiting.</summary>
    public void GoOn() => _followUp = null;

    public void Say(string text) => _sink.Verbose($"'{Facts.Name}'{text}");

    public void Warn(string text) => _sink.Warning($"'{Facts.Name}'{text}");

    public void Show(string status, int? percent) => _sink.Progress(Before, status, percent);

    /// <summary>True for a reading that shows what success means.</summary>
    public bool IsReached(MachineReading reading) => reading.State == Transition.Target && (!Transition.IsRestart || Observer.Restart?.HasFallen == true);

    /// <summary>Reads until the target is reached, or a state that lasts is seen twice.</summary>
    public Task<MpInstanceState?> SettleAsync(Deadline limit, bool confirm = true)
        => Observer.SettleAsync(limit, IsReached, MayLast, confirm);

    /// <summary>Reads until the instance can be asked for something: what is under way has ended, whoever began it.</summary>
    public Task<MpInstanceState?> BecomeFreeAsync(Deadline limit)
        => Observer.SettleAsync(
            limit,
            reading => reading.State == Transition.Target && !LeavesTarget(reading.HostState),
            reading => MayLast(reading) && !IsAboutToChange(reading.HostState));

    /// <summary>The state lasts, but the host is about to change it: it processes a request, or waits to start it.</summary>
    public bool IsAboutToChange(MpHostState? hostState)
        => hostState is not null && (hostState.IsInService || (hostState.IsWaitingToStart && Transition.Target != MpInstanceState.Stopped));

    /// <summary>The target is shown, but somebody else's request that leads away from it is being processed already.</summary>
    public bool LeavesTarget(MpHostState? hostState) => hostState?.ChangesTo is { } state && state != Transition.Target;

    public Task<MachineReading?> ReadLastAsync() => Observer.ReadAsync(FollowUp);

    public Task<CimMethodResult> RequestAsync(ushort requestedState, Deadline deadline)
        => InvokeAsync(MachineReading.PathOf(Id), CimNames.RequestStateChange, new Dictionary<string, object?> { ["RequestedState"] = requestedState }, deadline);

    /// <summary>Sends what may change the instance. Whatever was read before is out of date from then on.</summary>
    public Task<CimMethodResult> InvokeAsync(CimPath path, string method, IReadOnlyDictionary<string, object?> parameters, Deadline deadline)
    {
        Observer.Expire();
        return Session.InvokeAsync(path, method, parameters, deadline, CancellationToken);
    }

    /// <summary>What decides and what the advice speaks of: read from the host now, and taken from the last reading.</summary>
    /// <param name="evidence">What the host has answered.</param>
    /// <param name="from">The state in which it was submitted; null when that is not known.</param>
    public async Task<HostFacts> LookUpAsync(FailureEvidence evidence, MpInstanceState? from = null)
    {
        // Disks, switch and hypervisor are what a start needs; nothing else fails for the lack of them. What a wait has seen fail may have been one.
        var kinds = FailureCatalogue.FactsFor(evidence);
        kinds = _transition is null or { Target: MpInstanceState.Running } ? kinds : kinds & ~FactKinds.Start;
        var facts = kinds == FactKinds.None
            ? HostFacts.None
            : await HostFactsReader.ReadAsync(Session, kinds, Facts, FollowUp, CancellationToken).ConfigureAwait(false);
        return facts with { StateBefore = from, HostState = Observer.Last?.HostState };
    }

    /// <summary>The same evidence and what the host's event log says of this instance since the operation began.</summary>
    public async Task<FailureEvidence> WithEventsAsync(FailureEvidence evidence)
        => evidence.With(await Session.ReadEventsAsync(Id, Facts.Name, _from, FollowUp, CancellationToken).ConfigureAwait(false));

    /// <summary>The strings of a job's error list; none when it cannot be read.</summary>
    public async Task<IReadOnlyList<string>> ErrorsOfAsync(string jobId)
    {
        try
        {
            var result = await Session
                .InvokeAsync(JobReading.PathOf(jobId), CimNames.GetErrorEx, new Dictionary<string, object?>(), FollowUp, CancellationToken).ConfigureAwait(false);
            return result.Out.Texts("Errors");
        }
        catch (CimFaultException exception)
        {
            Say($": the job's error list cannot be read ({exception.Fault.Message}).");
            return Array.Empty<string>();
        }
    }

    public FailureEvidence EvidenceOf(string? jobId, JobReading? job)
        => jobId is null ? FailureEvidence.None : FailureEvidence.OfJob(jobId, job, Array.Empty<string>(), Facts.Name);

    public async Task<OperationOutcome> SucceedAsync()
    {
        var after = Observer.Now;
        if (after.Health is MpHealth.MajorFailure or MpHealth.CriticalFailure && after.ObservedAt is not null)
        {
            Warn($" is {after.State}, but its health is {after.Health}: {after.HostState}.");
        }

        if (Observer.HasRead)
        {
            Say(string.Format(CultureInfo.InvariantCulture, " is {0} after {1:0.00} s.", after.State, (Clock.Now - _from).TotalSeconds));
        }

        if (Request.ReadsAll && Observer.Last is not null)
        {
            after = await InstanceReader.CompleteAsync(Session, after, FollowUp, CancellationToken).ConfigureAwait(false);
        }

        return new OperationOutcome(Before, after, null);
    }

    /// <summary>The instance is gone from the host, or the host cannot be read: one last attempt, and no guess.</summary>
    public async Task<OperationOutcome> LostAsync(FailureEvidence evidence, MpInstanceState? from)
    {
        if (Observer.Unreadable is not { } fault)
        {
            return Fail(FailureCatalogue.InstanceNotFound, MpFailureStage.NotVerified, evidence, from);
        }

        if (!HasFollowUpBegun)
        {
            await ReadLastAsync().ConfigureAwait(false);
        }

        return Fail(FailureCatalogue.OutcomeUnknown, MpFailureStage.OutcomeUnknown, evidence.With(fault), from, detail: fault.Message);
    }

    /// <summary>One failure with everything that is known of it.</summary>
    /// <param name="cause">Why.</param>
    /// <param name="stage">At which point.</param>
    /// <param name="evidence">What speaks for it.</param>
    /// <param name="from">The state in which it was submitted, where that is another than the one it was found in.</param>
    /// <param name="facts">What was looked up.</param>
    /// <param name="detail">What only this failure knows.</param>
    public OperationOutcome Fail(
        FailureCause cause, MpFailureStage stage, FailureEvidence evidence, MpInstanceState? from, HostFacts? facts = null, string? detail = null)
    {
        var after = Observer.Now;
        var failure = MpOperationFailure.Of(cause, new FailureContext
        {
            Operation = Operation,
            Name = Facts.Name,
            HostName = Facts.HostName,
            Before = from is { } state && state != Before.State ? new MpInstance(Facts with { State = state }) : Before,
            After = after,
            ProcessId = Observer.Last?.ProcessId,
            Stage = stage,
            RefusesPowerOff = RefusesPowerOff,
            Request = _transition?.RequestedState,
            Account = Session.Host.Account,
            Evidence = evidence,
            Facts = facts ?? HostFacts.None,
            Timeout = Request.Timeout,
            From = _from,
            To = Clock.Now,
            Detail = detail,
        });
        return new OperationOutcome(Before, after, failure);
    }

    private bool MayLast(MachineReading reading)
        => !StateTable.IsTransitional(reading.State) && !(Transition.IsRestart && Observer.Restart is not null && reading.State == Transition.Target);
}
