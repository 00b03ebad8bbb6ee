using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Multipass;
using Multipass.HyperV.Operations;
using Multipass.HyperV.Repair;
using Multipass.HyperV.Simulation.Scenarios;
using Multipass.HyperV.Simulation.World;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Torture.Drift;

/// <summary>
/// A random host on which Multipass's beliefs, its driver and its names go their own ways, and everything that can be asked and repaired is. The rules are judged from the simulated world
/// itself: its machines, their names and disks, the driver that is really in use, and what Multipass really did; never from what the module made of it.
/// </summary>
internal sealed class BeliefWorld
{
    private static readonly string[] Words = { "Stopped", "Starting", "Running", "Suspended", "Unknown", "Unavailable" };
    private static readonly string[] States = { "Stopped", "Stopped", "Running", "Suspended", "Paused" };
    private static readonly Regex Purge = new("purge ([A-Za-z0-9-]+)", RegexOptions.CultureInvariant);
    private static readonly Regex Rename = new("Get-VM -Id ([0-9A-F-]{36}) \\| Rename-VM -NewName '([^']+)'", RegexOptions.CultureInvariant);

    private readonly Random _random;
    private readonly List<string> _broken = new();
    private readonly RepairOptions _options;

    /// <summary>Versions before 1.17 know nothing of the newer backend.</summary>
    private readonly bool _hasHcs;

    public BeliefWorld(int seed)
    {
        _random = new Random(seed);
        _hasHcs = Chance(60);
        Scenario = WriteScenario();
        _options = new RepairOptions { Timeout = TimeSpan.FromSeconds(20), RestartsService = Chance(50) };
    }

    public string Scenario { get; }

    /// <summary>Asks and repairs everything. Returns the rules that were broken; none, if all is well.</summary>
    public IReadOnlyList<string> Run()
    {
        var run = new RepairRun(Scenario) { Confirms = true };
        var truth = run.Host.OfMultipass(model => new Truth(model));
        var all = run.ReadAll();
        CheckReading(truth, all, "all");
        foreach (var name in all.Select(instance => instance.Name).Distinct(StringComparer.OrdinalIgnoreCase).ToList())
        {
            CheckSame(all, Read(run, InstanceFilter.ByName(new[] { name })), "by name");
        }

        foreach (var instance in all.Where(instance => instance.Id != Guid.Empty))
        {
            CheckSame(all, Read(run, InstanceFilter.ById(new[] { instance.Id })), "by id");
        }

        Require(run.Changes.Count == 0, "reading changed something");
        CheckStarts(truth, all);
        var plans = run.Plan(all, _options);
        var outcomes = run.Repair(plans, _options);
        run.Clock.Advance(TimeSpan.FromMinutes(10));
        CheckDeeds(run, truth, all);
        CheckAdvice(truth, all.Select(instance => instance.Facts.DriftAdvice + " " + instance.DriftReason)
            .Concat(outcomes.Select(outcome => outcome.Failure is { } failure ? failure.Message + " " + failure.RecommendedAction : string.Empty)));
        CheckOutcomes(run, outcomes);
        return _broken;
    }

    private void CheckReading(Truth truth, IReadOnlyList<MpInstance> all, string how)
    {
        foreach (var instance in all)
        {
            var at = $"{how}: '{instance.Name}' ({instance.Id}) {instance.Drift}";
            var isClaim = instance.Drift is MpDrift.StuckStarting or MpDrift.SaysRunning or MpDrift.SaysStopped or MpDrift.MissingOnHost or MpDrift.OrphanOnHost;

            // The newer backend has its records in the same database: that it has none of a machine is true of both.
            Require(!isClaim || truth.Driver == DriverKind.HyperV || (truth.Driver == DriverKind.Hcs && instance.Drift == MpDrift.OrphanOnHost), $"{at}: claimed while Multipass uses {truth.Driver}");
            if (instance.Drift is MpDrift.StuckStarting or MpDrift.SaysRunning or MpDrift.SaysStopped)
            {
                Require(truth.MachinesNamed(instance.Name) == 1, $"{at}: {truth.MachinesNamed(instance.Name)} machines have that name");
                Require(!truth.IsElsewhere(instance.Name), $"{at}: another backend has it");
                Require(truth.WordOf(instance.Name) == instance.MultipassState, $"{at}: Multipass says {truth.WordOf(instance.Name)}, not {instance.MultipassState}");
                Require(truth.OwnsFolder(instance.Id, instance.Name), $"{at}: the machine does not have the instance's disk");
            }

            Require(instance.Drift != MpDrift.MissingOnHost || !truth.HasMachineOfItsOwn(instance.Name), $"{at}: the host has it");
            Require(instance.Drift != MpDrift.OrphanOnHost || !truth.IsKnownByNameAndDisk(instance.Id), $"{at}: Multipass knows it");
            Require(instance.Drift == MpDrift.None || instance.DriftReason.Length > 0, $"{at}: without a reason");
        }
    }

    /// <summary>What is said of an instance does not depend on how it was asked for.</summary>
    private void CheckSame(IReadOnlyList<MpInstance> all, IReadOnlyList<MpInstance> some, string how)
    {
        foreach (var instance in some)
        {
            var other = all.First(candidate => candidate.Id == instance.Id && candidate.Name == instance.Name);
            if (other.MultipassSource != instance.MultipassSource)
            {
                // The client was asked because of another instance: its word is the newer one.
                continue;
            }

            Require(
                (other.Drift, other.DriftReason, other.MultipassState, other.Facts.IdentityObstacle) == (instance.Drift, instance.DriftReason, instance.MultipassState, instance.Facts.IdentityObstacle),
                $"'{instance.Name}' {how}: {instance.Drift} {instance.DriftReason} {instance.Facts.IdentityObstacle} instead of {other.Drift} {other.DriftReason} {other.Facts.IdentityObstacle}");
        }
    }

    /// <summary>A machine is not started where the world has somebody else with its disk who is suspended, or another backend that has it.</summary>
    private void CheckStarts(Truth truth, IReadOnlyList<MpInstance> all)
    {
        foreach (var instance in all.Where(instance => instance.Id != Guid.Empty && instance.Managed))
        {
            var refused = Refusals.Of(instance.Facts, MpOperation.Start) is not null;
            Require(refused || !truth.HasSuspendedMate(instance.Id), $"'{instance.Name}' ({instance.Id}) may be started beside a suspended one with its disk");
            Require(refused || !truth.CanBeKnown || !truth.OtherBackendHasDiskOf(instance.Id), $"'{instance.Name}' ({instance.Id}) may be started beside another backend's with its disk");
            Require(Refusals.Of(instance.Facts, MpOperation.Start, allowsSharedDisk: true)?.Cause != FailureCatalogue.UnsupportedBackend, $"'{instance.Name}' cannot be started with the switch");
        }
    }

    /// <summary>What Multipass did because it was told to, and what became of each machine.</summary>
    private void CheckDeeds(RepairRun run, Truth truth, IReadOnlyList<MpInstance> all)
    {
        var meant = all.Where(instance => instance.Managed && RepairPlanner.IsContradiction(instance.Drift)).Select(instance => instance.Id).ToHashSet();
        foreach (var deed in run.Host.OfMultipass(model => model.Deeds.ToList()))
        {
            Require(deed.Deed == "started" && _options.RestartsService && meant.Contains(deed.Id), $"Multipass was made to do harm: {deed}");
        }

        foreach (var call in run.Changes.Where(call => call.Class == "multipass"))
        {
            Require(truth.Driver == DriverKind.HyperV, $"{call.Method} {call.Instance} was sent while Multipass uses {truth.Driver}");
            Require(truth.MachinesNamed(call.Instance ?? string.Empty) == 1 && !truth.IsElsewhere(call.Instance ?? string.Empty), $"{call.Method} {call.Instance} did not mean one machine");
            Require(!truth.IsFolderShared(call.Instance ?? string.Empty), $"{call.Method} {call.Instance}: two machines have that disk");
        }

        var after = run.Host.OfMultipass(model => new Truth(model));
        foreach (var (id, before) in truth.Powers)
        {
            Require(after.Powers.TryGetValue(id, out var now), $"{id} is gone");
            Require(now == before || meant.Contains(id), $"{id} was {before} and is {now}");
            Require(before != PowerState.Saved || now == PowerState.Saved, $"{id} had a saved state, and is {now}");
        }

        Require(after.Powers.Count == truth.Powers.Count, "there are more machines than before");
    }

    private void CheckAdvice(Truth truth, IEnumerable<string> texts)
    {
        foreach (var text in texts)
        {
            foreach (Match match in Purge.Matches(text))
            {
                Require(truth.IsNothingLeft(match.Groups[1].Value), $"purging was advised: {text}");
            }

            foreach (Match match in Rename.Matches(text))
            {
                var (id, name) = (Guid.Parse(match.Groups[1].Value), match.Groups[2].Value);
                Require(truth.Powers.ContainsKey(id), $"renaming what is not there was advised: {text}");
                Require(!truth.HasRecord(name) || truth.OwnsFolder(id, name), $"a stranger was to get an instance's name: {text}");
            }
        }
    }

    private void CheckOutcomes(RepairRun run, IReadOnlyList<RepairOutcome> outcomes)
    {
        foreach (var outcome in outcomes)
        {
            var report = outcome.Report;
            Require((outcome.Failure is null) == (report.Result != MpRepairResult.Failed), $"'{report.Name}': {report.Result} and an error, or neither");
            if (report.Result == MpRepairResult.Repaired)
            {
                Require(report.Steps.Any(step => step.Outcome == MpRepairStepOutcome.Done), $"'{report.Name}' is called repaired, and nothing was done");
                Require(report.Drift == MpDrift.None && report.MultipassState.Length > 0, $"'{report.Name}' is called repaired, and {report.Now}");
            }

            Require(outcome.Failure is null || outcome.Failure.RecommendedAction.Length > 0, $"'{report.Name}': an error without advice");
        }

        Require(run.Changes.Count(call => call.Class == CimNames.Service) <= 2, "the service was touched more than once");
    }

    private static IReadOnlyList<MpInstance> Read(RepairRun run, InstanceFilter filter)
        => run.Clock.Run(() => InstanceReader.ReadAsync(run.Session, filter, InstanceDetail.Full, Deadline.In(run.Clock, TimeSpan.FromMinutes(1)), CancellationToken.None));

    private string WriteScenario()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $$"""
            { "host": { "name": "HV", "memoryMB": 1048576, "jobMilliseconds": 20, "multipass": {
              "version": "{{(_hasHcs ? "1.17.0" : "1.16.3")}}", "driver": "{{(_hasHcs ? Usually("hyperv", "virtualbox", "hyperv_api", "hcs") : Usually("hyperv", "virtualbox"))}}", "settings": "{{Usually("Written", "Incomplete", "Missing", "Denied")}}",
              "database": "{{Usually("Readable", "Denied", "Locked", "Damaged", "Missing")}}", "client": "{{Usually("Answers", "Hangs", "StopHangs", "Fails", "NotAuthenticated", "Garbage", "Missing")}}" } },
              "instances": [
            """);
        var count = _random.Next(1, 5);
        for (var number = 0; number < count; number++)
        {
            text.Append(number == 0 ? "  { " : ", { ").Append(Instance("i" + number.ToString(CultureInfo.InvariantCulture), number)).Append(" }\n");
        }

        return text.Append("] }").ToString();
    }

    private string Instance(string name, int number)
    {
        var state = $"\"state\": \"{Pick(States)}\"";
        var word = Chance(60) ? $", \"multipassState\": \"{Pick(Words)}\"" : string.Empty;
        var kind = number == 0 ? 0 : _random.Next(14);
        return (_hasHcs || kind is not (7 or 10 or 11) ? kind : 0) switch
        {
            1 => $"\"name\": \"i0\", \"id\": \"{Id(number)}\", \"managed\": false, {state}",
            2 => $"\"name\": \"i0\", \"id\": \"{Id(number)}\", \"twinOf\": \"i0\", {state}",
            3 => $"\"name\": \"{name}\", \"twinOf\": \"i0\", \"record\": \"Missing\", {state}",
            4 => $"\"name\": \"{name}\", \"machine\": \"Missing\"{word}",
            5 => $"\"name\": \"{name}\", \"machine\": \"Missing\", \"disk\": \"Missing\"{word}",
            6 => $"\"name\": \"{name}\", \"deleted\": true",
            7 => $"\"name\": \"{name}\", \"backend\": \"Hcs\", {state}{word}",
            8 => $"\"name\": \"{name}\", \"diskPath\": \"D:/moved/{name}.vhdx\", {state}{word}",
            9 => $"\"name\": \"{name}\", \"cloneOf\": \"i0\"",
            10 => $"\"name\": \"{name}\", \"migration\": \"{Pick("Legacy", "Hcs", "Damaged", "Newer", "Trial", "OnHold")}\", \"machine\": \"{Pick("Present", "Missing")}\", {state}{word}",
            11 => $"\"name\": \"{name}\", \"hcsFiles\": true, \"machine\": \"{Pick("Present", "Missing")}\", {state}{word}",
            12 => $"\"name\": \"{name}\", \"record\": \"{Pick("Missing", "Damaged", "Empty", "Ghost")}\", {state}",
            _ => $"\"name\": \"{name}\", \"machine\": \"{(Chance(85) ? "Present" : "Missing")}\", {state}{word}",
        };
    }

    private static string Id(int number) => "11111111-0000-4000-8000-" + number.ToString("000000000000", CultureInfo.InvariantCulture);

    private void Require(bool holds, string rule)
    {
        if (!holds)
        {
            _broken.Add("beliefs: " + rule);
        }
    }

    private bool Chance(int percent) => _random.Next(100) < percent;

    private T Pick<T>(params T[] values) => values[_random.Next(values.Length)];

    private string Usually(string usual, params string[] others) => Chance(65) ? usual : Pick(others);

    /// <summary>The world as it is, read past the module: from the machines themselves and from Multipass's own memory.</summary>
    private sealed class Truth
    {
        private readonly List<(Guid Id, string Name, PowerState Power, string Disk)> _machines;
        private readonly Dictionary<string, string> _words;
        private readonly List<ScenarioInstance> _instances;
        private readonly HashSet<string> _elsewhere;

        public Truth(MultipassModel model)
        {
            Driver = model.Driver.Kind;
            CanBeKnown = model.Scenario.Database == DatabaseAccess.Readable
                && (model.Scenario.Settings == SettingsFile.Written || model.Scenario.Client is ClientBehaviour.Answers or ClientBehaviour.StopHangs);
            _machines = model.World.Machines.Select(machine => (machine.Scenario.Id, machine.Name, machine.Power, machine.Disks[0].Path.ToUpperInvariant())).ToList();
            _words = model.RowsOf(model.Scope).Where(row => row.Instance.Record != RecordPresence.Ghost)
                .ToDictionary(row => row.Instance.Name, row => row.Instance.Deleted ? "Deleted" : row.State, StringComparer.OrdinalIgnoreCase);
            _instances = model.World.Records.ToList();

            // Ghosts and records that Multipass could not read are no instances.
            _elsewhere = model.RowsOf(model.Scope).Where(row => row.Instance.Record == RecordPresence.Present && model.IsElsewhere(row.Instance)).Select(row => row.Instance.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
            Powers = _machines.ToDictionary(machine => machine.Id, machine => machine.Power);
        }

        public DriverKind Driver { get; }

        /// <summary>Whether the sources tell enough to know which backend has what.</summary>
        public bool CanBeKnown { get; }

        public IReadOnlyDictionary<Guid, PowerState> Powers { get; }

        public int MachinesNamed(string name) => _machines.Count(machine => Same(machine.Name, name));

        public bool IsElsewhere(string name) => _elsewhere.Contains(name);

        public bool HasRecord(string name) => _words.ContainsKey(name);

        public string? WordOf(string name) => _words.TryGetValue(name, out var word) ? word : null;

        public bool OwnsFolder(Guid id, string name) => _machines.Exists(machine => machine.Id == id && IsIn(machine.Disk, name));

        public bool HasMachineOfItsOwn(string name) => _machines.Exists(machine => Same(machine.Name, name) && IsIn(machine.Disk, name));

        public bool IsKnownByNameAndDisk(Guid id) => _machines.Exists(machine => machine.Id == id && _words.ContainsKey(machine.Name) && IsIn(machine.Disk, machine.Name));

        public bool IsFolderShared(string name) => _machines.Count(machine => IsIn(machine.Disk, name)) > 1;

        public bool HasSuspendedMate(Guid id)
        {
            var disk = _machines.First(machine => machine.Id == id).Disk;
            return _machines.Exists(machine => machine.Id != id && machine.Disk == disk && machine.Power == PowerState.Saved);
        }

        public bool OtherBackendHasDiskOf(Guid id)
        {
            var disk = _machines.First(machine => machine.Id == id).Disk;
            return Driver != DriverKind.VirtualBox && _elsewhere.Any(name => IsIn(disk, name));
        }

        /// <summary>No machine has the name or a disk in the folder, no disk is there, and no other backend has it.</summary>
        public bool IsNothingLeft(string name)
            => MachinesNamed(name) == 0
                && !_machines.Exists(machine => IsIn(machine.Disk, name))
                && !_elsewhere.Contains(name)
                && _instances.Where(instance => Same(instance.Name, name)).All(instance => instance.Disk == FilePresence.Missing);

        private static bool IsIn(string disk, string name) => disk.Contains("/VAULT/INSTANCES/" + name.ToUpperInvariant() + "/", StringComparison.Ordinal);

        private static bool Same(string first, string second) => string.Equals(first, second, StringComparison.OrdinalIgnoreCase);
    }
}
