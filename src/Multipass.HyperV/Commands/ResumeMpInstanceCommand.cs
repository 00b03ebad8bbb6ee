using System.Management.Automation;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Operations;

namespace Multipass.HyperV.Commands;

/// <summary><para type="synopsis">Continues instances that are Suspended or Paused. One that is Stopped is refused: it is started with Start-MpInstance.</para></summary>
[Cmdlet(VerbsLifecycle.Resume, "MpInstance", DefaultParameterSetName = ByName, SupportsShouldProcess = true)]
[OutputType(typeof(MpInstance), typeof(MpJob))]
public sealed class ResumeMpInstanceCommand : MpOperationCommand
{
    /// <summary><para type="description">What to wait for: Running, the guest's Heartbeat, or an IPAddress.</para></summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public MpReadiness[] WaitFor { get; set; } = { MpReadiness.Running };

    private protected override OperationRequest Request => new(MpOperation.Resume) { WaitFor = WaitFor };

    private protected override string Activity => "Resuming";

    private protected override string Action => "Resume";
}
