using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Connections;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Shell;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Commands;

/// <summary>What all cmdlets of this module share: errors, stopping, and the hosts they work on.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class MpCommand : PSCmdlet, IDisposable
{
    /// <summary>Reading a host takes no longer than this.</summary>
    private protected static readonly TimeSpan LongestReading = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource _stop = new();

    private protected CancellationToken Stop => _stop.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        EndConnections();
        _stop.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends the connections of this call alone.</summary>
    private protected virtual void EndConnections()
    {
    }

    /// <summary>Runs on another thread than the pipeline's: it only cancels.</summary>
    protected override void StopProcessing() => _stop.Cancel();

    private protected void WriteFailure(FailureCause cause, FailureContext context) => WriteFailure(MpOperationFailure.Of(cause, context));

    internal void WriteFailure(MpOperationFailure failure)
    {
        WriteError(ErrorRecords.From(failure, ErrorRecords.ShowsRecommendedAction(this)));
        WarnInCategoryView(failure);
    }

    /// <summary>CategoryView shows neither message nor advice; whoever has set it is to know what to do all the same.</summary>
    private void WarnInCategoryView(MpOperationFailure failure)
    {
        if (ErrorRecords.IsView(this, "CategoryView"))
        {
            WriteWarning(failure.RecommendedAction);
        }
    }

    /// <summary>True under -WhatIf.</summary>
    private protected bool IsWhatIf
        => MyInvocation.BoundParameters.TryGetValue("WhatIf", out var bound) ? LanguagePrimitives.IsTrue(bound) : LanguagePrimitives.IsTrue(GetVariableValue("WhatIfPreference", false));

    /// <summary>Under -ErrorAction Stop the first error ends the pipeline: it has to wait until every instance has ended.</summary>
    internal bool EndsAtFirstError()
    {
        var preference = MyInvocation.BoundParameters.TryGetValue("ErrorAction", out var bound) ? bound : GetVariableValue("ErrorActionPreference");
        return LanguagePrimitives.TryConvertTo<ActionPreference>(preference, out var action) && action == ActionPreference.Stop;
    }

    private protected void ThrowFailure(FailureCause cause, FailureContext context) => ThrowFailure(MpOperationFailure.Of(cause, context));

    private protected void ThrowFailure(MpOperationFailure failure)
    {
        WarnInCategoryView(failure);
        ThrowTerminatingError(ErrorRecords.From(failure, ErrorRecords.ShowsRecommendedAction(this)));
    }

    /// <summary>The hosts that were named, or else all that this session is connected to. Never simulates by itself, never falls through to real machines.</summary>
    private protected IReadOnlyList<MpHost> ResolveHosts(HostArgument[]? arguments)
    {
        if (arguments is { Length: > 0 })
        {
            var named = new List<MpHost>();
            foreach (var argument in arguments)
            {
                var found = argument.Connection is { } connection ? new[] { connection } : HostConnections.Current.Find(argument.Name);
                if (found.Count == 0 && !WildcardPattern.ContainsWildcardCharacters(argument.Name))
                {
                    ThrowFailure(FailureCatalogue.HostNotConnected, new FailureContext { HostName = argument.Name, Detail = $"this session is not connected to a host named '{argument.Name}'." });
                }

                named.AddRange(found.Where(host => !named.Contains(host)));
            }

            return named;
        }

        var all = HostConnections.Current.All;
        return all.Count > 0 ? all : new[] { LocalHost(fault => ThrowFailure(FailureOf(Environment.MachineName, fault))) };
    }

    /// <summary>Hosts as the engine uses them, with one gate for all calls.</summary>
    /// <param name="hosts">Their connections.</param>
    /// <param name="throttleLimit">Calls in flight at the same time.</param>
    private protected static IReadOnlyList<HostSession> SessionsOf(IEnumerable<MpHost> hosts, int throttleLimit)
    {
        var gate = new CallGate(throttleLimit);
        return hosts.Select(host => new HostSession(host.Connection, host.MultipassView, SystemClock.Instance, gate, WindowsEventLog.Of(host))).ToList();
    }

    /// <summary>This computer, on Windows, while no runspace of the process has connected to anything: a script that simulates must never fall through to it.</summary>
    /// <param name="unreachable">What is done when it cannot be connected to; where that returns, the host is one that answers everything with the fault.</param>
    private protected MpHost LocalHost(Action<CimFault> unreachable)
    {
        if (!Platform.IsWindows || HostConnections.AnyoneHasConnected)
        {
            ThrowFailure(
                Platform.IsWindows ? FailureCatalogue.HostNotConnected : FailureCatalogue.PlatformNotSupported,
                new FailureContext { HostName = Environment.MachineName });
        }

        if (HostConnections.Current.Local is { } known)
        {
            return known;
        }

        var transport = TransportFinder.Find(MpTransport.Mmi, out _)!;
        ICimConnection? connection = null;
        try
        {
            new PipelinePump().Run(async token => connection = await TransportFinder.ConnectAsync(transport, new CimEndpoint((string?)null), token).ConfigureAwait(false), Stop);
        }
        catch (CimFaultException exception)
        {
            unreachable(exception.Fault);
            return new MpHost(new UnreachableConnection(new CimHost(Environment.MachineName, CimTransport.Mmi, IsLocal: true), exception.Fault));
        }

        return HostConnections.Current.Local = new MpHost(connection!);
    }

    /// <summary>How a computer is to be reached.</summary>
    private protected CimEndpoint EndpointOf(string? name, PSCredential? credential)
    {
        if (name is not null && Uri.CheckHostName(name) == UriHostNameType.Unknown)
        {
            ThrowFailure(FailureCatalogue.ConnectionInvalid, new FailureContext
            {
                HostName = name,
                Name = name,
                Detail = $"'{name}' is not the name or address of a computer; a port goes to -Port of `Connect-MpHost`, HTTPS is asked for there with -UseSsl.",
            });
        }

        return new CimEndpoint(name) { Credential = credential == PSCredential.Empty ? null : credential?.GetNetworkCredential() };
    }

    /// <summary>Computers that are to be connected to over a transport.</summary>
    private protected IReadOnlyList<ConnectionAttempt> AttemptsOf(IReadOnlyList<CimEndpoint> endpoints, MpTransport asked)
    {
        if (TransportFinder.Find(asked, out var reason) is not { } transport)
        {
            ThrowFailure(FailureCatalogue.TransportNotAvailable, new FailureContext { HostName = endpoints[0].ToString(), Detail = reason });
            throw new InvalidOperationException("A terminating error does not return.");
        }

        return endpoints.Select(endpoint => new ConnectionAttempt(endpoint.ToString(), token => TransportFinder.ConnectAsync(transport, endpoint, token))).ToArray();
    }

    /// <summary>Hosts that the user has CIM sessions to.</summary>
    private protected IReadOnlyList<ConnectionAttempt> AttemptsOf(object[] cimSessions)
    {
        if (!Platform.IsWindows)
        {
            ThrowFailure(FailureCatalogue.TransportNotAvailable, new FailureContext { HostName = Environment.MachineName, Detail = "CIM sessions belong to Windows' own CIM client, and this is not Windows." });
        }

        var sessions = cimSessions.Select(session => session is PSObject wrapped ? wrapped.BaseObject : session).Distinct().ToArray();
        if (sessions.FirstOrDefault(session => !TransportFinder.IsSession(session)) is { } stranger)
        {
            ThrowFailure(FailureCatalogue.ConnectionInvalid, new FailureContext
            {
                Name = stranger.ToString() ?? string.Empty,
                Detail = $"-CimSession takes sessions from `New-CimSession`, and '{stranger}' is of type {stranger.GetType().FullName}. Computers go to -ComputerName by their names.",
            });
        }

        return sessions.Select(session => new ConnectionAttempt("CimSession", token => TransportFinder.ConnectAsync(session, token))).ToArray();
    }

    /// <summary>Connects to all at once, and tells of each as it answers or fails.</summary>
    private protected void ConnectAll(IReadOnlyCollection<ConnectionAttempt> attempts, int throttleLimit, Action<MpHost> connected, Action<MpOperationFailure> failed)
    {
        var pump = new PipelinePump();
        var gate = new CallGate(throttleLimit);
        pump.Run(token => Task.WhenAll(attempts.Select(attempt => OneAsync(attempt, token))), Stop);

        async Task OneAsync(ConnectionAttempt attempt, CancellationToken token)
        {
            await gate.EnterAsync(token).ConfigureAwait(false);
            try
            {
                var connection = await attempt.ConnectAsync(token).ConfigureAwait(false);
                if (token.IsCancellationRequested)
                {
                    connection.Dispose();
                    return;
                }

                pump.Post(() => connected(new MpHost(connection) { ComputerName = attempt.Name }));
            }
            catch (CimFaultException exception)
            {
                pump.Post(() => failed(FailureOf(attempt.Name, exception.Fault)));
            }
            finally
            {
                gate.Leave();
            }
        }
    }

    /// <summary>Why a host could not be connected to.</summary>
    private protected static MpOperationFailure FailureOf(string computerName, CimFault fault)
    {
        var evidence = FailureEvidence.OfFault(fault);
        var cause = FailureCatalogue.Judge(evidence, HostFacts.None);
        return MpOperationFailure.Of(
            cause == FailureCatalogue.Unknown ? FailureCatalogue.HostUnreachable : cause,
            new FailureContext
            {
                HostName = computerName,
                Evidence = evidence,
                Detail = fault.Message,
                Stage = MpFailureStage.Refused,

                // Whoever connects asks for the computer's name, which every Windows tells: what has not even that class is none.
                Facts = cause == FailureCatalogue.HyperVNotInstalled ? new HostFacts { IsWindows = false } : HostFacts.None,
            });
    }

    /// <summary>Writes why a host could not be asked, after looking at it for what its answer alone does not tell.</summary>
    private protected void WriteHostFault(HostSession session, CimFault fault)
    {
        var facts = HostFacts.None;
        new PipelinePump().Run(async token => facts = await FactsOfAsync(session, fault, token).ConfigureAwait(false), Stop);
        WriteFailure(FailureOf(session, fault, facts));
    }

    /// <summary>Looks at a host that could not be asked, for what its answer alone does not tell.</summary>
    private protected static Task<HostFacts> FactsOfAsync(HostSession session, CimFault fault, CancellationToken cancellationToken)
        => HostFactsReader.ReadAsync(
            session, FailureCatalogue.FactsFor(FailureEvidence.OfFault(fault)), new InstanceFacts(), Deadline.In(session.Clock, TimeSpan.FromSeconds(10)), cancellationToken);

    /// <summary>Why a host could not be asked.</summary>
    private protected static MpOperationFailure FailureOf(HostSession session, CimFault fault, HostFacts facts)
    {
        var evidence = FailureEvidence.OfFault(fault);
        return MpOperationFailure.Of(FailureCatalogue.Judge(evidence, facts), new FailureContext
        {
            HostName = session.Host.Name,
            Account = session.Host.Account,
            Evidence = evidence,
            Facts = facts,
            Detail = fault.Message,
            Stage = MpFailureStage.Refused,
        });
    }
}
