using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Repair;
using Multipass.HyperV.Simulation;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Torture.Drift;

/// <summary>Repairs on a simulated host in virtual time.</summary>
internal sealed class RepairRun : IRepairSink
{
    private readonly List<RepairOutcome> _outcomes = new();

    public RepairRun(string scenario)
    {
        Host = new SimulatedHost(Scenario.Parse(scenario), Clock);
        Session = new HostSession(Host.Connect(), Host.MultipassView, Clock, new CallGate(32));
    }

    public VirtualClock Clock { get; } = new();

    public SimulatedHost Host { get; }

    public HostSession Session { get; }

    /// <summary>The answer to every question.</summary>
    public bool Confirms { get; set; } = true;

    /// <summary>The steps that were asked about.</summary>
    public List<RepairStep> Questions { get; } = new();

    public List<string> Warnings { get; } = new();

    public TimeSpan Elapsed { get; private set; }

    /// <summary>The requests that the host could act on.</summary>
    public IReadOnlyList<SimulatedCall> Changes => Host.Calls.Where(call => call.ChangesState).ToList();

    public MpInstance Read(string name) => ReadAll().Single(instance => instance.Name == name);

    public IReadOnlyList<MpInstance> ReadAll(InstanceDetail detail = InstanceDetail.Full, MultipassEffortOption effort = MultipassEffortOption.AsUsual)
    {
        Warnings.Clear();
        return Clock.Run(() => InstanceReader.ReadAsync(
            Session,
            InstanceFilter.All,
            detail,
            Deadline.In(Clock, TimeSpan.FromMinutes(1)),
            CancellationToken.None,
            Warnings,
            effort == MultipassEffortOption.AsUsual ? null : Multipass.MultipassEffort.Both));
    }

    public IReadOnlyList<RepairPlan> Plan(IEnumerable<MpInstance> instances, RepairOptions? options = null)
        => Clock.Run(() => RepairRunner.PlanAsync(Session, instances, options ?? new RepairOptions(), CancellationToken.None));

    public RepairPlan Plan(string name, RepairOptions? options = null) => Plan(new[] { Read(name) }, options).Single();

    public RepairOutcome Repair(string name, RepairOptions? options = null) => Repair(new[] { Plan(name, options) }, options).Single();

    public IReadOnlyList<RepairOutcome> Repair(IEnumerable<RepairPlan> plans, RepairOptions? options = null)
    {
        _outcomes.Clear();
        var from = Clock.Now;
        Clock.Run(() => RepairRunner.RunAsync(Session, plans, options ?? new RepairOptions(), this, CancellationToken.None));
        Elapsed = Clock.Now - from;
        return _outcomes.ToList();
    }

    void IRepairSink.Verbose(string text)
    {
    }

    void IRepairSink.Progress(MpInstance instance, string status, int? percent)
    {
    }

    Task<bool> IRepairSink.ConfirmAsync(MpInstance instance, RepairStep step)
    {
        Questions.Add(step);
        return Task.FromResult(Confirms);
    }

    void IRepairSink.Ended(RepairOutcome outcome) => _outcomes.Add(outcome);
}

/// <summary>How much a reading asks Multipass.</summary>
internal enum MultipassEffortOption
{
    AsUsual,
    Both,
}
