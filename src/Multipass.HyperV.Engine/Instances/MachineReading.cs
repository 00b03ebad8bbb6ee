using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Multipass.HyperV.Cim;
using Multipass.HyperV.Hosts;
using Multipass.HyperV.Time;

namespace Multipass.HyperV.Instances;

/// <summary>One reading of <c>Msvm_ComputerSystem</c>: the state of a virtual machine at one moment.</summary>
internal sealed class MachineReading
{
    public static readonly CimQuery Query = new(CimNames.Virtualization, CimNames.ComputerSystem, new[]
    {
        "Name", "ElementName", "EnabledState", "OtherEnabledState", "RequestedState", "HealthState", "OperationalStatus", "OnTimeInMilliseconds", "ProcessID",
    });

    private MachineReading(Guid id, CimRecord record, DateTimeOffset at)
    {
        Id = id;
        Name = record.Text("ElementName") ?? string.Empty;
        HostState = new MpHostState(record);
        State = StateTable.Map(HostState.EnabledState, HostState.OtherEnabledState);
        ProcessId = record.UInt32("ProcessID") is { } process and not 0 ? process : null;
        Uptime = record.Number("OnTimeInMilliseconds") is { } milliseconds and >= 0 && milliseconds < TimeSpan.MaxValue.TotalMilliseconds
            ? TimeSpan.FromTicks(milliseconds * TimeSpan.TicksPerMillisecond)
            : null;
        At = at;
    }

    public Guid Id { get; }

    public string Name { get; }

    public MpInstanceState State { get; }

    public MpHostState HostState { get; }

    public MpHealth Health
        => HostState.HealthState switch
        {
            (ushort)MpHealth.OK => MpHealth.OK,
            (ushort)MpHealth.MajorFailure => MpHealth.MajorFailure,
            (ushort)MpHealth.CriticalFailure => MpHealth.CriticalFailure,
            _ => MpHealth.Unknown,
        };

    /// <summary>How long it has been running; null where the host does not tell, or tells what cannot be.</summary>
    public TimeSpan? Uptime { get; }

    /// <summary>The worker process of this virtual machine; null when it has none.</summary>
    public uint? ProcessId { get; }

    public DateTimeOffset At { get; }

    /// <summary>The path of a virtual machine, by its key.</summary>
    public static CimPath PathOf(Guid id)
        => new(
            CimNames.Virtualization,
            CimNames.ComputerSystem,
            new KeyValuePair<string, object>("CreationClassName", CimNames.ComputerSystem),
            new KeyValuePair<string, object>("Name", KeyOf(id)));

    /// <summary>The key as Hyper-V writes it.</summary>
    public static string KeyOf(Guid id) => id.ToString("D").ToUpperInvariant();

    /// <summary>A reading, or null for the row of the host itself, whose name is no GUID.</summary>
    public static MachineReading? From(CimRecord record, DateTimeOffset at)
        => Guid.TryParse(record.Text("Name"), out var id) ? new MachineReading(id, record, at) : null;

    /// <summary>The virtual machine's state as it is now; null when the host does not have it.</summary>
    public static async Task<MachineReading?> ReadAsync(HostSession session, Guid id, Deadline deadline, CancellationToken cancellationToken)
    {
        var query = Query.With(CimCondition.Equal("Name", KeyOf(id)));
        var records = await session.QueryAsync(query, deadline, cancellationToken).ConfigureAwait(false);
        return records.Count == 0 ? null : From(records[0], session.Clock.Now);
    }
}
