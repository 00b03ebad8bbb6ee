using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Torture.Worlds.Plan;

namespace Multipass.HyperV.Torture.Worlds.Run;

/// <summary>Runs a world from its beginning to its end, on one thread, in its own time.</summary>
internal sealed class WorldRun
{
    /// <summary>No world takes longer: an hour and what its pauses and timeouts add.</summary>
    private static readonly long LongestWorld = TimeSpan.FromHours(3).Ticks;

    /// <summary>What the engine leaves behind would show within it.</summary>
    private static readonly long Aftermath = TimeSpan.FromSeconds(12).Ticks;

    private readonly WorldHost[] _hosts;
    private readonly EngineAdapter[] _engines;
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private bool _isElsewhere;

    private WorldRun(WorldPlan plan, bool isTraced)
    {
        Plan = plan;
        _hosts = new WorldHost[plan.Hosts.Count];
        _engines = new EngineAdapter[plan.Hosts.Count];
        for (var index = 0; index < _hosts.Length; index++)
        {
            var host = _hosts[index] = new WorldHost(plan, index, Clock, History);
            _engines[index] = new EngineAdapter(
                new WorldConnection(this, host),
                Clock,
                told => Hear(host.Index, told),
                isTraced ? text => Current?.Said.Add((Clock.Ticks, text)) : null);
        }
    }

    public WorldPlan Plan { get; }

    public WorldClock Clock { get; } = new();

    public History History { get; } = new();

    /// <summary>The step that is under way.</summary>
    public StepRecord? Current { get; private set; }

    /// <summary>Runs a world.</summary>
    /// <param name="plan">The world.</param>
    /// <param name="isTraced">Whether what the engine says by the way is kept.</param>
    public static History Run(WorldPlan plan, bool isTraced = false)
    {
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            var run = new WorldRun(plan, isTraced);
            run.Go();
            return run.History;
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    /// <summary>Everything in a world happens on one thread; what does not is no longer the same when it is repeated.</summary>
    public void MustBeAlone()
    {
        if (Environment.CurrentManagedThreadId != _thread)
        {
            _isElsewhere = true;
        }
    }

    private void Go()
    {
        var script = ScriptAsync();
        if (!Clock.Run(script, LongestWorld))
        {
            History.Stuck = "It does not end: nobody waits for anything any more, or too much happens.";
        }
        else if (script.IsFaulted)
        {
            History.Stuck = "The world itself has failed: " + script.Exception!.InnerException;
        }
        else
        {
            Current = null;
            Clock.Pass(Aftermath);
        }

        if (_isElsewhere)
        {
            History.Stuck = "The engine has left its thread.";
        }

        foreach (var host in _hosts)
        {
            host.CatchUp();
        }

        History.EndedAt = Clock.Ticks;
    }

    private async Task ScriptAsync()
    {
        for (var index = 0; index < Plan.Steps.Count; index++)
        {
            var step = Plan.Steps[index];
            Current = null;
            await Clock.Delay(TimeSpan.FromMilliseconds(step.PauseMilliseconds), CancellationToken.None).ConfigureAwait(false);
            var record = new StepRecord(step, index) { ListedAt = Clock.Ticks, FirstCall = History.Calls.Count };
            if (History.Steps.Count > 0)
            {
                History.Steps[^1].FirstCallOfNext = History.Calls.Count;
            }

            History.Steps.Add(record);
            Current = record;
            Schedule(index);
            await StepAsync(record).ConfigureAwait(false);
        }
    }

    private async Task StepAsync(StepRecord record)
    {
        var step = record.Plan;
        var hosts = step.Machines.Select(machine => Plan.Machines[machine].Host).Distinct().OrderBy(host => host).ToList();
        var found = new List<(int Host, List<EngineInstance> Instances)>();
        foreach (var host in hosts)
        {
            try
            {
                var listed = await _engines[host].ListAsync(CancellationToken.None).ConfigureAwait(false);
                var names = step.Machines.Where(machine => Plan.Machines[machine].Host == host).Select(machine => Plan.Machines[machine].Name).ToHashSet(StringComparer.Ordinal);
                var meant = listed.Where(instance => names.Contains(instance.Name)).ToList();
                if (meant.Count > 0)
                {
                    found.Add((host, meant));
                }
            }
            catch (CimFaultException)
            {
                // A host that cannot be listed is told of as such; nothing is asked of it then.
            }
            catch (Exception exception)
            {
                record.Raw.Add($"listing: {exception.GetType().Name}: {exception.Message}");
            }
        }

        await Clock.Delay(TimeSpan.FromMilliseconds(step.PromptMilliseconds), CancellationToken.None).ConfigureAwait(false);
        foreach (var (host, instances) in found)
        {
            foreach (var instance in instances)
            {
                record.Subjects.Add(new SubjectRecord
                {
                    Host = host, Id = instance.Id, Name = instance.Name, Listed = instance.State, Machine = _hosts[host].Find(instance.Id)!,
                });
            }
        }

        if (record.Subjects.Count == 0)
        {
            record.EndedAt = Clock.Ticks;
            return;
        }

        record.BeganAt = Clock.Ticks;
        record.FirstCall = History.Calls.Count;
        record.DeadlineAt = Clock.Ticks + TimeSpan.FromSeconds(step.TimeoutSeconds).Ticks;
        using var stop = new CancellationTokenSource();
        WorldClock.Waiter? cancellation = null;
        if (step.CancelMilliseconds is { } after)
        {
            cancellation = Clock.In(TimeSpan.FromMilliseconds(after).Ticks, () =>
            {
                record.CancelledAt = Clock.Ticks;
                stop.Cancel();
            });
        }

        // Each host has a task of its own, and its own ending.
        var tasks = found.Select(pair => OneAsync(record, pair.Host, pair.Instances, stop.Token)).ToList();
        foreach (var task in tasks)
        {
            await task.ConfigureAwait(false);
        }

        cancellation?.CallOff();
        record.EndedAt = Clock.Ticks;
    }

    private async Task OneAsync(StepRecord record, int host, List<EngineInstance> instances, CancellationToken cancellationToken)
    {
        try
        {
            await _engines[host].RunAsync(instances, record.Plan, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // As it should.
        }
        catch (Exception exception)
        {
            record.Raw.Add($"{Plan.Hosts[host].Name}: {exception.GetType().Name}: {exception.Message}");
        }
    }

    private void Hear(int host, Told told)
    {
        MustBeAlone();
        told = told with { At = Clock.Ticks, Order = History.NextOrder() };
        var subject = Current?.Subjects.FirstOrDefault(subject => subject.Host == host && subject.Id == told.Id);
        if (subject is null || told.HostName != Plan.Hosts[host].Name)
        {
            Current?.Raw.Add($"{Plan.Hosts[host].Name}: an ending of '{told.Name}' on {told.HostName}, which nobody asked about");
            return;
        }

        subject.Told.Add(told);
    }

    private void Schedule(int step)
    {
        foreach (var plan in Plan.Events)
        {
            if (plan.Step == step)
            {
                Clock.In(TimeSpan.FromMilliseconds(plan.AtMilliseconds).Ticks, () => Happen(plan));
            }
        }
    }

    private void Happen(EventPlan plan)
    {
        switch (plan.Kind)
        {
            case EventKind.WallClockSet:
                Clock.WallAhead += TimeSpan.FromSeconds(plan.Argument).Ticks;
                History.Events.Add(new EventRecord(Clock.Ticks, plan, null, "done"));
                break;

            case EventKind.Sleep:
                Clock.WallAhead += TimeSpan.FromSeconds(plan.Argument).Ticks;
                foreach (var host in _hosts)
                {
                    host.Sleep(plan.Argument);
                }

                History.Events.Add(new EventRecord(Clock.Ticks, plan, null, "done"));
                break;

            default:
                _hosts[plan.Host].Happen(plan);
                break;
        }
    }
}
