using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Operations;
using Multipass.HyperV.Repair;
using Multipass.HyperV.Time;
using Multipass.HyperV.Torture.Worlds.Plan;

namespace Multipass.HyperV.Torture.Worlds.Run;

/// <summary>The engine as a world uses it: the one place that knows its types. What it tells goes on in the world's own words.</summary>
internal sealed class EngineAdapter : IOperationSink, IRepairSink
{
    private readonly HostSession _session;
    private readonly IClock _clock;
    private readonly Action<Told> _told;
    private readonly Action<string>? _said;

    public EngineAdapter(ICimConnection connection, IClock clock, Action<Told> told, Action<string>? said)
    {
        _clock = clock;
        _told = told;
        _said = said;
        _session = new HostSession(connection, null, clock, new CallGate(32));
    }

    /// <summary>Lists the instances of the host, as every command does first.</summary>
    public async Task<IReadOnlyList<EngineInstance>> ListAsync(CancellationToken cancellationToken)
    {
        var instances = await InstanceReader
            .ReadAsync(_session, InstanceFilter.All, InstanceDetail.State, Deadline.In(_clock, TimeSpan.FromSeconds(60)), cancellationToken).ConfigureAwait(false);
        return instances.Select(instance => new EngineInstance(instance, instance.Id, instance.Name, MachineStates.Parse(instance.State.ToString()))).ToList();
    }

    /// <summary>Carries a step out.</summary>
    public async Task RunAsync(IReadOnlyList<EngineInstance> instances, StepPlan step, CancellationToken cancellationToken)
    {
        var meant = instances.Select(instance => instance.Instance).ToList();
        if (step.Kind == StepKind.Repair)
        {
            var options = new RepairOptions { Timeout = TimeSpan.FromSeconds(step.TimeoutSeconds), DiscardsSavedState = step.Discards };
            var plans = await RepairRunner.PlanAsync(_session, meant, options, cancellationToken).ConfigureAwait(false);
            await RepairRunner.RunAsync(_session, plans, options, this, cancellationToken).ConfigureAwait(false);
            return;
        }

        var request = new OperationRequest(Enum.Parse<MpOperation>(step.Kind.ToString()))
        {
            Timeout = TimeSpan.FromSeconds(step.TimeoutSeconds),
            RollbackOnTimeout = step.RollsBack,
            Force = step.Force,
            DiscardsSavedState = step.Discards,
            NoWait = step.NoWait,
            WaitFor = ReadinessOf(step.WaitFor),
            States = step.States.Select(state => Enum.Parse<MpInstanceState>(state.ToString())).ToArray(),
            ReadsAll = step.ReadsAll,
        };
        if (step.Kind == StepKind.Wait)
        {
            await LifecycleRunner.WaitAsync(_session, meant, Array.Empty<InstanceArrival>(), request, this, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await LifecycleRunner.RunAsync(_session, meant, request, this, cancellationToken).ConfigureAwait(false);
        }
    }

    private static List<MpReadiness> ReadinessOf(Wanted wanted)
    {
        var readiness = new List<MpReadiness>();
        if (wanted.HasFlag(Wanted.Running))
        {
            readiness.Add(MpReadiness.Running);
        }

        if (wanted.HasFlag(Wanted.Heartbeat))
        {
            readiness.Add(MpReadiness.Heartbeat);
        }

        if (wanted.HasFlag(Wanted.Address))
        {
            readiness.Add(MpReadiness.IPAddress);
        }

        return readiness;
    }

    private static Told Of(MpInstance before, MpInstance after, MpOperationFailure? failure)
        => new()
        {
            Id = before.Id,
            HostName = before.HostName,
            Name = before.Name,
            State = MachineStates.Parse(after.State.ToString()),
            ObservedAt = after.ObservedAt,
            Uptime = after.Uptime,
            HasFailed = failure is not null,
            Cause = failure?.Cause.Name ?? string.Empty,
            Stage = failure?.Stage.ToString() ?? string.Empty,
            JobId = failure?.Evidence.JobId,
            JobState = failure?.Evidence.JobState,
            ReturnValue = failure?.Evidence.ReturnValue,
            FaultMessage = failure?.Evidence.Fault?.Message,
            Message = failure?.Message ?? string.Empty,
            Advice = failure?.RecommendedAction ?? string.Empty,
        };

    void IOperationSink.Ended(OperationOutcome outcome) => _told(Of(outcome.Before, outcome.After, outcome.Failure));

    void IRepairSink.Ended(RepairOutcome outcome)
        => _told(Of(outcome.Report.Before, outcome.Report.Instance, outcome.Failure) with { Result = outcome.Report.Result.ToString() });

    void IOperationSink.Verbose(string text) => _said?.Invoke(text);

    void IOperationSink.Warning(string text) => _said?.Invoke("WARNING: " + text);

    void IOperationSink.Progress(MpInstance instance, string status, int? percent)
    {
    }

    void IRepairSink.Verbose(string text) => _said?.Invoke(text);

    void IRepairSink.Progress(MpInstance instance, string status, int? percent)
    {
    }

    Task<bool> IRepairSink.ConfirmAsync(MpInstance instance, RepairStep step)
    {
        _said?.Invoke("asks to " + step.Text);
        return Task.FromResult(true);
    }
}

/// <summary>An instance as a listing gave it.</summary>
internal sealed record EngineInstance(MpInstance Instance, Guid Id, string Name, MachineState State);
