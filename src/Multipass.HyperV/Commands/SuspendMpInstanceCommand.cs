using System.Management.Automation;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Operations;

namespace Multipass.HyperV.Commands;

/// <summary><para type="synopsis">Suspends instances: saves their state to disk, from which a start continues.</para></summary>
[Cmdlet(VerbsLifecycle.Suspend, "MpInstance", DefaultParameterSetName = ByName, SupportsShouldProcess = true)]
[OutputType(typeof(MpInstance), typeof(MpJob))]
public sealed class SuspendMpInstanceCommand : MpOperationCommand
{
    private protected override OperationRequest Request => new(MpOperation.Save);

    private protected override string Activity => "Suspending";

    private protected override string Action => "Suspend";
}
