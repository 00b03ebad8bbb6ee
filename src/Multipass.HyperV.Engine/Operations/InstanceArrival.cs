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

namespace Multipass.HyperV.Operations;

/// <summary>
/// An instance that no host has yet: it is just being launched, or will be. Each host is looked through by itself; the first that has it ends the search on all.
/// Each host is either searched, or said to have it, or to be left out; once all are done and none had it, that is the one failure.
/// </summary>
internal sealed class InstanceArrival : IDisposable
{
    /// <summary>How often a host is looked through: a launch takes a minute.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly object _lock = new();
    private readonly string _name;
    private readonly InstanceFilter _filter;
    private readonly OperationRequest _request;
    private readonly IOperationSink _sink;
    private readonly IClock _clock;
    private readonly CancellationToken _cancellationToken;
    private readonly CancellationTokenSource _over;
    private readonly DateTimeOffset _from;
    private readonly MpInstance _placeholder;
    private readonly List<string> _searched = new();
    private readonly List<CimFault> _faults = new();
    private int _open;
    private bool _isThere;

    /// <param name="name">Its name; where it is sought by <paramref name="id"/>, that id in words.</param>
    /// <param name="id">Its id; null when it is sought by its name.</param>
    /// <param name="hosts">The hosts on which it may appear.</param>
    /// <param name="request">What is waited for, and how long.</param>
    /// <param name="sink">Is told, also of the failure.</param>
    /// <param name="cancellationToken">Ends every search at once.</param>
    public InstanceArrival(string name, Guid? id, IReadOnlyList<HostSession> hosts, OperationRequest request, IOperationSink sink, CancellationToken cancellationToken)
    {
        _name = name;
        _filter = id is { } known ? InstanceFilter.ById(new[] { known }) : InstanceFilter.ByName(new[] { name });
        _request = request;
        _sink = sink;
        _clock = hosts[0].Clock;
        _cancellationToken = cancellationToken;
        _over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _from = _clock.Now;
        _open = hosts.Count;
        _placeholder = new MpInstance(new InstanceFacts { Name = name, Id = id ?? Guid.Empty, HostName = NamesOf(hosts.Select(host => host.Host.Name)), Managed = true });
        Deadline = Deadline.In(_clock, request.Timeout);
    }

    /// <summary>When the wait for it ends; it begins before it is there.</summary>
    public Deadline Deadline { get; }

    public void Dispose() => _over.Dispose();

    /// <summary>A host has it.</summary>
    public void IsThere()
    {
        lock (_lock)
        {
            _open--;
            _isThere = true;
        }

        _over.Cancel();
    }

    /// <summary>A host could not be read, and is not searched.</summary>
    public void LeaveOut() => Leave(null, null);

    /// <summary>Looks through a host that has just been read, and did not have it. Ends with the instance; with null when it has not come in time, or has come elsewhere.</summary>
    public async Task<MpInstance?> SearchAsync(HostSession session)
    {
        CimFault? unreadable = null;
        try
        {
            (var found, unreadable) = await LookAsync(session).ConfigureAwait(false);
            if (found is not null)
            {
                IsThere();
                _sink.Verbose($"'{_name}' is on {session.Host.Name}, {found.State}.");
                return found;
            }
        }
        catch (OperationCanceledException) when (_over.IsCancellationRequested && !_cancellationToken.IsCancellationRequested)
        {
            // Another host has it.
        }

        Leave(session, unreadable);
        return null;
    }

    private async Task<(MpInstance? Instance, CimFault? Unreadable)> LookAsync(HostSession session)
    {
        _sink.Verbose($"'{_name}' is not on {session.Host.Name}: waiting until it is.");
        CimFault? unreadable = null;
        var outage = new Outage(_clock);
        while (true)
        {
            _sink.Progress(_placeholder, "Waiting until it exists", null);
            await _clock.Delay(Deadline.AtMost(Interval).Remaining, _over.Token).ConfigureAwait(false);
            if (Deadline.HasPassed)
            {
                return (null, unreadable);
            }

            try
            {
                var found = await InstanceReader.ReadAsync(session, _filter, InstanceDetail.State, Deadline, _over.Token).ConfigureAwait(false);
                unreadable = null;
                outage.End();
                if (found.FirstOrDefault(instance => instance.Managed && instance.Id != Guid.Empty) is { } arrived)
                {
                    return (arrived, null);
                }
            }
            catch (CimFaultException) when (Deadline.HasPassed && unreadable is null)
            {
                // The wait has ended while the host was being asked once more: what it said before stands.
            }
            catch (CimFaultException exception)
            {
                unreadable = exception.Fault;
                if (outage.GoesOn())
                {
                    return (null, unreadable);
                }
            }
        }
    }

    private void Leave(HostSession? searched, CimFault? unreadable)
    {
        lock (_lock)
        {
            _open--;
            if (searched is not null)
            {
                _searched.Add(searched.Host.Name);
            }

            if (unreadable is not null)
            {
                _faults.Add(unreadable);
            }

            if (_open > 0 || _isThere || _searched.Count == 0)
            {
                return;
            }
        }

        _sink.Ended(new OperationOutcome(_placeholder, _placeholder, NotThere()) { IsFound = false });
    }

    private MpOperationFailure NotThere()
    {
        var isUnreadable = _faults.Count == _searched.Count;
        var hostNames = NamesOf(_searched);
        var evidence = isUnreadable ? FailureEvidence.OfFault(_faults[0]) : FailureEvidence.None;
        return MpOperationFailure.Of(isUnreadable ? FailureCatalogue.Judge(evidence, HostFacts.None) : FailureCatalogue.InstanceNotFound, new FailureContext
        {
            Operation = _request.Operation,
            Name = _name,
            HostName = hostNames,
            Stage = MpFailureStage.TimedOut,
            Evidence = evidence,
            Timeout = _request.Timeout,
            From = _from,
            To = _clock.Now,
            Detail = isUnreadable ? _faults[0].Message : $"there was no instance '{_name}' on {hostNames} within {_request.Timeout.TotalSeconds:0} s.",
        });
    }

    private static string NamesOf(IEnumerable<string> hosts) => string.Join(", ", hosts.OrderBy(name => name, StringComparer.OrdinalIgnoreCase));
}
