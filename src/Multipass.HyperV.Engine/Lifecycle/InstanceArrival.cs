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

namespace Multipass.HyperV.Lifecycle;

/// <summary>An instance that no host has yet: it is just being launched, or will be.</summary>
/// <param name="Name">Its name; where it is sought by <paramref name="Id"/>, that id in words.</param>
/// <param name="Id">Its id; null when it is sought by its name.</param>
/// <param name="Sessions">The hosts on which it may appear.</param>
internal sealed record InstanceSought(string Name, Guid? Id, IReadOnlyList<HostSession> Sessions)
{
    public string HostNames => string.Join(", ", Sessions.Select(session => session.Host.Name));

    /// <summary>What is known of it by now.</summary>
    public MpInstance Placeholder => new(new InstanceFacts { Name = Name, Id = Id ?? Guid.Empty, HostName = HostNames, Managed = true });
}

/// <summary>Waits until an instance exists.</summary>
internal static class InstanceArrival
{
    /// <summary>How often the hosts are looked through: a launch takes a minute.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>The instance and its host; a failure when it has not come in time, or no host can be read.</summary>
    public static async Task<(HostSession Session, MpInstance Instance, OperationOutcome? Failure)> AwaitAsync(
        InstanceSought sought, OperationRequest request, Deadline deadline, IOperationSink sink, CancellationToken cancellationToken)
    {
        var first = sought.Sessions[0];
        var clock = first.Clock;
        var from = clock.Now;
        var filter = sought.Id is { } id ? InstanceFilter.ById(new[] { id }) : InstanceFilter.ByName(new[] { sought.Name });
        var placeholder = sought.Placeholder;
        var unreadable = new Dictionary<HostSession, (CimFault Fault, DateTimeOffset Since)>();
        var answered = new HashSet<HostSession>();
        sink.Verbose($"'{sought.Name}' is not on {sought.HostNames}: waiting until it is.");
        while (!deadline.HasPassed)
        {
            foreach (var session in sought.Sessions)
            {
                try
                {
                    var found = await InstanceReader.ReadAsync(session, filter, InstanceDetail.State, deadline, cancellationToken).ConfigureAwait(false);
                    unreadable.Remove(session);
                    answered.Add(session);
                    if (found.FirstOrDefault(instance => instance.Managed && instance.Id != Guid.Empty) is { } arrived)
                    {
                        sink.Verbose($"'{sought.Name}' is on {session.Host.Name}, {arrived.State}.");
                        return (session, arrived, null);
                    }
                }
                catch (CimFaultException) when (deadline.HasPassed && answered.Contains(session))
                {
                    // The wait has ended while the host was being asked once more: what it said before stands.
                }
                catch (CimFaultException exception)
                {
                    unreadable[session] = (exception.Fault, unreadable.TryGetValue(session, out var known) ? known.Since : clock.Now);
                }
            }

            if (unreadable.Count == sought.Sessions.Count
                && unreadable.Values.All(reading => !reading.Fault.IsTransient || clock.Now - reading.Since >= StateObserver.UnreadableFor))
            {
                break;
            }

            sink.Progress(placeholder, "Waiting until it exists", null);
            await clock.Delay(deadline.AtMost(Interval).Remaining, cancellationToken).ConfigureAwait(false);
        }

        var evidence = unreadable.Count > 0 ? FailureEvidence.OfFault(unreadable.Values.First().Fault) : FailureEvidence.None;
        var failure = MpOperationFailure.Of(unreadable.Count > 0 ? FailureCatalogue.Judge(evidence, HostFacts.None) : FailureCatalogue.InstanceNotFound, new FailureContext
        {
            Operation = request.Operation,
            Name = sought.Name,
            HostName = sought.HostNames,
            Stage = MpFailureStage.TimedOut,
            Evidence = evidence,
            Timeout = request.Timeout,
            From = from,
            To = clock.Now,
            Detail = unreadable.Count > 0 ? unreadable.Values.First().Fault.Message : $"there was no instance '{sought.Name}' on {sought.HostNames} within {request.Timeout.TotalSeconds:0} s.",
        });
        return (first, placeholder, new OperationOutcome(placeholder, placeholder, failure) { IsFound = false });
    }
}
