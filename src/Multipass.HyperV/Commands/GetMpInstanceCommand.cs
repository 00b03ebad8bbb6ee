using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Shell;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Commands;

/// <summary><para type="synopsis">Shows instances as their hosts show them now.</para></summary>
[Cmdlet(VerbsCommon.Get, "MpInstance", DefaultParameterSetName = ByObject)]
[OutputType(typeof(MpInstance))]
public sealed class GetMpInstanceCommand : MpInstanceCommand
{
    /// <summary><para type="description">The instance's name; wildcards are allowed. Without it, all.</para></summary>
    [Parameter(Position = 0, ParameterSetName = ByName, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("VMName")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(InstanceNameCompleter))]
    public string[]? Name { get; set; }

    /// <summary><para type="description">Instances read earlier, to be read anew.</para></summary>
    [Parameter(Position = 0, ParameterSetName = ByObject, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(InstanceNameCompleter))]
    public MpInstance[]? InputObject { get; set; }

    /// <summary><para type="description">Only instances in one of these states.</para></summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public MpInstanceState[]? State { get; set; }

    /// <summary><para type="description">Reads no more than state, health, uptime and disk: two calls to each host.</para></summary>
    [Parameter]
    public SwitchParameter StateOnly { get; set; }

    /// <summary><para type="description">Adds LastFailure: why the last operation failed, whoever asked for it, while the host still remembers. Two calls more to each host.</para></summary>
    [Parameter]
    public SwitchParameter Detailed { get; set; }

    /// <summary><para type="description">Adds virtual machines that are not Multipass's.</para></summary>
    [Parameter]
    public SwitchParameter IncludeUnmanaged { get; set; }

    /// <summary><para type="description">Calls to hosts that are in flight at the same time.</para></summary>
    [Parameter]
    [ValidateRange(1, 1000)]
    public int ThrottleLimit { get; set; } = 32;

    private protected override int CallLimit => ThrottleLimit;

    private protected override bool HoldsBack => true;

    private protected override bool ResolvesInRounds => true;

    private protected override string[]? Names => Name;

    private protected override MpInstance[]? Objects => InputObject;

    private protected override bool FindsManagedOnly => !IncludeUnmanaged;

    private protected override bool NeedsUniqueNames => false;

    private protected override bool AsksClient => true;

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        do
        {
            var found = Resolve(StateOnly ? InstanceDetail.State : InstanceDetail.Full)
                .Where(pair => State is null || Array.IndexOf(State, pair.Instance.State) >= 0)
                .ToList();
            WriteObject(Detailed ? WithLastFailures(found) : found.Select(pair => pair.Instance), enumerateCollection: true);
        }
        while (HasMore);

        WriteHeldBack();
    }

    private IEnumerable<MpInstance> WithLastFailures(IReadOnlyCollection<(HostSession Session, MpInstance Instance)> found)
    {
        var sessions = found.Select(pair => pair.Session).Distinct().ToList();
        var failures = Array.Empty<IReadOnlyDictionary<Guid, MpFailure>>();
        new PipelinePump().Run(
            async token => failures = await Task.WhenAll(sessions.Select(session => LastFailures.ReadAsync(
                session,
                found.Where(pair => pair.Session == session).Select(pair => pair.Instance).ToList(),
                Deadline.In(session.Clock, ReadingTimeout),
                token))).ConfigureAwait(false),
            Stop);
        return found.Select(pair => failures[sessions.IndexOf(pair.Session)].TryGetValue(pair.Instance.Id, out var failure)
            ? new MpInstance(pair.Instance.Facts with { LastFailure = failure })
            : pair.Instance);
    }
}
