using System;
using System.Threading;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Operations;

/// <summary>What does not change while one operation on one instance goes on.</summary>
/// <param name="Session">The host.</param>
/// <param name="Poll">Its poll, shared with all other operations of the call.</param>
/// <param name="Beliefs">What Multipass believes, shared likewise.</param>
/// <param name="Found">The instance as it was found; its state is no basis for anything.</param>
/// <param name="Request">What is asked of it.</param>
/// <param name="Deadline">When the user's wait ends.</param>
/// <param name="Sink">Is told of progress.</param>
/// <param name="CancellationToken">Ends it at once.</param>
internal sealed record OperationContext(
    HostSession Session, HostPoll Poll, SharedBeliefs Beliefs, MpInstance Found, OperationRequest Request, Deadline Deadline, IOperationSink Sink, CancellationToken CancellationToken)
{
    /// <summary>Rollback, power-off, error details and the last reading have this much in all, after the wait has ended.</summary>
    private static readonly TimeSpan FollowUpTime = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(3);

    public InstanceFacts Facts => Found.Facts;

    public Guid Id => Found.Facts.Id;

    public IClock Clock => Session.Clock;

    /// <summary>When everything has ended, whatever happens.</summary>
    public Deadline End => Deadline.After(FollowUpTime);

    /// <summary>Until when an answer to a request is waited for: one that comes right after the deadline still tells what was begun, and then there has to be time to undo it.</summary>
    public Deadline AnswerBy => Deadline.After(AnswerTime);

    /// <summary>When that has ended which follows something that ends now.</summary>
    public Deadline FollowUp => End.AtMost(FollowUpTime);

    public void Say(string text) => Sink.Verbose($"'{Facts.Name}'{text}");

    public void Warn(string text) => Sink.Warning($"'{Facts.Name}'{text}");

    public void Show(string status, int? percent = null) => Sink.Progress(Found, status, percent);
}
