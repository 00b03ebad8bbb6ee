using System.Management.Automation;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Operations;

namespace Multipass.HyperV.Commands;

/// <summary><para type="synopsis">Stops instances: asks the guest to shut down, or powers off.</para></summary>
[Cmdlet(VerbsLifecycle.Stop, "MpInstance", DefaultParameterSetName = ByName, SupportsShouldProcess = true)]
[OutputType(typeof(MpInstance), typeof(MpJob))]
public sealed class StopMpInstanceCommand : MpOperationCommand
{
    /// <summary><para type="description">Powers off an instance whose guest does not shut down within -Timeout, or cannot: milder than <c>multipass stop --force</c>, which powers off at once as -TurnOff does here, and with a time of your own where <c>Stop-VM -Force</c> has five minutes.</para></summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary><para type="description">Powers off at once, without asking the guest. Works on an instance that hangs in Starting too.</para></summary>
    [Parameter]
    public SwitchParameter TurnOff { get; set; }

    /// <summary><para type="description">Throws away the saved state of a Suspended instance. What the guest had in memory is lost; it is asked for first, unless -Confirm:$false is given.</para></summary>
    [Parameter]
    public SwitchParameter DiscardSavedState { get; set; }

    private protected override OperationRequest Request
        => new(TurnOff ? MpOperation.TurnOff : MpOperation.Shutdown) { Force = Force, DiscardsSavedState = DiscardSavedState };

    private protected override string Activity => "Stopping";

    private protected override string Action
        => (TurnOff ? "Power off" : Force ? "Shut down, or power off after the timeout" : "Shut down") + (DiscardSavedState ? ", discarding a saved state" : string.Empty);

    /// <summary>Discarding a saved state has the impact High, as far as PowerShell's preference is concerned; the cmdlet itself has Medium.</summary>
    private protected override bool Confirms(MpInstance instance)
    {
        if (!DiscardSavedState || instance.State != MpInstanceState.Suspended || MyInvocation.BoundParameters.ContainsKey("Confirm"))
        {
            return true;
        }

        var asks = LanguagePrimitives.TryConvertTo<ConfirmImpact>(GetVariableValue("ConfirmPreference", ConfirmImpact.High), out var preference) && preference == ConfirmImpact.High;
        return !asks || ShouldContinue(
            $"The saved state of '{instance.Name}' on {instance.HostName} is thrown away: whatever its guest had in memory is lost.",
            "Discard the saved state?");
    }
}
