using System.ComponentModel;
using System.Management.Automation;
using Multipass.HyperV.Shell;

namespace Multipass.HyperV.Commands;

/// <summary>What all cmdlets share that only look at instances: where none is named, all are meant.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class MpSelectionCommand : MpInstanceCommand
{
    /// <summary><para type="description">The instance's name; wildcards are allowed. Without it, all.</para></summary>
    [Parameter(Position = 0, ParameterSetName = ByName, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("VMName")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(InstanceNameCompleter))]
    public string[]? Name { get; set; }

    /// <summary><para type="description">Instances, from <c>Get-MpInstance</c>. They are read anew.</para></summary>
    [Parameter(Position = 0, ParameterSetName = ByObject, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(InstanceNameCompleter))]
    public MpInstance[]? InputObject { get; set; }

    private protected override string[]? Names => Name;

    private protected override MpInstance[]? Objects => InputObject;
}
