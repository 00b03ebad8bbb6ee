using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Linq;
using System.Management.Automation;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Lifecycle;
using Multipass.HyperV.Shell;

namespace Multipass.HyperV.Commands;

/// <summary>What all cmdlets that change instances share.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class MpOperationCommand : MpInstanceCommand
{
    /// <summary><para type="description">The instance's name; wildcards are allowed. Finds only what is Multipass's.</para></summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ByName, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("VMName")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Name { get; set; }

    /// <summary><para type="description">Instances, from <c>Get-MpInstance</c>. Their state is read anew.</para></summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ByObject, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    public MpInstance[]? InputObject { get; set; }

    /// <summary><para type="description">How long to wait, in whole seconds.</para></summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue / 1000)]
    public int Timeout { get; set; } = 300;

    /// <summary><para type="description">Returns as soon as the host has accepted the request. What stands in the way is an error, and not waited for.</para></summary>
    [Parameter]
    public SwitchParameter NoWait { get; set; }

    /// <summary><para type="description">Calls to hosts that are in flight at the same time. It does not bound the instances that are waited for.</para></summary>
    [Parameter]
    [ValidateRange(1, 1000)]
    public int ThrottleLimit { get; set; } = 32;

    /// <summary><para type="description">Writes the final instance of each, after a failure too.</para></summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override string[]? Names => Name;

    private protected override MpInstance[]? Objects => InputObject;

    private protected override int CallLimit => ThrottleLimit;

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
        var targets = Resolve(InstanceDetail.Full)
            .Where(target => ShouldProcess($"instance '{target.Instance.Name}' on {target.Session.Host.Name}", Action) && Confirms(target.Instance))
            .ToList();
        if (targets.Count == 0)
        {
            return;
        }

        var request = Request with { Timeout = TimeSpan.FromSeconds(Timeout), ReadsAll = PassThru, NoWait = NoWait };
        var sink = new Sink(this, targets.Count);
        try
        {
            sink.Pump.Run(token => LifecycleRunner.RunAsync(targets, request, sink, token), Stop);
        }
        finally
        {
            sink.Progress.EndAll();
        }

        sink.HeldBack.ForEach(WriteFailure);
    }

    /// <summary>A last question for what cannot be undone.</summary>
    private protected virtual bool Confirms(MpInstance instance) => true;

    /// <summary>Under -ErrorAction Stop the first error ends the pipeline: it has to wait until every instance has ended.</summary>
    private bool EndsAtFirstError()
    {
        var preference = MyInvocation.BoundParameters.TryGetValue("ErrorAction", out var bound) ? bound : GetVariableValue("ErrorActionPreference");
        return LanguagePrimitives.TryConvertTo<ActionPreference>(preference, out var action) && action == ActionPreference.Stop;
    }

    /// <summary>Brings what the engine tells to the pipeline's thread.</summary>
    private sealed class Sink : IOperationSink
    {
        private readonly MpOperationCommand _command;
        private readonly bool _holdsBack;

        public Sink(MpOperationCommand command, int count)
        {
            _command = command;
            _holdsBack = command.EndsAtFirstError();
            Progress = new InstanceProgress(command, command.Activity, count);
        }

        public PipelinePump Pump { get; } = new();

        public InstanceProgress Progress { get; }

        public List<MpOperationFailure> HeldBack { get; } = new();

        public void Verbose(string text) => Pump.Post(() => _command.WriteVerbose(text));

        public void Warning(string text) => Pump.Post(() => _command.WriteWarning(text));

        void IOperationSink.Progress(MpInstance instance, string status, int? percent) => Pump.Post(() => Progress.Show(instance, status, percent));

        public void Ended(OperationOutcome outcome) => Pump.Post(() => End(outcome));

        private void End(OperationOutcome outcome)
        {
            Progress.End(outcome.Before);
            if (outcome.Failure is { } failure)
            {
                if (_holdsBack)
                {
                    HeldBack.Add(failure);
                }
                else
                {
                    _command.WriteFailure(failure);
                }
            }

            if (_command.PassThru)
            {
                _command.WriteObject(outcome.After);
            }
        }
    }
}
