using System;
using System.Collections.Generic;
using System.Globalization;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Operations;

/// <summary>How an operation is told of: what is true by the last look, and of a failure everything that is known.</summary>
internal sealed class OperationReport
{
    private readonly OperationContext _context;
    private readonly DateTimeOffset _from;
    private readonly TimeSpan _began;

    public OperationReport(OperationContext context)
    {
        _context = context;
        _from = context.Clock.Now;
        _began = context.Clock.Elapsed;
        Before = context.Found;
    }

    /// <summary>The instance as the operation's own first look showed it.</summary>
    public MpInstance Before { get; private set; }

    /// <summary>How long the operation has been going on.</summary>
    public TimeSpan Took => _context.Clock.Elapsed - _began;

    public void Begin(Look look) => Before = InstanceOf(look);

    /// <summary>The instance as a look shows it; where it showed nothing, Unknown.</summary>
    public MpInstance InstanceOf(Look look)
    {
        if (look.Machine is not { } machine)
        {
            return new MpInstance(InstanceReader.Unread(_context.Facts));
        }

        var facts = InstanceReader.Apply(_context.Facts, machine);
        return new MpInstance(look.Guest is { } guest && machine.State == MpInstanceState.Running ? guest.ApplyTo(facts) : facts);
    }

    /// <summary>It has come to what was wanted.</summary>
    public async Task<OperationOutcome> SucceedAsync(Look look)
    {
        var after = InstanceOf(look);
        if (after.Health is MpHealth.MajorFailure or MpHealth.CriticalFailure)
        {
            _context.Warn($" is {after.State}, but its health is {after.Health}: {after.HostState}.");
        }

        _context.Say(string.Format(CultureInfo.InvariantCulture, " is {0} after {1:0.00} s.", after.State, Took.TotalSeconds));
        return new OperationOutcome(Before, await CompleteAsync(after).ConfigureAwait(false), null);
    }

    /// <summary>It has not; why is known.</summary>
    /// <param name="cause">Why.</param>
    /// <param name="stage">At which point.</param>
    /// <param name="look">The last look.</param>
    /// <param name="submission">What was being carried out; null before anything was.</param>
    /// <param name="evidence">What speaks for the cause.</param>
    /// <param name="facts">What was looked up.</param>
    /// <param name="detail">What only this failure knows.</param>
    public async Task<OperationOutcome> FailAsync(
        FailureCause cause, MpFailureStage stage, Look look, Submission? submission = null, FailureEvidence? evidence = null, HostFacts? facts = null, string? detail = null)
    {
        var after = InstanceOf(look);
        var failure = MpOperationFailure.Of(cause, new FailureContext
        {
            Operation = submission?.Row.Operation ?? _context.Request.Operation,
            Name = _context.Facts.Name,
            HostName = _context.Facts.HostName,
            Before = submission?.From is { } from && from != Before.State ? new MpInstance(Before.Facts with { State = from }) : Before,
            After = after,
            ProcessId = look.Machine?.ProcessId,
            Stage = stage,
            RefusesPowerOff = submission?.RefusesPowerOff == true,
            Request = submission?.Row.RequestedState,
            Account = _context.Session.Host.Account,
            Evidence = evidence ?? FailureEvidence.None,
            Facts = facts ?? HostFacts.None,
            Timeout = _context.Request.Timeout,
            From = _from,
            To = _context.Clock.Now,
            Detail = detail,
        });
        return new OperationOutcome(Before, await CompleteAsync(after).ConfigureAwait(false), failure);
    }

    /// <summary>Refused without asking the host: there is no virtual machine to ask it about.</summary>
    public OperationOutcome Refuse(FailureCause cause, string? detail)
        => new(_context.Found, _context.Found, MpOperationFailure.Of(cause, new FailureContext
        {
            Operation = _context.Request.Operation,
            Name = _context.Facts.Name,
            HostName = _context.Facts.HostName,
            Before = _context.Found,
            After = _context.Found,
            Stage = MpFailureStage.Refused,
            From = _from,
            To = _context.Clock.Now,
            Detail = detail,
        }));

    /// <summary>The host no longer has it, or cannot be read: no guess is made. What is not known is only what has become of a request.</summary>
    public Task<OperationOutcome> LostAsync(Sight sight, Submission? submission, FailureEvidence? evidence = null)
    {
        if (sight.Seen.IsGone)
        {
            return FailAsync(FailureCatalogue.InstanceNotFound, MpFailureStage.NotVerified, sight.Seen, submission, evidence);
        }

        var fault = sight.Seen.JobFault ?? sight.Seen.Fault ?? Look.TooLate.Fault!;
        var known = (evidence ?? FailureEvidence.None).With(fault);
        return submission is { WasSent: true }
            ? FailAsync(FailureCatalogue.OutcomeUnknown, MpFailureStage.OutcomeUnknown, sight.Seen, submission, known, detail: fault.Message)
            : FailAsync(FailureCatalogue.Judge(FailureEvidence.OfFault(fault), HostFacts.None), MpFailureStage.Refused, sight.Seen, submission, FailureEvidence.OfFault(fault));
    }

    /// <summary>What a job, or its absence, speaks for.</summary>
    public FailureEvidence EvidenceOf(Submission? submission, JobReading? job)
    {
        var evidence = submission?.JobId is { } id ? FailureEvidence.OfJob(id, job, Array.Empty<string>(), _context.Facts.Name) : FailureEvidence.None;
        return submission?.LostAnswer is { } fault ? evidence.With(fault) : evidence;
    }

    /// <summary>Everything that a job which has failed has left behind.</summary>
    public async Task<FailureEvidence> EvidenceOfFailedAsync(string jobId, JobReading job, Deadline limit)
        => await WithEventsAsync(FailureEvidence.OfJob(jobId, job, await ErrorsOfAsync(jobId, limit).ConfigureAwait(false), _context.Facts.Name), limit).ConfigureAwait(false);

    /// <summary>The same evidence and what the host's event log says of this instance since the operation began.</summary>
    public async Task<FailureEvidence> WithEventsAsync(FailureEvidence evidence, Deadline limit)
        => evidence.With(await _context.Session.ReadEventsAsync(_context.Id, _context.Facts.Name, _from, limit, _context.CancellationToken).ConfigureAwait(false));

    /// <summary>What decides and what the advice speaks of: read from the host now, and taken from the last look.</summary>
    public async Task<HostFacts> LookUpAsync(FailureEvidence evidence, Look look, Submission? submission, Deadline limit)
    {
        // Disks, switch and hypervisor are what a start needs; nothing else fails for the lack of them. What a wait has seen fail may have been one.
        var kinds = FailureCatalogue.FactsFor(evidence);
        kinds = submission is null or { Row.Target: MpInstanceState.Running } ? kinds : kinds & ~FactKinds.Start;
        var facts = kinds == FactKinds.None
            ? HostFacts.None
            : await HostFactsReader.ReadAsync(_context.Session, kinds, _context.Facts, limit, _context.CancellationToken).ConfigureAwait(false);
        return facts with { StateBefore = submission?.From, HostState = look.Machine?.HostState };
    }

    private async Task<IReadOnlyList<string>> ErrorsOfAsync(string jobId, Deadline limit)
    {
        try
        {
            var result = await _context.Session
                .InvokeAsync(JobReading.PathOf(jobId), CimNames.GetErrorEx, new Dictionary<string, object?>(), limit, _context.CancellationToken).ConfigureAwait(false);
            return result.Out.Texts("Errors");
        }
        catch (CimFaultException exception)
        {
            _context.Say($": the job's error list cannot be read ({exception.Fault.Message}).");
            return Array.Empty<string>();
        }
    }

    private Task<MpInstance> CompleteAsync(MpInstance after)
        => _context.Request.ReadsAll && after.ObservedAt is not null
            ? InstanceReader.CompleteAsync(_context.Session, after, _context.Beliefs, _context.FollowUp, _context.CancellationToken)
            : Task.FromResult(after);
}

/// <summary>What an operation has asked of the host.</summary>
/// <param name="Row">The row of the table that is carried out.</param>
/// <param name="From">The state in which it was asked.</param>
internal sealed record Submission(Transition Row, MpInstanceState From)
{
    /// <summary>Whether the host may have taken a request.</summary>
    public bool WasSent { get; init; }

    /// <summary>The host's job; null when it has named none.</summary>
    public string? JobId { get; init; }

    /// <summary>What the host answered; null when its answer was lost.</summary>
    public uint? ReturnValue { get; init; }

    /// <summary>It is being carried out, or may be.</summary>
    public bool IsAccepted => LostAnswer is not null || (ReturnValue is { } value && Cim.ReturnValue.IsAccepted(value));

    /// <summary>Why its answer did not come.</summary>
    public CimFault? LostAnswer { get; init; }

    /// <summary>Why it was refused, if it was not by a return value.</summary>
    public CimFault? Refusal { get; init; }

    /// <summary>The uptime before a restart; null when it is none, or was not told.</summary>
    public TimeSpan? UptimeBefore { get; init; }

    /// <summary>When that was known, by the clock that bounds waits.</summary>
    public TimeSpan UptimeReadAt { get; init; }

    /// <summary>The host was asked to power it off and refused.</summary>
    public bool RefusesPowerOff { get; init; }
}
