using System;
using System.Linq;
using System.Management.Automation;
using Multipass.HyperV.Instances;

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
    public string[]? Name { get; set; }

    /// <summary><para type="description">Instances read earlier, to be read anew.</para></summary>
    [Parameter(Position = 0, ParameterSetName = ByObject, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    public MpInstance[]? InputObject { get; set; }

    /// <summary><para type="description">Only instances in one of these states.</para></summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public MpInstanceState[]? State { get; set; }

    /// <summary><para type="description">Reads no more than state, health, uptime and disk: two calls to each host.</para></summary>
    [Parameter]
    public SwitchParameter StateOnly { get; set; }

    /// <summary><para type="description">Adds virtual machines that are not Multipass's.</para></summary>
    [Parameter]
    public SwitchParameter IncludeUnmanaged { get; set; }

    private protected override string[]? Names => Name;

    private protected override MpInstance[]? Objects => InputObject;

    private protected override bool FindsManagedOnly => !IncludeUnmanaged;

    private protected override bool NeedsUniqueNames => false;

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        foreach (var (_, instance) in Resolve(StateOnly ? InstanceDetail.State : InstanceDetail.Full))
        {
            if (State is null || Array.IndexOf(State, instance.State) >= 0)
            {
                WriteObject(instance);
            }
        }
    }
}
