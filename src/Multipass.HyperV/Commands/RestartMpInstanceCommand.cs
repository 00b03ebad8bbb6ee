using System.Management.Automation;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Operations;

namespace Multipass.HyperV.Commands;

/// <summary><para type="synopsis">Restarts instances: asks the guest, or resets. Success means that the host counts the uptime anew.</para></summary>
[Cmdlet(VerbsLifecycle.Restart, "MpInstance", DefaultParameterSetName = ByName, SupportsShouldProcess = true)]
[OutputType(typeof(MpInstance), typeof(MpJob))]
public sealed class RestartMpInstanceCommand : MpOperationCommand
{
    /// <summary><para type="description">Resets at once, without asking the guest. What it has not written to disk is lost.</para></summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary><para type="description">What to wait for after the restart: Running, the guest's Heartbeat, or an IPAddress.</para></summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public MpReadiness[] WaitFor { get; set; } = { MpReadiness.Running };

    private protected override OperationRequest Request => new(Force ? MpOperation.Reset : MpOperation.Reboot) { WaitFor = WaitFor };

    private protected override string Activity => "Restarting";

    private protected override string Action => Force ? "Reset" : "Restart";
}
