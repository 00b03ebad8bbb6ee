using System.ComponentModel;
using System.Management.Automation;
using Multipass.HyperV.Shell;

namespace Multipass.HyperV.Commands;

/// <summary>What all cmdlets share that only look at instances: where none is named, all are meant.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class MpSelectionCommand : MpInstanceCommand
{
    /// <summary><para type="description">The instance's name; wildcards are allowed. Without it, all.</para></summary>
    [Parameter(Position = 0, ParameterSetName = ByName, ValueFromPipeline = true)]
    [Parameter(ParameterSetName = ByObject)]
    [Alias("VMName")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(InstanceNameCompleter))]
    public string[]? Name { get; set; }

    /// <summary><para type="description">Instances: from <c>Get-MpInstance</c>, or whatever else carries a Name or an Id, and the HostName, such as findings, changes, repairs, and objects from a file, a job or another computer. Only the instance on that host is meant, and it is read anew. A host, from <c>Get-MpHost</c>, means all that are on it.</para></summary>
    [Parameter(Position = 0, ParameterSetName = ByObject, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public object[]? InputObject { get; set; }

    private protected override bool TakesWholeHosts => true;

    private protected override string[]? Names => Name;

    private protected override object[]? Objects => InputObject;
}
