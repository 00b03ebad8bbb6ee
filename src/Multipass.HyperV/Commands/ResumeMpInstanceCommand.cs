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

    /// <summary><para type="description">Goes on although another backend of Multipass's, or another virtual machine, has the same disk and may run or have a saved state; it is asked for first. What both write destroys the disk.</para></summary>
    [Parameter]
    public SwitchParameter AllowSharedDisk { get; set; }

    private protected override OperationRequest Request => new(MpOperation.Resume) { WaitFor = WaitFor, AllowsSharedDisk = AllowSharedDisk };

    private protected override string Activity => "Resuming";

    private protected override string Action => "Resume";

    private protected override bool Confirms(MpInstance instance) => !AllowSharedDisk || ConfirmsSharedDisk(instance);
}
