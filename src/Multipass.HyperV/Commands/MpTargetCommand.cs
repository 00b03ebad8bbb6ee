using System;
using System.ComponentModel;
using System.Management.Automation;
using Multipass.HyperV.Shell;

namespace Multipass.HyperV.Commands;

/// <summary>What all cmdlets share that wait for instances: which ones, how long, and whether they are written.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class MpTargetCommand : MpInstanceCommand
{
    private static readonly TimeSpan ShortestReading = TimeSpan.FromSeconds(10);

    /// <summary><para type="description">The instance's name; wildcards are allowed. Finds only what is Multipass's.</para></summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ByName, ValueFromPipeline = true)]
    [Parameter(ParameterSetName = ByObject)]
    [Alias("VMName")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(InstanceNameCompleter))]
    public string[]? Name { get; set; }

    /// <summary><para type="description">Instances: from <c>Get-MpInstance</c>, or whatever else carries a Name or an Id, and the HostName, such as findings, changes, repairs, and objects from a file, a job or another computer. Only the instance on that host is meant, and it is read anew.</para></summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ByObject, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public object[]? InputObject { get; set; }

    /// <summary><para type="description">How long to wait, in whole seconds.</para></summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue / 1000)]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public int Timeout { get; set; } = 300;

    /// <summary><para type="description">Writes the final instance of each, after a failure too.</para></summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override string[]? Names => Name;

    private protected override object[]? Objects => InputObject;

    private protected TimeSpan Patience => TimeSpan.FromSeconds(Timeout);

    /// <summary>Whoever gives a wait a few seconds does not want to wait a minute for a host that keeps silent; but one that is slow is not given up at once.</summary>
    private protected override TimeSpan ReadingTimeout => Patience < ShortestReading ? ShortestReading : Patience < LongestReading ? Patience : LongestReading;
}
