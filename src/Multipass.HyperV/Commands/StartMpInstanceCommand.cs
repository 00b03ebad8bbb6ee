using System.Management.Automation;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Operations;

namespace Multipass.HyperV.Commands;

/// <summary>What becomes of a start that has not ended in time.</summary>
public enum MpTimeoutAction
{
    /// <summary>A start from Stopped that this call has submitted is undone.</summary>
    Rollback,

    /// <summary>It is only reported.</summary>
    Leave,
}

/// <summary><para type="synopsis">Starts instances, and says what is true when Hyper-V does not.</para></summary>
[Cmdlet(VerbsLifecycle.Start, "MpInstance", DefaultParameterSetName = ByName, SupportsShouldProcess = true)]
[OutputType(typeof(MpInstance), typeof(MpJob))]
public sealed class StartMpInstanceCommand : MpOperationCommand
{
    /// <summary><para type="description">What to do when the wait runs out: undo a start from Stopped, or leave it as it is.</para></summary>
    [Parameter]
    public MpTimeoutAction OnTimeout { get; set; } = MpTimeoutAction.Rollback;

    /// <summary><para type="description">What to wait for: Running, the guest's Heartbeat, or an IPAddress. A guest that is not as far in time is an error; the instance is left running.</para></summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public MpReadiness[] WaitFor { get; set; } = { MpReadiness.Running };

    /// <summary><para type="description">Goes on although another backend of Multipass's, or another virtual machine, has the same disk and may run or have a saved state; it is asked for first. What both write destroys the disk.</para></summary>
    [Parameter]
    public SwitchParameter AllowSharedDisk { get; set; }

    private protected override OperationRequest Request
        => new(MpOperation.Start) { RollbackOnTimeout = OnTimeout == MpTimeoutAction.Rollback, WaitFor = WaitFor, AllowsSharedDisk = AllowSharedDisk };

    private protected override string Activity => "Starting";

    private protected override string Action => "Start";

    private protected override bool Confirms(MpInstance instance) => !AllowSharedDisk || ConfirmsSharedDisk(instance);
}
