using System.Collections.Generic;
using System.ComponentModel;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Operations;
using Multipass.HyperV.Shell;

namespace Multipass.HyperV.Commands;

/// <summary>What all cmdlets that change instances share.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class MpOperationCommand : MpTargetCommand
{
    private OperationRequest? _request;
    private PipelineSink? _sink;
    private MpJob? _job;

    /// <summary><para type="description">Returns as soon as the host has accepted the request. What stands in the way is an error, and not waited for.</para></summary>
    [Parameter]
    public SwitchParameter NoWait { get; set; }

    /// <summary><para type="description">Returns a job as soon as all hosts have been read, and works in the background: one child job for each instance. Stop-Job stops waiting and undoes nothing.</para></summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

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
        _request = Request with { Timeout = Patience, ReadsAll = PassThru, NoWait = NoWait };
        _sink = new PipelineSink(this, Activity, PassThru);
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
            _sink.EndAll();
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
        var instances = await Pump.InvokeAsync(() => Confirmed(found)).ConfigureAwait(false);
        if (!AsJob)
        {
            await LifecycleRunner.RunAsync(found.Session, instances, _request!, _sink!, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Those that the user does not decline. In a job they are begun with.</summary>
    private List<MpInstance> Confirmed(HostFindings found)
    {
        var instances = found.Instances.Where(instance => ShouldProcess($"instance '{instance.Name}' on {found.Session.Host.Name}", Action) && Confirms(instance)).ToList();
        if (!AsJob)
        {
            _sink!.Expect(instances.Count);
        }
        else if (instances.Count > 0)
        {
            _job!.Begin(instances, (told, token) => LifecycleRunner.RunAsync(found.Session, instances, _request!, told, token));
        }

        return instances;
    }

    /// <summary>Asks about an instance whose disk something else may use: that has the impact High, as far as PowerShell's preference is concerned; the cmdlet itself has Medium.</summary>
    private protected bool ConfirmsSharedDisk(MpInstance instance)
    {
        if (Refusals.SharedDiskOf(instance.Facts) is not { } shared || MyInvocation.BoundParameters.ContainsKey("Confirm"))
        {
            return true;
        }

        var asks = LanguagePrimitives.TryConvertTo<ConfirmImpact>(GetVariableValue("ConfirmPreference", ConfirmImpact.High), out var preference) && preference == ConfirmImpact.High;
        return !asks || ShouldContinue($"'{instance.Name}' on {instance.HostName}: {shared}", "Start it although its disk is shared?");
    }

    /// <summary>A last question for what cannot be undone.</summary>
    private protected virtual bool Confirms(MpInstance instance) => true;
}
