using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Shell;

namespace Multipass.HyperV.Commands;

/// <summary>What all cmdlets for instances share: which instances, and on which hosts. Whatever comes down the pipeline is gathered and found in one reading of each host.</summary>
/// <remarks>The default parameter set is the one for objects: else PowerShell would bind an instance from the pipeline by its property Name, and lose its id and host.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class MpInstanceCommand : MpCommand, IFindingSink
{
    private protected const string ByName = "Name";
    private protected const string ById = "Id";
    private protected const string ByObject = "InputObject";

    private readonly List<MpOperationFailure> _heldBack = new();
    private InstanceSelection? _selection;
    private IReadOnlyList<HostSession>? _sessions;
    private bool? _endsAtFirstError;

    /// <summary><para type="description">The virtual machine's id.</para></summary>
    [Parameter(Mandatory = true, ParameterSetName = ById)]
    [ValidateNotNullOrEmpty]
    public Guid[] Id { get; set; } = Array.Empty<Guid>();

    /// <summary><para type="description">The hosts to work on: connections or their names. Without it, all that this session is connected to.</para></summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(HostNameCompleter))]
    public HostArgument[]? MpHost { get; set; }

    /// <summary><para type="description">Calls to hosts that are in flight at the same time. It does not bound the instances that are waited for; and a call without an answer for 5 s does not count any longer.</para></summary>
    [Parameter]
    [ValidateRange(1, 1000)]
    public int ThrottleLimit { get; set; } = 32;

    /// <summary>The names that this invocation brought; null in other parameter sets.</summary>
    private protected abstract string[]? Names { get; }

    /// <summary>The objects that this invocation brought; null in other parameter sets.</summary>
    private protected abstract MpInstance[]? Objects { get; }

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
    private protected IReadOnlyList<HostSession> Sessions => _sessions ??= SessionsOf(ResolveHosts(MpHost), ThrottleLimit);

    /// <summary>Brings what happens meanwhile to the pipeline's thread.</summary>
    internal PipelinePump Pump { get; } = new();

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        switch (ParameterSetName)
        {
            case ById:
                Selection.Add(Id);
                break;
            case ByObject:
                Selection.Add(Objects ?? Array.Empty<MpInstance>());
                break;
            default:
                Selection.Add(Names ?? Array.Empty<string>());
                break;
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
        var finder = new InstanceFinder(Selection, Pump, this)
        {
            Detail = Detail,
            MeansAll = !MyInvocation.ExpectingInput,
            AsksClient = AsksClient,
            Patience = ReadingTimeout,
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

    /// <summary>Writes an error. Under -ErrorAction Stop it waits until everything else has ended: what could be found and read is still to be worked on.</summary>
    internal void Tell(MpOperationFailure failure)
    {
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

    void IFindingSink.TellMissing(MpOperationFailure failure) => TellMissing(failure);

    Task IFindingSink.WorkAsync(HostFindings found, CancellationToken cancellationToken) => WorkAsync(found, cancellationToken);

    Task IFindingSink.NotReadAsync(HostSession session, CimFault fault, CancellationToken cancellationToken) => NotReadAsync(session, fault, cancellationToken);

    private void TellUnconnected()
    {
        foreach (var instance in Selection.Objects.Where(instance => !Sessions.Any(session => string.Equals(session.Host.Name, instance.HostName, StringComparison.OrdinalIgnoreCase))))
        {
            Tell(MpOperationFailure.Of(FailureCatalogue.HostNotConnected, new FailureContext
            {
                Name = instance.Name,
                HostName = instance.HostName,
                After = instance,
                Detail = $"'{instance.Name}' is on '{instance.HostName}', and this session is not connected to a host of that name.",
            }));
        }
    }
}
