using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Checks;

/// <summary>
/// Looks whether instances would start, and changes nothing. Each is judged by itself, by the table in <see cref="InstanceChecks"/>.
/// Costs at most sixteen calls for any number of instances, and one more for each disk and DVD image of those that are off or saved: the host's files can be asked for by name only.
/// </summary>
internal static class InstanceTester
{
    private const long KilobytesPerMegabyte = 1024;

    private const FactKinds Wanted = FactKinds.Start | FactKinds.Memory | FactKinds.MemoryHolders | FactKinds.MemorySettings | FactKinds.Numa | FactKinds.Volumes;

    private static readonly CimQuery SystemQuery = new(CimNames.Cimv2, CimNames.OperatingSystem, new[] { "FreePhysicalMemory" });

    /// <summary>The names under which a host that cannot be read is found, by cause.</summary>
    private static readonly IReadOnlyList<(FailureCause Cause, string Check)> HostChecks = new[]
    {
        (FailureCatalogue.PermissionDenied, "Rights"),
        (FailureCatalogue.VmmsNotRunning, "Service"),
        (FailureCatalogue.HyperVNotInstalled, "HyperV"),
    };

    /// <summary>The findings of each instance, in the order given.</summary>
    public static async Task<IReadOnlyList<(MpInstance Instance, IReadOnlyList<MpInstanceFinding> Findings)>> RunAsync(
        HostSession session, IReadOnlyList<MpInstance> instances, Deadline deadline, CancellationToken cancellationToken)
        => (await ReadAsync(session, instances, deadline, cancellationToken).ConfigureAwait(false)).Select(test => (test.Instance, InstanceChecks.Judge(test))).ToList();

    /// <summary>A host that could not be read is a finding too: for each name that was asked for, or one without a name.</summary>
    public static async Task<IReadOnlyList<MpInstanceFinding>> OfUnreadHostAsync(
        HostSession session, CimFault fault, IReadOnlyList<string> names, Deadline deadline, CancellationToken cancellationToken)
    {
        var evidence = FailureEvidence.OfFault(fault);
        var facts = await HostFactsReader.ReadAsync(session, FailureCatalogue.FactsFor(evidence), new InstanceFacts(), deadline, cancellationToken).ConfigureAwait(false);
        var cause = FailureCatalogue.Judge(evidence, facts);
        return names.DefaultIfEmpty(string.Empty).Select(name =>
        {
            var failure = MpOperationFailure.Of(cause, new FailureContext { Name = name, HostName = session.Host.Name, Account = session.Host.Account, Evidence = evidence, Facts = facts, Detail = fault.Message });
            var check = HostChecks.Where(row => row.Cause == cause).Select(row => row.Check).FirstOrDefault() ?? "Host";
            return new MpInstanceFinding(name, Guid.Empty, session.Host.Name, MpFindingSeverity.Error, check, cause.Name, failure.Explanation, failure.RecommendedAction);
        }).ToList();
    }

    private static async Task<IReadOnlyList<InstanceUnderTest>> ReadAsync(
        HostSession session, IReadOnlyList<MpInstance> instances, Deadline deadline, CancellationToken cancellationToken)
    {
        var tests = instances.Select(instance => new InstanceUnderTest(instance) { Account = session.Host.Account }).ToList();
        var onHost = tests.Where(test => test.IsOnHost).Select(test => test.Instance.Id).ToList();
        if (onHost.Count == 0)
        {
            return tests;
        }

        // All at once; a host that does not answer one of them leaves that check open.
        var powered = tests.Where(test => test.NeedsPower).Select(test => test.Instance.Facts).ToList();
        CimFault? lost = null;
        var jobs = MachineJobs.ReadAsync(session, deadline, cancellationToken);
        var rights = tests.Any(test => test.NeedsRequest) ? CallerRights.MayChangeAsync(session, deadline, cancellationToken) : Task.FromResult<bool?>(null);
        var system = powered.Count > 0 ? session.TryQueryAsync(SystemQuery, deadline, cancellationToken) : Task.FromResult<IReadOnlyList<CimRecord>?>(null);
        var reading = powered.Count > 0 ? HostFactsReader.ReadAsync(session, Wanted, powered, deadline, cancellationToken, fault => lost = fault) : Task.FromResult<IReadOnlyList<HostFacts>>(Array.Empty<HostFacts>());

        var known = await jobs.ConfigureAwait(false);
        var failures = known is null ? new Dictionary<Guid, MpFailure>() : await LastFailures.OfAsync(session, known, instances, deadline, cancellationToken).ConfigureAwait(false);
        var free = (await system.ConfigureAwait(false))?.Select(record => record.Number("FreePhysicalMemory") / KilobytesPerMegabyte).FirstOrDefault();
        var facts = (await reading.ConfigureAwait(false)).ToDictionary(found => found.MachineId ?? Guid.Empty);
        var mayChange = await rights.ConfigureAwait(false);
        return tests.Select(test => !test.IsOnHost ? test : test with
        {
            Facts = (facts.TryGetValue(test.Instance.Id, out var found) ? found : HostFacts.None) with { MayChange = mayChange, StateBefore = test.State, HostState = test.Instance.HostState },
            Lost = lost,
            FreeMegabytes = free,
            Job = known?.RunningOf(test.Instance.Id),
            LastFailure = failures.TryGetValue(test.Instance.Id, out var failure) ? failure : null,
        }).ToList();
    }
}
