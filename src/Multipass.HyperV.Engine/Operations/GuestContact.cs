using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Instances;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Operations;

/// <summary>How the wait for a guest's shutdown service has ended.</summary>
/// <param name="Sight">Reached: it can be asked. Lasting: the instance no longer runs. Limit: it cannot be asked.</param>
/// <param name="Reason">Why it cannot.</param>
/// <param name="Component">The service; null where it was not seen.</param>
internal sealed record Contact(Sight Sight, string Reason, CimRecord? Component);

/// <summary>The guest's shutdown service (<c>Msvm_ShutdownComponent</c>): whether it can be asked, and asking it.</summary>
internal static class GuestContact
{
    /// <summary>How often the service is looked at while it is not ready.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary><c>OperationalStatus</c> of a service that is in contact; Degraded is another version of the protocol, which serves as well (class page).</summary>
    private static readonly ushort[] InContact = { 2, 3 };

    private static readonly string[] Keys = { "SystemCreationClassName", "SystemName", "CreationClassName", "DeviceID" };

    /// <summary>Waits until the guest can be asked: while it boots that takes a moment. Without waiting, one look has to do.</summary>
    public static async Task<Contact> AwaitAsync(OperationContext context, InstanceEye eye, Transition row)
    {
        var query = new CimQuery(
            CimNames.Virtualization,
            CimNames.ShutdownComponent,
            Keys.Concat(new[] { "EnabledState", "OperationalStatus" }).ToArray(),
            CimCondition.Equal("SystemName", MachineReading.KeyOf(context.Id)));
        var outage = new Outage(context.Clock);
        var reason = "it is not there";
        CimRecord? component = null;
        var seen = Look.TooLate;
        while (!context.Deadline.HasPassed)
        {
            try
            {
                var components = await context.Session.QueryAsync(query, context.Deadline, context.CancellationToken).ConfigureAwait(false);
                outage.End();
                component = components.FirstOrDefault();
                if (components.Any(candidate => candidate.UInt16("EnabledState") == EnabledState.Enabled && InContact.Contains(StatusOf(candidate))))
                {
                    return new Contact(new Sight(StepEnd.Reached, seen), string.Empty, component);
                }

                reason = component is null ? "it is not there" : "its status is " + CodeNames.Heartbeat.Describe(StatusOf(component));
            }
            catch (CimFaultException exception)
            {
                reason = exception.Fault.Message.TrimEnd('.');
                if (outage.GoesOn() && row.RequestedState is not null)
                {
                    // Whether the guest can be asked is not known; the request itself will tell.
                    return new Contact(new Sight(StepEnd.Reached, seen), reason, component);
                }
            }

            if (context.Request.NoWait)
            {
                break;
            }

            context.Show("Waiting for the guest");
            var sight = await eye.LookAsync(context.Deadline).ConfigureAwait(false);
            seen = sight.Seen;
            if (sight.End is StepEnd.Gone or StepEnd.Unreadable)
            {
                return new Contact(sight, reason, component);
            }

            if (sight.Machine is { State: not MpInstanceState.Running })
            {
                return new Contact(sight with { End = StepEnd.Lasting }, reason, component);
            }

            await context.Clock.Delay(context.Deadline.AtMost(Interval).Remaining, context.CancellationToken).ConfigureAwait(false);
        }

        return new Contact(new Sight(StepEnd.Limit, seen), reason + ".", component);
    }

    /// <summary>Asks the guest to restart. To be called when it can be asked.</summary>
    public static Task<CimMethodResult> RebootAsync(OperationContext context, CimRecord component)
    {
        var keys = Keys.Select(key => new KeyValuePair<string, object>(key, component.Text(key) ?? string.Empty)).ToArray();
        return context.Session.InvokeAsync(
            new CimPath(CimNames.Virtualization, CimNames.ShutdownComponent, keys),
            CimNames.InitiateReboot,
            new Dictionary<string, object?> { ["Force"] = false, ["Reason"] = "Restart-MpInstance" },
            context.Deadline,
            context.AnswerBy,
            context.CancellationToken);
    }

    private static ushort StatusOf(CimRecord component) => component.UInt16s("OperationalStatus").FirstOrDefault();
}
