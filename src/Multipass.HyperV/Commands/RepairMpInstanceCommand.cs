using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Operations;
using Multipass.HyperV.Repair;
using Multipass.HyperV.Shell;

namespace Multipass.HyperV.Commands;

/// <summary><para type="synopsis">Puts right what hangs, and what Multipass wrongly believes: says what it found, what it did, and what is true now.</para></summary>
[Cmdlet(VerbsDiagnostic.Repair, "MpInstance", DefaultParameterSetName = ByName, SupportsShouldProcess = true)]
[OutputType(typeof(MpRepair), typeof(MpInstance), typeof(MpJob))]
public sealed class RepairMpInstanceCommand : MpTargetCommand
{
    private const string Activity = "Repairing";

    private RepairOptions? _options;
    private Sink? _sink;
    private MpJob? _job;
    private bool _yesToAll;
    private bool _noToAll;

    /// <summary><para type="description">Returns a job as soon as all hosts have been read, and repairs in the background: one child job for each instance. Nobody can be asked there: what must be confirmed is not done without -Confirm:$false.</para></summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    /// <summary><para type="description">Allows a restart of Multipass's service, if nothing milder helps. It may suspend instances that run.</para></summary>
    [Parameter]
    public SwitchParameter RestartService { get; set; }

    /// <summary><para type="description">Allows a saved state to be thrown away, where that is needed. What the guest had in memory is lost.</para></summary>
    [Parameter]
    public SwitchParameter DiscardSavedState { get; set; }

    private protected override bool AsksClient => true;

    /// <summary>The timeout is that of each step.</summary>
    private protected override TimeSpan ReadingTimeout => LongestReading;

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        _options = new RepairOptions { Timeout = Patience, RestartsService = RestartService, DiscardsSavedState = DiscardSavedState };
        _sink = new Sink(this);
        _job = AsJob && !IsWhatIf ? MpJob.Of(this, Activity, PassThru) : null;
        if (_job is not null)
        {
            HandOver(_job);
        }

        try
        {
            FindAndWork();
        }
        finally
        {
            _sink.Bars.EndAll();
            _job?.Seal(HasFailed);
        }

        if (_job is not null)
        {
            WriteObject(_job);
        }

        WriteHeldBack();
    }

    private protected override async Task WorkAsync(HostFindings found, CancellationToken cancellationToken)
    {
        var plans = await RepairRunner.PlanAsync(found.Session, found.Instances, _options!, cancellationToken).ConfigureAwait(false);
        var confirmed = await Pump.InvokeAsync(() => Confirmed(found.Session, plans)).ConfigureAwait(false);
        if (!AsJob)
        {
            await RepairRunner.RunAsync(found.Session, confirmed, _options!, _sink!, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>What the user lets be done. Under -WhatIf that is nothing, and is shown; in a job it is begun with.</summary>
    private IReadOnlyList<RepairPlan> Confirmed(HostSession session, IReadOnlyList<RepairPlan> plans)
    {
        if (IsWhatIf)
        {
            foreach (var plan in plans)
            {
                Show(session, plan);
            }

            return Array.Empty<RepairPlan>();
        }

        var confirmed = plans.Select(plan => Confirmed(session, plan)).OfType<RepairPlan>().ToList();
        if (!AsJob)
        {
            _sink!.Bars.Expect(confirmed.Count);
        }
        else if (confirmed.Count > 0)
        {
            var mayAsk = AsksForHighImpact;
            _job!.Begin(
                confirmed.ConvertAll(plan => plan.Case.Instance),
                (told, token) => RepairRunner.RunAsync(session, confirmed, _options!, new BackgroundSink(told, confirms: !mayAsk), token));
        }

        return confirmed;
    }

    /// <summary>What cannot be undone has the impact High, as far as PowerShell's preference is concerned; the cmdlet itself has Medium, and -Confirm has asked about each step before.</summary>
    private bool AsksForHighImpact
        => !MyInvocation.BoundParameters.ContainsKey("Confirm")
            && LanguagePrimitives.TryConvertTo<ConfirmImpact>(GetVariableValue("ConfirmPreference", ConfirmImpact.High), out var impact)
            && impact == ConfirmImpact.High;

    /// <summary>The plan, step by step, in PowerShell's own words for what would be done.</summary>
    private void Show(HostSession session, RepairPlan plan)
    {
        var where = $"'{plan.Case.Instance.Name}' on {session.Host.Name}";
        if (plan.Steps.Count == 0)
        {
            ShouldProcess($"Repair {where}: nothing. {(plan.Refusal is { } refusal ? $"{refusal.Name}: {plan.Finding}" : plan.Finding)}", string.Empty, string.Empty);
            return;
        }

        ShouldProcess($"Repair {where}: {plan.Finding}", string.Empty, string.Empty);
        for (var index = 0; index < plan.Steps.Count; index++)
        {
            ShouldProcess(Describe(session, plan, index), string.Empty, string.Empty);
        }
    }

    /// <summary>The plan without the steps that the user declines; null when he declines them all.</summary>
    private RepairPlan? Confirmed(HostSession session, RepairPlan plan)
    {
        if (plan.Steps.Count == 0)
        {
            return plan;
        }

        var steps = plan.Steps
            .Where((step, index) => step.ChangesNothing || ShouldProcess(Describe(session, plan, index), Describe(session, plan, index) + Environment.NewLine + plan.Finding, "Confirm"))
            .ToList();
        return steps.All(step => step.ChangesNothing) && steps.Count < plan.Steps.Count ? null : plan with { Steps = steps };
    }

    private static string Describe(HostSession session, RepairPlan plan, int index)
        => string.Format(
            CultureInfo.InvariantCulture,
            "Repair '{0}' on {1}, step {2} of {3}{4}: {5}. Why: {6}.",
            plan.Case.Instance.Name,
            session.Host.Name,
            index + 1,
            plan.Steps.Count,
            index == 0 ? string.Empty : ", if it is still needed then",
            plan.Steps[index].Text,
            plan.Steps[index].Reason);

    /// <summary>Asks about a step that cannot be undone. Runs on the pipeline's thread.</summary>
    private bool Confirms(MpInstance instance, RepairStep step)
    {
        if (!AsksForHighImpact)
        {
            return true;
        }

        try
        {
            return ShouldContinue($"'{instance.Name}' on {instance.HostName}: {step.Text}? {char.ToUpperInvariant(step.Reason[0])}{step.Reason.Substring(1)}.", "Nothing milder has helped", ref _yesToAll, ref _noToAll);
        }
        // Hosts without prompts throw one of these three, NotImplementedException the most bare of them.
        catch (Exception exception) when (exception is InvalidOperationException or HostException or NotImplementedException)
        {
            WriteWarning($"'{instance.Name}': {step.Text}: this must be confirmed, and nobody can be asked here. -Confirm:$false allows it.");
            return false;
        }
    }

    /// <summary>Brings what the engine tells and asks to the pipeline's thread.</summary>
    private sealed class Sink : IRepairSink
    {
        private readonly RepairMpInstanceCommand _command;

        public Sink(RepairMpInstanceCommand command)
        {
            _command = command;
            Bars = new InstanceProgress(command.WriteProgress, Activity);
        }

        public InstanceProgress Bars { get; }

        public void Verbose(string text) => _command.Pump.Post(() => _command.WriteVerbose(text));

        public void Progress(MpInstance instance, string status, int? percent) => _command.Pump.Post(() => Bars.Show(instance, status, percent));

        public Task<bool> ConfirmAsync(MpInstance instance, RepairStep step) => _command.Pump.InvokeAsync(() => _command.Confirms(instance, step));

        public void Ended(RepairOutcome outcome) => _command.Pump.Post(() => End(outcome));

        private void End(RepairOutcome outcome)
        {
            Bars.End(outcome.Report.Before);
            if (outcome.Failure is { } failure)
            {
                _command.Tell(failure);
            }

            _command.WriteObject(_command.PassThru ? _command.Shown(outcome.Report.Instance) : outcome.Report);
        }
    }

    /// <summary>Tells a background job what the engine tells; asks nobody.</summary>
    private sealed class BackgroundSink : IRepairSink
    {
        private readonly IOperationSink _told;
        private readonly bool _confirms;

        public BackgroundSink(IOperationSink told, bool confirms)
        {
            _told = told;
            _confirms = confirms;
        }

        public void Verbose(string text) => _told.Verbose(text);

        public void Progress(MpInstance instance, string status, int? percent) => _told.Progress(instance, status, percent);

        public Task<bool> ConfirmAsync(MpInstance instance, RepairStep step) => Task.FromResult(_confirms);

        public void Ended(RepairOutcome outcome) => _told.Ended(new OperationOutcome(outcome.Report.Before, outcome.Report.Instance, outcome.Failure));
    }
}
