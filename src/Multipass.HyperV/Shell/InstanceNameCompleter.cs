using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Connections;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Operations;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Shell;

/// <summary>Completes names and ids of instances: those that the verb can do something with, as their hosts show them at that moment. Never throws, and gives up where a host is slow.</summary>
public sealed class InstanceNameCompleter : IArgumentCompleter
{
    /// <summary>Whoever presses Tab waits no longer than this.</summary>
    private static readonly TimeSpan DefaultPatience = TimeSpan.FromMilliseconds(400);

    /// <summary>The operations behind a verb. A name fits when any of them would do something in its state; verbs that are not listed take every name.</summary>
    private static readonly Dictionary<string, MpOperation[]> Operations = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Start"] = new[] { MpOperation.Start },
        ["Stop"] = new[] { MpOperation.Shutdown, MpOperation.TurnOff },
        ["Restart"] = new[] { MpOperation.Reboot },
        ["Suspend"] = new[] { MpOperation.Save },
        ["Resume"] = new[] { MpOperation.Resume },
    };

    /// <summary>How long a completion may take. Set by tests only, which run on machines that do other things too.</summary>
    internal static TimeSpan Patience { get; set; } = DefaultPatience;

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        try
        {
            var instances = Read(HostsOf(fakeBoundParameters)).Where(instance => Fits(instance, commandName, fakeBoundParameters));
            if (string.Equals(parameterName, "Id", StringComparison.OrdinalIgnoreCase))
            {
                return Completions.Of(wordToComplete, instances
                    .OrderBy(instance => instance.Name, StringComparer.OrdinalIgnoreCase)
                    .Select(instance => (instance.Id.ToString("D").ToUpperInvariant(), $"{instance.Name}: {instance.State} on {instance.HostName}"))).ToList();
            }

            return Completions.Of(wordToComplete, instances
                .GroupBy(instance => instance.Name, StringComparer.OrdinalIgnoreCase)
                .OrderBy(group => group.Key, StringComparer.OrdinalIgnoreCase)
                .Select(group => (group.Key, string.Join(", ", group.Select(instance => $"{instance.State} on {instance.HostName}"))))).ToList();
        }
        catch (Exception)
        {
            // A completion that fails is one that has nothing to offer.
            return Array.Empty<CompletionResult>();
        }
    }

    private static bool Fits(MpInstance instance, string commandName, IDictionary bound)
    {
        var verb = (commandName ?? string.Empty).Split('\\').Last().Split('-')[0];
        if (!instance.Managed && verb is not ("Add" or "Clear") && !bound.Contains("IncludeUnmanaged"))
        {
            return false;
        }

        return !Operations.TryGetValue(verb, out var operations)
            || operations.Any(operation => Does(operation, instance.State))
            || (bound.Contains("DiscardSavedState") && Does(MpOperation.DiscardSavedState, instance.State));
    }

    private static bool Does(MpOperation operation, MpInstanceState state)
        => TransitionTable.Decide(TransitionTable.Of(operation), state) == TransitionStep.Submit;

    private static IReadOnlyList<MpHost> HostsOf(IDictionary bound)
    {
        var connections = HostConnections.Current;
        return bound.Contains("MpHost") && bound["MpHost"] is { } argument
            ? LanguagePrimitives.ConvertTo<object[]>(argument)
                .Select(item => item is PSObject wrapped ? wrapped.BaseObject : item)
                .SelectMany(item => item is MpHost host ? new[] { host } : (item as HostArgument)?.Connection is { } connection ? new[] { connection } : connections.Find(item.ToString()))
                .Distinct()
                .ToArray()
            : connections.All;
    }

    private static List<MpInstance> Read(IReadOnlyList<MpHost> hosts)
    {
        using var stop = new CancellationTokenSource(Patience);
        var token = stop.Token;
        var gate = new CallGate(32);
        var readings = hosts.Select(host => Task.Run(
            () =>
            {
                // Without Multipass's own records: its client may take seconds.
                var session = new HostSession(host.Connection, multipassView: null, SystemClock.Instance, gate);
                return InstanceReader.ReadAsync(session, InstanceFilter.All, InstanceDetail.State, Deadline.In(SystemClock.Instance, Patience), token);
            },
            CancellationToken.None)).ToArray();
        try
        {
            Task.WaitAll(readings, Patience);
        }
        catch (AggregateException)
        {
            // A host that cannot be read has no names to offer; the others have.
        }

        return readings.Where(reading => reading.Status == TaskStatus.RanToCompletion).SelectMany(reading => reading.Result).ToList();
    }
}
