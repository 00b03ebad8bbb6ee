using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Threading;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Repair;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Torture.Drift;

/// <summary>
/// A random host with random instances, random beliefs of Multipass and random faults, on which everything is repaired; and the rules that no repair may break. A world is
/// made from its seed alone.
/// </summary>
internal sealed class DriftWorld
{
    private static readonly string[] States = { "Stopped", "Starting", "Running", "Restarting", "Stopping", "Suspending", "Suspended", "Paused" };
    private static readonly string[] Words = { "Stopped", "Starting", "Restarting", "Running", "Delayed Shutdown", "Suspending", "Suspended", "Unknown", "Unavailable", "Frobbing" };

    private readonly Random _random;
    private readonly List<string> _broken = new();

    /// <summary>Instances whose operations may go wrong.</summary>
    private readonly HashSet<string> _faulty = new();

    /// <summary>Instances that were asked to change before the repair.</summary>
    private readonly HashSet<string> _asked = new();

    /// <summary>Where those lead that will end well.</summary>
    private readonly Dictionary<string, MpInstanceState> _ends = new();

    private int _begun;

    public DriftWorld(int seed)
    {
        // The same seed gives the same world on every machine: Random's algorithm for given seeds is fixed.
        _random = new Random(seed);
        Scenario = WriteScenario();
        Options = new RepairOptions
        {
            Timeout = TimeSpan.FromSeconds(Pick(1, 2, 5, 20, 60, 300)),
            RestartsService = Chance(25),
            DiscardsSavedState = Chance(15),
        };
    }

    public string Scenario { get; }

    public RepairOptions Options { get; }

    /// <summary>What of the calls can be compared between two runs.</summary>
    public string Journal { get; private set; } = string.Empty;

    /// <summary>How many steps were carried out.</summary>
    public int StepsDone { get; private set; }

    /// <summary>Repairs everything. Returns the rules that were broken; none, if all is well.</summary>
    public IReadOnlyList<string> Run()
    {
        var run = new RepairRun(Scenario) { Confirms = Chance(80) };
        BeginChanges(run);
        IReadOnlyList<MpInstance> before;
        try
        {
            before = run.ReadAll();
        }
        catch (CimFaultException)
        {
            // A host that shows nothing is not repaired.
            return _broken;
        }

        var saved = before.Where(instance => IsSaved(run, instance)).Select(instance => instance.Id).ToHashSet();
        var moving = before.Where(instance => Moves(run, instance)).Select(instance => instance.Id).ToHashSet();
        var plans = run.Plan(before, Options);
        Require(run.Changes.Count == _begun, "planning changed something");
        run.Host.ClearCalls();
        var outcomes = run.Repair(plans, Options);
        Journal = string.Join("\n", run.Host.Calls.Select(call => $"{call.Time:O} {call.Operation} {call.Class} {call.Method} {call.Instance} {call.Result}"));
        StepsDone = outcomes.Sum(outcome => outcome.Report.Steps.Count(step => step.Outcome == MpRepairStepOutcome.Done));
        CheckOutcomes(run, plans, outcomes);

        // What was left to itself comes to its end.
        run.Clock.Advance(TimeSpan.FromHours(2));
        var after = run.ReadAll(effort: MultipassEffortOption.Both).Where(instance => instance.Id != Guid.Empty).ToDictionary(instance => instance.Id);
        foreach (var plan in plans.Where(plan => plan.Case.Instance.Id != Guid.Empty))
        {
            CheckInstance(run, plan, after[plan.Case.Instance.Id], saved.Contains(plan.Case.Instance.Id), moving.Contains(plan.Case.Instance.Id));
        }

        return _broken;
    }

    private void CheckOutcomes(RepairRun run, IReadOnlyList<RepairPlan> plans, IReadOnlyList<RepairOutcome> outcomes)
    {
        Require(outcomes.Count == plans.Count, $"{plans.Count} instances, {outcomes.Count} outcomes");
        var services = run.Changes.Count(call => call.Class == CimNames.Service);
        Require(services <= 2, $"the service was touched {services} times");
        var limit = Options.Timeout + TimeSpan.FromSeconds(6 * 150);
        Require(run.Elapsed <= limit, $"it took {run.Elapsed}");
        foreach (var plan in plans)
        {
            var instance = plan.Case.Instance;
            var outcome = outcomes.FirstOrDefault(candidate => ReferenceEquals(candidate.Report.Before, instance));
            if (outcome is null)
            {
                Require(false, $"'{instance.Name}' has no outcome");
                continue;
            }

            var calls = run.Changes.Where(call => call.Instance == instance.Name).ToList();
            var allowed = plan.Steps.Select(step => step.Action).ToHashSet();
            Require(
                outcome.Report.Steps.Select(step => step.Action).SequenceEqual(plan.Steps.Select(step => step.Action)) || plan.Steps.Count == 0,
                $"'{instance.Name}': the steps are not those of the plan");
            Require(!calls.Any(call => call.Class == "multipass") || allowed.Contains(MpRepairAction.StopInMultipass), $"'{instance.Name}': multipass stop was not planned");
            Require(!calls.Any(call => call.Class == CimNames.Process) || allowed.Contains(MpRepairAction.EndWorkerProcess), $"'{instance.Name}': ending the worker was not planned");
            Require(!calls.Any(call => call.Class == CimNames.ConcreteJob) || allowed.Contains(MpRepairAction.TerminateJob), $"'{instance.Name}': terminating the job was not planned");
            Require(
                !calls.Any(call => call.Class == CimNames.ComputerSystem) || allowed.Contains(MpRepairAction.PowerOff) || allowed.Contains(MpRepairAction.DiscardSavedState),
                $"'{instance.Name}': powering off was not planned");
            Require(!calls.Any(call => call.Class == CimNames.Process) || run.Confirms, $"'{instance.Name}': ending the worker was not confirmed");
            Require(calls.Count <= plan.Steps.Count, $"'{instance.Name}': {calls.Count} requests for {plan.Steps.Count} steps");

            if (plan.IsHealthy || plan.Refusal is not null)
            {
                Require(calls.Count == 0, $"'{instance.Name}' is healthy or not to be repaired, and was touched");
            }

            if (!instance.Managed || instance.Drift is MpDrift.OtherBackend or MpDrift.Deleted)
            {
                Require(calls.Count == 0 && outcome.Failure is not null, $"'{instance.Name}' was touched although it is not to be");
            }

            var now = outcome.Report.Instance;
            if (outcome.Failure is null)
            {
                Require(!RepairPlanner.IsContradiction(now.Drift), $"'{instance.Name}' is called repaired, and has the drift {now.Drift}");
                Require(outcome.Report.Result == MpRepairResult.Healthy || now.ObservedAt is not null, $"'{instance.Name}' is called repaired unread");
            }
            else
            {
                Require(outcome.Report.Result == MpRepairResult.Failed, $"'{instance.Name}' has an error and the result {outcome.Report.Result}");
                Require(outcome.Failure.RecommendedAction.Length > 0 && outcome.Failure.Message.Length > 0, $"'{instance.Name}': an error without words");
            }
        }
    }

    private void CheckInstance(RepairRun run, RepairPlan plan, MpInstance after, bool wasSaved, bool wasMoving)
    {
        var before = plan.Case.Instance;
        if (plan.IsHealthy && !_asked.Contains(before.Name))
        {
            Require(after.State == before.State, $"'{before.Name}' was {before.State} and healthy, and is {after.State}");
        }

        // Without the switch and a yes a saved state is there afterwards, unless the start that was under way has used it up.
        if (wasSaved && !(Options.DiscardsSavedState && run.Confirms) && after.State != MpInstanceState.Running)
        {
            Require(IsSaved(run, after), $"'{before.Name}' had a saved state, and has none ({before.State} -> {after.State})");
        }

        // What made progress has come to its own end.
        if (wasMoving)
        {
            Require(after.State == _ends[before.Name], $"'{before.Name}' was on its way to {_ends[before.Name]}, and is {after.State}");
        }
    }

    /// <summary>Before the repair some instances are asked to change: those jobs end by themselves, sooner or later.</summary>
    private void BeginChanges(RepairRun run)
    {
        IReadOnlyList<MpInstance> all;
        try
        {
            all = run.ReadAll(InstanceDetail.State);
        }
        catch (CimFaultException)
        {
            return;
        }

        foreach (var instance in all.Where(instance => instance.Id != Guid.Empty && instance.State is MpInstanceState.Stopped or MpInstanceState.Running or MpInstanceState.Suspended && Chance(25)))
        {
            var (request, end) = instance.State switch
            {
                MpInstanceState.Running => (EnabledState.EnabledButOffline, MpInstanceState.Suspended),
                _ => (EnabledState.Enabled, MpInstanceState.Running),
            };
            try
            {
                var result = run.Clock.Run(() => run.Session.InvokeAsync(
                    MachineReading.PathOf(instance.Id),
                    CimNames.RequestStateChange,
                    new Dictionary<string, object?> { ["RequestedState"] = request },
                    Deadline.In(run.Clock, TimeSpan.FromSeconds(30)),
                    CancellationToken.None));
                _asked.Add(instance.Name);
                if (result.ReturnValue == ReturnValue.JobStarted && !_faulty.Contains(instance.Name))
                {
                    _ends[instance.Name] = end;
                }
            }
            catch (CimFaultException)
            {
                // The world does not want it.
            }
        }

        run.Clock.Advance(TimeSpan.FromMilliseconds(Pick(0, 5, 50, 500, 5000, 40_000)));
        _begun = run.Changes.Count;
    }

    private bool Moves(RepairRun run, MpInstance instance)
    {
        if (instance.Id == Guid.Empty || !_ends.ContainsKey(instance.Name))
        {
            return false;
        }

        try
        {
            return run.Clock.Run(() => Diagnosis.JobOfAsync(run.Session, instance.Id, Deadline.In(run.Clock, TimeSpan.FromSeconds(30)), CancellationToken.None)).Job is not null;
        }
        catch (CimFaultException)
        {
            return false;
        }
    }

    private static bool IsSaved(RepairRun run, MpInstance instance)
    {
        if (instance.Id == Guid.Empty)
        {
            return false;
        }

        var query = new CimQuery(CimNames.Virtualization, CimNames.VirtualSystemSettingData, new[] { "IsSaved" }, CimCondition.StartsWith("InstanceID", CimNames.InstanceIdPrefix(instance.Id)));
        return run.Clock.Run(() => run.Session.QueryAsync(query, Deadline.In(run.Clock, TimeSpan.FromSeconds(30)), CancellationToken.None)).Any(record => record.Flag("IsSaved") == true);
    }

    private string WriteScenario()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $$"""
            { "host": { "name": "HV", "memoryMB": 1048576, "jobMilliseconds": {{Pick(20, 300, 3000, 30_000, 300_000, 3_600_000)}}, "jobCancellable": {{Flag(70)}},
              "powerOffWhileStarting": "{{(Chance(60) ? "Accepted" : "Refused")}}", "access": "{{(Chance(90) ? "Full" : "ReadOnly")}}",
              "multipass": { "database": "{{Usually("Readable", "Denied", "Locked", "Damaged", "Missing")}}", "client": "{{Usually("Answers", "Hangs", "StopHangs", "Fails", "Garbage", "Missing")}}",
                "driver": "{{(Chance(95) ? "hyperv" : "hyperv_api")}}" } },
              "instances": [
            """);
        var count = _random.Next(1, 7);
        for (var number = 0; number < count; number++)
        {
            var name = "i" + number.ToString(CultureInfo.InvariantCulture);
            var parts = new List<string> { $"\"name\": \"{name}\"", $"\"state\": \"{Pick(States)}\"" };
            if (Chance(60))
            {
                parts.Add($"\"multipassState\": \"{Pick(Words)}\"");
            }

            if (Chance(10))
            {
                parts.Add("\"managed\": false");
            }
            else
            {
                if (Chance(10))
                {
                    parts.Add("\"deleted\": true");
                }

                if (Chance(8))
                {
                    parts.Add("\"backend\": \"Hcs\"");
                }
                else if (Chance(8))
                {
                    parts.Add("\"machine\": \"Missing\"");
                }

                if (Chance(15))
                {
                    parts.Add($"\"record\": \"{Pick("Missing", "Damaged", "Empty", "Ghost")}\"");
                }

                if (number > 0 && Chance(8))
                {
                    // Two virtual machines with one disk: the one keeps the other from starting.
                    _faulty.Add(name);
                    _faulty.Add("i0");
                    parts.Add("\"twinOf\": \"i0\"");
                }
            }

            if (Chance(20))
            {
                _faulty.Add(name);
                parts.Add($"\"faults\": [ {{ \"operation\": \"{Pick("Start", "Save", "TurnOff")}\", \"kind\": \"{Pick("NeverEnds", "JobLost", "VmmsRestart")}\" }} ]");
            }

            text.Append(number == 0 ? "  { " : ", { ").AppendJoin(", ", parts).Append(" }\n");
        }

        return text.Append("] }").ToString();
    }

    private void Require(bool holds, string rule)
    {
        if (!holds)
        {
            _broken.Add(rule);
        }
    }

    private bool Chance(int percent) => _random.Next(100) < percent;

    private string Flag(int percent) => Chance(percent) ? "true" : "false";

    private T Pick<T>(params T[] values) => values[_random.Next(values.Length)];

    private string Usually(string usual, params string[] others) => Chance(60) ? usual : Pick(others);
}
