using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Failures;
using Multipass.HyperV.Hosts;

namespace Multipass.HyperV.Shell;

/// <summary>The event log of the computer that this process runs on, read with <c>Get-WinEvent</c>. Reading needs an administrator or a member of Event Log Readers: who is neither gets none.</summary>
internal sealed class WindowsEventLog : IHostEvents
{
    /// <summary>Of the time of one operation; a host that logs more has other troubles.</summary>
    private const long MostEvents = 256;

    /// <summary>The log's clock and the engine's are the same; an event is stamped when it is written, which may be a little earlier or later.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(1);

    private static readonly WindowsEventLog Local = new(PowerShell.Create);

    private readonly Func<PowerShell> _createEngine;

    /// <summary>Creates a reader.</summary>
    /// <param name="createEngine">Gives a PowerShell engine of its own for each reading: the pipeline's own thread is taken.</param>
    public WindowsEventLog(Func<PowerShell> createEngine) => _createEngine = createEngine;

    /// <summary>The event log of a host; null where it cannot be read, that is of all hosts but the local one and simulated ones.</summary>
    public static IHostEvents? Of(MpHost host)
        => host.Simulated is { } simulated ? simulated.Events
            : host.Connection.Host is { IsLocal: true, Transport: not CimTransport.Simulated } && RuntimeInformation.IsOSPlatform(OSPlatform.Windows) ? Local
            : null;

    /// <inheritdoc/>
    public Task<IReadOnlyList<HostEvent>> ReadAsync(Guid machine, string instanceName, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
        => Task.Run<IReadOnlyList<HostEvent>>(() => Read(machine, instanceName, from, to, cancellationToken), cancellationToken);

    private List<HostEvent> Read(Guid machine, string instanceName, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        using var engine = _createEngine();
        engine
            .AddCommand("Get-WinEvent")
            .AddParameter("FilterHashtable", new Hashtable
            {
                ["LogName"] = new[] { HostEvent.ManagementChannel, HostEvent.WorkerChannel },
                ["StartTime"] = (from - Margin).LocalDateTime,
                ["EndTime"] = (to + Margin).LocalDateTime,
            })
            .AddParameter("MaxEvents", MostEvents)

            // No event at all is an error of Get-WinEvent's.
            .AddParameter("ErrorAction", ActionPreference.SilentlyContinue);

        // A stop that comes before the pipeline runs would be lost; and one that waits for its end would block whoever cancels.
        using var records = new PSDataCollection<PSObject>();
        var invocation = engine.BeginInvoke<PSObject, PSObject>(null, records);
        using var stop = cancellationToken.Register(() => engine.BeginStop(null, null));
        try
        {
            engine.EndInvoke(invocation);
        }
        catch (RuntimeException)
        {
            // A log that may not be read, is damaged or is not there at all, or no such command: what came before that counts.
        }

        cancellationToken.ThrowIfCancellationRequested();
        return records
            .Select(record => XmlOf(record) is { } xml ? HostEventReader.Read(xml, machine, instanceName) : null)
            .OfType<HostEvent>()
            .Reverse()
            .ToList();
    }

    private static string? XmlOf(PSObject record)
    {
        try
        {
            return record.Methods["ToXml"]?.Invoke() as string;
        }
        catch (MethodException)
        {
            // A record whose provider is gone.
            return null;
        }
    }
}
