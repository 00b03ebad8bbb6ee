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
using Multipass.HyperV.Instances;
using Multipass.HyperV.Shell;

namespace Multipass.HyperV.Commands;

/// <summary>What all cmdlets for instances share: which instances, and on which hosts. Whatever comes down the pipeline is gathered and found in one reading of each host.</summary>
/// <remarks>Objects from the pipeline, live or deserialized, are taken as they are: bound by their property Name they would lose their id and host, and another host's instance of that name would be meant too.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class MpInstanceCommand : MpCommand, IFindingSink
{
    private protected const string ByName = "Name";
    private protected const string ById = "Id";
    private protected const string ByObject = "InputObject";

    /// <summary>The name by which the view with hosts is chosen.</summary>
    private const string OfSeveralHosts = "Multipass.HyperV.MpInstance#Hosts";

    private const string HostType = "Multipass.HyperV.MpHost";

    private readonly List<MpOperationFailure> _heldBack = new();
    private InstanceSelection? _selection;
    private readonly List<MpHost> _pipedHosts = new();
    private readonly List<MpHost> _ownHosts = new();
    private bool _isHostMissing;
    private MpJob? _owner;
    private ProgressRecord? _reading;
    private IReadOnlyList<HostSession>? _sessions;
    private bool? _endsAtFirstError;

    /// <summary><para type="description">The virtual machine's id. Ids from the pipeline are taken too.</para></summary>
    [Parameter(Mandatory = true, ParameterSetName = ById)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(InstanceNameCompleter))]
    public Guid[] Id { get; set; } = Array.Empty<Guid>();

    /// <summary><para type="description">The hosts to work on: connections or their names. Without it, all that this session is connected to.</para></summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(HostNameCompleter))]
    public HostArgument[]? MpHost { get; set; }

    /// <summary><para type="description">Computers to work on, by name or address, connected for this call alone. Connect-MpHost connects for the session, and has more to say about how.</para></summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(HostNameCompleter))]
    public string[]? ComputerName { get; set; }

    /// <summary><para type="description">The account to use on -ComputerName. Without it, your own.</para></summary>
    [Parameter]
    [Credential]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public PSCredential? Credential { get; set; }

    /// <summary><para type="description">Sessions from <c>New-CimSession</c> to the hosts to work on. They stay yours.</para></summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public object[]? CimSession { get; set; }

    /// <summary><para type="description">Calls to hosts that are in flight at the same time. It does not bound the instances that are waited for; and a call without an answer for 5 s does not count any longer.</para></summary>
    [Parameter]
    [ValidateRange(1, 1000)]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public int ThrottleLimit { get; set; } = 32;

    /// <summary>The names that this invocation brought; null in other parameter sets.</summary>
    private protected abstract string[]? Names { get; }

    /// <summary>The objects that this invocation brought; null in other parameter sets.</summary>
    private protected abstract object[]? Objects { get; }

    /// <summary>True where a host that comes down the pipeline means all its instances. Where something is changed, nobody may mean that by accident.</summary>
    private protected virtual bool TakesWholeHosts => false;

    /// <summary>True when a name finds only Multipass's own.</summary>
    private protected virtual bool FindsManagedOnly => true;

    /// <summary>True when one plain name may stand for one instance of a host only.</summary>
    private protected virtual bool NeedsUniqueNames => true;

    /// <summary>True where Multipass's client may be asked as well. It may take seconds, and hang: what only changes a virtual machine does not wait for it.</summary>
    private protected virtual bool AsksClient => false;

    /// <summary>How much is read of each instance.</summary>
    private protected virtual InstanceDetail Detail => InstanceDetail.Full;

    /// <summary>Reading a host takes no longer than this.</summary>
    private protected virtual TimeSpan ReadingTimeout => LongestReading;

    /// <summary>Which instances are meant.</summary>
    private protected InstanceSelection Selection => _selection ??= new InstanceSelection { FindsManagedOnly = FindsManagedOnly, NeedsUniqueNames = NeedsUniqueNames };

    /// <summary>The hosts to work on, with one gate for all calls.</summary>
    private protected IReadOnlyList<HostSession> Sessions => _sessions ??= SessionsOf(Hosts(), ThrottleLimit);

    /// <summary>True where all instances are meant, for nothing was named and nothing came down the pipeline.</summary>
    private protected bool MeansAll => ParameterSetName == ByName && Names is null && !MyInvocation.ExpectingInput;

    /// <summary>True once an error was told.</summary>
    private protected bool HasFailed { get; private set; }

    /// <summary>Brings what happens meanwhile to the pipeline's thread.</summary>
    internal PipelinePump Pump { get; } = new();

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == ByObject)
        {
            foreach (var item in Objects ?? Array.Empty<object>())
            {
                Add(PSObject.AsPSObject(item ?? string.Empty));
            }

            return;
        }

        if (ParameterSetName == ById)
        {
            Selection.Add(Id);
        }
        else
        {
            Selection.Add(Names ?? Array.Empty<string>());
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        FindAndWork();
        WriteHeldBack();
    }

    /// <summary>Finds the instances meant, and works on them; ends when all have ended.</summary>
    private protected void FindAndWork()
    {
        // Connections belong to the runspace, and so to this thread.
        var sessions = Sessions;
        TellUnconnected();
        if (sessions.Count == 0)
        {
            return;
        }

        var finder = new InstanceFinder(Selection, Pump, this)
        {
            Detail = Detail,
            MeansAll = MeansAll,
            AsksClient = AsksClient,
            Patience = ReadingTimeout,
            IsHostMissing = _isHostMissing,
        };
        Pump.Run(token => finder.RunAsync(sessions, token), Stop);
    }

    /// <summary>Works on what a host has, on the thread pool: for all hosts at the same time, each as soon as it has been read; also where it has nothing. Not called unless something is looked for.</summary>
    private protected virtual Task WorkAsync(HostFindings found, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>A host could not be read: an error, unless the cmdlet makes something else of it.</summary>
    private protected virtual async Task NotReadAsync(HostSession session, CimFault fault, CancellationToken cancellationToken)
    {
        var facts = await FactsOfAsync(session, fault, cancellationToken).ConfigureAwait(false);
        await Pump.InvokeAsync(() => Tell(FailureOf(session, fault, facts))).ConfigureAwait(false);
    }

    /// <summary>No host has it: an error, unless the cmdlet makes something else of it.</summary>
    private protected virtual void TellMissing(MpOperationFailure failure) => Tell(failure);

    /// <summary>An instance as it is to be shown: with its host, where there are several.</summary>
    internal object Shown(MpInstance instance)
    {
        if (Sessions.Count < 2)
        {
            return instance;
        }

        var shown = PSObject.AsPSObject(instance);
        if (shown.TypeNames[0] != OfSeveralHosts)
        {
            shown.TypeNames.Insert(0, OfSeveralHosts);
        }

        return shown;
    }

    /// <summary>Writes an error. Under -ErrorAction Stop it waits until everything else has ended: what could be found and read is still to be worked on.</summary>
    internal void Tell(MpOperationFailure failure)
    {
        HasFailed = true;
        if (_endsAtFirstError ??= EndsAtFirstError())
        {
            _heldBack.Add(failure);
        }
        else
        {
            WriteFailure(failure);
        }
    }

    /// <summary>Writes the errors that were held back.</summary>
    private protected void WriteHeldBack() => _heldBack.ForEach(WriteFailure);

    void IFindingSink.Tell(MpOperationFailure failure) => Tell(failure);

    void IFindingSink.Warn(string text) => WriteWarning(text);

    void IFindingSink.StillReading(IReadOnlyList<string> silent)
    {
        const int MostNames = 5;
        _reading ??= new ProgressRecord(InstanceProgress.NextId(), "Reading hosts", " ");
        if (silent.Count == 0)
        {
            _reading.RecordType = ProgressRecordType.Completed;
        }
        else
        {
            _reading.StatusDescription = $"reading {string.Join(", ", silent.Take(MostNames))}{(silent.Count > MostNames ? $" and {silent.Count - MostNames} more" : string.Empty)}";
        }

        WriteProgress(_reading);
    }

    void IFindingSink.TellMissing(MpOperationFailure failure) => TellMissing(failure);

    Task IFindingSink.WorkAsync(HostFindings found, CancellationToken cancellationToken) => WorkAsync(found, cancellationToken);

    Task IFindingSink.NotReadAsync(HostSession session, CimFault fault, CancellationToken cancellationToken) => NotReadAsync(session, fault, cancellationToken);

    /// <summary>What an object names; a host means its instances of the names given, or all where that is harmless.</summary>
    private void Add(PSObject item)
    {
        if (HostOf(item) is { } host)
        {
            if (!_pipedHosts.Contains(host))
            {
                _pipedHosts.Add(host);
            }

            if (Names is { } names)
            {
                Selection.AddOn(host.Name, names);
            }
            else if (TakesWholeHosts)
            {
                Selection.AddAllOf(host.Name);
            }
            else
            {
                Refuse(item, $"{host.Name} is a host: say with -Name which of its instances are meant, or pipe them from `Get-MpInstance`.");
            }
        }
        else if (Names is not null)
        {
            Refuse(item, $"-Name says which instances, and {InstanceReference.Describe(item)} came down the pipeline: only hosts go with -Name there.");
        }
        else if (item.BaseObject is Guid id)
        {
            Selection.Add(new[] { id });
        }
        else if (item.BaseObject is string or ValueType)
        {
            Selection.Add(new[] { LanguagePrimitives.ConvertTo<string>(item) });
        }
        else if (InstanceReference.Of(item, out var problem) is { } reference)
        {
            Selection.Add(reference);
        }
        else
        {
            Refuse(item, problem!);
        }
    }

    /// <summary>The host that an object is, or was in the session that it comes from; null where it is none.</summary>
    private MpHost? HostOf(PSObject item)
    {
        if (item.BaseObject is MpHost host)
        {
            return host;
        }

        return item.TypeNames.Any(type => type.EndsWith(HostType, StringComparison.Ordinal)) && item.Properties["Name"]?.Value is string { Length: > 0 } name
            ? ResolveHosts(new[] { new HostArgument(WildcardPattern.Escape(name)) })[0]
            : null;
    }

    private void Refuse(PSObject item, string problem)
        => Tell(MpOperationFailure.Of(FailureCatalogue.InputObjectInvalid, new FailureContext { Name = item.ToString(), Detail = problem }));

    /// <summary>The connections of this call live as long as a job of it.</summary>
    private protected void HandOver(MpJob job) => _owner = job;

    private protected override void EndConnections()
    {
        if (_owner is null)
        {
            _ownHosts.ForEach(host => host.Connection.Dispose());
        }
        else
        {
            _owner.OwnConnections(_ownHosts.ConvertAll(host => (IDisposable)host.Connection));
        }

        _ownHosts.Clear();
    }

    /// <summary>Connects for this call alone.</summary>
    private List<MpHost> ConnectHosts()
    {
        var attempts = CimSession is not null ? AttemptsOf(CimSession)
            : AttemptsOf(ComputerName!.Distinct(StringComparer.OrdinalIgnoreCase).Select(name => EndpointOf(name, Credential)).ToArray(), MpTransport.Auto);
        ConnectAll(attempts, ThrottleLimit, _ownHosts.Add, failure =>
        {
            _isHostMissing = true;
            Tell(failure);
        });
        return _ownHosts.ToList();
    }

    /// <summary>Ways to name hosts that exclude each other.</summary>
    private void RefuseConflicts()
    {
        var conflict = ComputerName is not null && CimSession is not null ? "-ComputerName and -CimSession both say which hosts are meant."
            : MpHost is not null && (ComputerName ?? CimSession) is not null ? "-MpHost names connections of this session, and -ComputerName and -CimSession connect for this call alone."
            : _pipedHosts.Count > 0 && (ComputerName ?? CimSession) is not null ? "Hosts came down the pipeline, and -ComputerName and -CimSession name others."
            : Credential is not null && ComputerName is null ? "-Credential is the account for -ComputerName, and there is none."
            : null;
        if (conflict is not null)
        {
            ThrowFailure(FailureCatalogue.ParametersConflict, new FailureContext { Detail = conflict });
        }
    }

    /// <summary>The hosts that were named or came down the pipeline; else all that this session is connected to.</summary>
    private List<MpHost> Hosts()
    {
        RefuseConflicts();
        var named = (ComputerName ?? CimSession) is not null ? ConnectHosts()
            : MpHost is null && _pipedHosts.Count > 0 && Selection.IsOnlyOn(_pipedHosts.Select(host => host.Name)) ? Array.Empty<MpHost>() : ResolveHosts(MpHost);
        var hosts = _pipedHosts.Concat(named).GroupBy(host => host.Name, StringComparer.OrdinalIgnoreCase).Select(group => group.First()).ToList();

        // Whoever keeps lists of hosts by their addresses means the same hosts.
        Selection.Rename(name => hosts.Exists(host => SameText(host.Name, name)) || hosts.FindAll(host => SameText(host.ComputerName, name)) is not [var host] ? null : host.Name);
        return hosts;
    }

    /// <summary>What is on a host that is not there for this call.</summary>
    private protected void TellUnconnected()
    {
        foreach (var reference in Selection.References.Where(reference => !Sessions.Any(session => SameText(session.Host.Name, reference.HostName))))
        {
            var isLeftOut = MpHost is not null && HostConnections.Current.Find(WildcardPattern.Escape(reference.HostName)).Count > 0;
            Tell(MpOperationFailure.Of(isLeftOut ? FailureCatalogue.ParametersConflict : FailureCatalogue.HostNotConnected, new FailureContext
            {
                Name = reference.Text,
                HostName = reference.HostName,
                After = reference.Instance,
                Detail = isLeftOut
                    ? $"'{reference.Text}' is on {reference.HostName}, and -MpHost names other hosts."
                    : $"'{reference.Text}' is on '{reference.HostName}', and this session is not connected to a host of that name.",
            }));
        }
    }

    private static bool SameText(string first, string second) => string.Equals(first, second, StringComparison.OrdinalIgnoreCase);
}
