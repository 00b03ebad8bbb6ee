using System.Collections.Generic;
using System.ComponentModel;
using System.Linq;
using System.Management.Automation;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Lifecycle;
using Multipass.HyperV.Shell;

namespace Multipass.HyperV.Commands;

/// <summary>What all cmdlets that change instances share.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class MpOperationCommand : MpTargetCommand
{
    /// <summary><para type="description">Returns as soon as the host has accepted the request. What stands in the way is an error, and not waited for.</para></summary>
    [Parameter]
    public SwitchParameter NoWait { get; set; }

    /// <summary><para type="description">Returns a job at once that waits in the background: one child job for each instance. Stop-Job stops waiting and undoes nothing.</para></summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    /// <summary><para type="description">Calls to hosts that are in flight at the same time. It does not bound the instances that are waited for.</para></summary>
    [Parameter]
    [ValidateRange(1, 1000)]
    public int ThrottleLimit { get; set; } = 32;

    private protected override int CallLimit => ThrottleLimit;

    private protected override bool ResolvesInRounds => !AsJob;

    /// <summary>What is asked of each instance.</summary>
    private protected abstract OperationRequest Request { get; }

    /// <summary>The operation in one word, for progress bars.</summary>
    private protected abstract string Activity { get; }

    /// <summary>The operation in words, for -WhatIf and -Confirm.</summary>
    private protected abstract string Action { get; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (NoWait && Request.WaitsForGuest)
        {
            ThrowFailure(FailureCatalogue.ParametersConflict, new FailureContext { Detail = "-NoWait waits for nothing, and -WaitFor asks to wait for the guest." });
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        do
        {
            var targets = Resolve(InstanceDetail.Full)
                .Where(target => ShouldProcess($"instance '{target.Instance.Name}' on {target.Session.Host.Name}", Action) && Confirms(target.Instance))
                .ToList();
            if (targets.Count > 0)
            {
                Operate(targets);
            }
        }
        while (HasMore);

        WriteHeldBack();
    }

    private void Operate(List<(HostSession Session, MpInstance Instance)> targets)
    {
        var request = Request with { Timeout = Patience, ReadsAll = PassThru, NoWait = NoWait };
        if (AsJob)
        {
            var showsRecommendedAction = ErrorRecords.ShowsRecommendedAction(this);
            var type = GetType();
            var job = MpJob.Begin(
                MyInvocation.Line.Trim(),
                Activity,
                targets.Select(target => target.Instance).ToList(),
                PassThru,
                failure => ErrorRecords.From(failure, showsRecommendedAction, type),
                (told, token) => LifecycleRunner.RunAsync(targets, request, told, token));
            JobRepository.Add(job);
            WriteObject(job);
            return;
        }

        var sink = new PipelineSink(this, Activity, targets.Count, PassThru);
        sink.RunOnly(token => LifecycleRunner.RunAsync(targets, request, sink, token), Stop);
        HoldBack(sink.HeldBack);
    }

    /// <summary>A last question for what cannot be undone.</summary>
    private protected virtual bool Confirms(MpInstance instance) => true;
}
