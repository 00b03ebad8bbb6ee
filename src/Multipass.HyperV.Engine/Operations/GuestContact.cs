using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Operations;

/// <summary>How the wait for a guest that is to be asked has ended.</summary>
/// <param name="State">The state that the instance has changed to by itself; null when the wait has run out.</param>
/// <param name="Reason">Why the guest cannot be asked.</param>
internal sealed record GuestEnded(MpInstanceState? State, string Reason);

/// <summary>The guest's shutdown service (<c>Msvm_ShutdownComponent</c>): whether it can be asked, and asking it.</summary>
internal sealed class GuestContact
{
    /// <summary>How often the service is looked at while it is not ready.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary><c>OperationalStatus</c> of a service that is in contact; Degraded is another version of the protocol, which serves as well (class page).</summary>
    private static readonly ushort[] InContact = { 2, 3 };

    private static readonly string[] Keys = { "SystemCreationClassName", "SystemName", "CreationClassName", "DeviceID" };

    private readonly OperationRun _run;
    private CimRecord? _component;

    public GuestContact(OperationRun run) => _run = run;

    /// <summary>
    /// Waits until the guest can be asked: its service is there and in contact. While it boots that takes a moment.
    /// Null when it can be asked; without waiting, one look has to do.
    /// </summary>
    public async Task<GuestEnded?> AwaitAsync()
    {
        var query = new CimQuery(
            CimNames.Virtualization,
            CimNames.ShutdownComponent,
            Keys.Concat(new[] { "EnabledState", "OperationalStatus" }).ToArray(),
            CimCondition.Equal("SystemName", MachineReading.KeyOf(_run.Id)));
        var since = _run.Clock.Now;
        var reason = "it is not there";
        while (!_run.Deadline.HasPassed)
        {
            try
            {
                var components = await _run.Session.QueryAsync(query, _run.Deadline, _run.CancellationToken).ConfigureAwait(false);
                _component = components.FirstOrDefault();
                if (components.Any(component => component.UInt16("EnabledState") == EnabledState.Enabled && InContact.Contains(StatusOf(component))))
                {
                    return null;
                }

                reason = _component is null ? "it is not there" : "its status is " + CodeNames.Heartbeat.Describe(StatusOf(_component));
            }
            catch (CimFaultException exception) when (exception.Fault.IsTransient)
            {
                reason = exception.Fault.Message;
            }
            catch (CimFaultException) when (_run.Transition.RequestedState is not null)
            {
                // Whether the guest can be asked is not known; the request itself will tell.
                return null;
            }
            catch (CimFaultException exception)
            {
                return new GuestEnded(null, exception.Fault.Message);
            }

            if (_run.Request.NoWait)
            {
                break;
            }

            _run.Show("Waiting for the guest", null);
            var look = await _run.Poll.NextAsync(_run.Id, null, since, _run.Deadline.AtMost(Interval)).ConfigureAwait(false);
            if (look.Fault is null)
            {
                _run.Observer.Observe(look.Machine);
            }

            if (look.Machine is { } machine && machine.State != MpInstanceState.Running)
            {
                return new GuestEnded(machine.State, string.Empty);
            }

            var pause = _run.Deadline.AtMost(Interval).Remaining;
            if (pause > TimeSpan.Zero)
            {
                await _run.Clock.Delay(pause, _run.CancellationToken).ConfigureAwait(false);
            }
        }

        return new GuestEnded(null, reason + ".");
    }

    /// <summary>Asks the guest to restart. To be called when it can be asked.</summary>
    public Task<CimMethodResult> RebootAsync()
    {
        var component = _component ?? throw new InvalidOperationException("The guest was not waited for.");
        var keys = Keys.Select(key => new KeyValuePair<string, object>(key, component.Text(key) ?? string.Empty)).ToArray();
        return _run.InvokeAsync(
            new CimPath(CimNames.Virtualization, CimNames.ShutdownComponent, keys),
            CimNames.InitiateReboot,
            new Dictionary<string, object?> { ["Force"] = false, ["Reason"] = "Restart-MpInstance" },
            _run.Deadline);
    }

    private static ushort StatusOf(CimRecord component) => component.UInt16s("OperationalStatus").FirstOrDefault();
}
